//! Places at which actors wait for an answer of the system: of a blocking call, or that output has been written.

use super::Actors;
use super::record::ActorRef;
use super::relations::Reply;
use crate::handles::handle::{Pid, Reference};
use crate::heap::block::Block;
use crate::heap::message::Message;

/// An actor that waits, and the place at which it does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Waiter {
    pub pid: Pid,
    pub reference: Reference,
}

impl Actors {
    /// A new place at which this actor can wait.
    pub fn new_place(&self, pid: Pid) -> Waiter {
        let reference = self.new_reference();
        if let Some((_, mut shared)) = self.mailbox(pid) {
            shared.relations().replies.insert(reference, Reply::Open);
        }
        Waiter { pid, reference }
    }

    /// The actor does not wait at this place after all.
    pub fn give_up_place(&self, waiter: Waiter) {
        if let Some((_, mut shared)) = self.mailbox(waiter.pid) {
            shared.relations().replies.remove(waiter.reference);
        }
    }

    /// Answers at a place, unless nobody waits there any more: `None` then. Else the actor, if it is parked for this
    /// answer: it is active now, and the caller must queue it.
    pub fn answer_place(&self, waiter: Waiter) -> Option<Option<ActorRef>> {
        let (record, mut shared) = self.mailbox(waiter.pid)?;
        if !shared.is_open(waiter.reference) {
            return None;
        }
        // SAFETY: a new message without objects.
        let nothing = unsafe { Message::new(Block::without_objects(0)) };
        let wakes = shared.answer(waiter.reference, Reply::Answered(nothing));
        // SAFETY: it has just been made active.
        Some(wakes.then(|| unsafe { ActorRef::new(record) }))
    }
}
