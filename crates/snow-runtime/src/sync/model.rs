//! Loom's locks behind the interface of `parking_lot`, and a queue in place of `crossbeam_deque`, which loom cannot
//! look into.

use loom::sync::atomic::{AtomicUsize, fence};
use std::cell::Cell;
use std::collections::VecDeque;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::Ordering;

#[derive(Default)]
pub struct Mutex<T>(loom::sync::Mutex<T>);

pub type SmallLock<T> = Mutex<T>;
pub type SmallLockGuard<'a, T> = MutexGuard<'a, T>;

/// Empty only inside of `Condvar::wait`.
pub struct MutexGuard<'a, T>(Option<loom::sync::MutexGuard<'a, T>>);

impl<T> Mutex<T> {
    pub fn new(value: T) -> Mutex<T> {
        Mutex(loom::sync::Mutex::new(value))
    }

    pub fn lock(&self) -> MutexGuard<'_, T> {
        MutexGuard(Some(self.0.lock().expect("a model stops at its first panic")))
    }

    pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        self.0.try_lock().ok().map(|guard| MutexGuard(Some(guard)))
    }

    pub fn get_mut(&mut self) -> &mut T {
        self.0.get_mut().expect("a model stops at its first panic")
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.0.as_ref().expect("held")
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.as_mut().expect("held")
    }
}

#[derive(Default)]
pub struct Condvar(loom::sync::Condvar);

impl Condvar {
    pub fn wait<T>(&self, guard: &mut MutexGuard<'_, T>) {
        let held = guard.0.take().expect("held");
        guard.0 = Some(self.0.wait(held).expect("a model stops at its first panic"));
    }

    pub fn notify_one(&self) {
        self.0.notify_one();
    }
}

pub enum Steal<T> {
    Empty,
    Success(T),
    /// Stealing takes a lock here, so it never fails because another thread steals as well.
    #[expect(dead_code)]
    Retry,
}

/// The owner's end of a queue. Its two counters are stored and read with the orders that `crossbeam_deque` uses; only
/// the items lie behind a lock, which no one takes who merely asks whether there are any.
pub struct Deque<T> {
    queue: Arc<Queue<T>>,
    /// As the original: for one thread.
    owned: PhantomData<Cell<()>>,
}

pub struct Stealer<T>(Arc<Queue<T>>);

struct Queue<T> {
    front: AtomicUsize,
    back: AtomicUsize,
    items: loom::sync::Mutex<VecDeque<T>>,
}

impl<T> Queue<T> {
    fn len(&self) -> usize {
        let front = self.front.load(Ordering::Acquire);
        fence(Ordering::SeqCst);
        self.back.load(Ordering::Acquire).saturating_sub(front)
    }

    fn take(&self) -> Option<T> {
        let item = self.items.lock().expect("a model stops at its first panic").pop_front();
        if item.is_some() {
            self.front.fetch_add(1, Ordering::SeqCst);
        }
        item
    }
}

impl<T> Deque<T> {
    pub fn new_fifo() -> Deque<T> {
        let queue = Queue {
            front: AtomicUsize::new(0),
            back: AtomicUsize::new(0),
            items: loom::sync::Mutex::new(VecDeque::new()),
        };
        Deque { queue: Arc::new(queue), owned: PhantomData }
    }

    pub fn stealer(&self) -> Stealer<T> {
        Stealer(self.queue.clone())
    }

    pub fn push(&self, item: T) {
        self.queue.items.lock().expect("a model stops at its first panic").push_back(item);
        // Only the owner writes it.
        let back = self.queue.back.load(Ordering::Relaxed);
        self.queue.back.store(back + 1, Ordering::Release);
    }

    pub fn pop(&self) -> Option<T> {
        self.queue.take()
    }

    pub fn is_empty(&self) -> bool {
        self.queue.len() == 0
    }
}

impl<T> Stealer<T> {
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Takes one only: how many go along is no matter of order.
    pub fn steal_batch_and_pop(&self, _own: &Deque<T>) -> Steal<T> {
        if self.is_empty() {
            return Steal::Empty;
        }
        self.0.take().map_or(Steal::Empty, Steal::Success)
    }
}
