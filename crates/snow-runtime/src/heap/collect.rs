//! The copying collector (Cheney), for one heap: a collection of all that lives in it. `generations` has the one of
//! young objects only.

use super::block;
use super::object::{self, Ref, WORD};
use super::spaces::{Space, Spaces};
use super::{Bump, Heap};
use crate::abi::{self, Kind, OLD_BIT};
use std::ops::Range;

/// Heaps grow to this size without need, because collecting a hot small heap all the time costs more than
/// its memory; an idle actor's heap shrinks again.
const GROWS_FREELY_TO: usize = 8 << 10;
/// The same for a heap that was collected twice in one time slice: about half of a core's private cache.
const BUSY_GROWS_FREELY_TO: usize = 256 << 10;

/// A heap is cramped when the room in it is less than this share of what lives: a collection costs at most so many times
/// what the objects cost that made it necessary.
const CRAMPED_SHARE: usize = 4;

/// Up to so much room is cheap (bytes).
const ROOM: usize = 64 << 20;

/// What a collection should achieve.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// Room for so many bytes.
    Room(usize),
    /// The same, and this heap was collected in this time slice already.
    RoomAgain(usize),
    /// As little memory as possible: the actor is idle.
    Shrink,
}

/// Moves objects into the new space. It is passed to the function that goes through the roots.
pub struct Mover {
    next: usize,
    /// Objects with addresses from here on, so many bytes, stay.
    stay: usize,
    staying: usize,
    /// `OLD_BIT` if moved objects are old from now on, or 0.
    age: u64,
    /// Bytes of the stack that was gone through for roots.
    pub stack: usize,
}

impl Mover {
    /// Moves all objects to this address.
    fn of_all(to: usize, age: u64) -> Mover {
        Mover { next: to, stay: 0, staying: 0, age, stack: 0 }
    }

    /// Moves all objects to this address but for those in this range.
    pub(super) fn among(to: usize, stay: Range<usize>, age: u64) -> Mover {
        Mover { next: to, stay: stay.start, staying: stay.len(), age, stack: 0 }
    }

    /// Moves what moved objects refer to, from one at this address on, and what these refer to. Says where the last one
    /// ends.
    ///
    /// # Safety
    /// Whole objects lie from there on up to where the last one was moved.
    pub(super) unsafe fn scan(&mut self, from: usize) -> usize {
        let mut at = from;
        while at < self.next {
            let object = Ref(at as u64);
            // SAFETY: promised by the caller.
            unsafe {
                let header = object.header();
                let (first, count) = object::references(object, header);
                for index in first..first + count {
                    self.visit((at as *mut u64).add(index));
                }
                at += object::size_in_words(object, header) * WORD;
            }
        }
        at
    }

    /// Moves what the slot refers to, if it has not been moved yet, and updates the slot.
    ///
    /// # Safety
    /// The slot holds a valid reference of the heap being collected.
    pub unsafe fn visit(&mut self, slot: *mut u64) {
        // SAFETY: promised by the caller.
        unsafe { *slot = self.forward(*slot) }
    }

    /// # Safety
    /// As for `visit`. The new space has room: it was made as large as all that may be moved.
    #[inline]
    unsafe fn forward(&mut self, word: u64) -> u64 {
        let object = Ref(word);
        if !object.is_object() || (word as usize).wrapping_sub(self.stay) < self.staying {
            return word;
        }
        // SAFETY: promised by the caller.
        unsafe {
            let header = object.header();
            if header & 1 == 0 {
                return header;
            }
            if abi::is_static(header) {
                return word;
            }
            let words = object::size_in_words(object, header);
            let to = self.next;
            std::ptr::copy_nonoverlapping(word as *const u64, to as *mut u64, words);
            Ref(to as u64).set_word(0, header & !OLD_BIT | self.age);
            self.next = to + words * WORD;
            if abi::kind_of(header) == Kind::InlineBytes {
                Ref(to as u64).set_word(abi::bytes::ADDRESS, (to + 3 * WORD) as u64);
            }
            object.set_word(0, to as u64);
            to as u64
        }
    }
}

impl Heap {
    /// Moves live objects together and frees the rest; of old ones only when it is time. `roots` must show the mover each
    /// slot that holds a live reference. False when there is no memory to collect into: then no object has moved.
    ///
    /// # Safety
    /// `roots` visits every live reference; nothing else refers to objects of this heap afterwards.
    pub unsafe fn collect(
        &mut self,
        bump: &Bump,
        spaces: &mut Spaces,
        purpose: Purpose,
        mut roots: impl FnMut(&mut Mover),
    ) -> bool {
        // SAFETY: promised by the caller, for both.
        unsafe {
            if purpose != Purpose::Shrink {
                if self.young_suffice(bump) && self.collect_young(bump, spaces, &mut roots) {
                    return true;
                }
                return self.collect_once(bump, spaces, purpose, None, &mut roots);
            }
            // What is live is known only after a first collection.
            if !self.collect_once(bump, spaces, Purpose::Room(0), None, &mut roots) {
                return false;
            }
            let exact = exact_size(self.live);
            spaces.drop_spare();
            exact >= self.size || self.collect_once(bump, spaces, Purpose::Room(0), Some(exact), &mut roots)
        }
    }

    /// One collection, into a space of exactly this size if one is given.
    ///
    /// # Safety
    /// As for `collect`.
    unsafe fn collect_once(
        &mut self,
        bump: &Bump,
        spaces: &mut Spaces,
        purpose: Purpose,
        exact: Option<usize>,
        roots: &mut impl FnMut(&mut Mover),
    ) -> bool {
        let (needed, busy) = match purpose {
            Purpose::Room(bytes) => (bytes, false),
            Purpose::RoomAgain(bytes) => (bytes, true),
            Purpose::Shrink => (0, false),
        };
        let used = self.used(bump);
        let most = used + needed;
        let wanted = exact.unwrap_or_else(|| self.size_for(most));
        let mut taken = spaces.take(wanted);
        // With less room to grow, and if need be without any.
        let fallen_back = taken.is_none() && exact.is_none() && !self.cramped;
        if fallen_back {
            let sizes = [2 * most, most].map(Spaces::round_up);
            taken = sizes.into_iter().find_map(|size| spaces.take(size));
        }
        let Some(Space { start: to, size }) = taken else {
            self.go_on_without(bump);
            return false;
        };

        let mut mover = Mover::of_all(to as usize, if size > self.generations_from() { OLD_BIT } else { 0 });
        roots(&mut mover);
        // SAFETY: between `to` and `next` lie whole objects.
        unsafe {
            mover.scan(to as usize);
            self.sweep();
            self.free_fragments();
            if let Some(generations) = self.generations.take() {
                spaces.give(generations.nursery);
            }
            spaces.give_for_next(Space { start: self.space, size: self.size }, size);
        }

        let before = (self.live, used.saturating_sub(self.live));
        self.live = mover.next - to as usize;
        self.space = to;
        self.size = size;
        self.collections = self.collections.wrapping_add(1);
        self.wants_collection = false;
        self.cramped = fallen_back && is_cramped(self.live + needed, size);
        self.outside_kept = self.outside;
        debug_assert!(self.live + needed <= size);
        self.choose_next_size(needed, busy, exact.is_some());
        bump.next.set(mover.next);
        let full_at = self.soft_end(needed);
        bump.limit.set(if self.torture { mover.next } else { full_at });
        if exact.is_none() {
            self.begin_generations(bump, spaces, full_at, mover.stack, before);
        }
        true
    }

    /// Bytes of all objects, living or not.
    fn used(&self, bump: &Bump) -> usize {
        let made = |start: *mut u8| bump.next.get() - start as usize;
        self.fragment_bytes
            + match &self.generations {
                Some(generations) => {
                    made(generations.nursery.start) + generations.filled - self.space as usize
                }
                None => made(self.space),
            }
    }

    /// There is no memory for a collection: what is left of the space is used first, however much lies outside.
    fn go_on_without(&mut self, bump: &Bump) {
        self.wants_collection = false;
        self.outside_kept = self.outside_kept.max(self.outside);
        bump.limit.set(if self.torture { bump.next.get() } else { self.end() });
    }

    /// The size of the space to collect into, when so many bytes may live.
    fn size_for(&self, most: usize) -> usize {
        // What is never written to costs no memory: a large heap has room to grow behind it, whatever lives.
        let large = BUSY_GROWS_FREELY_TO.min(self.generations_from());
        let wanted = if most > large { with_room(most) } else { most };
        Spaces::round_up(wanted.max(self.next_size))
    }

    fn choose_next_size(&mut self, needed: usize, busy: bool, exact: bool) {
        let freely = if busy { BUSY_GROWS_FREELY_TO } else { GROWS_FREELY_TO };
        let crowded = self.live + needed > self.size / 2;
        self.next_size = if exact {
            Spaces::round_up(exact_size(self.live))
        } else if crowded || self.size < freely {
            self.size * 2
        } else {
            0
        };
    }

    /// A large space was made for the case that all lives: only as much of it is used as is worth it.
    fn soft_end(&self, needed: usize) -> usize {
        let used = with_room(self.live + needed).max(2 * BUSY_GROWS_FREELY_TO);
        self.space as usize + used.min(self.size)
    }

    /// Releases what unreached objects own and lists the others, at their new addresses.
    ///
    /// # Safety
    /// All live objects have been moved and the old ones are still there.
    unsafe fn sweep(&mut self) {
        let old =
            self.generations.as_mut().map_or(Ref(0), |generations| std::mem::take(&mut generations.owning));
        let mut swept = Swept::default();
        // SAFETY: promised by the caller, of both lists.
        unsafe {
            swept.list(old);
            swept.list(self.owning);
        }
        self.owning = swept.owning;
        self.outside = swept.kept;
    }
}

/// Objects that own something outside the heap, behind a collection.
#[derive(Default)]
pub(super) struct Swept {
    /// The list of those that live.
    pub owning: Ref,
    /// Bytes outside the heap of objects that live, and of others.
    pub kept: usize,
    pub released: usize,
}

impl Swept {
    /// Adds those of a list that live, at their new addresses; releases what the others own.
    ///
    /// # Safety
    /// Those that live have been moved, and the old ones are still there.
    pub unsafe fn list(&mut self, mut object: Ref) {
        while object.is_object() {
            // SAFETY: promised by the caller; the list holds BlobBytes and Buffers only. Only the header of a moved object
            // has been overwritten.
            unsafe {
                let next = Ref(object.word(abi::bytes::NEXT_OWNING));
                let header = object.header();
                if header & 1 == 0 {
                    let moved = Ref(header);
                    moved.set_word(abi::bytes::NEXT_OWNING, self.owning.0);
                    self.owning = moved;
                    self.kept += bytes_outside(moved, moved.header());
                } else {
                    self.released += bytes_outside(object, header);
                    block::release_one(object, header);
                }
                object = next;
            }
        }
    }
}

/// For how many bytes outside the heap an object accounts that owns something there.
///
/// # Safety
/// It is a BlobBytes or Buffer with that header.
unsafe fn bytes_outside(object: Ref, header: u64) -> usize {
    let counted = if abi::kind_of(header) == Kind::Buffer { abi::bytes::DATA } else { abi::bytes::LENGTH };
    // SAFETY: promised by the caller.
    unsafe { object.word(counted) as usize }
}

/// Has a large heap that cannot grow become so full that the work of its next collection would not be worth the room that
/// it makes? Without this bound an actor at the end of its memory collects more and more often, each time for less, and
/// takes minutes to fail.
fn is_cramped(live: usize, size: usize) -> bool {
    live > BUSY_GROWS_FREELY_TO && size - live < live / CRAMPED_SHARE
}

/// How large a large heap may become until its next collection, when `live` bytes have survived this one: four times as
/// large, because each collection copies all that lives. Room beyond `ROOM` bytes is not given, because of the memory,
/// but a heap may always become twice as large.
fn with_room(live: usize) -> usize {
    live + (3 * live).min(ROOM).max(live)
}

/// The space for a heap at rest of which so much lives: in a size of malloc's, which has a word of its own in each of its
/// pieces of 16 bytes more.
fn exact_size(live: usize) -> usize {
    live.saturating_sub(WORD).next_multiple_of(2 * WORD) + WORD
}
