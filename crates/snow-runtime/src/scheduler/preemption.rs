//! The thread that ends time slices which have become long: it sets the preemption byte of an actor that it finds
//! running at two ticks in a row.

use crate::runtime::Runtime;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// An actor found running at two ticks in a row has run for one to two of them.
const TICK: Duration = Duration::from_millis(2);
/// So many ticks without work, and the thread waits to be woken.
const IDLE_TICKS: u32 = 25;

/// Runs until all workers have left.
pub fn run(runtime: &Runtime) {
    let scheduler = &runtime.scheduler;
    let mut seen: Vec<u64> = vec![0; scheduler.workers.len()];
    let mut idle = 0;
    let member = scheduler.workers.len();
    while !scheduler.all_left() {
        std::thread::sleep(TICK);
        // SAFETY: this thread is that member, and holds no reference between two looks.
        unsafe { runtime.epochs.quiescent(member) };
        let mut busy = false;
        let mut surplus = false;
        for (index, (worker, seen)) in scheduler.workers.iter().zip(&mut seen).enumerate() {
            // Relaxed, all of these: hints. A late or spurious one costs a tick, not correctness.
            if scheduler.sleepers.is_asleep(index) {
                continue;
            }
            busy = true;
            worker.poll_due.store(true, Ordering::Relaxed);
            surplus |= !worker.stealer.is_empty();
            let slice = worker.slice.load(Ordering::Relaxed);
            // A worker may have resumed a busy actor just before it could see that the program stops.
            if slice == *seen || runtime.lifecycle.stopping() {
                // SAFETY: this thread is a member, and not offline.
                unsafe { worker.interrupt() };
            }
            *seen = slice;
        }
        // SAFETY: as above.
        unsafe { runtime.epochs.offline(member) };
        if surplus {
            scheduler.wake_thief();
        }
        idle = if busy { 0 } else { idle + 1 };
        if idle > IDLE_TICKS {
            scheduler.ticker.wait(|| scheduler.sleepers.all_asleep() && !runtime.lifecycle.stopping());
            idle = 0;
        }
    }
}
