//! Slots that never move and are never freed while the program runs, so that a stale handle can always be
//! looked at: the slot's own generation tells whether it still means the same thing.

use parking_lot::Mutex;

use std::sync::atomic::{AtomicPtr, Ordering};

const CHUNK: usize = 256;
const CHUNKS: usize = 1 << 16;

pub struct Slab<T> {
    chunks: Box<[AtomicPtr<T>]>,
    free: Mutex<Free>,
}

struct Free {
    indexes: Vec<u32>,
    used: u32,
}

// SAFETY: the slab hands out shared references to T from any thread, and drops T on any thread.
unsafe impl<T: Send + Sync> Sync for Slab<T> {}
// SAFETY: as above.
unsafe impl<T: Send + Sync> Send for Slab<T> {}

impl<T: Default> Slab<T> {
    pub fn new() -> Slab<T> {
        // Zeroed memory from the system: the table costs only the pages that are touched.
        let chunks = vec![0usize; CHUNKS].into_boxed_slice();
        // SAFETY: an AtomicPtr has the layout of a pointer, and zero is null.
        let chunks = unsafe { Box::from_raw(Box::into_raw(chunks) as *mut [AtomicPtr<T>]) };
        Slab { chunks, free: Mutex::new(Free { indexes: Vec::new(), used: 0 }) }
    }

    /// The slot with this number, if it was ever allocated.
    pub fn get(&self, index: u32) -> Option<&T> {
        // Acquire: pairs with the release of `allocate`, so that the slots are seen initialised.
        let chunk = self.chunks.get(index as usize / CHUNK)?.load(Ordering::Acquire);
        if chunk.is_null() {
            return None;
        }
        // SAFETY: a chunk has CHUNK initialised slots and lives as long as the slab.
        Some(unsafe { &*chunk.add(index as usize % CHUNK) })
    }

    /// A free slot, in the state in which `free` left it, or fresh.
    ///
    /// # Panics
    /// When all slots (sixteen million) are in use.
    pub fn allocate(&self) -> u32 {
        let mut free = self.free.lock();
        if let Some(index) = free.indexes.pop() {
            return index;
        }
        let index = free.used;
        assert!((index as usize) < CHUNK * CHUNKS, "too many actors or handles");
        if (index as usize).is_multiple_of(CHUNK) {
            let chunk: Box<[T]> = (0..CHUNK).map(|_| T::default()).collect();
            // Release: see `get`.
            self.chunks[index as usize / CHUNK].store(Box::into_raw(chunk).cast(), Ordering::Release);
        }
        free.used += 1;
        index
    }

    pub fn free(&self, index: u32) {
        self.free.lock().indexes.push(index);
    }
}

impl<T: Default> Default for Slab<T> {
    fn default() -> Slab<T> {
        Slab::new()
    }
}

impl<T> Drop for Slab<T> {
    fn drop(&mut self) {
        for chunk in &mut self.chunks {
            let chunk = *chunk.get_mut();
            if !chunk.is_null() {
                // SAFETY: it was made from a boxed slice of CHUNK slots.
                drop(unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(chunk, CHUNK)) });
            }
        }
    }
}
