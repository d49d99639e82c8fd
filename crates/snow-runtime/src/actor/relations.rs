//! What an actor has to do with others: ties, monitors, answers it waits for, names, what they may send it, and whether
//! they want it to end.
//! Most have a tie at most, so that a mailbox holds a pointer to all the rest.
//!
//! All is kept in order, so that those concerned are told in the same order each time: in deterministic mode a
//! seed must replay.

use super::exit_reason::Reason;
use super::small_map::SmallMap;
use crate::abi::MailboxPolicy;
use crate::handles::handle::{Pid, Reference};
use crate::heap::message::Message;

/// The actors that one's end concerns, or whose end concerns it.
pub type Ties = SmallMap<Pid, Tie>;

/// What else it has to do with others.
#[derive(Default)]
pub struct Relations {
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
    /// Somebody wants this actor to end: it does at its next poll or park.
    pub exit: Option<Box<Reason>>,
    pub bound: Option<Bound>,
}

impl Relations {
    /// Keeps no room to spare. Returns whether there are any.
    pub fn shrink(&mut self) -> bool {
        let Relations { watchers, watching, trap, replies, names, exit, bound } = self;
        watchers.shrink();
        watching.shrink();
        replies.shrink();
        names.shrink_to_fit();
        let none = watchers.is_empty() && watching.is_empty() && replies.is_empty();
        !none || trap.is_some() || !names.is_empty() || exit.is_some() || bound.is_some()
    }
}

/// How many messages of other actors may wait, and what becomes of more. What the runtime itself delivers, timers and
/// exits and readiness, is neither refused nor dropped: there is only as much of it as the actor asked for.
pub struct Bound {
    pub limit: u32,
    pub policy: MailboxPolicy,
    /// Messages that were dropped.
    pub dropped: u64,
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
