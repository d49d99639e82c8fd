//! Numbers that name things of the runtime, each kind a type of its own.
//!
//! A handle is the number of a slot and its generation: which of the things that have been in that slot one after the
//! other is meant. So one whose thing is gone names nothing, for ever.

use std::fmt;
use std::marker::PhantomData;
use std::num::NonZeroI64;

/// Names what lies, or once lay, in a slot of the slab of these things.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(transparent)]
pub struct Handle<Of> {
    bits: u64,
    of: PhantomData<Of>,
}

/// Marks the handles of actors.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum AnActor {}
/// Marks the handles of sockets.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ASocket {}
/// Marks the handles of outboxes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum AnOutbox {}
/// Marks the handles of groups.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum AGroup {}

/// Names an actor.
pub type Pid = Handle<AnActor>;
/// Names a socket.
pub type SocketHandle = Handle<ASocket>;
/// Names an outbox.
pub type OutboxHandle = Handle<AnOutbox>;
/// Names a group of outboxes.
pub type GroupHandle = Handle<AGroup>;

impl<Of: Copy> Handle<Of> {
    /// Names nothing: no slot ever has the generation 0.
    pub const NONE: Handle<Of> = Handle::new(0, 0);

    #[inline]
    pub const fn new(index: u32, generation: u32) -> Handle<Of> {
        Handle { bits: index as u64 | (generation as u64) << 32, of: PhantomData }
    }

    /// The number of the slot.
    #[inline]
    pub fn index(self) -> u32 {
        self.bits as u32
    }

    #[inline]
    pub fn generation(self) -> u32 {
        (self.bits >> 32) as u32
    }

    /// The Int by which a program knows it: not negative, for generations have 31 bits.
    #[inline]
    pub fn to_int(self) -> i64 {
        self.bits as i64
    }

    /// What a program names by this Int, which may be anything.
    #[inline]
    pub fn from_int(number: i64) -> Handle<Of> {
        Handle { bits: number as u64, of: PhantomData }
    }
}

impl<Of: Copy> Default for Handle<Of> {
    fn default() -> Handle<Of> {
        Handle::NONE
    }
}

/// How people are shown an actor: the number of its place, and how many actors have had that place when there was
/// another one before.
impl fmt::Display for Pid {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.generation() {
            1 => write!(to, "{}", self.index()),
            generation => write!(to, "{}.{generation}", self.index()),
        }
    }
}

/// The generation of a slot's next thing: 31 bits, never 0.
pub fn next_generation(generation: u32) -> u32 {
    generation % MAX_GENERATION + 1
}

const MAX_GENERATION: u32 = 0x7fff_ffff;

/// Tells the answers that an actor waits for from each other, and its monitors.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(transparent)]
pub struct Reference(NonZeroI64);

impl Reference {
    /// For what nobody will look at.
    pub const ANY: Reference = Reference(NonZeroI64::MIN);

    /// The Int by which a program knows it. It knows none by 0.
    pub fn from_int(number: i64) -> Option<Reference> {
        NonZeroI64::new(number).map(Reference)
    }

    pub fn to_int(self) -> i64 {
        self.0.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn index_and_generation_come_back() {
        for (index, generation) in [(0, 1), (7, 2), (u32::MAX, MAX_GENERATION)] {
            let handle = Pid::new(index, generation);
            assert_eq!((handle.index(), handle.generation()), (index, generation));
            assert!(handle.to_int() > 0);
            assert_eq!(Pid::from_int(handle.to_int()), handle);
        }
    }

    #[test]
    fn no_generation_is_that_of_nothing() {
        assert_eq!(next_generation(1), 2);
        assert_eq!(next_generation(MAX_GENERATION - 1), MAX_GENERATION);
        assert_eq!(next_generation(MAX_GENERATION), 1);
        assert_eq!(next_generation(0), 1);
    }

    #[test]
    fn only_places_that_were_used_before_show_how_often() {
        assert_eq!(Pid::new(12, 1).to_string(), "12");
        assert_eq!(Pid::new(12, 3).to_string(), "12.3");
    }
}
