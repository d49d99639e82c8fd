//! Actors that other threads queue for a worker: those that only it may run.

use crate::sync::{AtomicBool, Mutex};
use std::sync::atomic::Ordering;

pub struct Inbox<T> {
    waiting: Mutex<Vec<T>>,
    /// Is there something in it?
    filled: AtomicBool,
}

impl<T> Default for Inbox<T> {
    fn default() -> Inbox<T> {
        Inbox { waiting: Mutex::new(Vec::new()), filled: AtomicBool::new(false) }
    }
}

impl<T> Inbox<T> {
    /// The caller sees to it that the worker does not sleep: see `Sleepers::wake`.
    pub fn put(&self, item: T) {
        self.waiting.lock().push(item);
        // Release: whoever sees the flag sees the item; both are under the lock as well.
        self.filled.store(true, Ordering::Release);
    }

    /// Moves everything into the worker's own queue.
    pub fn take_into(&self, queue: &mut impl Extend<T>) {
        if self.has_items() {
            let mut waiting = self.waiting.lock();
            // Release: whoever sees it empty sees that this worker has woken; see `Sleepers::if_nothing_happens`.
            self.filled.store(false, Ordering::Release);
            queue.extend(waiting.drain(..));
        }
    }

    pub fn has_items(&self) -> bool {
        // Acquire: pairs with `put`.
        self.filled.load(Ordering::Acquire)
    }

    pub fn len(&self) -> usize {
        self.waiting.lock().len()
    }

    pub fn shrink_to(&self, room: usize) {
        self.waiting.lock().shrink_to(room);
    }
}
