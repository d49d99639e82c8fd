//! Memory of semispaces: powers of two, kept for reuse by the worker that freed them.

/// The smallest space, and the first that an actor gets.
pub const SMALLEST: usize = 512;
const CLASSES: usize = 40;
/// What one class may keep, in bytes; at least one space is kept up to `LARGEST_KEPT`.
const KEPT_PER_CLASS: usize = 64 << 10;
const LARGEST_KEPT: usize = 4 << 20;

/// A worker's free spaces, so that collections in a row use the same two hot pieces of memory.
pub struct Spaces {
    free: [Vec<*mut u8>; CLASSES],
}

impl Spaces {
    pub fn new() -> Spaces {
        Spaces { free: [const { Vec::new() }; CLASSES] }
    }

    /// The size that `take` gives for so many bytes.
    pub fn round_up(bytes: usize) -> usize {
        bytes.max(SMALLEST).next_power_of_two()
    }

    /// # Panics
    /// When memory is exhausted: the actor that asked crashes.
    pub fn take(&mut self, size: usize) -> *mut u8 {
        if size.is_power_of_two()
            && let Some(space) = self.free.get_mut(class(size)).and_then(Vec::pop)
        {
            return space;
        }
        // SAFETY: sizes are never zero; the result is checked.
        let space = unsafe { libc::malloc(size) } as *mut u8;
        assert!(!space.is_null(), "out of memory: {size} bytes asked for");
        space
    }

    /// # Safety
    /// The space came from `take` with this size and is not used any more.
    pub unsafe fn give(&mut self, space: *mut u8, size: usize) {
        if space.is_null() {
            return;
        }
        if size.is_power_of_two() && size <= LARGEST_KEPT {
            let kept = &mut self.free[class(size)];
            if kept.len() < (KEPT_PER_CLASS / size).max(1) {
                kept.push(space);
                return;
            }
        }
        // SAFETY: it came from malloc.
        unsafe { libc::free(space.cast()) }
    }

    /// Frees what is kept: the worker is idle.
    pub fn clear(&mut self) {
        for space in self.free.iter_mut().flat_map(std::mem::take) {
            // SAFETY: it came from malloc and is not used.
            unsafe { libc::free(space.cast()) }
        }
    }
}

fn class(size: usize) -> usize {
    size.trailing_zeros() as usize
}

impl Default for Spaces {
    fn default() -> Spaces {
        Spaces::new()
    }
}

impl Drop for Spaces {
    fn drop(&mut self) {
        self.clear();
    }
}
