//! Which workers sleep, how they are woken, and how the last one that falls asleep finds out that nothing can happen any
//! more.
//!
//! No work may wait beside a worker that sleeps. So each side does two things in a fixed order, with a fence in between:
//!
//! 1. a thread with work for others first queues it, and then looks for a sleeper (`wake`, `wake_any`);
//! 2. a worker first counts itself among the sleepers (`begin`), and then looks for work once more.
//!
//! Whichever comes second sees what the other has done: the worker finds the work, or is found asleep and woken.

use crate::sync::{AtomicBool, AtomicU64, AtomicUsize, Mutex, fence};
use std::sync::atomic::Ordering;

/// The workers that sleep.
pub struct Sleepers {
    /// By worker.
    asleep: Box<[AtomicBool]>,
    /// How many of them.
    count: AtomicUsize,
    /// How often a worker has ended a sleep, to tell whether one did while the others were looked at.
    wakings: AtomicU64,
    /// Held by the worker that looks whether anything can still happen.
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
        // AcqRel: a swap, not a store, so that this worker sees what a thread did that woke it too late for its last
        // sleep; and released, so that a thread that finds it asleep sees what it did before.
        self.asleep[worker].swap(true, Ordering::AcqRel);
        // AcqRel: the worker that completes the count sees what all others did before they slept.
        self.count.fetch_add(1, Ordering::AcqRel);
        // Paired with the fences of `wake` and `wake_any`: see the top. Without it, the look for work that follows could
        // be done before the flag is visible, and the work would wait for ever.
        fence(Ordering::SeqCst);
    }

    /// Counts the worker as awake. Returns whether it was asleep until now; of several threads that try at once, one is
    /// told so.
    pub fn end(&self, worker: usize) -> bool {
        // AcqRel: one of several threads gets `true`; it sees what the worker did before it slept, and what it has
        // queued itself is visible to the worker, which swaps the flag as well.
        let was = self.asleep[worker].swap(false, Ordering::AcqRel);
        if was {
            // AcqRel, both, and before anything that the worker takes when it is awake: a thread that sees a queue
            // empty because this worker has taken its item then sees this count, too. See `if_nothing_happens`.
            self.wakings.fetch_add(1, Ordering::AcqRel);
            self.count.fetch_sub(1, Ordering::AcqRel);
        }
        was
    }

    /// Work has been queued for this worker. Returns whether it sleeps: then it counts as awake already, and the caller
    /// must ring its poller.
    #[must_use]
    pub fn wake(&self, worker: usize) -> bool {
        // Paired with the fence of `begin`: see the top.
        fence(Ordering::SeqCst);
        // Relaxed: the fence orders it, and `end` decides.
        self.asleep[worker].load(Ordering::Relaxed) && self.end(worker)
    }

    /// Work has been queued that any worker could do. Returns one that slept, if there is one: it counts as awake
    /// already, and the caller must ring its poller.
    #[must_use]
    pub fn wake_any(&self) -> Option<usize> {
        if self.asleep.len() == 1 {
            return None;
        }
        // As in `wake`.
        fence(Ordering::SeqCst);
        if self.count.load(Ordering::Relaxed) == 0 {
            return None;
        }
        (0..self.asleep.len()).find(|&worker| self.is_asleep(worker) && self.end(worker))
    }

    /// As it was a moment ago.
    pub fn is_asleep(&self, worker: usize) -> bool {
        // Relaxed: a hint.
        self.asleep[worker].load(Ordering::Relaxed)
    }

    /// Do all sleep? A caller that must not miss a worker which wakes at this moment has a fence before this.
    pub fn all_asleep(&self) -> bool {
        // Acquire: pairs with `begin`, so that what each worker did before it slept is seen.
        self.asleep.iter().all(|asleep| asleep.load(Ordering::Acquire))
    }

    /// Calls `then` if it is certain that nothing happens any more. For a worker that has begun to sleep.
    ///
    /// `nothing_left` looks at all work that there may be. A worker that wakes meanwhile could take some away before it
    /// is looked at, so that it is nowhere to be seen. But it counts its waking first, and takes with release (under a
    /// lock, or out of a queue): seeing the work gone means seeing the count changed, and then nothing is certain.
    ///
    /// Only one worker at a time is in `then`, and when it ends its sleep there, no other one follows.
    pub fn if_nothing_happens(&self, nothing_left: impl FnOnce() -> bool, then: impl FnOnce()) {
        // Acquire, here and below: pairs with `begin` and `end`.
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
