//! What other threads may touch of an actor, under one small lock: its messages, whether it waits, whether
//! it is alive, and what it owns.

use super::possessions::{Owned, Possessions};
use super::relations::{Relations, Reply, Tie, Ties};
use crate::handles::handle::Reference;
use crate::heap::block::Block;
use crate::sync::{SmallLock, SmallLockGuard};
use std::num::NonZeroU64;
use std::ptr::null_mut;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// The slot is free, or its actor has ended.
    Dead,
    /// In a run queue, running, or claimed by a worker for another purpose. Whoever makes it active must
    /// put it into a run queue.
    Active,
    /// Parked, outside all queues, until its deadline. `messages`: does a message wake it?
    Waiting { messages: bool, until: Option<Deadline> },
}

/// A moment for which somebody waits, in nanoseconds of the runtime's clock. Nobody waits for one that has come, so that
/// none is 0.
pub type Deadline = NonZeroU64;

/// A mailbox behind its lock, which is taken three times for each message.
pub type MailboxLock = SmallLock<Mailbox>;
pub type MailboxGuard<'a> = SmallLockGuard<'a, Mailbox>;

pub struct Mailbox {
    pub generation: u32,
    pub status: Status,
    first: *mut Block,
    last: *mut Block,
    count: u32,
    pushed: u64,
    pub owned: Possessions,
    /// The earliest entry for this actor in some worker's timers; later ones are not entered but follow
    /// when it fires.
    pub armed: Option<Deadline>,
    pub ties: Ties,
    pub relations: Option<Box<Relations>>,
    /// Its `terminate` block runs: only a kill interrupts that.
    pub terminating: bool,
    /// The answer for which it is parked.
    pub awaits: Option<Reference>,
}

// SAFETY: the blocks belong to the mailbox.
unsafe impl Send for Mailbox {}

impl Default for Mailbox {
    fn default() -> Mailbox {
        Mailbox {
            generation: 1,
            status: Status::Dead,
            first: null_mut(),
            last: null_mut(),
            count: 0,
            pushed: 0,
            owned: Possessions::default(),
            armed: None,
            ties: Ties::default(),
            relations: None,
            terminating: false,
            awaits: None,
        }
    }
}

impl Mailbox {
    /// Is this still the actor that the generation was taken from?
    #[inline]
    pub fn is(&self, generation: u32) -> bool {
        self.generation == generation && self.status != Status::Dead
    }

    /// Is there an actor that its end takes along, or that owns it?
    pub fn is_tied_to_others(&self) -> bool {
        let other = |tie: &Tie| matches!(tie, Tie::Link | Tie::OwnedBy);
        self.ties.any(other)
    }

    /// Appends a message. Returns whether the actor was waiting for one: it is active now and must be
    /// queued by the caller.
    ///
    /// # Safety
    /// The block is a message that no one else uses; it belongs to the mailbox now.
    #[inline]
    pub unsafe fn push(&mut self, message: *mut Block) -> bool {
        // SAFETY: promised by the caller; `last` is a message of this mailbox.
        unsafe {
            (*message).next = null_mut();
            if self.last.is_null() {
                self.first = message;
            } else {
                (*self.last).next = message;
            }
        }
        self.last = message;
        self.count += 1;
        self.pushed += 1;
        let wakes = matches!(self.status, Status::Waiting { messages: true, .. });
        if wakes {
            self.status = Status::Active;
        }
        wakes
    }

    /// Takes the oldest of the wanted messages out; null when there is none.
    pub fn take_first(&mut self, wanted: impl Fn(&Block) -> bool) -> *mut Block {
        let mut before = null_mut::<Block>();
        let mut message = self.first;
        // SAFETY: all are messages of this mailbox, which no one else uses.
        unsafe {
            while !message.is_null() && !wanted(&*message) {
                before = message;
                message = (*message).next;
            }
            if message.is_null() {
                return message;
            }
            let next = std::mem::replace(&mut (*message).next, null_mut());
            if before.is_null() {
                self.first = next;
            } else {
                (*before).next = next;
            }
            if next.is_null() {
                self.last = before;
            }
        }
        self.count -= 1;
        message
    }

    /// All messages, oldest first, and their number.
    #[inline]
    pub fn take_all(&mut self) -> (*mut Block, u32) {
        self.last = null_mut();
        (std::mem::replace(&mut self.first, null_mut()), std::mem::take(&mut self.count))
    }

    #[inline]
    pub fn is_empty(&self) -> bool {
        self.first.is_null()
    }

    #[inline]
    pub fn len(&self) -> u32 {
        self.count
    }

    /// Messages put in since this mailbox was made.
    pub fn pushed(&self) -> u64 {
        self.pushed
    }

    /// Does the message after which `pushed` was this still wait, here or among the `taken` ones, which the actor
    /// has taken over and not looked at yet? Messages are looked at in their order; one that the bound has dropped
    /// counts as looked at.
    pub fn still_waits(&self, pushed: u64, taken: u32) -> bool {
        self.pushed.saturating_sub(u64::from(self.count) + u64::from(taken)) < pushed
    }

    /// Does it own a socket?
    pub fn owns_socket(&self) -> bool {
        self.owned.iter().any(|owned| matches!(owned, Owned::Socket(_)))
    }

    /// Does somebody want this actor to end?
    #[inline]
    pub fn must_end(&self) -> bool {
        self.relations.as_ref().is_some_and(|relations| relations.exit.is_some())
    }

    /// May only so many messages of other actors wait?
    #[inline]
    pub fn is_bounded(&self) -> bool {
        self.relations.as_ref().is_some_and(|relations| relations.bound.is_some())
    }

    /// Are exits told to it as messages?
    pub fn traps_exits(&self) -> bool {
        self.relations.as_ref().is_some_and(|relations| relations.trap.is_some())
    }

    pub fn relations(&mut self) -> &mut Relations {
        self.relations.get_or_insert_default()
    }

    /// Keeps no memory that it does not need: the actor is idle.
    pub fn shrink(&mut self) {
        self.ties.shrink();
        self.relations.take_if(|relations| !relations.shrink());
        self.owned.shrink();
    }

    /// Is an answer still to come?
    #[inline]
    pub fn is_open(&self, reference: Reference) -> bool {
        let replies = self.relations.as_ref().map(|relations| &relations.replies);
        matches!(replies.and_then(|replies| replies.get(reference)), Some(Reply::Open))
    }

    /// Puts an answer into its place, if that is still open. Returns whether the actor was waiting for it: then
    /// it is active now and must be queued by the caller.
    pub fn answer(&mut self, reference: Reference, reply: Reply) -> bool {
        if !self.is_open(reference) {
            return false;
        }
        self.relations().replies.insert(reference, reply);
        let wakes = self.awaits == Some(reference) && matches!(self.status, Status::Waiting { .. });
        if wakes {
            self.status = Status::Active;
        }
        wakes
    }
}

/// Frees a list of messages that no one will take.
///
/// # Safety
/// The list belongs to the caller.
pub unsafe fn release_messages(mut message: *mut Block) {
    while !message.is_null() {
        // SAFETY: promised by the caller.
        unsafe {
            let next = (*message).next;
            Block::release(message);
            message = next;
        }
    }
}
