//! A run stack: memory on which compiled code runs, with a guard below it. A worker has one, on which its actors run in
//! turn.

use std::num::NonZeroUsize;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Usable bytes: reserved, and committed by the system page by page as they are touched.
const SIZE: usize = 64 << 20;
/// Below them. Frames are at most 256 KiB, so that no frame can step over it.
pub const GUARD: usize = 1 << 20;
/// What stays committed when a stack is tidied.
const KEPT: usize = 64 << 10;

/// Stacks that actors may keep to themselves, in the whole process. Linux gives a process 65,530 mappings, and a
/// stack with its guard is two of them.
const MAPPED_AT_MOST: usize = 4096;

static MAPPED: AtomicUsize = AtomicUsize::new(0);

/// A run stack, in a mapping of its own. The tops of all stacks are equal modulo 64 (they are page addresses), so
/// that an actor moved from one to another keeps every alignment.
pub struct RunStack {
    mapping: NonZeroUsize,
}

impl RunStack {
    /// `None` when the system gives no more address space or mappings.
    pub fn map() -> Option<RunStack> {
        // SAFETY: a new private mapping; results are checked.
        unsafe {
            let mapping = libc::mmap(
                null_mut(),
                GUARD + SIZE,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                -1,
                0,
            );
            if mapping == libc::MAP_FAILED {
                return None;
            }
            // Relaxed: a count that need not be exact.
            MAPPED.fetch_add(1, Ordering::Relaxed);
            let stack = RunStack { mapping: NonZeroUsize::new(mapping as usize)? };
            // Huge pages would make the first frame cost two megabytes.
            #[cfg(target_os = "linux")]
            libc::madvise(mapping, GUARD + SIZE, libc::MADV_NOHUGEPAGE);
            // The guard is a mapping more.
            (libc::mprotect(mapping, GUARD, libc::PROT_NONE) == 0).then_some(stack)
        }
    }

    /// A stack for an actor's own use: `None` when so many are mapped that the system might soon give no more.
    pub fn map_another() -> Option<RunStack> {
        // Relaxed: as above.
        if MAPPED.load(Ordering::Relaxed) < MAPPED_AT_MOST { RunStack::map() } else { None }
    }

    /// The address behind the highest byte.
    #[inline]
    pub fn top(&self) -> usize {
        self.mapping.get() + GUARD + SIZE
    }

    /// The lowest usable address.
    #[inline]
    pub fn bottom(&self) -> usize {
        self.mapping.get() + GUARD
    }

    /// Gives back to the system what a deep recursion has touched.
    ///
    /// # Safety
    /// Nothing on the stack is needed any more.
    pub unsafe fn tidy(&mut self) {
        // SAFETY: the range is part of the mapping, and holds nothing, as the caller promises.
        unsafe { libc::madvise(self.bottom() as *mut _, SIZE - KEPT, libc::MADV_DONTNEED) };
    }
}

impl Drop for RunStack {
    fn drop(&mut self) {
        // Relaxed: as in `map`.
        MAPPED.fetch_sub(1, Ordering::Relaxed);
        // SAFETY: the mapping is this stack's own and no one is on it.
        unsafe { libc::munmap(self.mapping.get() as *mut _, GUARD + SIZE) };
    }
}
