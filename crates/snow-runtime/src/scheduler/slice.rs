//! One time slice of one actor, from resume to park or end.

use super::polling::poll_if_due;
use super::worker::Worker;
use crate::actor::record::{self, ActorRef, NO_HOME, REASON_EXITED, REASON_PARK, REASON_POLL, Record, Wait};
use crate::arch;
use crate::heap::collect::Purpose;
use crate::lifecycle::ending::{end, end_without_memory};
use crate::memory::actor_collection::{collect_standing, is_tortured_here};
use crate::stack::run_stack::RunStack;
use crate::time::firing::spend_virtual_time;
use std::sync::atomic::Ordering;

/// Runs the actor until it parks, ends, or its slice is over.
///
/// # Safety
/// The actor is active and was taken from a run queue by this thread, to which the worker belongs. The
/// caller holds no reference into the worker.
#[inline(always)]
pub unsafe fn run(worker: *mut Worker, actor: ActorRef) {
    let record: &Record = &actor;
    // SAFETY: promised by the caller; the reference ends before the actor is resumed.
    if !unsafe { begin(&mut *worker, actor) } {
        return;
    }
    record.worker.set(worker.cast());
    loop {
        record.reason.set(REASON_PARK);
        // SAFETY: `begin` has put the actor's stack in place. No reference into the worker lives while the actor runs,
        // whose intrinsics make their own.
        unsafe { arch::resume(record) };
        // SAFETY: the actor has come back to this thread, and so to this worker.
        let goes_on = unsafe { came_back(&mut *worker, actor) };
        if !goes_on {
            return;
        }
    }
}

/// Puts the actor's stack in place. False when it does not run here, or not at all.
///
/// # Safety
/// As for `run`.
#[inline(always)]
unsafe fn begin(worker: &mut Worker, actor: ActorRef) -> bool {
    let record: &Record = &actor;
    // Relaxed: the actor came out of a queue, which orders what was written before.
    let home = record.home.load(Ordering::Relaxed);
    if home != NO_HOME && home as usize != worker.index {
        // It got its home after it was queued here.
        worker.runtime().scheduler.queue_at(home as usize, actor);
        return false;
    }
    // SAFETY: promised by the caller.
    unsafe {
        // Relaxed: a hint; one that is missed is seen when the actor parks, or at the next tick.
        if record.exit_asked.load(Ordering::Relaxed) {
            end(worker, record, REASON_EXITED);
            return false;
        }
        prepare(worker, record);
    }
    true
}

/// The actor has come back to the scheduler: it polls, parks or has ended. Says whether its slice goes on.
///
/// # Safety
/// It stands on the worker's stack.
#[inline(always)]
unsafe fn came_back(worker: &mut Worker, actor: ActorRef) -> bool {
    let record: &Record = &actor;
    // SAFETY: promised by the caller, for all of these.
    unsafe {
        match record.reason.get() {
            // Relaxed: a hint; one that is missed is seen when the actor parks, or at the next tick.
            REASON_POLL if record.exit_asked.load(Ordering::Relaxed) => end(worker, record, REASON_EXITED),
            REASON_POLL => {
                if goes_on(worker, record) {
                    return true;
                }
                if !park(worker, record) {
                    end_without_memory(worker, record);
                    return false;
                }
                worker.queue.was_preempted();
                worker.share();
                // What has come meanwhile goes before an actor that has just used up its slice.
                poll_if_due(worker);
                worker.enqueue(actor);
                spend_virtual_time(worker);
            }
            REASON_PARK => {
                if record.heap().wants_collection() {
                    collect_standing(worker, record, Purpose::Room(0));
                }
                if !park(worker, record) {
                    end_without_memory(worker, record);
                    return false;
                }
                match record.wait.replace(Wait::Turn) {
                    Wait::Turn => worker.enqueue(actor),
                    Wait::Message(until) => worker.wait_unless_woken(record, true, until),
                    Wait::Sleep(until) => worker.wait_unless_woken(record, false, Some(until)),
                    Wait::Reply(until) => worker.wait_unless_woken(record, false, until),
                }
            }
            reason => end(worker, record, reason),
        }
    }
    false
}

/// Puts the actor's stack back on the worker's, and shows the slice to other threads.
///
/// # Safety
/// The actor is this worker's, and parked or new.
#[inline(always)]
unsafe fn prepare(worker: &mut Worker, record: &Record) {
    let shared = worker.shared();
    worker.slices += 1;
    if worker.runtime().torture() {
        // Another address each time.
        let spare = &mut worker.spare_stacks;
        let other = if spare.is_empty() { RunStack::map() } else { Some(spare.remove(0)) };
        if let Some(other) = other {
            spare.extend(worker.stack.replace(other));
        }
    }
    worker.drop_spare_stacks();
    // SAFETY: the actor is parked, and no one is on the worker's stack.
    let pointer = unsafe { record.parked().unpark(&mut worker.stack, &mut worker.spare_stacks) };
    record.actor_stack.set(pointer);
    record.slices.set(record.slices.get().wrapping_add(1));
    let stack = worker.stack.as_ref().expect("unpark leaves a stack");
    worker.running.record.set(record);
    worker.running.stack_bottom.set(stack.bottom());
    worker.running.stack_top.set(stack.top());
    // Relaxed: this thread's own compiled code reads it, and a hint of the ticker may get lost.
    record.preempt.store(first_preempt(worker), Ordering::Relaxed);
    // Relaxed: a late look at it costs a tick.
    shared.slice.store(worker.slices, Ordering::Relaxed);
    // Release: a thread that sees the pointer sees the record initialised; see `SharedWorker::interrupt`.
    shared.current.store(std::ptr::from_ref(record).cast_mut(), Ordering::Release);
}

/// What the preemption byte is at the beginning of a slice. In torture or deterministic mode, and while the program
/// stops, every poll shall come to the scheduler: the byte is set from the beginning.
fn first_preempt(worker: &Worker) -> u8 {
    let runtime = worker.runtime();
    let always = runtime.torture() || runtime.deterministic() || runtime.lifecycle.stopping();
    if always { record::PREEMPT_SLICE } else { 0 }
}

/// At a poll: collects if asked to. Says whether the slice goes on.
///
/// # Safety
/// The actor stands on the worker's stack, in a poll.
unsafe fn goes_on(worker: &mut Worker, record: &Record) -> bool {
    let torture = worker.runtime().torture();
    // SAFETY: promised by the caller.
    let tortured = torture && unsafe { is_tortured_here(worker, record) };
    // SAFETY: the actor is this worker's; the reference ends at once.
    if tortured || unsafe { record.heap().wants_collection() } {
        let again = record.collected_again_in(worker.slices);
        let purpose = if again { Purpose::RoomAgain(0) } else { Purpose::Room(0) };
        // SAFETY: promised by the caller.
        unsafe { collect_standing(worker, record, purpose) };
    }
    // Relaxed: as in `prepare`.
    let was = record.preempt.swap(first_preempt(worker), Ordering::Relaxed);
    let over = was == record::PREEMPT_SLICE && if torture { tortured } else { worker.switches_here() };
    !over && !worker.runtime().lifecycle.stopping()
}

/// Takes the actor off the run stack. False when there is no memory for what it has there.
///
/// # Safety
/// It has just parked there, and is this worker's.
#[inline(always)]
unsafe fn park(worker: &mut Worker, record: &Record) -> bool {
    // SAFETY: promised by the caller.
    unsafe {
        if record.heap().rests_on_garbage() {
            collect_standing(worker, record, Purpose::Room(0));
        }
        let pointer = record.actor_stack.get();
        if !record.parked().park(&mut worker.stack, &mut worker.spare_stacks, pointer) {
            return false;
        }
        worker.idle.parked(record, worker.now);
    }
    true
}
