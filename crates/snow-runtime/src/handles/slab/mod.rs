//! A slab: a table of slots for things that are named by handles.
//!
//! A handle whose thing is gone can still be looked up. The slot's generation then tells that the slot is free or holds
//! something else; and where the slot itself is gone, nothing is found.
//!
//! Slots lie in chunks, each a memory mapping of its own. The free slot with the lowest number is handed out first, so
//! that the chunks with high numbers become empty. A chunk without a slot in use can be *retired*: it is taken out of
//! the table, and unmapped when no thread can still hold a reference into it (see `Epochs`). All that remains of it is
//! the generation with which its slots begin when they are made again, so that no handle ever means two things.

use super::epochs::{Change, GRACE};
use super::handle::Handle;
use crate::memory::emergency::out_of_memory;
use parking_lot::Mutex;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering};

/// Slots of a chunk.
const CHUNK: usize = 256;
/// Chunks of a table.
const CHUNKS: usize = 1 << 16;
/// Words of a bitmap of a chunk's slots.
const WORDS: usize = CHUNK / 64;

/// Of the first thing in a slot: `Handle::NONE` has 0.
const FIRST_GENERATION: u32 = 1;

/// What a slab needs to know of what lies in it.
pub trait Slot: Default {
    /// Which handles name these things.
    type Of: Copy;

    /// Of a free slot: the generation of the next thing in it.
    fn generation(&self) -> u32;
    fn set_generation(&mut self, generation: u32);
}

/// A table of slots that hold things of type T.
pub struct Slab<T> {
    table: Box<[AtomicPtr<T>]>,
    free: Mutex<Free<T>>,
}

struct Free<T> {
    chunks: Vec<Chunk>,
    /// A bit for each chunk from which a slot can be had: it has free slots, or is not mapped yet.
    open: Vec<u64>,
    /// The words of `open` before this one are zero.
    first_open: usize,
    /// Mapped chunks without a slot in use.
    empty: usize,
    /// Chunks that have left the table and are still mapped.
    retired: Vec<Retired<T>>,
}

#[derive(Default)]
struct Chunk {
    /// A bit for each free slot.
    free: [u64; WORDS],
    used: u32,
    mapped: bool,
    /// The generation with which its slots begin when they are made again; `None` if they never were.
    generation: Option<u32>,
}

struct Retired<T> {
    slots: *mut T,
    epoch: u64,
}

// SAFETY: the slab hands out shared references to T from any thread, and drops T on any thread.
unsafe impl<T: Send + Sync> Sync for Slab<T> {}
// SAFETY: as above.
unsafe impl<T: Send + Sync> Send for Slab<T> {}

impl<T: Slot> Slab<T> {
    pub fn new() -> Slab<T> {
        // Zeroed memory from the system: the table costs only the pages that are touched.
        let table = vec![0usize; CHUNKS].into_boxed_slice();
        // SAFETY: an AtomicPtr has the layout of a pointer, and zero is null.
        let table = unsafe { Box::from_raw(Box::into_raw(table) as *mut [AtomicPtr<T>]) };
        let free =
            Free { chunks: Vec::new(), open: Vec::new(), first_open: 0, empty: 0, retired: Vec::new() };
        Slab { table, free: Mutex::new(free) }
    }

    /// The slot of what the handle named when it was made, if there still is one. What is in it now may be something
    /// else: its generation tells. See `get`.
    #[inline]
    pub fn find(&self, handle: Handle<T::Of>) -> Option<&T> {
        self.get(handle.index())
    }

    /// The slot with this number, if there is one, whatever is in it. The calling thread is a member of the epochs. The
    /// reference is valid until it says that it is quiescent (`Epochs::quiescent`, which is unsafe for that reason), or
    /// as long as the slot is in use.
    pub fn get(&self, index: u32) -> Option<&T> {
        // Acquire: pairs with the release of `allocate`, so that the slots are seen initialised.
        let slots = self.table.get(index as usize / CHUNK)?.load(Ordering::Acquire);
        if slots.is_null() {
            return None;
        }
        // SAFETY: a chunk in the table has CHUNK initialised slots, and is not unmapped before this thread is
        // quiescent, at which it holds no reference.
        Some(unsafe { &*slots.add(index as usize % CHUNK) })
    }

    /// A number above those of all slots.
    pub fn bound(&self) -> u32 {
        (self.free.lock().chunks.len() * CHUNK) as u32
    }

    /// A free slot, in the state in which `free` left it, or fresh.
    ///
    /// # Panics
    /// When all slots (sixteen million) are in use, or memory is exhausted: the actor that asked crashes.
    pub fn allocate(&self) -> u32 {
        let mut free = self.free.lock();
        let number = free.first_open();
        if !free.chunks[number].mapped {
            let generation = free.chunks[number].generation;
            let slots = map_chunk::<T>(generation);
            free.chunks[number].mapped = true;
            free.chunks[number].free = [u64::MAX; WORDS];
            free.empty += 1;
            // Release: see `get`.
            self.table[number].store(slots, Ordering::Release);
        }
        let chunk = &mut free.chunks[number];
        let word = chunk.free.iter().position(|word| *word != 0).expect("an open chunk has a free slot");
        let bit = chunk.free[word].trailing_zeros() as usize;
        chunk.free[word] &= chunk.free[word] - 1;
        chunk.used += 1;
        let (first, full) = (chunk.used == 1, chunk.used as usize == CHUNK);
        free.empty -= first as usize;
        if full {
            free.open[number / 64] &= !(1 << (number % 64));
        }
        (number * CHUNK + word * 64 + bit) as u32
    }

    /// The slot is not used any more, and its generation is the next.
    pub fn free(&self, index: u32) {
        let (number, slot) = (index as usize / CHUNK, index as usize % CHUNK);
        let mut free = self.free.lock();
        let chunk = &mut free.chunks[number];
        debug_assert!(chunk.mapped && chunk.free[slot / 64] & 1 << (slot % 64) == 0, "freed twice");
        chunk.free[slot / 64] |= 1 << (slot % 64);
        chunk.used -= 1;
        let empty = chunk.used == 0;
        free.empty += empty as usize;
        free.open[number / 64] |= 1 << (number % 64);
        free.first_open = free.first_open.min(number / 64);
    }

    /// Retires the chunks that are wholly free, but for the lowest of them, which is the next to be used.
    pub fn retire(&self, change: &Change) {
        let mut free = self.free.lock();
        if free.empty <= 1 {
            return;
        }
        let mut keep = true;
        for number in 0..free.chunks.len() {
            let chunk = &free.chunks[number];
            if !chunk.mapped || chunk.used > 0 || std::mem::take(&mut keep) {
                continue;
            }
            // Its slots are free, and the lock is held: nobody gets one now. SeqCst: in one order with the fences of
            // the epochs, so that a member either finds nothing here or is waited for.
            let slots = self.table[number].swap(null_mut(), Ordering::SeqCst);
            // SAFETY: it was in the table, and is unmapped only by this slab, later.
            let newest = unsafe { std::slice::from_raw_parts(slots, CHUNK) }.iter().map(T::generation).max();
            free.chunks[number].generation = newest;
            free.chunks[number].mapped = false;
            free.empty -= 1;
            free.retired.push(Retired { slots, epoch: change.epoch() });
        }
    }

    /// Unmaps the retired chunks into which no thread can hold a reference any more.
    pub fn unmap_retired(&self, change: &Change) {
        let now = change.epoch();
        let mut free = self.free.lock();
        let (old, kept) =
            std::mem::take(&mut free.retired).into_iter().partition(|chunk| chunk.epoch + GRACE <= now);
        free.retired = kept;
        drop(free);
        let old: Vec<Retired<T>> = old;
        for chunk in old {
            // SAFETY: nothing leads to it any more, and so many epochs have followed.
            unsafe { unmap_chunk(chunk.slots) };
        }
    }

    /// Is there a chunk that could be retired, or that waits to be unmapped?
    pub fn has_surplus(&self) -> bool {
        let free = self.free.lock();
        free.empty > 1 || !free.retired.is_empty()
    }
}

impl<T> Free<T> {
    /// The lowest chunk in which a slot is free; it may have to be mapped.
    fn first_open(&mut self) -> usize {
        let found = (self.first_open..self.open.len()).find(|word| self.open[*word] != 0);
        self.first_open = found.unwrap_or(self.open.len());
        if found.is_none() {
            assert!(self.chunks.len() < CHUNKS, "too many actors or handles");
            self.chunks.resize_with(self.chunks.len() + 64, Chunk::default);
            self.open.push(u64::MAX);
        }
        self.first_open * 64 + self.open[self.first_open].trailing_zeros() as usize
    }
}

/// # Panics
/// When memory is exhausted.
fn map_chunk<T: Slot>(generation: Option<u32>) -> *mut T {
    // SAFETY: a new private mapping; the result is checked, and all slots are written before they are seen.
    unsafe {
        let slots = libc::mmap(
            null_mut(),
            CHUNK * size_of::<T>(),
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        );
        if slots == libc::MAP_FAILED {
            out_of_memory(CHUNK * size_of::<T>());
        }
        let slots = slots.cast::<T>();
        for index in 0..CHUNK {
            let mut slot = T::default();
            slot.set_generation(generation.unwrap_or(FIRST_GENERATION));
            slots.add(index).write(slot);
        }
        slots
    }
}

/// # Safety
/// The chunk came from `map_chunk`, and nobody uses it any more.
unsafe fn unmap_chunk<T>(slots: *mut T) {
    // SAFETY: promised by the caller.
    unsafe {
        std::ptr::slice_from_raw_parts_mut(slots, CHUNK).drop_in_place();
        let result = libc::munmap(slots.cast(), CHUNK * size_of::<T>());
        debug_assert_eq!(result, 0);
        #[cfg(test)]
        tests::note_unmapped(slots as usize, CHUNK * size_of::<T>());
    }
}

impl<T: Slot> Default for Slab<T> {
    fn default() -> Slab<T> {
        Slab::new()
    }
}

impl<T> Drop for Slab<T> {
    fn drop(&mut self) {
        let retired = std::mem::take(&mut self.free.get_mut().retired).into_iter().map(|chunk| chunk.slots);
        let mapped = self.table.iter_mut().map(|slots| *slots.get_mut()).filter(|slots| !slots.is_null());
        for slots in retired.chain(mapped) {
            // SAFETY: the slab is not used any more, so nobody has a reference into it.
            unsafe { unmap_chunk(slots) };
        }
    }
}

#[cfg(test)]
mod tests;
