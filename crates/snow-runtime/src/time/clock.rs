//! The runtime's clock: the system's, or a virtual one in deterministic mode.

use std::sync::atomic::{AtomicU64, Ordering};

/// Virtual time starts at this wall-clock time: 2024-01-01 00:00 UTC, in milliseconds.
const VIRTUAL_EPOCH: i64 = 1_704_067_200_000;

/// What tells a program the time.
pub enum Clock {
    /// With the moment at which the program began.
    System(u64),
    /// Nanoseconds since the program began.
    Virtual(AtomicU64),
}

impl Clock {
    /// The program begins now.
    pub fn new(is_virtual: bool) -> Clock {
        if is_virtual {
            Clock::Virtual(AtomicU64::new(0))
        } else {
            Clock::System(system(libc::CLOCK_MONOTONIC))
        }
    }

    /// Nanoseconds since the program began.
    pub fn uptime(&self) -> u64 {
        match self {
            Clock::System(start) => self.now() - start,
            Clock::Virtual(_) => self.now(),
        }
    }

    /// Nanoseconds since some fixed moment.
    pub fn now(&self) -> u64 {
        match self {
            Clock::System(_) => system(libc::CLOCK_MONOTONIC),
            // Relaxed: one thread runs everything in deterministic mode.
            Clock::Virtual(now) => now.load(Ordering::Relaxed),
        }
    }

    /// Milliseconds since 1970.
    pub fn wall(&self) -> i64 {
        match self {
            Clock::System(_) => (system(libc::CLOCK_REALTIME) / 1_000_000) as i64,
            Clock::Virtual(_) => VIRTUAL_EPOCH + (self.now() / 1_000_000) as i64,
        }
    }

    /// Lets virtual time pass; nothing happens to the system's.
    pub fn advance_to(&self, at: u64) {
        if let Clock::Virtual(now) = self {
            // Relaxed: as in `now`.
            now.fetch_max(at, Ordering::Relaxed);
        }
    }
}

fn system(clock: libc::clockid_t) -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the clock exists and the result has a place.
    unsafe { libc::clock_gettime(clock, &mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}
