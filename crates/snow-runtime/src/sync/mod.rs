//! What the protocols between threads are made of: atomics, locks and work-stealing queues.
//!
//! With `--cfg loom` they are those of loom, which tries the orders in which threads can take their steps, and the
//! values that an atomic may still show; `interleavings` runs the protocols that way. Everything else uses the
//! standard library, `parking_lot`, `spin` and `crossbeam_deque` directly.

#[cfg(loom)]
mod model;

#[cfg(loom)]
pub use loom::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, fence};
#[cfg(loom)]
pub use model::{Condvar, Deque, Mutex, MutexGuard, SmallLock, SmallLockGuard, Steal, Stealer};

#[cfg(not(loom))]
pub use crossbeam_deque::{Steal, Stealer, Worker as Deque};
#[cfg(not(loom))]
pub use parking_lot::{Condvar, Mutex, MutexGuard};
#[cfg(not(loom))]
pub use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, fence};

/// A lock whose release is a plain store, for what is held some nanoseconds and hardly ever wanted by two at once.
/// A thread that has to wait gives its processor away, since the one that holds the lock may have lost its own.
#[cfg(not(loom))]
pub type SmallLock<T> = spin::mutex::SpinMutex<T, spin::Yield>;
#[cfg(not(loom))]
pub type SmallLockGuard<'a, T> = spin::mutex::SpinMutexGuard<'a, T>;
