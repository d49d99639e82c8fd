//! The protocols between threads, run by loom in every order that matters, with every value that an atomic may show.
//!
//! Each model is the code of the runtime, with as many threads and steps as a mistake needs. Work that nobody will ever
//! take shows as threads that all wait, which loom reports; so does memory that is read while another thread writes it.
//!
//! ```sh
//! RUSTFLAGS="--cfg loom" cargo test --release -p snow-runtime --lib --target-dir target/loom interleavings
//! ```

use crate::actor::exit_reason::Cause;
use crate::actor::mailbox::Status;
use crate::actor::record::Record;
use crate::handles::epochs::{Epochs, GRACE};
use crate::heap::block::Block;
use crate::scheduler::inbox::Inbox;
use crate::scheduler::run_queue::RunQueue;
use crate::scheduler::sleepers::Sleepers;
use crate::scheduler::ticker::Ticker;
use crate::sync::{AtomicBool, AtomicUsize, Mutex};
use loom::cell::UnsafeCell;
use loom::sync::{Arc, Notify};
use loom::thread;
use std::sync::atomic::Ordering;

/// The orders of many steps are too many to try all: those in which threads are interrupted up to so often find every
/// mistake that was made on purpose.
const INTERRUPTIONS: usize = 3;

fn explore(model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(INTERRUPTIONS);
    builder.check(model);
}

/// What a worker shows to others, with a bell in place of its poller.
struct Shared {
    sleepers: Sleepers,
    inboxes: Vec<Inbox<usize>>,
    bells: Vec<Notify>,
}

impl Shared {
    fn new(workers: usize) -> Arc<Shared> {
        Arc::new(Shared {
            sleepers: Sleepers::new(workers),
            inboxes: (0..workers).map(|_| Inbox::default()).collect(),
            bells: (0..workers).map(|_| Notify::new()).collect(),
        })
    }

    /// As `Runtime::queue_at`.
    fn queue_at(&self, worker: usize, item: usize) {
        self.inboxes[worker].put(item);
        if self.sleepers.wake(worker) {
            self.bells[worker].notify();
        }
    }

    /// As a worker's loop, with nothing but its inbox.
    fn next(&self, worker: usize) -> usize {
        loop {
            let mut queue = Vec::new();
            self.inboxes[worker].take_into(&mut queue);
            if let Some(item) = queue.pop() {
                assert!(queue.is_empty(), "an actor is in one queue, once");
                return item;
            }
            self.sleepers.begin(worker);
            if !self.inboxes[worker].has_items() {
                self.bells[worker].wait();
            }
            self.sleepers.end(worker);
        }
    }
}

#[test]
fn work_that_is_queued_for_a_worker_is_done_though_it_falls_asleep() {
    loom::model(|| {
        let shared = Shared::new(1);
        let other = shared.clone();
        let queuing = thread::spawn(move || other.queue_at(0, 7));
        assert_eq!(shared.next(0), 7);
        queuing.join().unwrap();
    });
}

#[test]
fn surplus_work_does_not_wait_beside_a_worker_that_sleeps() {
    loom::model(|| {
        let shared = Shared::new(2);
        let mut busy = RunQueue::new();
        let victim = busy.stealer();
        let thief = {
            let shared = shared.clone();
            thread::spawn(move || {
                let mut own = RunQueue::new();
                loop {
                    if let Some(item) = own.steal(&victim) {
                        return item;
                    }
                    shared.sleepers.begin(1);
                    if victim.is_empty() {
                        shared.bells[1].wait();
                    }
                    shared.sleepers.end(1);
                }
            })
        };
        // This worker is about to run something that takes for ever.
        assert!(!busy.push(1), "the first is its own next one");
        assert!(busy.push(2));
        if let Some(worker) = shared.sleepers.wake_any() {
            shared.bells[worker].notify();
        }
        assert_eq!(thief.join().unwrap(), 1);
    });
}

#[test]
fn each_item_of_a_run_queue_is_taken_once() {
    loom::model(|| {
        let mut owner = RunQueue::new();
        let victim = owner.stealer();
        let _ = owner.push(1);
        let _ = owner.push(2);
        let thief = thread::spawn(move || RunQueue::new().steal(&victim));
        let mut taken: Vec<i32> = [owner.next(), owner.next()].into_iter().flatten().collect();
        taken.extend(thief.join().unwrap());
        taken.extend(owner.next());
        taken.sort_unstable();
        assert_eq!(taken, [1, 2]);
    });
}

#[test]
fn a_program_is_not_called_finished_while_a_timer_becomes_work_for_another_worker() {
    explore(|| {
        let shared = Shared::new(2);
        let timer = Arc::new(Mutex::new(true));
        let (done, over) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let nothing_left = {
            let (shared, timer) = (shared.clone(), timer.clone());
            move || !shared.inboxes.iter().any(Inbox::has_items) && !*timer.lock()
        };
        let look = {
            let (shared, done, over) = (shared.clone(), done.clone(), over.clone());
            move || {
                shared.sleepers.if_nothing_happens(&nothing_left, || {
                    assert!(done.load(Ordering::Relaxed), "what the timer stood for has not been run");
                    // As `Runtime::stop`.
                    over.store(true, Ordering::Release);
                    shared.bells[0].notify();
                });
            }
        };
        // It sleeps until its timer is due.
        shared.sleepers.begin(1);
        let waking = {
            let (shared, look) = (shared.clone(), look.clone());
            thread::spawn(move || {
                shared.sleepers.end(1);
                *timer.lock() = false;
                shared.queue_at(0, 7);
                shared.sleepers.begin(1);
                look();
            })
        };
        let mut ran = false;
        while !over.load(Ordering::Acquire) {
            let mut queue = Vec::new();
            shared.inboxes[0].take_into(&mut queue);
            if !queue.is_empty() {
                ran = true;
                done.store(true, Ordering::Relaxed);
            }
            shared.sleepers.begin(0);
            if !shared.inboxes[0].has_items() {
                look();
                if !over.load(Ordering::Acquire) {
                    shared.bells[0].wait();
                }
            }
            shared.sleepers.end(0);
        }
        waking.join().unwrap();
        assert!(ran);
    });
}

#[test]
fn a_program_does_not_end_while_a_worker_has_work_that_only_it_sees() {
    explore(|| {
        let shared = Shared::new(2);
        // Has somebody been asked to shut down, and has done so? Has the program ended?
        let (asked, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let over = Arc::new(AtomicBool::new(false));
        // As `Worker::sleep`, which looks at the poller in between.
        let fall_asleep = {
            let (shared, asked, done, over) = (shared.clone(), asked.clone(), done.clone(), over.clone());
            move |worker: usize| {
                let mut awake = false;
                shared.sleepers.begin(worker);
                shared.sleepers.if_nothing_happens(
                    || !over.load(Ordering::Relaxed),
                    || {
                        if asked.swap(true, Ordering::Relaxed) {
                            assert!(done.load(Ordering::Relaxed), "the one that was asked has not run");
                            over.store(true, Ordering::Relaxed);
                        } else {
                            shared.sleepers.end(worker);
                            awake = true;
                        }
                    },
                );
                awake
            }
        };
        let run = {
            let done = done.clone();
            move |worker: usize| {
                if fall_asleep(worker) {
                    done.store(true, Ordering::Relaxed);
                    fall_asleep(worker);
                }
            }
        };
        let other = {
            let run = run.clone();
            thread::spawn(move || run(1))
        };
        run(0);
        other.join().unwrap();
        assert!(over.load(Ordering::Relaxed));
    });
}

#[test]
fn the_ticker_does_not_wait_while_a_worker_is_awake() {
    loom::model(|| {
        let (shared, ticker) = (Shared::new(1), Arc::new(Ticker::default()));
        shared.sleepers.begin(0);
        let waking = {
            let (shared, ticker) = (shared.clone(), ticker.clone());
            thread::spawn(move || {
                if shared.sleepers.end(0) {
                    ticker.wake();
                }
            })
        };
        while shared.sleepers.all_asleep() {
            ticker.wait(|| shared.sleepers.all_asleep());
        }
        waking.join().unwrap();
    });
}

/// A record of a living actor that runs.
fn running_actor() -> Record {
    let record = Record::default();
    record.shared.lock().status = Status::Active;
    record
}

fn send(record: &Record, shared: &Shared) {
    let message = Block::allocate(0, 0);
    // SAFETY: the message is new, and the mailbox is the record's.
    let wakes = unsafe { record.put(&mut record.shared.lock(), message) };
    if wakes {
        shared.queue_at(0, 0);
    }
}

/// As a slice that takes all messages there are and parks. Returns how many it found.
fn receive(record: &Record, shared: &Shared) -> u32 {
    let mut found = 0;
    if record.has_pending() {
        let (messages, count) = record.take_over();
        // SAFETY: they have just been taken out.
        unsafe { crate::actor::mailbox::release_messages(messages) };
        found = count;
    }
    if !record.wait_unless_woken(true, None, |_| {}) {
        shared.queue_at(0, 0);
    }
    found
}

#[test]
fn no_message_waits_beside_an_actor_that_parks() {
    explore(|| {
        let (shared, record) = (Shared::new(1), Arc::new(running_actor()));
        let senders: Vec<_> = (0..2)
            .map(|_| {
                let (shared, record) = (shared.clone(), record.clone());
                thread::spawn(move || send(&record, &shared))
            })
            .collect();
        let mut found = receive(&record, &shared);
        while found < 2 {
            shared.next(0);
            found += receive(&record, &shared);
        }
        for sender in senders {
            sender.join().unwrap();
        }
        assert_eq!(found, 2);
    });
}

#[test]
fn an_actor_that_parks_while_it_is_asked_to_end_runs_once_more() {
    explore(|| {
        let (shared, record) = (Shared::new(1), Arc::new(running_actor()));
        let (killer, sender) = (record.clone(), record.clone());
        let (from_killer, from_sender) = (shared.clone(), shared.clone());
        let killing = thread::spawn(move || {
            let wakes = killer.ask_to_end(&mut killer.shared.lock(), Cause::Killed.into());
            if wakes {
                from_killer.queue_at(0, 0);
            }
        });
        let sending = thread::spawn(move || send(&sender, &from_sender));
        receive(&record, &shared);
        loop {
            shared.next(0);
            if record.exit_asked.load(Ordering::Relaxed) {
                assert!(record.shared.lock().must_end(), "the reason is there");
                break;
            }
            receive(&record, &shared);
        }
        killing.join().unwrap();
        sending.join().unwrap();
        let mut left = Vec::new();
        shared.inboxes[0].take_into(&mut left);
        assert!(left.is_empty(), "it was queued once");
    });
}

#[test]
fn memory_stays_while_a_thread_may_hold_a_reference_to_it() {
    loom::model(|| {
        let epochs = Arc::new(Epochs::new(1));
        let memory = Arc::new(UnsafeCell::new(1));
        // A table with one entry, or none.
        let table = Arc::new(AtomicUsize::new(1));
        let finder = {
            let (epochs, memory, table) = (epochs.clone(), memory.clone(), table.clone());
            thread::spawn(move || {
                // SAFETY: this thread holds no reference.
                unsafe { epochs.quiescent(0) };
                for _ in 0..2 {
                    if table.load(Ordering::Acquire) == 1 {
                        // SAFETY: that is what the epochs promise, and loom checks it.
                        memory.with(|value| assert_eq!(unsafe { *value }, 1));
                    }
                    // SAFETY: this thread holds no reference.
                    unsafe { epochs.quiescent(0) };
                }
                // SAFETY: this thread holds no reference.
                unsafe { epochs.offline(0) };
            })
        };
        {
            let change = epochs.change().expect("nobody else changes them");
            table.store(0, Ordering::Release);
            let left_in = change.epoch();
            for _ in 0..GRACE {
                change.advance();
            }
            // As `Slab::unmap_retired`.
            if change.epoch() >= left_in + GRACE {
                // SAFETY: as above.
                memory.with_mut(|value| unsafe { *value = 2 });
            }
        }
        finder.join().unwrap();
    });
}
