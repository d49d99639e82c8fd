//! A worker's inbox: actors that only this worker may run, queued by other threads.

use crate::sync::{AtomicBool, Mutex};
use std::sync::atomic::Ordering;

/// What other threads have queued for one worker.
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
    /// Queues an item. The caller then wakes the worker if it sleeps: see `Sleepers::wake`.
    pub fn put(&self, item: T) {
        self.waiting.lock().push(item);
        // Release: a thread that sees the flag sees the item, too.
        self.filled.store(true, Ordering::Release);
    }

    /// Moves everything into the worker's own queue.
    #[inline]
    pub fn take_into(&self, queue: &mut impl Extend<T>) {
        if self.has_items() {
            let mut waiting = self.waiting.lock();
            // Release: a thread that sees the inbox empty also sees that this worker has woken before. Else the program
            // could be taken for finished while the worker holds its last actor: see `Sleepers::if_nothing_happens`.
            self.filled.store(false, Ordering::Release);
            queue.extend(waiting.drain(..));
        }
    }

    #[inline]
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
