//! Who runs when and where: workers, their queues, time slices, falling asleep and waking.
//!
//! `run_loop` is what each worker does, `slice` one turn of one actor, `worker` what a worker has for itself. Here is
//! what workers share with each other.

pub mod delivery;
mod fairness;
pub mod inbox;
mod polling;
pub mod preemption;
pub mod run_loop;
pub mod run_queue;
pub mod sleepers;
mod slice;
pub mod ticker;
pub mod worker;

use crate::actor::Record;
use crate::actor::record::{ActorRef, NO_HOME, PREEMPT_SLICE};
use crate::handles::epochs::Epochs;
use crate::sync::Stealer;
use crate::time::wheel::Timers;
use inbox::Inbox;
use parking_lot::Mutex;
use sleepers::Sleepers;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, AtomicUsize, Ordering};
use ticker::Ticker;

/// The part of a worker that other threads use.
pub struct SharedWorker {
    /// How many actors waited for their turn here, of those that no one else sees, when the last slice began.
    pub unseen: AtomicUsize,
    /// Actors that must run here, queued by others.
    pub inbox: Inbox<ActorRef>,
    /// Another worker has given memory back: this one should, when it is idle.
    pub memory_due: AtomicBool,
    /// The ticker asks for a look at the poller.
    pub poll_due: AtomicBool,
    /// Number of the slice that runs.
    pub slice: AtomicU64,
    /// Its actor, which stays here for a while when the slice is over: see `Epochs`.
    pub current: AtomicPtr<Record>,
    pub timers: Mutex<Timers>,
    pub stealer: Stealer<ActorRef>,
    pub registry: mio::Registry,
    pub waker: mio::Waker,
}

impl SharedWorker {
    /// The worker holds no reference to a slot at this moment: see `Epochs::quiescent`. Returns the epoch.
    ///
    /// # Safety
    /// As for `Epochs::quiescent`.
    pub unsafe fn quiescent(&self, epochs: &Epochs, index: usize) -> u64 {
        // Relaxed: what follows orders it; see `Epochs`.
        self.current.store(null_mut(), Ordering::Relaxed);
        // SAFETY: promised by the caller.
        unsafe { epochs.quiescent(index) }
    }

    /// As `quiescent`, and the worker takes no reference until it calls that.
    ///
    /// # Safety
    /// As for `Epochs::quiescent`.
    pub unsafe fn offline(&self, epochs: &Epochs, index: usize) {
        // Relaxed: as above.
        self.current.store(null_mut(), Ordering::Relaxed);
        // SAFETY: promised by the caller.
        unsafe { epochs.offline(index) };
    }

    /// Ends the time slice that runs now, if one does, at its next poll.
    ///
    /// # Safety
    /// The caller is a member of the epochs that is not offline.
    pub unsafe fn interrupt(&self) {
        // Acquire: pairs with the release that shows the actor, so that its record is seen initialised.
        let current = self.current.load(Ordering::Acquire);
        if !current.is_null() {
            // Relaxed: a hint to compiled code. An actor that runs elsewhere by now, or no more, yields once too often.
            // SAFETY: the epochs keep the record for the caller, also when its slice is over.
            unsafe { (*current).preempt.store(PREEMPT_SLICE, Ordering::Relaxed) };
        }
    }
}

/// All workers, and how they wake each other.
pub struct Scheduler {
    pub workers: Vec<SharedWorker>,
    pub sleepers: Sleepers,
    pub ticker: Ticker,
    /// Workers that have left their loop for good.
    left: AtomicUsize,
    next_home: AtomicUsize,
}

impl Scheduler {
    pub fn new(workers: Vec<SharedWorker>) -> Scheduler {
        Scheduler {
            sleepers: Sleepers::new(workers.len()),
            workers,
            ticker: Ticker::default(),
            left: AtomicUsize::new(0),
            next_home: AtomicUsize::new(0),
        }
    }

    /// Queues an active actor on the worker on which it must run.
    pub fn queue_at(&self, worker: usize, actor: ActorRef) {
        self.workers[worker].inbox.put(actor);
        self.wake(worker);
    }

    /// Queues an active actor from a thread that is no worker.
    pub fn queue_from_outside(&self, actor: ActorRef) {
        // Relaxed: the home changes only while its actor runs, and it was made active behind that.
        let home = actor.home.load(Ordering::Relaxed);
        self.queue_at(if home == NO_HOME { 0 } else { home as usize }, actor);
    }

    /// Wakes some worker that sleeps, to take over surplus work.
    pub fn wake_thief(&self) {
        if let Some(worker) = self.sleepers.wake_any() {
            self.ring(worker);
        }
    }

    /// Wakes this worker, if it sleeps, to look for what has been queued for it.
    pub fn wake(&self, worker: usize) {
        if self.sleepers.wake(worker) {
            self.ring(worker);
        }
    }

    fn ring(&self, worker: usize) {
        self.ticker.wake();
        // A worker that cannot be woken is not asleep, or the system is out of everything.
        let _ = self.workers[worker].waker.wake();
    }

    /// The worker is awake now, whether it was or not.
    pub fn end_sleep(&self, worker: usize) {
        if self.sleepers.end(worker) {
            self.ticker.wake();
        }
    }

    /// Wakes everyone: the program stops.
    pub fn wake_all(&self) {
        for worker in &self.workers {
            // As in `ring`.
            let _ = worker.waker.wake();
        }
        self.ticker.wake();
    }

    /// Is there work that this worker could do?
    pub fn has_work(&self, worker: &SharedWorker) -> bool {
        worker.inbox.has_items() || self.workers.iter().any(|other| !other.stealer.is_empty())
    }

    /// A worker has left its loop.
    pub fn count_left(&self) {
        // Relaxed: a count; the threads are joined.
        self.left.fetch_add(1, Ordering::Relaxed);
    }

    pub fn all_left(&self) -> bool {
        self.left.load(Ordering::Relaxed) == self.workers.len()
    }

    /// Gives an actor that gets a socket a worker of its own, each in turn.
    pub fn assign_home(&self, record: &Record) -> u16 {
        // Relaxed, all: which worker it is does not matter, and the mailbox's lock hands the record over.
        let home = (self.next_home.fetch_add(1, Ordering::Relaxed) % self.workers.len()) as u16;
        match record.home.compare_exchange(NO_HOME, home, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => home,
            Err(existing) => existing,
        }
    }
}
