//! How the thread that ends time slices (`preemption`) sleeps while every worker does.

use crate::sync::{AtomicBool, Condvar, Mutex, fence};
use std::sync::atomic::Ordering;

#[derive(Default)]
pub struct Ticker {
    waiting: AtomicBool,
    lock: Mutex<()>,
    woken: Condvar,
}

impl Ticker {
    /// A worker has work again, or the runtime stops.
    pub fn wake(&self) {
        // Between what the caller has just changed and this look: see `wait`.
        fence(Ordering::SeqCst);
        if self.waiting.load(Ordering::Relaxed) {
            let _held = self.lock.lock();
            self.woken.notify_one();
        }
    }

    /// Waits to be woken, if there is nothing to do until then.
    pub fn wait(&self, is_idle: impl FnOnce() -> bool) {
        let mut held = self.lock.lock();
        self.waiting.store(true, Ordering::Relaxed);
        // Either what has changed is seen here, or whoever changed it sees that the ticker waits.
        fence(Ordering::SeqCst);
        if is_idle() {
            self.woken.wait(&mut held);
        }
        self.waiting.store(false, Ordering::Relaxed);
    }
}
