//! What timers do when their time has come.

use super::wheel::{Action, Due, Interval};
use crate::actor::mailbox::Status;
use crate::actor::record::ActorRef;
use crate::handles::handle::Pid;
use crate::heap::block::Block;
use crate::scheduler::worker::Worker;
use std::sync::atomic::Ordering;

/// Nanoseconds that a slice takes that ends at a poll, in deterministic mode.
const SLICE_OF_VIRTUAL_TIME: u64 = 10_000;

/// Fires the worker's timers whose time has come.
pub fn fire_timers(worker: &mut Worker) {
    loop {
        let due = worker.shared().timers.lock().pop(worker.now);
        let Some(Due { at, id, action }) = due else { break };
        match action {
            // SAFETY: a timer's message is its own.
            Action::Send { pid, message } => unsafe {
                worker.deliver(pid, message.into_block());
            },
            Action::Wake { pid } => deadline(worker, pid, at),
            Action::Every { pid, interval } => {
                if !tick(worker, pid, &interval) {
                    drop(worker.shared().timers.lock().cancel(id));
                }
            }
        }
    }
    let runtime = worker.runtime();
    worker.dead_timers.drop_some(&worker.shared().timers, |pid| runtime.actors.is_alive(pid));
}

/// In deterministic mode, an actor that is busy spends time, too: it cannot keep the others' timers from firing.
pub fn spend_virtual_time(worker: &mut Worker) {
    if worker.random.is_some() {
        let clock = &worker.runtime().clock;
        clock.advance_to(clock.now() + SLICE_OF_VIRTUAL_TIME);
        worker.now = clock.now();
        fire_timers(worker);
    }
}

/// Delivers a copy of an interval's message, unless the last one still waits. False when the receiver has ended.
fn tick(worker: &mut Worker, pid: Pid, interval: &Interval) -> bool {
    let Some((record, shared)) = worker.runtime().actors.mailbox(pid) else { return false };
    // Relaxed, twice: the actor only lowers its count, and only this worker uses the interval's.
    let taken = record.taken_count.load(Ordering::Relaxed);
    if shared.still_waits(interval.last.load(Ordering::Relaxed), taken) {
        return true;
    }
    drop(shared);
    // SAFETY: the interval's message is read by this worker only; the copy is the mailbox's.
    let position = unsafe { worker.deliver(pid, Block::duplicate(interval.message.block())) };
    // Relaxed: only this worker uses it.
    interval.last.store(position, Ordering::Relaxed);
    true
}

/// A timer for a deadline has fired: the actor may be waiting until then, until later, or not at all.
fn deadline(worker: &mut Worker, pid: Pid, at: u64) {
    let Some((record, mut shared)) = worker.runtime().actors.mailbox(pid) else { return };
    if shared.armed.is_some_and(|armed| armed.get() == at) {
        shared.armed = None;
    }
    if let Status::Waiting { until: Some(until), .. } = shared.status {
        if until.get() <= worker.now {
            shared.status = Status::Active;
            drop(shared);
            // SAFETY: it has just been made active.
            worker.enqueue(unsafe { ActorRef::new(record) });
        } else if shared.armed.is_none() {
            shared.armed = Some(until);
            worker.shared().timers.lock().insert(until.get(), Action::Wake { pid });
        }
    }
}
