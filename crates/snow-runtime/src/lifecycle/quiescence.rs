//! Is there anything left that could happen? The worker that is the last to fall asleep asks, and brings the program to
//! its end, or nearer to it, if there is not.

use super::Ended;
use super::exit_signals::ask_to_exit;
use crate::actor::exit_reason::Cause;
use crate::actor::mailbox::Status;
use crate::introspection::snapshot::who_waits;
use crate::runtime::Runtime;
use crate::scheduler::SharedWorker;
use crate::scheduler::worker::Worker;
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
            .any(|worker| runtime.scheduler.has_work(worker) || will_fire(runtime, worker))
        && !runtime.io.is_awaited(|pid| runtime.actors.is_alive(pid))
}

/// Does one of the timers do anything? Deadlines are not taken out when the actor gets its message in time, nor
/// messages when their receiver ends: those are, here.
fn will_fire(runtime: &Runtime, worker: &SharedWorker) -> bool {
    let mut found = Vec::new();
    let mut from = Some(0);
    while let Some(start) = from {
        found.clear();
        // An actor that sets a deadline locks its mailbox first and then the timers, so both are never held here.
        from = worker.timers.lock().receivers(start, &mut found);
        for &(id, pid, deadline) in &found {
            match runtime.actors.mailbox(pid) {
                Some((_, shared)) => {
                    if !deadline || matches!(shared.status, Status::Waiting { until: Some(_), .. }) {
                        return true;
                    }
                }
                None => drop(worker.timers.lock().cancel(id)),
            }
        }
    }
    false
}
