//! An actor's heap: a space with a bump pointer, fragments beside it, and a list of the objects that
//! own something outside. A large one has a second space, for young objects: see `generations`.
//!
//! Only three moments move objects: the slow path of compiled allocation, a poll, and a park. Intrinsics
//! never do: when the space is full they allocate a fragment and ask for a collection, so that a reference
//! in Rust's hands stays valid until the intrinsic returns.

pub mod blob;
pub mod block;
pub mod collect;
pub mod copy;
pub mod counters;
pub mod generations;
pub mod message;
pub mod object;
pub mod shared;
pub mod spaces;

use crate::abi;
use crate::memory::emergency;
use block::Block;
use generations::Generations;
use object::{Ref, WORD};
use spaces::{Space, Spaces};
use std::cell::Cell;
use std::ptr::null_mut;

/// The two words of the record with which compiled code allocates.
#[repr(C)]
pub struct Bump {
    /// Next free address.
    pub next: Cell<usize>,
    /// First address that compiled code may not allocate. Below the end of the space when the next
    /// allocation shall take the slow path.
    pub limit: Cell<usize>,
}

/// What belongs to a heap besides its bump pointer.
pub struct Heap {
    space: *mut u8,
    size: usize,
    /// Size that the next collection should choose.
    next_size: usize,
    fragments: *mut Block,
    fragment_bytes: usize,
    owning: Ref,
    /// The young generation, if the heap has two.
    generations: Option<Box<Generations>>,
    /// It had two, and does without for a time, because nearly all survived.
    leaves_nurseries: bool,
    /// Bytes outside the heap that its objects account for.
    outside: usize,
    /// What `outside` was right behind the last collection: twice as much is reason for the next one, if it is not less
    /// than what lives in the heap.
    outside_kept: usize,
    /// Bytes of objects that survived the last collection.
    live: usize,
    collections: u32,
    wants_collection: bool,
    /// The last collection found no memory to grow into, and left little room: see `collect::is_cramped`.
    cramped: bool,
    /// Every allocation of compiled code collects.
    torture: bool,
}

/// Bytes of fragments, or outside the heap, that are always let pass before they ask for a collection.
const FRAGMENTS_ALLOWED: usize = 16 << 10;
const OUTSIDE_ALLOWED: usize = 256 << 10;
/// Messages up to this size are moved into the space when they are taken; larger ones become fragments.
const MOVED_AT_ONCE: usize = 512;
const RESTING_LIVE: usize = 8 << 10;
const RESTING_OUTSIDE: usize = 8 << 10;

impl Heap {
    pub const fn new() -> Heap {
        Heap {
            space: null_mut(),
            size: 0,
            next_size: spaces::SMALLEST,
            fragments: null_mut(),
            fragment_bytes: 0,
            owning: Ref(0),
            generations: None,
            leaves_nurseries: false,
            outside: 0,
            outside_kept: 0,
            live: 0,
            collections: 0,
            wants_collection: false,
            cramped: false,
            torture: false,
        }
    }

    pub fn set_torture(&mut self, torture: bool) {
        self.torture = torture;
    }

    /// Room for an object, for intrinsics: never collects, never fails, not initialised.
    pub fn allocate(&mut self, bump: &Bump, words: usize) -> Ref {
        let bytes = words * WORD;
        if self.space.is_null() && bytes <= spaces::SMALLEST {
            self.take_first_space(bump);
        }
        let at = bump.next.get();
        if bytes <= self.end().saturating_sub(at) {
            bump.next.set(at + bytes);
            return Ref(at as u64);
        }
        let block = Block::allocate(bytes, 0);
        self.link_fragment(bump, block);
        Ref(Block::objects(block) as u64)
    }

    /// Is there room for so many words without a fragment?
    pub fn has_room(&self, bump: &Bump, words: usize) -> bool {
        words * WORD <= self.end().saturating_sub(bump.next.get())
    }

    /// Takes over a message; its objects belong to this heap from now on. Returns the message itself.
    ///
    /// # Safety
    /// The block is a message of references that no one else uses.
    pub unsafe fn adopt(&mut self, bump: &Bump, block: *mut Block) -> Ref {
        // SAFETY: promised by the caller.
        unsafe {
            let bytes = (*block).bytes;
            let at = bump.next.get();
            if bytes <= MOVED_AT_ONCE && !self.space.is_null() && bytes <= self.end().saturating_sub(at) {
                return self.move_in(bump, block);
            }
            let root = Ref((*block).root);
            let mut owned = (*block).owning;
            while owned.is_object() {
                let next = Ref(owned.word(crate::abi::bytes::NEXT_OWNING));
                self.own(bump, owned, owned.word(crate::abi::bytes::LENGTH) as usize);
                owned = next;
            }
            if (*block).bytes == 0 {
                Block::free(block);
            } else {
                (*block).owning = Ref(0);
                self.link_fragment(bump, block);
            }
            root
        }
    }

    /// Moves the objects of a small message into the space.
    ///
    /// # Safety
    /// As for `adopt`; the space has room.
    unsafe fn move_in(&mut self, bump: &Bump, block: *mut Block) -> Ref {
        // SAFETY: promised by the caller. What the message's objects own outside is theirs no more.
        unsafe {
            let to = bump.next.get();
            bump.next.set(to + (*block).bytes);
            let root = Block::copy_objects(block, to, |object| {
                self.own(bump, object, object.word(abi::bytes::LENGTH) as usize);
            });
            Block::free(block);
            Ref(root)
        }
    }

    /// Lists an object that owns something outside: so many bytes.
    ///
    /// # Safety
    /// The object is a complete BlobBytes or Buffer of this heap and not in the list.
    pub unsafe fn own(&mut self, bump: &Bump, object: Ref, bytes: usize) {
        // SAFETY: promised by the caller.
        unsafe { object.set_word(crate::abi::bytes::NEXT_OWNING, self.owning.0) };
        self.owning = object;
        self.count_outside(bump, bytes);
    }

    /// Accounts for bytes outside the heap that an object of the list has newly taken.
    pub fn count_outside(&mut self, bump: &Bump, bytes: usize) {
        self.outside += bytes;
        // A collection copies all that lives in the heap: what it may free outside should be as much.
        let allowed = OUTSIDE_ALLOWED.max(2 * self.outside_kept).max(self.outside_kept + self.live);
        if self.outside > allowed {
            self.request_collection(bump);
        }
    }

    /// Makes compiled code's next allocation take the slow path. A caller for a heap whose
    /// actor runs must also have its next poll taken: see `Record::heap_changed`.
    pub fn request_collection(&mut self, bump: &Bump) {
        self.wants_collection = true;
        bump.limit.set(bump.next.get().min(bump.limit.get()));
    }

    #[inline]
    pub fn wants_collection(&self) -> bool {
        self.wants_collection
    }

    /// An object of the list has given so many bytes back.
    pub fn uncount_outside(&mut self, bytes: usize) {
        self.outside = self.outside.saturating_sub(bytes);
    }

    /// Is a collection worth it because the actor is about to wait? What it took outside the heap in this turn is mostly
    /// done with, and the next actor can use the same memory while it is in the cache. Only for small heaps:
    /// a collection of one costs less than the cache misses that it saves.
    #[inline]
    pub fn rests_on_garbage(&self) -> bool {
        self.live <= RESTING_LIVE && self.outside >= self.outside_kept + RESTING_OUTSIDE
    }

    /// Bytes that the heap holds, used or not; not what lies outside.
    #[inline]
    pub fn bytes(&self) -> usize {
        let nursery = self.generations.as_ref().map_or(0, |generations| generations.nursery.size);
        self.size + nursery + self.fragment_bytes
    }

    /// Bytes that survived the last collection.
    #[inline]
    pub fn live(&self) -> usize {
        self.live
    }

    /// Bytes of blobs and buffers that this heap accounts for.
    #[inline]
    pub fn outside(&self) -> usize {
        self.outside
    }

    pub fn collections(&self) -> u64 {
        self.collections.into()
    }

    /// Frees everything: the actor has ended.
    ///
    /// # Safety
    /// No object of the heap is used any more.
    pub unsafe fn release(&mut self, bump: &Bump, spaces: &mut Spaces) {
        // SAFETY: promised by the caller.
        unsafe {
            block::release_all(self.owning);
            self.free_fragments();
            if let Some(generations) = &self.generations {
                block::release_all(generations.owning);
                spaces.give(generations.nursery);
            }
            spaces.give(Space { start: self.space, size: self.size });
        }
        bump.next.set(0);
        bump.limit.set(0);
        *self = Heap::new();
    }

    fn take_first_space(&mut self, bump: &Bump) {
        // SAFETY: the size is not zero; the result is checked. It is what `Spaces` gives for this size.
        let space = unsafe { libc::malloc(spaces::SMALLEST) } as *mut u8;
        if space.is_null() {
            emergency::out_of_memory(spaces::SMALLEST);
        }
        self.space = space;
        self.size = spaces::SMALLEST;
        bump.next.set(space as usize);
        let forced = self.torture || self.wants_collection;
        bump.limit.set(if forced { space as usize } else { self.end() });
    }

    /// Where the space ends in which objects are made.
    fn end(&self) -> usize {
        let Space { start, size } = match &self.generations {
            Some(generations) => generations.nursery,
            None => Space { start: self.space, size: self.size },
        };
        start as usize + size
    }

    fn link_fragment(&mut self, bump: &Bump, block: *mut Block) {
        // SAFETY: the block is this heap's own now.
        unsafe {
            (*block).next = self.fragments;
            self.fragments = block;
            self.fragment_bytes += (*block).bytes;
        }
        let allowed = match &self.generations {
            Some(generations) => generations.nursery.size.max(self.live / 2),
            None => FRAGMENTS_ALLOWED.max(self.size).max(2 * self.live),
        };
        if self.fragment_bytes > allowed {
            self.request_collection(bump);
        }
    }

    /// # Safety
    /// Their objects have been moved, or are not used any more.
    unsafe fn free_fragments(&mut self) {
        while !self.fragments.is_null() {
            // SAFETY: the list's blocks are the heap's own.
            unsafe {
                let next = (*self.fragments).next;
                Block::free(self.fragments);
                self.fragments = next;
            }
        }
        self.fragment_bytes = 0;
    }
}

impl Default for Heap {
    fn default() -> Heap {
        Heap::new()
    }
}

#[cfg(test)]
mod tests;
