//! A group: outboxes under a common name. What is pushed to it reaches each of them.
//!
//! A push only queues; the group's tender, an actor that is woken for it, spreads what waits over the members, all of it
//! at once. So members get what came while the tender was busy as one entry, and with one wake-up. Anybody may spread: what
//! waits goes out in its order, whoever does it.
//!
//! A group exists while it has members or listeners. None of them is kept by an actor that could crash: an outbox leaves
//! its groups when its owner ends, a listener when it ends itself.
//!
//! Locks are taken in this order: the names, a group's members, its queue, an outbox's `sending`, its queue, a mailbox.

use super::outbox::{Chunk, Entry};
use crate::abi::GroupChange;
use crate::handles::handle::{AGroup, GroupHandle, OutboxHandle, Pid};
use crate::handles::slab::Slot;
use crate::heap::message::Message;
use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};

#[derive(Default)]
pub struct Group {
    pub members: Mutex<Members>,
    pub queue: Mutex<GroupQueue>,
}

#[derive(Default)]
pub struct Members {
    pub generation: u32,
    /// Is there a group in this slot?
    pub open: bool,
    pub name: Box<str>,
    pub list: Vec<Member>,
    /// Where each stands in the list.
    pub places: HashMap<OutboxHandle, usize>,
    pub listeners: Vec<Listener>,
}

/// An outbox in a group.
pub struct Member {
    pub outbox: OutboxHandle,
    /// A message whose root is what the program knows the member by.
    pub card: Message,
}

/// An actor that is told who comes and goes.
pub struct Listener {
    pub pid: Pid,
    pub wake: Message,
    /// What it has not taken yet, with the members' cards.
    pub log: VecDeque<(GroupChange, Message)>,
}

#[derive(Default)]
pub struct GroupQueue {
    pub generation: u32,
    /// Who is woken when something waits.
    pub tender: Pid,
    pub wake: Option<Message>,
    /// Has it been, since it last spread?
    pub woken: bool,
    pub entries: Vec<Parcel>,
    /// What the entries are charged.
    pub charged: usize,
    pub bound: usize,
    pub chunk: Chunk,
}

/// An entry for all members but one; `NONE`: for all.
pub struct Parcel {
    pub entry: Entry,
    pub except: OutboxHandle,
}

/// The names of all groups.
pub type GroupNames = Mutex<HashMap<Box<str>, GroupHandle>>;

impl Slot for Group {
    type Of = AGroup;

    fn generation(&self) -> u32 {
        self.members.lock().generation
    }

    fn set_generation(&mut self, generation: u32) {
        self.members.get_mut().generation = generation;
        self.queue.get_mut().generation = generation;
    }
}

impl Members {
    /// Is this the group that the handle names?
    pub fn is(&self, handle: GroupHandle) -> bool {
        self.open && self.generation == handle.generation()
    }

    /// Does nothing keep the group in existence?
    pub fn is_deserted(&self) -> bool {
        self.list.is_empty() && self.listeners.is_empty()
    }

    /// Takes a member out of the list.
    pub fn take(&mut self, outbox: OutboxHandle) -> Option<Member> {
        let place = self.places.remove(&outbox)?;
        let member = self.list.swap_remove(place);
        if let Some(moved) = self.list.get(place) {
            self.places.insert(moved.outbox, place);
        }
        if self.list.capacity() > 64 && self.list.len() < self.list.capacity() / 4 {
            self.list.shrink_to(self.list.len() * 2);
            self.places.shrink_to(self.list.len() * 2);
        }
        Some(member)
    }
}

/// A second message equal to this one.
///
/// # Safety
/// No one else uses the message now.
pub unsafe fn copy_of(message: &Message) -> Message {
    // SAFETY: promised by the caller; the copy is new.
    unsafe { Message::new(message.copy_block()) }
}
