//! One thread that ends time slices. It sleeps while every worker does.

use super::Runtime;
use crate::actor::record::PREEMPT_SLICE;
use parking_lot::{Condvar, Mutex};
use std::sync::atomic::{AtomicBool, Ordering};
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
        // SeqCst: either the ticker sees the worker awake before it waits, or the worker sees it waiting.
        if self.waiting.load(Ordering::SeqCst) {
            let _held = self.lock.lock();
            self.called.notify_one();
        }
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
        for (worker, seen) in runtime.workers.iter().zip(&mut seen) {
            // Relaxed, here and below: hints. A late or spurious one costs a millisecond, not correctness.
            if worker.sleeping.load(Ordering::Relaxed) {
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
            wait(runtime);
            idle = 0;
        }
    }
}

fn wait(runtime: &Runtime) {
    let ticker = &runtime.ticker;
    let mut held = ticker.lock.lock();
    ticker.waiting.store(true, Ordering::SeqCst);
    let asleep = runtime.workers.iter().all(|worker| worker.sleeping.load(Ordering::SeqCst));
    if asleep && !runtime.stopping() {
        ticker.called.wait(&mut held);
    }
    ticker.waiting.store(false, Ordering::SeqCst);
}
