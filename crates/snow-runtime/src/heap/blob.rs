//! Byte storage outside the heaps, shared by reference count.

use crate::memory::emergency::out_of_memory;
use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicUsize, Ordering, fence};

/// Header of a blob; its bytes follow. Aligned to 16, and so are the bytes.
#[repr(C, align(16))]
pub struct Blob {
    count: AtomicUsize,
    capacity: usize,
}

const HEADER: usize = size_of::<Blob>();

/// No program needs more in one piece; sizes above it are mistakes or attacks.
pub const MAX_CAPACITY: usize = 1 << 40;

/// Capacities that every turn of a connection takes and soon gives back: the room that the library makes
/// before it reads from a socket, and an outbox's chunk. A few blobs of each are kept by each thread, so that the
/// same memory, still in the cache, is used again.
const KEPT_CAPACITIES: [usize; 2] = [20480, 4096];
const KEPT: usize = 32;

struct Kept([Vec<*mut Blob>; KEPT_CAPACITIES.len()]);

impl Drop for Kept {
    fn drop(&mut self) {
        // SAFETY: kept blobs have no owner; they came from malloc.
        self.0.iter_mut().flat_map(|kept| kept.drain(..)).for_each(|blob| unsafe { libc::free(blob.cast()) });
    }
}

thread_local! {
    /// Bytes of blobs that this thread has given back to malloc since somebody asked.
    static FREED: Cell<usize> = const { Cell::new(0) };
    static KEPT_BLOBS: RefCell<Kept> = const { RefCell::new(Kept([const { Vec::new() }; KEPT_CAPACITIES.len()])) };
}

/// How many bytes of blobs this thread has given back to malloc since this was last asked.
pub fn take_freed() -> usize {
    FREED.take()
}

fn kept_class(capacity: usize) -> Option<usize> {
    KEPT_CAPACITIES.iter().position(|kept| *kept == capacity)
}

/// Returns whether the blob was kept. It may come from another thread; at the end of a thread nothing is.
fn keep(blob: *mut Blob, capacity: usize) -> bool {
    let Some(class) = kept_class(capacity) else { return false };
    KEPT_BLOBS
        .try_with(|kept| {
            let kept = &mut kept.borrow_mut().0[class];
            let room = kept.len() < KEPT;
            if room {
                kept.push(blob);
            }
            room
        })
        .unwrap_or(false)
}

fn take_kept(capacity: usize) -> Option<*mut Blob> {
    let class = kept_class(capacity)?;
    KEPT_BLOBS.try_with(|kept| kept.borrow_mut().0[class].pop()).ok().flatten()
}

impl Blob {
    /// A new blob with one owner; its bytes are not initialised.
    ///
    /// # Panics
    /// When the size is absurd or memory is exhausted: the actor that asked crashes.
    pub fn allocate(capacity: usize) -> *mut Blob {
        if capacity > MAX_CAPACITY {
            out_of_memory(capacity);
        }
        // SAFETY: the size is not zero; the result is checked before it is written.
        unsafe {
            let blob = take_kept(capacity).unwrap_or_else(|| libc::malloc(HEADER + capacity) as *mut Blob);
            if blob.is_null() {
                out_of_memory(capacity);
            }
            blob.write(Blob { count: AtomicUsize::new(1), capacity });
            blob
        }
    }

    /// As `copy_of`, but nothing when memory is exhausted.
    pub fn try_copy_of(bytes: &[u8]) -> Option<*mut Blob> {
        // SAFETY: the size is not zero; the result is checked before it is written.
        unsafe {
            let blob = libc::malloc(HEADER + bytes.len()) as *mut Blob;
            if blob.is_null() {
                return None;
            }
            blob.write(Blob { count: AtomicUsize::new(1), capacity: bytes.len() });
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), Blob::data(blob), bytes.len());
            Some(blob)
        }
    }

    /// A new blob holding a copy of the bytes.
    pub fn copy_of(bytes: &[u8]) -> *mut Blob {
        let blob = Blob::allocate(bytes.len());
        // SAFETY: the blob has room for exactly these bytes and no one else knows it.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), Blob::data(blob), bytes.len()) };
        blob
    }

    pub fn data(blob: *mut Blob) -> *mut u8 {
        blob.cast::<u8>().wrapping_add(HEADER)
    }

    /// # Safety
    /// The blob is alive: the caller owns a share of it.
    pub unsafe fn capacity(blob: *mut Blob) -> usize {
        // SAFETY: promised by the caller.
        unsafe { (*blob).capacity }
    }

    /// Takes a share. Null is allowed: storage that is never freed.
    ///
    /// # Safety
    /// The caller owns a share already.
    pub unsafe fn retain(blob: *mut Blob) {
        if !blob.is_null() {
            // Relaxed: the caller's own share keeps the blob alive, nothing is published by this.
            // SAFETY: promised by the caller.
            unsafe { (*blob).count.fetch_add(1, Ordering::Relaxed) };
        }
    }

    /// Gives a share back; the last one frees the blob.
    ///
    /// # Safety
    /// The caller owns a share and does not use it any more.
    pub unsafe fn release(blob: *mut Blob) {
        if blob.is_null() {
            return;
        }
        // SAFETY: promised by the caller.
        unsafe {
            // Release: this thread's reads happen before the bytes are freed by the thread that gives the last share
            // back, which acquires.
            if (*blob).count.fetch_sub(1, Ordering::Release) == 1 {
                // Acquire: pairs with the releases of all other shares.
                fence(Ordering::Acquire);
                let capacity = (*blob).capacity;
                if !keep(blob, capacity) {
                    libc::free(blob.cast());
                    // A thread that is about to end has no such place any more.
                    let _ = FREED.try_with(|freed| freed.set(freed.get() + capacity));
                }
            }
        }
    }

    /// Changes the capacity of a blob that no one else shares; the bytes up to the smaller size stay.
    ///
    /// # Safety
    /// The caller owns the only share. The old address is void afterwards.
    pub unsafe fn resize(blob: *mut Blob, capacity: usize) -> *mut Blob {
        if capacity > MAX_CAPACITY {
            out_of_memory(capacity);
        }
        // SAFETY: promised by the caller; the result is checked before it is written.
        unsafe {
            let moved = libc::realloc(blob.cast(), HEADER + capacity) as *mut Blob;
            if moved.is_null() {
                out_of_memory(capacity);
            }
            (*moved).capacity = capacity;
            moved
        }
    }

    /// # Safety
    /// The caller owns a share.
    #[cfg(test)]
    pub unsafe fn shares(blob: *mut Blob) -> usize {
        // SAFETY: promised by the caller.
        unsafe { (*blob).count.load(Ordering::Relaxed) }
    }
}
