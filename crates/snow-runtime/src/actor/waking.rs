//! Handing messages to an actor, and parking it unless one has come. Both happen under the lock of its mailbox, which
//! decides who queues the actor: exactly one of those that make it active.

use super::exit_reason::Reason;
use super::mailbox::{Mailbox, Status};
use super::record::{PREEMPT_SLICE, Record};
use crate::heap::block::Block;
use std::sync::atomic::Ordering;

impl Record {
    /// Appends a message. Returns whether the actor was waiting for one: it is active now, and the caller must queue
    /// it when it has let go of the mailbox.
    ///
    /// # Safety
    /// The mailbox is this actor's. The block is a message that no one else uses; it belongs to the mailbox now.
    pub unsafe fn put(&self, shared: &mut Mailbox, message: *mut Block) -> bool {
        // SAFETY: promised by the caller.
        let wakes = unsafe { shared.push(message) };
        // Relaxed: see the field.
        self.pending.store(shared.len(), Ordering::Relaxed);
        wakes
    }

    /// Is there anything that the actor has not taken over?
    pub fn has_pending(&self) -> bool {
        // Relaxed: one that is missed is found when the actor parks.
        self.pending.load(Ordering::Relaxed) != 0
    }

    /// Takes all messages out of the mailbox, oldest first, with their number. For the worker that runs the actor.
    ///
    /// From a bounded mailbox it takes one: so long as the others are there, the oldest of them can be dropped.
    pub fn take_over(&self) -> (*mut Block, u32) {
        let mut shared = self.shared.lock();
        let taken = if shared.bound.is_some() {
            let oldest = shared.take_first(|_| true);
            (oldest, u32::from(!oldest.is_null()))
        } else {
            shared.take_all()
        };
        self.pending.store(shared.len(), Ordering::Relaxed);
        taken
    }

    /// Sees to it that the actor ends, wherever it is. Returns whether it was waiting: then the caller must queue it
    /// when it has let go of the mailbox.
    pub fn ask_to_end(&self, shared: &mut Mailbox, reason: Reason) -> bool {
        if shared.terminating && !reason.is_kill() {
            return false;
        }
        if shared.exit.is_none() || reason.is_kill() {
            shared.exit = Some(Box::new(reason));
        }
        // Relaxed, both: see the fields. The mailbox's lock orders what counts.
        self.exit_asked.store(true, Ordering::Relaxed);
        let wakes = matches!(shared.status, Status::Waiting { .. });
        if wakes {
            shared.status = Status::Active;
        } else {
            self.preempt.store(PREEMPT_SLICE, Ordering::Relaxed);
        }
        wakes
    }

    /// Puts a parked actor out of all queues, unless what it waits for is there already: then it stays active, and
    /// the caller must queue it. `arm` sets a timer for the deadline.
    pub fn wait_unless_woken(&self, messages: bool, until: Option<u64>, arm: impl FnOnce(u64)) -> bool {
        let mut shared = self.shared.lock();
        let awaits = self.awaits.get();
        let comes =
            messages && !shared.is_empty() || awaits.is_some_and(|reference| !shared.is_open(reference));
        if comes || shared.exit.is_some() {
            return false;
        }
        if let Some(until) = until
            && shared.armed.is_none_or(|armed| armed > until)
        {
            shared.armed = Some(until);
            arm(until);
        }
        // From here on, others may wake it; they wait for the lock.
        shared.awaits = awaits;
        shared.status = Status::Waiting { messages, until };
        true
    }
}
