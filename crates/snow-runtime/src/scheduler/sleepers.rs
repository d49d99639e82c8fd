//! Which workers sleep: how they are woken, and how the last one to fall asleep finds out that nothing can happen
//! any more.
//!
//! Whoever has work for others queues it first and looks for a sleeper then. A worker counts itself among the
//! sleepers first and looks for work then. Both have a fence between their two steps, so one of the two sees the
//! other, and no work waits beside a worker that sleeps.

use crate::sync::{AtomicBool, AtomicU64, AtomicUsize, Mutex, fence};
use std::sync::atomic::Ordering;

pub struct Sleepers {
    asleep: Box<[AtomicBool]>,
    count: AtomicUsize,
    /// How often a worker has ended a sleep, to tell whether one did while the others were looked at.
    wakings: AtomicU64,
    /// Held by whoever looks whether anything can still happen.
    looking: Mutex<()>,
}

impl Sleepers {
    /// All workers are awake.
    pub fn new(workers: usize) -> Sleepers {
        Sleepers {
            asleep: (0..workers).map(|_| AtomicBool::new(false)).collect(),
            count: AtomicUsize::new(0),
            wakings: AtomicU64::new(0),
            looking: Mutex::new(()),
        }
    }

    /// Counts the worker as asleep. It must look for work before it really sleeps.
    pub fn begin(&self, worker: usize) {
        // Swapped, not stored, so that it comes behind a waking that was too late for the last sleep.
        self.asleep[worker].swap(true, Ordering::AcqRel);
        self.count.fetch_add(1, Ordering::AcqRel);
        fence(Ordering::SeqCst);
    }

    /// Counts the worker as awake. Returns whether it was asleep until now: the one that is told so, of all that try
    /// at once, has woken it.
    pub fn end(&self, worker: usize) -> bool {
        let was = self.asleep[worker].swap(false, Ordering::AcqRel);
        if was {
            // Before anything that it takes, awake: see `if_nothing_happens`.
            self.wakings.fetch_add(1, Ordering::AcqRel);
            self.count.fetch_sub(1, Ordering::AcqRel);
        }
        was
    }

    /// Work has been queued for this worker. Returns whether it sleeps and the caller must rouse it; it counts as
    /// awake already.
    #[must_use]
    pub fn wake(&self, worker: usize) -> bool {
        fence(Ordering::SeqCst);
        self.asleep[worker].load(Ordering::Relaxed) && self.end(worker)
    }

    /// Work has been queued that any worker could do. Answers one that slept, if there is one: the caller must rouse
    /// it, and it counts as awake already.
    #[must_use]
    pub fn wake_any(&self) -> Option<usize> {
        if self.asleep.len() == 1 {
            return None;
        }
        fence(Ordering::SeqCst);
        if self.count.load(Ordering::Relaxed) == 0 {
            return None;
        }
        (0..self.asleep.len()).find(|&worker| self.is_asleep(worker) && self.end(worker))
    }

    /// As it was a moment ago.
    pub fn is_asleep(&self, worker: usize) -> bool {
        self.asleep[worker].load(Ordering::Relaxed)
    }

    /// Whoever calls this has a fence before it, if it must not miss a worker that wakes at this moment.
    pub fn all_asleep(&self) -> bool {
        self.asleep.iter().all(|asleep| asleep.load(Ordering::Acquire))
    }

    /// Calls `then` if it is certain that nothing happens any more. For a worker that has begun to sleep.
    /// `nothing_left` looks at everything that an awake worker may take away, each time with release, under a lock or
    /// out of a queue: whoever sees that something has gone sees the waking as well. Only one worker at a time is in
    /// `then`, and when it has ended its sleep there, no other one follows.
    pub fn if_nothing_happens(&self, nothing_left: impl FnOnce() -> bool, then: impl FnOnce()) {
        if self.count.load(Ordering::Acquire) < self.asleep.len() {
            return;
        }
        let _held = self.looking.lock();
        let wakings = self.wakings.load(Ordering::Acquire);
        if self.all_asleep() && nothing_left() && self.wakings.load(Ordering::Acquire) == wakings {
            then();
        }
    }
}
