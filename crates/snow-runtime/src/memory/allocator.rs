//! How much of the memory that has been freed malloc keeps, and how it is made to give it back.
//!
//! Busy, it should keep what the next message needs: to give a megabyte back and to fault it in again costs more than
//! to deal with it. Idle, it should keep nothing. By itself glibc does neither: its limits grow with the largest piece
//! that was ever freed, and nothing ever makes them smaller.

/// From this size on a piece is the system's again as soon as it is freed (bytes).
pub const LARGE: usize = 4 << 20;
/// What each thread's part of the heap may keep at its end, while its worker is busy (bytes).
const KEPT: i32 = 16 << 20;
/// Frees of this size make glibc look at the end of the thread's part of the heap (bytes).
const LOOKED_AT: usize = 128 << 10;

/// Called before a program runs.
pub fn set_limits() {
    // SAFETY: it may be called at any time.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE as i32);
        libc::mallopt(libc::M_TRIM_THRESHOLD, KEPT);
    }
}

/// Gives pages that are free as a whole back, wherever they lie, but not the end of other threads' parts.
pub fn give_back() {
    // SAFETY: as above.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    unsafe {
        libc::malloc_trim(0)
    };
    give_back_own();
}

/// Gives the free end of this thread's part of the heap back, for which glibc has no call of its own.
pub fn give_back_own() {
    // SAFETY: as above; the piece is ours, and a null pointer may be freed. Another thread that frees something large
    // meanwhile gives its end back, too.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    unsafe {
        libc::mallopt(libc::M_TRIM_THRESHOLD, 0);
        libc::free(std::hint::black_box(libc::malloc(LOOKED_AT)));
        libc::mallopt(libc::M_TRIM_THRESHOLD, KEPT);
    }
}
