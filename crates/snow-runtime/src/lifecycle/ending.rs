//! The end of an actor.
//!
//! 1. Why it ends is found out: it has returned or crashed, or somebody has asked it to end.
//! 2. If it has a `terminate` block, that runs first, on a new stack. Its end comes back here.
//! 3. Its slot gets the next generation, so that nobody finds the actor any more.
//! 4. What it had is given back: messages, heap, stack, sockets, outboxes, and last the slot.
//! 5. Those whom its end concerns are told: owners, links, monitors.
//! 6. With the first actor, the program comes to its end.

use super::crash_report;
use super::exit_signals::linked_ended;
use super::monitors::tell_watcher;
use crate::actor::exit_reason::{Cause, Reason};
use crate::actor::mailbox::{Status, release_messages};
use crate::actor::possessions::Owned;
use crate::actor::record::{ActorRef, NO_HOME, REASON_CRASHED, REASON_EXITED, REASON_STOPPED, Record, Wait};
use crate::actor::relations::{Relations, Tie, Ties};
use crate::handles::handle::Pid;
use crate::handles::handle::next_generation;
use crate::heap::block;
use crate::heap::object::Ref;
use crate::io::{group_operations, outbox_operations, socket_operations};
use crate::memory::actor_collection::standing_frames;
use crate::memory::emergency;
use crate::scheduler::worker::Worker;
use std::sync::atomic::Ordering;

/// What an actor holds beside its heap, roughly: stack bytes, messages, queues.
const ENDED_BESIDES: usize = 1024;

/// The actor has come to its end: its `terminate` block runs first, if there is one.
///
/// # Safety
/// The actor is this worker's, and does not run. Its stack is as it was when it left compiled code for `reason`. The
/// caller does not use the record afterwards: the slot may be another actor's.
pub unsafe fn end(worker: &mut Worker, record: &Record, reason: u8) {
    let crashed = reason == REASON_CRASHED;
    // SAFETY: the field is this worker's.
    let crash = crashed
        .then(|| unsafe { (*record.crash.get()).take() }.map_or("stack overflow".into(), |message| *message));
    let report = crash.as_ref().map(|message| {
        // SAFETY: promised by the caller.
        unsafe { crash_report::report(&worker.runtime().code, record, message) }
    });
    let why = match crash {
        Some(message) => Reason::from(Cause::Error(message.into())),
        // Also of one that has returned since it was asked to end. Relaxed: one that is missed has come too late.
        None if reason == REASON_EXITED || record.exit_asked.load(Ordering::Relaxed) => asked_reason(record),
        None => Cause::Normal.into(),
    };
    let terminate = record.terminate.replace(0);
    if terminate != 0 && reason != REASON_STOPPED {
        print_crash(worker, record.pid(), report.as_deref());
        // SAFETY: promised by the caller.
        unsafe { begin_terminate(worker, record, terminate, why) };
        return;
    }
    if crashed {
        // Since that may have been for want of memory.
        emergency::take_shortage();
        block::fill_spare();
    }
    let pid = record.pid();
    // SAFETY: the field is this worker's.
    let earlier = unsafe { (*record.ending.get()).take() };
    let ended_twice = earlier.is_some();
    let why = earlier.map_or(why, |why| *why);
    // SAFETY: promised by the caller.
    let (ties, relations) = unsafe { release(worker, record) };
    if reason != REASON_STOPPED {
        announce(worker, pid, ties, relations, &why);
    }
    if worker.runtime().is_first(pid) && reason != REASON_STOPPED {
        let text = match why.cause {
            Cause::Normal => None,
            _ if report.is_some() && !ended_twice => report,
            _ => Some(format!("Snow: main was ended: {}", crash_report::one_line(&why.to_string()))),
        };
        worker.runtime().first_ended(text);
    } else {
        print_crash(worker, pid, report.as_deref());
    }
}

/// Ends an actor that stands on the worker's stack since there is no memory for it to wait.
///
/// # Safety
/// As for `end`.
pub unsafe fn end_without_memory(worker: &mut Worker, record: &Record) {
    // SAFETY: promised by the caller.
    let (frame, ret, _) = unsafe { standing_frames(record) };
    record.caller_frame.set(frame);
    record.caller_return.set(ret);
    // SAFETY: the actor is this worker's.
    unsafe { record.crash("out of memory: there is no room for the stack of an actor that waits") };
    // SAFETY: promised by the caller.
    unsafe { end(worker, record, REASON_CRASHED) };
}

/// Why somebody asked it to end.
fn asked_reason(record: &Record) -> Reason {
    let mut shared = record.shared.lock();
    // Relaxed: a hint, set under the lock that is held.
    record.exit_asked.store(false, Ordering::Relaxed);
    let exit = shared.relations.as_mut().and_then(|relations| relations.exit.take());
    exit.map_or(Cause::Normal.into(), |reason| *reason)
}

/// What the first actor's crash says is printed where the program ends.
fn print_crash(worker: &Worker, pid: Pid, report: Option<&str>) {
    let runtime = worker.runtime();
    if let Some(report) = report
        && !runtime.is_first(pid)
    {
        runtime.io.output.print_error(format!("{report}\n").as_bytes());
    }
}

/// The actor goes on with its `terminate` block, on a new stack.
///
/// # Safety
/// As for `end`.
unsafe fn begin_terminate(worker: &mut Worker, record: &Record, entry: usize, why: Reason) {
    // SAFETY: the fields are this worker's. The abandoned stack is never looked at again.
    unsafe {
        *record.ending.get() = Some(Box::new(why));
        worker.spare_stacks.extend(record.parked().release());
    }
    record.entry.set(entry);
    record.wait.set(Wait::Turn);
    record.awaits.set(None);
    let mut shared = record.shared.lock();
    shared.terminating = true;
    if let Some(relations) = &mut shared.relations {
        relations.exit = None;
    }
    // Relaxed: as in `asked_reason`.
    record.exit_asked.store(false, Ordering::Relaxed);
    drop(shared);
    // SAFETY: it is active, and this worker's.
    worker.enqueue(unsafe { ActorRef::new(record) });
}

/// Gives back everything that the actor had, but for its relations with others.
///
/// # Safety
/// As for `end`.
unsafe fn release(worker: &mut Worker, record: &Record) -> (Ties, Option<Box<Relations>>) {
    let runtime = worker.runtime();
    let pid = record.pid();
    let mut shared = record.shared.lock();
    shared.status = Status::Dead;
    shared.generation = next_generation(shared.generation);
    shared.armed = None;
    shared.terminating = false;
    shared.awaits = None;
    let (messages, _) = shared.take_all();
    // Relaxed, these and those below: the lock, and that of the slab's free slots, hand the slot over to its next actor.
    record.pending.store(0, Ordering::Relaxed);
    record.exit_asked.store(false, Ordering::Relaxed);
    let owned = std::mem::take(&mut shared.owned);
    let concerned = (std::mem::take(&mut shared.ties), shared.relations.take());
    drop(shared);

    record.taken_count.store(0, Ordering::Relaxed);
    record.arguments.set(Ref::immediate(0).0);
    // SAFETY: the actor never runs again, so its messages, heap and stack are used by nobody.
    unsafe {
        release_messages(messages);
        release_messages(record.taken.replace(std::ptr::null_mut()));
        let heap = record.heap();
        worker.idle.note_freed(heap.bytes() + heap.outside() + ENDED_BESIDES, worker.now);
        heap.release(&record.bump, &mut worker.spaces);
        worker.spare_stacks.extend(record.parked().release());
    }
    record.wait.set(Wait::Turn);
    record.awaits.set(None);
    record.ties_spawned.set(None);
    record.terminate.set(0);
    for what in owned.iter() {
        match what {
            Owned::Socket(handle) => socket_operations::close_unowned(worker, handle),
            Owned::Outbox(handle) => {
                let freed = outbox_operations::remove(worker, handle);
                worker.idle.note_freed(freed, worker.now);
            }
            Owned::Listener(handle) => group_operations::unlisten(worker, handle, pid),
        }
    }
    record.home.store(NO_HOME, Ordering::Relaxed);
    // From here on the slot may be another actor's.
    runtime.actors.records.free(pid.index());
    concerned
}

/// Tells everyone concerned that an actor has ended.
fn announce(worker: &mut Worker, pid: Pid, ties: Ties, relations: Option<Box<Relations>>, reason: &Reason) {
    let actors = &worker.runtime().actors;
    let mut told = None;
    if let Some(relations) = relations {
        let Relations { watchers, watching, names, .. } = *relations;
        for name in names {
            actors.names.forget(&name, pid);
        }
        for (reference, watched) in watching {
            if let Some((_, mut shared)) = actors.mailbox(watched)
                && let Some(theirs) = &mut shared.relations
            {
                theirs.watchers.remove(reference);
            }
        }
        told = Some(watchers);
    }
    for (other, tie) in ties {
        match tie {
            Tie::Link | Tie::Owns => linked_ended(worker, other, pid, reason),
            Tie::OwnedBy => {
                if let Some((_, mut shared)) = actors.mailbox(other) {
                    shared.ties.remove(pid);
                }
            }
        }
    }
    for (reference, watcher) in told.into_iter().flatten() {
        tell_watcher(worker, watcher, reference, pid, reason);
    }
}
