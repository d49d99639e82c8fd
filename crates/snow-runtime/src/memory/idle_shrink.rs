//! Gives memory back of actors and workers that have been idle for a moment.

use super::actor_collection::collect;
use super::allocator;
use super::idle::{Candidate, IDLE_AFTER, Idle};
use crate::actor::mailbox::Status;
use crate::actor::possessions::Owned;
use crate::heap::collect::Purpose;
use crate::heap::{Heap, block};
use crate::io::outbox_operations;
use crate::scheduler::worker::Worker;
use std::sync::atomic::Ordering;

/// Actors looked at in one go, so that a thousand idle ones do not delay the next event.
const AT_ONCE: usize = 64;
/// Bytes freed after which the allocator is asked to give its free pages back.
const TRIM_AFTER: usize = 1 << 20;
/// An actor that has run no more slices than this in a second only looks after something now and then.
const SELDOM: u32 = 8;
/// Its heap is shrunk if that leaves at most this much: a collection in a second costs nothing then.
const SHRUNK_WHILE_RUNNING: usize = 4 << 20;
/// Room that queues keep.
const ROOM_KEPT: usize = 64;

/// When there will be something to give back (nanoseconds of the runtime's clock).
pub fn due(worker: &Worker) -> Option<u64> {
    let Idle { candidates, freed, slots_left, trim_due, tidied_at, .. } = &worker.idle;
    let shrink = candidates.front().map(|candidate| candidate.due);
    let trim = (*freed > TRIM_AFTER || *slots_left).then_some(*trim_due);
    let spare = worker.spaces.has_spare().then_some(tidied_at + IDLE_AFTER);
    [shrink, trim, spare].into_iter().flatten().min()
}

/// Gives back what is due. Called when there is nothing to run.
pub fn give_back(worker: &mut Worker) {
    for _ in 0..AT_ONCE {
        match worker.idle.candidates.front() {
            Some(candidate) if candidate.due <= worker.now => {}
            _ => break,
        }
        let candidate = worker.idle.candidates.pop_front().expect("it is there");
        shrink_if_idle(worker, candidate);
    }
    let has_run = worker.idle.tidied_slices != worker.slices || worker.spaces.has_spare();
    if has_run && worker.now >= worker.idle.tidied_at + IDLE_AFTER {
        worker.idle.tidied_at = worker.now;
        worker.idle.tidied_slices = worker.slices;
        worker.spaces.drop_spare();
        if let Some(stack) = &mut worker.stack {
            // SAFETY: no actor runs on this worker now.
            unsafe { stack.tidy() };
        }
    }
    if worker.idle.slots_left && worker.idle.trim_due <= worker.now {
        give_back_slots(worker);
    }
    if worker.idle.freed > TRIM_AFTER && worker.idle.trim_due <= worker.now {
        trim(worker);
    // Relaxed: the worker that asks rings the poller behind it, which orders the two.
    } else if worker.shared().memory_due.swap(false, Ordering::Relaxed) {
        allocator::give_back_own();
    }
}

/// Much has been freed, and the worker is idle: gives all back to the system that can be given.
fn trim(worker: &mut Worker) {
    worker.idle.freed = 0;
    worker.idle.trim_deadline = 0;
    give_back_slots(worker);
    let runtime = worker.runtime();
    worker.dead_timers.drop_idle(&worker.shared().timers, |pid| runtime.actors.is_alive(pid));
    worker.idle.candidates.shrink_to(ROOM_KEPT);
    worker.queue.local().shrink_to(ROOM_KEPT);
    worker.shared().inbox.shrink_to(ROOM_KEPT);
    worker.spaces.clear();
    block::clear_kept();
    allocator::give_back();
    ask_others_to_give_back(worker);
}

/// What has been freed here may lie in other threads' parts of malloc's heap.
fn ask_others_to_give_back(worker: &Worker) {
    let workers = &worker.runtime().scheduler.workers;
    for (_, other) in workers.iter().enumerate().filter(|(index, _)| *index != worker.index) {
        // Relaxed: see `give_back`.
        other.memory_due.store(true, Ordering::Relaxed);
        // One that cannot be rung gives back when it is idle the next time.
        let _ = other.waker.wake();
    }
}

fn give_back_slots(worker: &mut Worker) {
    // SAFETY: nothing runs on this worker, and nothing that was found in a slab is held here.
    worker.idle.slots_left = unsafe { worker.runtime().give_back_slots(worker.index) };
    if worker.idle.slots_left {
        worker.idle.trim_due = worker.now + IDLE_AFTER;
    }
}

/// Shrinks an actor's memory if it has not run since it was listed, and else lists it again. One that has run seldom is
/// shrunk, too, if most of its heap is room.
fn shrink_if_idle(worker: &mut Worker, candidate: Candidate) {
    let Some(record) = worker.runtime().actors.records.get(candidate.slot) else { return };
    let mut shared = record.shared.lock();
    let Status::Waiting { messages, until } = shared.status else {
        // It runs, or has ended and the next actor in its place is listed with it.
        if shared.status == Status::Dead {
            record.shrink_listed.store(false, Ordering::Relaxed);
        } else {
            drop(shared);
            let due = worker.now + IDLE_AFTER;
            worker.idle.candidates.push_back(Candidate { due, ..candidate });
        }
        return;
    };
    // Claims it: no one else runs it until it waits again.
    shared.status = Status::Active;
    let slices = record.slices.get();
    let is_idle = slices == candidate.slices;
    // SAFETY: claimed; the reference ends at once.
    let is_roomy = unsafe { is_roomy(record.heap()) };
    let shrinks = is_idle || is_roomy && slices.wrapping_sub(candidate.slices) <= SELDOM;
    if shrinks {
        shared.shrink();
        for owned in shared.owned.iter() {
            if let Owned::Outbox(outbox) = owned {
                outbox_operations::shrink(worker.runtime(), outbox);
            }
        }
    }
    drop(shared);
    if shrinks {
        // SAFETY: claimed and parked; the frames are those of its parked stack.
        unsafe {
            let before = record.heap().bytes();
            let frames = record.parked().frames();
            collect(worker, record, Purpose::Shrink, frames);
            record.parked().shrink();
            worker.idle.freed += before.saturating_sub(record.heap().bytes());
        }
    }
    if is_idle {
        record.shrink_listed.store(false, Ordering::Relaxed);
    } else {
        let due = worker.now + IDLE_AFTER;
        worker.idle.candidates.push_back(Candidate { slices, due, ..candidate });
    }
    // SAFETY: it is claimed, and parked as it was.
    unsafe { worker.wait_unless_woken(record, messages, until) };
}

/// Has a heap much more room than what lives in it?
fn is_roomy(heap: &Heap) -> bool {
    heap.live() <= SHRUNK_WHILE_RUNNING && heap.bytes() > 2 * heap.live() + (64 << 10)
}
