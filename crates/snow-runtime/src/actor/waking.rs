//! How a message wakes an actor, and how an actor comes to wait unless a message is there already.
//!
//! Both happen under the lock of the actor's mailbox, so that one comes before the other: either the sender finds the
//! actor waiting and makes it active, or the actor finds the message and stays active. Of all threads that would wake an
//! actor at once, one changes its status, and that one must put it into a run queue.

use super::exit_reason::Reason;
use super::mailbox::{Deadline, Mailbox, Status};
use super::record::{PREEMPT_SLICE, Record};
use crate::heap::block::Block;
use std::sync::atomic::Ordering;

impl Record {
    /// Appends a message. Returns whether that wakes the actor: it has waited for a message and is active now, and the
    /// caller must queue it as soon as the mailbox is unlocked.
    ///
    /// # Safety
    /// The mailbox is this actor's. The block is a message that no one else uses; it belongs to the mailbox now.
    #[inline]
    pub unsafe fn put(&self, shared: &mut Mailbox, message: *mut Block) -> bool {
        // SAFETY: promised by the caller.
        let wakes = unsafe { shared.push(message) };
        // Relaxed: a hint for the owner, see the field. The lock orders what counts.
        self.pending.store(shared.len(), Ordering::Relaxed);
        wakes
    }

    /// Are there messages in the mailbox, as far as the worker that runs the actor can tell without the lock?
    #[inline]
    pub fn has_pending(&self) -> bool {
        // Relaxed: a message that is missed here is found when the actor parks, under the lock.
        self.pending.load(Ordering::Relaxed) != 0
    }

    /// Takes all messages out of the mailbox, oldest first, with their number. For the worker that runs the actor.
    ///
    /// Out of a bounded mailbox it takes one only: as long as the others lie there, the oldest of them can be dropped.
    #[inline]
    pub fn take_over(&self) -> (*mut Block, u32) {
        let mut shared = self.shared.lock();
        let taken = if shared.is_bounded() {
            let oldest = shared.take_first(|_| true);
            (oldest, u32::from(!oldest.is_null()))
        } else {
            shared.take_all()
        };
        // Relaxed: as in `put`.
        self.pending.store(shared.len(), Ordering::Relaxed);
        taken
    }

    /// Makes the actor end at its next poll or park. Returns whether that wakes it: it has waited and is active now, and
    /// the caller must queue it as soon as the mailbox is unlocked.
    pub fn ask_to_end(&self, shared: &mut Mailbox, reason: Reason) -> bool {
        if shared.terminating && !reason.is_kill() {
            return false;
        }
        if !shared.must_end() || reason.is_kill() {
            shared.relations().exit = Some(Box::new(reason));
        }
        // Relaxed, here and below: hints for the worker that runs the actor. If it misses them, it learns of the exit
        // when the actor parks, under the lock, or at the next tick.
        self.exit_asked.store(true, Ordering::Relaxed);
        let wakes = matches!(shared.status, Status::Waiting { .. });
        if wakes {
            shared.status = Status::Active;
        } else {
            self.preempt.store(PREEMPT_SLICE, Ordering::Relaxed);
        }
        wakes
    }

    /// Makes a parked actor wait: for a message if `messages`, for its open question, until a deadline. Returns false if
    /// what it waits for is there already: then it stays active, and the caller must queue it. `arm` sets a timer for
    /// the deadline.
    #[inline]
    pub fn wait_unless_woken(&self, messages: bool, until: Option<Deadline>, arm: impl FnOnce(u64)) -> bool {
        let mut shared = self.shared.lock();
        let awaits = self.awaits.get();
        let comes =
            messages && !shared.is_empty() || awaits.is_some_and(|reference| !shared.is_open(reference));
        if comes || shared.must_end() {
            return false;
        }
        if let Some(until) = until
            && shared.armed.is_none_or(|armed| armed > until)
        {
            shared.armed = Some(until);
            arm(until.get());
        }
        // From here on another thread may wake it, as soon as the lock is free.
        shared.awaits = awaits;
        shared.status = Status::Waiting { messages, until };
        true
    }
}
