//! Is there anything left that could happen? The worker that is the last to fall asleep asks, and brings the program to
//! its end, or nearer to it, if there is not.

use super::Ended;
use super::exit_signals::ask_to_exit;
use crate::actor::exit_reason::Cause;
use crate::introspection::snapshot::who_waits;
use crate::runtime::Runtime;
use crate::scheduler::worker::Worker;
use crate::time::live_timers;
use std::sync::atomic::Ordering;

/// Called when the worker has begun to sleep. When nothing can happen any more, it ends the program, or brings that
/// nearer. Says whether the worker is awake now, because somebody has been asked to shut down.
pub fn close_if_quiet(worker: &mut Worker) -> bool {
    let runtime = worker.runtime();
    let mut awake = false;
    runtime.scheduler.sleepers.if_nothing_happens(|| is_quiet(runtime), || awake = close(worker));
    awake
}

/// Asks the next actor to shut down. Without a next one, the program stops.
fn close(worker: &mut Worker) -> bool {
    let runtime = worker.runtime();
    if !runtime.lifecycle.first_has_finished() {
        runtime.stop(Ended::Stuck(who_waits(runtime)));
        return false;
    }
    let Some(pid) = runtime.lifecycle.closing.lock().next(&runtime.actors.records) else {
        runtime.stop(Ended::Finished);
        return false;
    };
    // Before it has work that no other worker sees.
    runtime.scheduler.end_sleep(worker.index);
    ask_to_exit(worker, pid, runtime.lifecycle.first(), Cause::Shutdown.into());
    true
}

/// Is there nothing that could happen any more? Asked when all workers sleep.
fn is_quiet(runtime: &Runtime) -> bool {
    // SeqCst: in one order with the workers' counting themselves asleep, so that a socket that was opened before is
    // seen.
    runtime.io.open_sockets.load(Ordering::SeqCst) == 0
        && !runtime.lifecycle.stopping()
        && !runtime
            .scheduler
            .workers
            .iter()
            .any(|worker| runtime.scheduler.has_work(worker) || live_timers::count(runtime, worker, 1) > 0)
        && !runtime.io.is_awaited(|pid| runtime.actors.is_alive(pid))
}
