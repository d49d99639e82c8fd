//! One thread that ends time slices. It sleeps while every worker does.

use crate::actor::record::PREEMPT_SLICE;
use crate::runtime::Runtime;
use crate::sync::{AtomicBool, Condvar, Mutex, fence};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// An actor found running at two ticks in a row has run for one to two of them.
const TICK: Duration = Duration::from_millis(2);
/// So many ticks without work, and the ticker waits to be called.
const IDLE_TICKS: u32 = 25;

#[derive(Default)]
pub struct Ticker {
    waiting: AtomicBool,
    lock: Mutex<()>,
    called: Condvar,
}

impl Ticker {
    /// A worker has work again, or the runtime stops.
    pub fn call(&self) {
        // Between what the caller has just changed and this look: see `wait`.
        fence(Ordering::SeqCst);
        if self.waiting.load(Ordering::Relaxed) {
            let _held = self.lock.lock();
            self.called.notify_one();
        }
    }

    /// Waits to be called, if there is nothing to do until then.
    pub fn wait(&self, is_idle: impl FnOnce() -> bool) {
        let mut held = self.lock.lock();
        self.waiting.store(true, Ordering::Relaxed);
        // Either what has changed is seen here, or whoever changed it sees that the ticker waits.
        fence(Ordering::SeqCst);
        if is_idle() {
            self.called.wait(&mut held);
        }
        self.waiting.store(false, Ordering::Relaxed);
    }
}

pub fn run(runtime: &Runtime) {
    let mut seen: Vec<u64> = vec![0; runtime.workers.len()];
    let mut idle = 0;
    let member = runtime.workers.len();
    // A worker may have resumed a busy actor just before it could see that the runtime stops.
    while !runtime.all_left() {
        std::thread::sleep(TICK);
        runtime.epochs.see(member);
        let mut busy = false;
        let mut surplus = false;
        for (index, (worker, seen)) in runtime.workers.iter().zip(&mut seen).enumerate() {
            // Relaxed, here and below: hints. A late or spurious one costs a millisecond, not correctness.
            if runtime.sleepers.is_asleep(index) {
                continue;
            }
            busy = true;
            worker.poll_due.store(true, Ordering::Relaxed);
            surplus |= !worker.stealer.is_empty();
            let slice = worker.slice.load(Ordering::Relaxed);
            if slice == *seen {
                let current = worker.current.load(Ordering::Acquire);
                if !current.is_null() {
                    // SAFETY: the epochs keep it; see there. An actor that runs elsewhere by now, or no
                    // more, just yields once too often.
                    unsafe { (*current).preempt.store(PREEMPT_SLICE, Ordering::Relaxed) };
                }
            }
            *seen = slice;
        }
        runtime.epochs.rest(member);
        if surplus {
            runtime.wake_thief();
        }
        idle = if busy { 0 } else { idle + 1 };
        if idle > IDLE_TICKS {
            runtime.ticker.wait(|| runtime.sleepers.all_asleep() && !runtime.stopping());
            idle = 0;
        }
    }
}
