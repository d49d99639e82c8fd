//! Timers that have come up: what each of them does.

use super::wheel::{Action, Due, Interval};
use crate::actor::mailbox::Status;
use crate::actor::record::{self, ActorRef};
use crate::heap::block::Block;
use crate::scheduler::worker::Worker;
use std::sync::atomic::Ordering;

impl Worker {
    /// Does what has come up since the last time.
    pub fn fire_timers(&mut self) {
        loop {
            let due = self.shared().timers.lock().pop(self.now);
            let Some(Due { at, id, action }) = due else { break };
            match action {
                // SAFETY: a timer's message is its own.
                Action::Send { pid, message } => unsafe {
                    self.deliver(pid, message.into_block());
                },
                Action::Wake { pid } => self.deadline(pid, at),
                Action::Every { pid, interval } => {
                    if !self.tick(pid, &interval) {
                        drop(self.shared().timers.lock().cancel(id));
                    }
                }
            }
        }
        self.drop_orphans();
    }

    /// Delivers a copy of an interval's message, unless the last one still waits. Answers whether the receiver lives.
    fn tick(&mut self, pid: i64, interval: &Interval) -> bool {
        let Some((record, shared)) = self.runtime().mailbox(pid) else { return false };
        // Relaxed, twice: the actor only lowers its count, and only this worker uses the interval's.
        let taken = record.taken_count.load(Ordering::Relaxed);
        if shared.still_waits(interval.last.load(Ordering::Relaxed), taken) {
            return true;
        }
        drop(shared);
        // SAFETY: the interval's message is read by this worker only; the copy is the mailbox's.
        let position = unsafe { self.deliver(pid, Block::duplicate(interval.message.block())) };
        interval.last.store(position, Ordering::Relaxed);
        true
    }

    /// A deadline's entry has come up: the actor may be waiting for it, for a later one, or for nothing.
    fn deadline(&mut self, pid: i64, at: u64) {
        let Some(record) = self.runtime().records.get(record::index_of(pid)) else { return };
        let mut shared = record.shared.lock();
        if !shared.is(record::generation_of(pid)) {
            return;
        }
        if shared.armed == Some(at) {
            shared.armed = None;
        }
        if let Status::Waiting { until: Some(until), .. } = shared.status {
            if until <= self.now {
                shared.status = Status::Active;
                drop(shared);
                self.enqueue(ActorRef::new(record));
            } else if shared.armed.is_none() {
                shared.armed = Some(until);
                self.shared().timers.lock().insert(until, Action::Wake { pid });
            }
        }
    }
}
