//! The copying collector (Cheney), for one heap.

use super::block;
use super::object::{self, Ref, WORD};
use super::spaces::{Space, Spaces};
use super::{Bump, Heap};
use crate::abi::{self, Kind};

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
}

impl Mover {
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
        if !object.is_object() {
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
    /// Moves all live objects together and frees the rest. `roots` must show the mover each slot that
    /// holds a live reference. False when there is no memory to collect into: then no object has moved.
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
        let used = bump.next.get() - self.space as usize;
        let most = used + self.fragment_bytes + needed;
        let wanted = exact.unwrap_or_else(|| self.size_for(most));
        let mut taken = spaces.take(wanted);
        // If need be, without the room to grow.
        let fallen_back = taken.is_none() && exact.is_none() && !self.cramped;
        if fallen_back {
            taken = spaces.take(Spaces::round_up(most));
        }
        let Some(Space { start: to, size }) = taken else {
            self.go_on_without(bump);
            return false;
        };

        let mut mover = Mover { next: to as usize };
        roots(&mut mover);
        // SAFETY: between `to` and `next` lie whole objects.
        unsafe {
            let mut scan = to as usize;
            while scan < mover.next {
                let object = Ref(scan as u64);
                let header = object.header();
                let (first, count) = object::references(object, header);
                for index in first..first + count {
                    mover.visit((scan as *mut u64).add(index));
                }
                scan += object::size_in_words(object, header) * WORD;
            }
            self.sweep();
            self.free_fragments();
            spaces.give_for_next(Space { start: self.space, size: self.size }, size);
        }

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
        bump.limit.set(if self.torture { mover.next } else { self.soft_end(needed) });
        true
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
        let wanted = if most > BUSY_GROWS_FREELY_TO { with_room(most) } else { most };
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

    /// Releases what unreached objects own and links the others, at their new addresses.
    ///
    /// # Safety
    /// All live objects have been moved and the old ones are still there.
    unsafe fn sweep(&mut self) {
        let mut object = std::mem::replace(&mut self.owning, Ref(0));
        self.outside = 0;
        // SAFETY: promised by the caller; the list holds BlobBytes and Buffers only.
        unsafe {
            while object.is_object() {
                // Only the header of a moved object has been overwritten.
                let next = Ref(object.word(abi::bytes::NEXT_OWNING));
                let header = object.header();
                if header & 1 == 0 {
                    let moved = Ref(header);
                    moved.set_word(abi::bytes::NEXT_OWNING, self.owning.0);
                    self.owning = moved;
                    let counted = match abi::kind_of(moved.header()) {
                        Kind::Buffer => abi::bytes::DATA,
                        _ => abi::bytes::LENGTH,
                    };
                    self.outside += moved.word(counted) as usize;
                } else {
                    block::release_one(object, header);
                }
                object = next;
            }
        }
    }
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
