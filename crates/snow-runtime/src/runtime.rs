//! What all workers share.
//!
//! How a program comes to its end: the worker that is the last to fall asleep checks whether anything could still
//! happen: a message in a queue, a timer, an open socket. If not, the program comes to its end (`closing`), or every
//! actor waits for ever.

use crate::actor::mailbox::Status;
use crate::actor::record::{self, ActorRef, Record};
use crate::handles::epochs::{Epochs, GRACE};
use crate::handles::slab::Slab;
use crate::heap::block::Block;
use crate::heap::object::Ref;
use crate::io::blocking::{Blocking, Link};
use crate::io::input::Input;
use crate::io::outbox::Outbox;
use crate::io::output::Output;
use crate::io::socket::Socket;
use crate::lifecycle::closing::Closing;
use crate::lifecycle::names::Names;
use crate::loader::Code;
use crate::options::Options;
use crate::random::hash_key::HashKey;
use crate::random::seeded::Random;
use crate::scheduler::inbox::Inbox;
use crate::scheduler::sleepers::Sleepers;
use crate::scheduler::ticker::Ticker;
use crate::sync::Stealer;
use crate::time::clock::Clock;
use crate::time::wheel::Timers;
use parking_lot::Mutex;
use std::ptr::null_mut;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicPtr, AtomicU64, AtomicUsize, Ordering};

/// Why the workers stopped.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ended {
    /// The first actor returned, and (unless it was a test) nothing is left that could happen.
    Finished,
    /// The first actor crashed; what it would print.
    Crashed(String),
    /// `program_exit`.
    Exit(i32),
    /// The first actor has not returned, and nothing can ever happen any more: who waits, and where.
    Stuck(String),
}

pub struct Runtime {
    pub code: Arc<Code>,
    pub options: Options,
    pub records: Slab<Record>,
    pub sockets: Slab<Socket>,
    pub outboxes: Slab<Outbox>,
    /// Its members are the workers, each with its index, and behind them the ticker
    /// and whoever holds the link.
    pub epochs: Epochs,
    pub workers: Vec<SharedWorker>,
    pub clock: Clock,
    /// When the program began, by that clock.
    pub started: u64,
    pub blocking: Blocking,
    pub link: Arc<Link>,
    pub input: Input,
    pub output: Output,
    pub ticker: Ticker,
    /// Numbers that the program sees, in deterministic mode.
    pub random: Option<Mutex<Random>>,
    pub hash_key: HashKey,
    /// Real sockets that are open: each keeps the program alive.
    pub open_sockets: AtomicUsize,
    pub names: Names,
    pub references: AtomicI64,
    /// End with the first actor, and do not print its crash.
    is_test: bool,
    pub first: AtomicI64,
    pub first_finished: AtomicBool,
    stop: AtomicBool,
    /// `program_failed`.
    failed: AtomicBool,
    ended: Mutex<Option<Ended>>,
    pub sleepers: Sleepers,
    pub closing: Mutex<Closing>,
    /// Workers that have left their loop for good.
    left: AtomicUsize,
    next_home: AtomicUsize,
}

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
    /// Number of the slice that runs, and its actor, which stays there for a while when it is over.
    pub slice: AtomicU64,
    pub current: AtomicPtr<Record>,
    pub timers: Mutex<Timers>,
    pub stealer: Stealer<ActorRef>,
    pub registry: mio::Registry,
    pub waker: mio::Waker,
}

impl SharedWorker {
    /// Called by the worker when it holds no reference to a slot: what it has seen of the epochs.
    pub fn pass(&self, epochs: &Epochs, index: usize) -> u64 {
        // Relaxed: what follows orders it; see `Epochs`.
        self.current.store(null_mut(), Ordering::Relaxed);
        epochs.see(index)
    }

    /// As `pass`, and the worker takes no reference until it calls that.
    pub fn rest(&self, epochs: &Epochs, index: usize) {
        self.current.store(null_mut(), Ordering::Relaxed);
        epochs.rest(index);
    }
}

impl Runtime {
    pub fn stopping(&self) -> bool {
        // Relaxed: a flag; what it stands for is read under the lock of `ended`.
        self.stop.load(Ordering::Relaxed)
    }

    /// Ends the program. Only the first reason counts.
    pub fn stop(&self, why: Ended) {
        self.ended.lock().get_or_insert(why);
        self.stop.store(true, Ordering::SeqCst);
        for worker in &self.workers {
            let current = worker.current.load(Ordering::Acquire);
            if !current.is_null() {
                // SAFETY: this is a worker; see `Epochs` for the actor of a slice that is over.
                unsafe { (*current).preempt.store(record::PREEMPT_SLICE, Ordering::Relaxed) };
            }
            // A worker that cannot be woken is not asleep, or the system is out of everything.
            let _ = worker.waker.wake();
        }
        self.ticker.call();
    }

    pub fn take_ended(&self) -> Option<Ended> {
        self.ended.lock().take()
    }

    /// From now on the program ends with code 1, if it comes to its end by itself.
    pub fn fail(&self) {
        // Relaxed, here and below: a flag, read when all workers have been joined.
        self.failed.store(true, Ordering::Relaxed);
    }

    pub fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    pub fn torture(&self) -> bool {
        self.options.torture
    }

    pub fn deterministic(&self) -> bool {
        self.options.seed.is_some()
    }

    /// The living actor with this pid.
    pub fn actor(&self, pid: i64) -> Option<&Record> {
        let record = self.records.get(record::index_of(pid))?;
        record.shared.lock().is(record::generation_of(pid)).then_some(record)
    }

    /// A new actor, active: the caller must queue it. `arguments` is a message, or null for none;
    /// `message_type` an object outside all heaps (`abi::message_type`).
    ///
    /// # Safety
    /// `entry` is an entry stub of this program; the message belongs to the actor from now on.
    pub unsafe fn create(&self, entry: usize, arguments: *mut Block, message_type: Ref) -> ActorRef {
        let index = self.records.allocate();
        let record = self.records.get(index).expect("an allocated slot");
        let mut shared = record.shared.lock();
        shared.status = Status::Active;
        record.set_pid(record::make_pid(index, shared.generation));
        // Under the lock: others read it there.
        record.message_type.set(message_type.0);
        drop(shared);
        record.entry.set(entry);
        // SAFETY: the slot was free, so no worker uses it; the message is the caller's.
        unsafe {
            record.heap().set_torture(self.torture());
            if !arguments.is_null() {
                record.arguments.set(record.heap().adopt(&record.bump, arguments).0);
            }
        }
        ActorRef::new(record)
    }

    /// Starts the first actor on the first worker.
    ///
    /// # Safety
    /// `entry` is an entry stub of this program without arguments.
    pub unsafe fn create_first(&self, entry: usize) {
        // SAFETY: promised by the caller.
        let actor = unsafe { self.create(entry, null_mut(), Ref::immediate(0)) };
        self.first.store(actor.pid(), Ordering::Relaxed);
        self.queue_at(0, actor);
    }

    pub fn is_first(&self, pid: i64) -> bool {
        self.first.load(Ordering::Relaxed) == pid
    }

    /// The first actor has ended; `crash` is what there is to print of it.
    pub fn first_ended(&self, crash: Option<String>) {
        match crash {
            Some(report) => {
                if !self.is_test {
                    self.output.print_error(format!("{report}\n").as_bytes());
                }
                self.stop(Ended::Crashed(report));
            }
            None if self.is_test => self.stop(Ended::Finished),
            // SeqCst: a worker that goes to sleep after this sees it when it checks for quiescence.
            None => self.first_finished.store(true, Ordering::SeqCst),
        }
    }

    /// Queues an active actor on the worker on which it must run.
    pub fn queue_at(&self, worker: usize, actor: ActorRef) {
        self.workers[worker].inbox.put(actor);
        self.wake(worker);
    }

    /// Wakes some worker that sleeps, to take over surplus work.
    pub fn wake_thief(&self) {
        if let Some(worker) = self.sleepers.call_any() {
            self.rouse(worker);
        }
    }

    /// Wakes this worker, if it sleeps, to look for what has been queued for it.
    pub fn wake(&self, worker: usize) {
        if self.sleepers.call(worker) {
            self.rouse(worker);
        }
    }

    fn rouse(&self, worker: usize) {
        self.ticker.call();
        // A worker that cannot be woken is not asleep, or the system is out of everything.
        let _ = self.workers[worker].waker.wake();
    }

    /// The worker is awake now, whether it was or not.
    pub fn end_sleep(&self, worker: usize) {
        if self.sleepers.end(worker) {
            self.ticker.call();
        }
    }

    /// Work that this worker could do.
    pub fn has_work(&self, worker: &SharedWorker) -> bool {
        worker.inbox.has_some() || self.workers.iter().any(|other| !other.stealer.is_empty())
    }

    /// Is there nothing that could happen any more? Asked when all workers sleep.
    pub fn is_quiescent(&self) -> bool {
        self.open_sockets.load(Ordering::SeqCst) == 0
            && !self.stopping()
            && !self.workers.iter().any(|worker| self.has_work(worker) || self.will_fire(worker))
            && !self.awaits_system()
    }

    /// Does one of the timers do anything? Deadlines are not taken out when the actor gets its message in time, nor
    /// messages when their receiver ends: those are, here.
    fn will_fire(&self, worker: &SharedWorker) -> bool {
        let mut found = Vec::new();
        let mut from = Some(0);
        while let Some(start) = from {
            found.clear();
            // Whoever sets a deadline takes the locks the other way round: not both are held here.
            from = worker.timers.lock().receivers(start, &mut found);
            for &(id, pid, deadline) in &found {
                match self.mailbox(pid) {
                    Some((_, shared)) => {
                        if !deadline || matches!(shared.status, Status::Waiting { until: Some(_), .. }) {
                            return true;
                        }
                    }
                    None => drop(worker.timers.lock().cancel(id)),
                }
            }
        }
        false
    }

    /// Gives memory of slots back that no longer belong to anything. The caller is a worker that holds no reference
    /// to one. Answers whether there is more to give back, for which others have to go on first.
    pub fn give_back_slots(&self, worker: usize) -> bool {
        let Some(change) = self.epochs.change() else { return true };
        self.records.retire(&change);
        self.sockets.retire(&change);
        self.outboxes.retire(&change);
        for _ in 0..GRACE {
            self.workers[worker].pass(&self.epochs, worker);
            change.advance();
        }
        self.records.unmap_retired(&change);
        self.sockets.unmap_retired(&change);
        self.outboxes.unmap_retired(&change);
        self.records.has_surplus() || self.sockets.has_surplus() || self.outboxes.has_surplus()
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
    pub fn assign_home(&self, record: &Record) -> usize {
        let home = self.next_home.fetch_add(1, Ordering::Relaxed) % self.workers.len();
        let none = record::NO_HOME;
        match record.home.compare_exchange(none, home as u16, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => home,
            Err(existing) => existing as usize,
        }
    }
}

/// Everything but the workers' own parts.
pub fn new_runtime(code: Arc<Code>, options: &Options, is_test: bool, workers: Vec<SharedWorker>) -> Runtime {
    let hash_key = match options.seed {
        Some(seed) => HashKey::from_seed(seed),
        None => HashKey::random(),
    };
    let clock = if options.seed.is_some() { Clock::Virtual(AtomicU64::new(0)) } else { Clock::System };
    let (blocking, link) = (Blocking::default(), Arc::<Link>::default());
    Runtime {
        code,
        options: options.clone(),
        records: Slab::new(),
        sockets: Slab::new(),
        outboxes: Slab::new(),
        epochs: Epochs::new(workers.len() + 2),
        sleepers: Sleepers::new(workers.len()),
        closing: Mutex::default(),
        workers,
        started: clock.now(),
        clock,
        input: Input::new(blocking.clone(), link.clone()),
        output: Output::new(blocking.clone(), link.clone(), options.seed.is_some()),
        blocking,
        link,
        ticker: Ticker::default(),
        random: options.seed.map(|seed| Mutex::new(Random::new(seed ^ 0xda7a))),
        hash_key,
        open_sockets: AtomicUsize::new(0),
        names: Names::default(),
        references: AtomicI64::new(1),
        is_test,
        first: AtomicI64::new(-1),
        first_finished: AtomicBool::new(false),
        failed: AtomicBool::new(false),
        stop: AtomicBool::new(false),
        ended: Mutex::new(None),
        left: AtomicUsize::new(0),
        next_home: AtomicUsize::new(0),
    }
}
