//! What a worker does: run actors, one slice after the other, and sleep when there is none.
//!
//! How a worker stops:
//!
//! 1. `Runtime::stop` sets the flag and wakes all workers; the thread that ends time slices ends those that run.
//! 2. The worker sees the flag behind its slice, or before it sleeps, and leaves its loop.
//! 3. It goes offline for the epochs, so that nobody waits for it any more.
//! 4. It hands over the text that its actors have printed, and gives back the memory that its thread has kept.
//! 5. It counts itself among those that have left: the last of them ends the thread that ends time slices.
//!
//! A worker whose own code panics cannot do that: its actors would be waited for. So the process ends.

use super::polling::{poll, poll_if_due};
use super::slice;
use super::worker::Worker;
use crate::actor::record::ActorRef;
use crate::heap::blob;
use crate::heap::block;
use crate::io::streams;
use crate::lifecycle::panics::last_panic;
use crate::lifecycle::quiescence::close_if_quiet;
use crate::memory::idle_shrink;
use crate::runtime::Runtime;
use crate::stack::overflow::Watch;
use std::time::Duration;

/// Runs actors until the runtime stops. The worker is a raw pointer because the intrinsics of the actor that it has
/// resumed use the same worker.
///
/// # Safety
/// The worker belongs to this thread, and its runtime lives longer.
pub unsafe fn run(worker: *mut Worker) {
    // The first thing of a thread that is dropped at its end takes memory for that, and aborts if there is none.
    last_panic();
    // SAFETY: promised by the caller. No reference made here lives across `slice::run`.
    let (runtime, index) = unsafe { ((*worker).runtime(), (*worker).index) };
    let _leaving = Leaving(runtime);
    // SAFETY: the worker lives longer than this function.
    let _watch = unsafe { Watch::start(&raw const (*worker).running) };
    // SAFETY: as above.
    unsafe { (*worker).now = runtime.clock.now() };
    while !runtime.lifecycle.stopping() {
        // SAFETY: as above; the reference ends before the slice begins.
        let next = unsafe {
            let worker = &mut *worker;
            note_quiescent(worker);
            poll_if_due(worker);
            next(worker)
        };
        match next {
            // SAFETY: the actor was taken from a queue by this worker.
            Some(actor) => unsafe { slice::run(worker, actor) },
            // SAFETY: as above.
            None => sleep(unsafe { &mut *worker }),
        }
    }
    // SAFETY: this worker runs nothing any more.
    unsafe { runtime.scheduler.workers[index].offline(&runtime.epochs, index) };
    runtime.io.output.flush();
    block::clear_kept();
}

/// Counts the worker that drops it.
struct Leaving<'a>(&'a Runtime);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let place = last_panic().unwrap_or_default();
            streams::complain(&format!(
                "Snow: a worker failed ({place}): the system gives no more memory, or the runtime is wrong"
            ));
            std::process::abort();
        }
        self.0.scheduler.count_left();
    }
}

/// Between two slices the worker holds no reference to a slot.
#[inline]
fn note_quiescent(worker: &mut Worker) {
    let epochs = &worker.runtime().epochs;
    if epochs.current() != worker.epoch {
        // SAFETY: it runs nothing now, and the actors in its queue are active: their slots are in use.
        worker.epoch = unsafe { worker.shared().quiescent(epochs, worker.index) };
    }
}

/// The actor whose turn it is: of this worker's own, or another's.
#[inline]
fn next(worker: &mut Worker) -> Option<ActorRef> {
    worker.shared().inbox.take_into(worker.queue.local());
    let next = if let Some(random) = &mut worker.random {
        let all = worker.queue.local();
        if all.is_empty() { None } else { all.swap_remove_back(random.below(all.len())) }
    } else {
        worker.queue.next().or_else(|| steal(worker))
    };
    worker.show_queue();
    next
}

fn steal(worker: &mut Worker) -> Option<ActorRef> {
    let workers = &worker.runtime().scheduler.workers;
    (1..workers.len())
        .find_map(|offset| worker.queue.steal(&workers[(worker.index + offset) % workers.len()].stealer))
}

/// Nothing to run: wait for events, timers or other workers.
fn sleep(worker: &mut Worker) {
    let runtime = worker.runtime();
    runtime.io.output.flush();
    let shared = worker.shared();
    runtime.scheduler.sleepers.begin(worker.index);
    if runtime.scheduler.has_work(shared) || runtime.lifecycle.stopping() {
        runtime.scheduler.end_sleep(worker.index);
        return;
    }
    let timer = shared.timers.lock().next();
    if worker.random.is_some() {
        // Every actor waits: virtual time goes on at the next timer.
        if let Some(at) = timer {
            runtime.scheduler.end_sleep(worker.index);
            runtime.clock.advance_to(at);
            poll(worker, Some(Duration::ZERO));
            return;
        }
    }
    if close_if_quiet(worker) {
        return;
    }
    if runtime.lifecycle.stopping() {
        runtime.scheduler.end_sleep(worker.index);
        return;
    }
    worker.now = runtime.clock.now();
    worker.idle.note_freed_blobs(blob::take_freed(), worker.now);
    let until = [timer, idle_shrink::due(worker)].into_iter().flatten().min();
    poll(worker, until.map(|at| Duration::from_nanos(at.saturating_sub(worker.now))));
    runtime.scheduler.end_sleep(worker.index);
    if worker.queue.local().is_empty() {
        idle_shrink::give_back(worker);
    }
}
