//! How the thread that ends time slices (`preemption`) sleeps while every worker sleeps, and is woken with the first of
//! them.

use crate::sync::{AtomicBool, Condvar, Mutex, fence};
use std::sync::atomic::Ordering;

/// Whether that thread sleeps.
#[derive(Default)]
pub struct Ticker {
    waiting: AtomicBool,
    lock: Mutex<()>,
    woken: Condvar,
}

impl Ticker {
    /// A worker has work again, or the runtime stops.
    pub fn wake(&self) {
        // Paired with the fence of `wait`: either the flag is seen here, or `wait` sees what the caller has changed.
        fence(Ordering::SeqCst);
        // Relaxed: the fence orders it.
        if self.waiting.load(Ordering::Relaxed) {
            let _held = self.lock.lock();
            self.woken.notify_one();
        }
    }

    /// Waits to be woken, if there is nothing to do until then.
    pub fn wait(&self, is_idle: impl FnOnce() -> bool) {
        let mut held = self.lock.lock();
        // Relaxed, here and below: the fences and the lock order it.
        self.waiting.store(true, Ordering::Relaxed);
        // Paired with the fence of `wake`. Without it, both could miss the other: a worker would run, and nobody would
        // end its slices.
        fence(Ordering::SeqCst);
        if is_idle() {
            self.woken.wait(&mut held);
        }
        self.waiting.store(false, Ordering::Relaxed);
    }
}
