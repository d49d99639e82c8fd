//! What an actor has to do with others: links, monitors, answers it waits for, names.
//! Most have none of it, so that a mailbox holds a pointer to it only.
//!
//! All is kept in order, so that those concerned are told in the same order each time: in deterministic mode a
//! seed must replay.

use super::exit_reason::Reason;
use super::small_map::SmallMap;
use crate::handles::handle::{Pid, Reference};
use crate::heap::message::Message;

/// What ties one actor to others.
#[derive(Default)]
pub struct Relations {
    /// Actors that this one's end concerns.
    pub ties: SmallMap<Pid, Tie>,
    /// Who is told when this one ends, by reference.
    pub watchers: SmallMap<Reference, Watcher>,
    /// The monitors and questions of this one: the actor that each is about, by reference.
    pub watching: SmallMap<Reference, Pid>,
    /// How an exit becomes a message of this actor, if it traps exits.
    pub trap: Option<Message>,
    /// Answers that it waits for, by reference.
    pub replies: SmallMap<Reference, Reply>,
    /// Names under which it is registered.
    pub names: Vec<String>,
}

impl Relations {
    /// Keeps no room to spare. Returns whether there are any.
    pub fn shrink(&mut self) -> bool {
        let Relations { ties, watchers, watching, trap, replies, names } = self;
        ties.shrink();
        watchers.shrink();
        watching.shrink();
        replies.shrink();
        names.shrink_to_fit();
        let none = ties.is_empty() && watchers.is_empty() && watching.is_empty() && replies.is_empty();
        !none || trap.is_some() || !names.is_empty()
    }
}

/// How an actor is tied to another one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tie {
    /// Each takes the other along.
    Link,
    /// The other ends with this one, whatever the reason.
    Owns,
    /// This one ends with the other.
    OwnedBy,
}

/// An actor that is told of another one's end.
pub struct Watcher {
    pub pid: Pid,
    pub notice: Notice,
}

/// In which way it is told.
pub enum Notice {
    /// A message, to be completed by how the actor ended.
    Down(Message),
    /// The place for an answer is closed.
    Reply,
}

/// A place for an answer.
pub enum Reply {
    /// The answer is still to come.
    Open,
    /// It is here.
    Answered(Message),
    /// The actor that was asked has ended.
    Closed(Reason),
}
