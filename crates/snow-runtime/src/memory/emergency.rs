//! What happens when the system gives no more memory.
//!
//! What programs determine the size of is asked for in ways that can fail, and ends the actor that asked: see
//! `out_of_memory`. But the way to that end needs memory too, for the message and for queues, as does the small
//! bookkeeping of all intrinsics. For these there is a reserve, which Rust's allocator turns to when malloc has failed.
//! An actor in whose intrinsic that happens ends as well (`take_shortage`), and with it what it holds.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, UnsafeCell};
use std::collections::TryReserveError;
use std::sync::atomic::{AtomicU64, Ordering};

/// Never touched, it costs no memory.
const SIZE: usize = 8 << 20;
/// So much of it is for those who need little while another actor has taken all there is: only who goes on behind that
/// ends for it.
const FOR_ALL: usize = SIZE / 8;
/// No single piece of the reserve is larger.
const LARGEST: usize = SIZE / 2;

#[repr(C, align(4096))]
struct Bytes(UnsafeCell<[u8; SIZE]>);

// SAFETY: its parts are given to one owner each.
unsafe impl Sync for Bytes {}

static BYTES: Bytes = Bytes(UnsafeCell::new([0; SIZE]));

/// Pieces that are in use, in the upper half, and where the free part begins, in the lower: this is the beginning again
/// when no piece is in use.
static STATE: AtomicU64 = AtomicU64::new(0);
const ONE_PIECE: u64 = 1 << 32;

thread_local! {
    static SHORT: Cell<bool> = const { Cell::new(false) };
}

/// Has this thread taken more from the reserve, since this was last asked, than is for all?
#[inline]
pub fn take_shortage() -> bool {
    SHORT.get() && SHORT.replace(false)
}

/// Ends the actor in whose intrinsic this is called.
///
/// # Panics
/// Always: see `intrinsics::context::guard`.
#[cold]
pub fn out_of_memory(bytes: usize) -> ! {
    panic!("out of memory: {bytes} bytes asked for");
}

/// For what grows with what a program does: the outcome of a `try_reserve`.
///
/// # Panics
/// As `out_of_memory`, when there was no room to be had.
pub fn expect_room(reserved: Result<(), TryReserveError>, bytes: usize) {
    if reserved.is_err() {
        out_of_memory(bytes);
    }
}

/// Ends the actor now if it could not have so many bytes, before something is begun that cannot be broken off.
///
/// # Panics
/// As `out_of_memory`.
pub fn expect_bytes(bytes: usize) {
    // What is small may come from the reserve.
    if bytes > LARGEST / 4 {
        expect_room(Vec::<u8>::new().try_reserve_exact(bytes), bytes);
    }
}

/// The system's allocator, and behind it the reserve.
pub struct Allocator;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

// SAFETY: all pieces come from the system's allocator or from the reserve, whose pieces do not overlap, and go back to
// where they came from, which their addresses tell.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: promised by the caller.
        let piece = unsafe { System.alloc(layout) };
        if piece.is_null() { take(layout) } else { piece }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: promised by the caller; a piece of the reserve has so many bytes.
        unsafe {
            let piece = System.alloc_zeroed(layout);
            if !piece.is_null() {
                return piece;
            }
            let piece = take(layout);
            if !piece.is_null() {
                piece.write_bytes(0, layout.size());
            }
            piece
        }
    }

    #[inline]
    unsafe fn dealloc(&self, piece: *mut u8, layout: Layout) {
        if is_reserved(piece) {
            give_back();
        } else {
            // SAFETY: promised by the caller.
            unsafe { System.dealloc(piece, layout) }
        }
    }

    #[inline]
    unsafe fn realloc(&self, piece: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: promised by the caller; the old piece stays as it is until it has been copied.
        unsafe {
            if !is_reserved(piece) {
                let moved = System.realloc(piece, layout, size);
                if !moved.is_null() {
                    return moved;
                }
            }
            let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !moved.is_null() {
                moved.copy_from_nonoverlapping(piece, layout.size().min(size));
                self.dealloc(piece, layout);
            }
            moved
        }
    }
}

#[inline]
fn is_reserved(piece: *mut u8) -> bool {
    (piece as usize).wrapping_sub(BYTES.0.get() as usize) < SIZE
}

#[cold]
fn take(layout: Layout) -> *mut u8 {
    if layout.size() > LARGEST {
        return std::ptr::null_mut();
    }
    let (mut at, mut end) = (0, 0);
    // Acquire and release: what was in a piece before has been read when it is given out again.
    let taken = STATE.fetch_update(Ordering::AcqRel, Ordering::Acquire, |state| {
        at = (state as u32 as usize).next_multiple_of(layout.align().max(16));
        end = at + layout.size();
        (end <= SIZE).then_some((state & !(ONE_PIECE - 1)) + ONE_PIECE + end as u64)
    });
    if end > FOR_ALL {
        // A thread that is about to end has no such place any more.
        let _ = SHORT.try_with(|short| short.set(true));
    }
    if taken.is_ok() { BYTES.0.get().cast::<u8>().wrapping_add(at) } else { std::ptr::null_mut() }
}

#[cold]
fn give_back() {
    // As in `take`.
    let _ = STATE.fetch_update(Ordering::AcqRel, Ordering::Acquire, |state| {
        let left = state - ONE_PIECE;
        Some(if left < ONE_PIECE { 0 } else { left })
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reserve_is_whole_again_when_all_has_come_back() {
        let piece = |size, align| take(Layout::from_size_align(size, align).unwrap());
        take_shortage();
        let first = piece(100, 8);
        assert!(!take_shortage());
        let second = piece(LARGEST, 64);
        assert!(take_shortage() && !take_shortage());
        assert!(is_reserved(first) && is_reserved(second) && (second as usize).is_multiple_of(64));
        assert!(second as usize >= first as usize + 100);
        assert!(piece(LARGEST, 1).is_null() && piece(LARGEST + 1, 1).is_null());
        // SAFETY: the pieces are ours, and so long.
        unsafe {
            first.write_bytes(7, 100);
            let layout = Layout::from_size_align(100, 8).unwrap();
            let moved = ALLOCATOR.realloc(first, layout, 200);
            assert!(!is_reserved(moved) && *moved.add(99) == 7);
            ALLOCATOR.dealloc(moved, Layout::from_size_align(200, 8).unwrap());
            ALLOCATOR.dealloc(second, Layout::from_size_align(LARGEST, 64).unwrap());
        }
        assert_eq!(piece(8, 8), first);
        give_back();
        take_shortage();
    }
}
