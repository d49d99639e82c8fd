//! Where heaps get their semispaces: in sizes that are powers of two, kept by the worker that has freed them, to be used
//! again.
//!
//! Spaces below a page come from malloc. Larger ones are whole pages of regions of our own, so that a space
//! given back by an idle actor really leaves memory: between other things on malloc's heap, it would hardly
//! ever hold a page that is free as a whole.

use crate::memory::allocator;
use parking_lot::Mutex;
use std::ptr::null_mut;
use std::sync::Arc;

/// The smallest space, and the first that an actor gets.
pub const SMALLEST: usize = 512;
/// From here on spaces come from regions.
const PAGE: usize = 4096;
const REGION: usize = 1 << 20;
/// Spaces above it come from malloc again, which gives such sizes back at once.
const LARGEST_IN_REGION: usize = 256 << 10;
const CLASSES: usize = REGION.trailing_zeros() as usize;
/// From here on a space is the system's again as soon as it is freed, but for the spare one.
const LARGE: usize = allocator::LARGE;
/// What the processor looks up as one page where the system has joined many.
const HUGE_PAGE: usize = 2 << 20;
/// What a class below a page may keep, in bytes.
const KEPT_PER_CLASS: usize = 64 << 10;

/// A worker's free spaces, so that collections in a row use the same two hot pieces of memory.
pub struct Spaces {
    classes: [Class; CLASSES],
    /// What a large heap was collected from, for its next collection: most of the time of one that writes to fresh
    /// memory goes into page faults.
    spare: Option<Space>,
    regions: Arc<Regions>,
    /// The part of the newest region that has not been given out.
    rest: *mut u8,
    rest_bytes: usize,
    /// As if memory were exhausted for any larger space.
    #[cfg(test)]
    pub largest: usize,
}

/// A semispace: where it begins, and its bytes.
#[derive(Clone, Copy)]
pub struct Space {
    pub start: *mut u8,
    pub size: usize,
}

#[derive(Default)]
struct Class {
    /// Last used first.
    free: Vec<*mut u8>,
    /// Free, and its pages given back to the system.
    untouched: Vec<*mut u8>,
}

/// The regions of all workers of a program; unmapped when no heap can use them any more.
#[derive(Default)]
pub struct Regions(Mutex<Vec<usize>>);

impl Spaces {
    /// The regions must live as long as any space from them is used.
    pub fn new(regions: Arc<Regions>) -> Spaces {
        Spaces {
            classes: Default::default(),
            spare: None,
            regions,
            rest: null_mut(),
            rest_bytes: 0,
            #[cfg(test)]
            largest: usize::MAX,
        }
    }

    /// The size that `take` should be asked for to get so many bytes.
    pub fn round_up(bytes: usize) -> usize {
        if bytes < LARGE { bytes.max(SMALLEST).next_power_of_two() } else { bytes.next_multiple_of(PAGE) }
    }

    /// A space of this size; a large one may be larger. Nothing when memory is exhausted.
    pub fn take(&mut self, size: usize) -> Option<Space> {
        #[cfg(test)]
        if size > self.largest {
            return None;
        }
        if size >= LARGE
            && let Some(spare) = self.spare.take()
        {
            if (size..=4 * size).contains(&spare.size) {
                return Some(spare);
            }
            // SAFETY: the spare space is large, so it came from malloc, and it was given back.
            unsafe { free(spare.start) };
        }
        if is_kept(size) {
            let class = &mut self.classes[class_of(size)];
            if let Some(start) = class.free.pop().or_else(|| class.untouched.pop()) {
                return Some(Space { start, size });
            }
            if size >= PAGE {
                return Some(Space { start: self.carve(size)?, size });
            }
        }
        // SAFETY: sizes are never zero; the result is checked.
        let start = unsafe { if size >= LARGE { allocate_large(size) } else { libc::malloc(size).cast() } };
        (!start.is_null()).then_some(Space { start, size })
    }

    /// Takes back what a heap was collected from that lives in a space of `next` bytes now.
    ///
    /// # Safety
    /// As for `give`.
    pub unsafe fn give_for_next(&mut self, space: Space, next: usize) {
        if space.size < LARGE || next < LARGE {
            // SAFETY: promised by the caller.
            unsafe { self.give(space) }
        } else if let Some(old) = self.spare.replace(space) {
            // SAFETY: as in `take`.
            unsafe { free(old.start) };
        }
    }

    /// Takes a space back. None is one without an address, as a heap has before its first.
    ///
    /// # Safety
    /// The space came from `take` with this size and is not used any more.
    pub unsafe fn give(&mut self, space: Space) {
        let Space { start, size } = space;
        if start.is_null() {
            return;
        }
        if is_kept(size) {
            let kept = &mut self.classes[class_of(size)].free;
            if size >= PAGE || kept.len() < KEPT_PER_CLASS / size {
                kept.push(start);
                return;
            }
        }
        // SAFETY: of this size, spaces come from malloc; promised by the caller.
        unsafe { free(start) };
        if size >= LARGE {
            self.drop_spare();
        }
    }

    pub fn has_spare(&self) -> bool {
        self.spare.is_some()
    }

    /// Gives the spare space back to the system.
    pub fn drop_spare(&mut self) {
        if let Some(spare) = self.spare.take() {
            // SAFETY: the spare space is large, so it came from malloc, and it was given back.
            unsafe { free(spare.start) };
        }
    }

    /// Gives the memory of free spaces back to the system: the worker is idle.
    pub fn clear(&mut self) {
        self.drop_spare();
        for (index, class) in self.classes.iter_mut().enumerate() {
            let size = 1 << index;
            if size < PAGE {
                // SAFETY: smaller than a page.
                unsafe { free_all(class) };
                continue;
            }
            class.free.sort_unstable();
            let neighbours = |a: &*mut u8, b: &*mut u8| a.wrapping_add(size) == *b;
            for run in class.free.chunk_by(neighbours) {
                // SAFETY: the pages are ours, and what was in them is not needed.
                unsafe { libc::madvise(run[0].cast(), run.len() * size, libc::MADV_DONTNEED) };
            }
            class.untouched.append(&mut class.free);
        }
    }

    fn carve(&mut self, size: usize) -> Option<*mut u8> {
        if self.rest_bytes < size {
            let region = self.regions.map()?;
            // What is left of the old region goes to the classes that it fits.
            while self.rest_bytes >= PAGE {
                let largest = self.rest_bytes.min(LARGEST_IN_REGION);
                let size = 1 << largest.ilog2();
                let space = self.cut(size);
                self.classes[class_of(size)].untouched.push(space);
            }
            self.rest = region;
            self.rest_bytes = REGION;
        }
        Some(self.cut(size))
    }

    fn cut(&mut self, size: usize) -> *mut u8 {
        let space = self.rest;
        self.rest = space.wrapping_add(size);
        self.rest_bytes -= size;
        space
    }
}

impl Regions {
    /// A new region, unless memory is exhausted.
    fn map(&self) -> Option<*mut u8> {
        // SAFETY: a new private mapping; the result is checked.
        let region = unsafe {
            libc::mmap(
                null_mut(),
                REGION,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
        };
        if region == libc::MAP_FAILED {
            return None;
        }
        self.0.lock().push(region as usize);
        Some(region.cast())
    }
}

impl Drop for Regions {
    fn drop(&mut self) {
        for region in self.0.get_mut() {
            // SAFETY: it was mapped with this size, and no space in it is used any more.
            unsafe { libc::munmap(*region as *mut _, REGION) };
        }
    }
}

/// Memory of malloc's in huge pages, where the system has them: what a large heap does in a moment is spread over all of
/// it, so that with small ones most of the time goes into page faults and into looking pages up. Null when there is none.
///
/// # Safety
/// The size is not zero.
unsafe fn allocate_large(size: usize) -> *mut u8 {
    let mut start = null_mut();
    // SAFETY: the alignment is a power of two; the advice is about whole pages of what was allocated, and may be ignored.
    unsafe {
        if libc::posix_memalign(&mut start, HUGE_PAGE, size) != 0 {
            return null_mut();
        }
        #[cfg(target_os = "linux")]
        libc::madvise(start, size & !(PAGE - 1), libc::MADV_HUGEPAGE);
    }
    start.cast()
}

/// Gives a space back to malloc.
///
/// # Safety
/// It came from there, and is not used.
unsafe fn free(start: *mut u8) {
    // SAFETY: promised by the caller.
    unsafe { libc::free(start.cast()) }
}

/// Gives the free spaces of a class back to malloc.
///
/// # Safety
/// They came from there: they are smaller than a page.
unsafe fn free_all(class: &mut Class) {
    for start in std::mem::take(&mut class.free) {
        // SAFETY: promised by the caller; nobody uses a free space.
        unsafe { free(start) };
    }
}

fn is_kept(size: usize) -> bool {
    size.is_power_of_two() && size <= LARGEST_IN_REGION
}

fn class_of(size: usize) -> usize {
    size.trailing_zeros() as usize
}

impl Drop for Spaces {
    fn drop(&mut self) {
        self.drop_spare();
        for class in &mut self.classes[..class_of(PAGE)] {
            // SAFETY: the classes below a page.
            unsafe { free_all(class) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(spaces: &mut Spaces, size: usize) -> Space {
        spaces.take(size).expect("there is memory")
    }

    #[test]
    fn spaces_do_not_overlap_and_are_used_again() {
        let mut spaces = Spaces::new(Arc::default());
        let sizes = [512, 4 << 20, 4096, 8192, 600, 262_144, 4096, 1 << 20, 65_536, 2048];
        let mut taken: Vec<(*mut u8, usize)> =
            (0..20).flat_map(|_| sizes).map(|size| (take(&mut spaces, size).start, size)).collect();
        for (index, (space, size)) in taken.iter().enumerate() {
            // SAFETY: the space has that size.
            unsafe { std::ptr::write_bytes(*space, index as u8, *size) };
        }
        for (index, (space, size)) in taken.iter().enumerate() {
            // SAFETY: as above.
            let bytes = unsafe { std::slice::from_raw_parts(*space, *size) };
            assert!(bytes.iter().all(|byte| *byte == index as u8));
        }
        taken.sort();
        let pages: Vec<_> = taken.iter().filter(|(_, size)| *size == 4096).copied().collect();
        for (space, size) in taken {
            // SAFETY: it came from `take` with this size.
            unsafe { spaces.give(Space { start: space, size }) };
        }
        for cleared in [false, true] {
            let mut again: Vec<_> = pages.iter().map(|_| (take(&mut spaces, 4096).start, 4096)).collect();
            again.sort();
            assert_eq!(again, pages);
            for (space, size) in again {
                // SAFETY: as above.
                unsafe { spaces.give(Space { start: space, size }) };
            }
            if !cleared {
                spaces.clear();
            }
        }
    }

    #[test]
    fn a_large_space_can_be_of_huge_pages() {
        let mut spaces = Spaces::new(Arc::default());
        for size in [LARGE, LARGE + PAGE, 5 * LARGE] {
            let space = take(&mut spaces, size);
            assert_eq!(space.start.align_offset(HUGE_PAGE), 0);
            // SAFETY: it came from `take` with this size.
            unsafe { spaces.give(space) };
        }
    }

    #[test]
    fn a_large_space_is_kept_for_the_next_collection() {
        let mut spaces = Spaces::new(Arc::default());
        let first = take(&mut spaces, 2 * LARGE);
        let second = take(&mut spaces, LARGE);
        // SAFETY: both came from `take`, and each is given back once.
        unsafe {
            spaces.give_for_next(first, LARGE);
            let again = take(&mut spaces, LARGE);
            assert_eq!((again.start, again.size), (first.start, 2 * LARGE));
            spaces.give_for_next(again, LARGE);
            // One that is far too large is not used.
            let larger = take(&mut spaces, 16 * LARGE);
            spaces.give_for_next(larger, LARGE);
            let small = take(&mut spaces, LARGE);
            assert_eq!(small.size, LARGE);
            assert!(spaces.spare.is_none());
            // The heap has become small, or has ended.
            spaces.give_for_next(second, LARGE);
            spaces.give_for_next(small, 512);
            assert!(spaces.spare.is_none());
        }
    }
}
