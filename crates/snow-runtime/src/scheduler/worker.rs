//! A worker: a thread that runs actors, looks at its own poller and keeps its own timers.

use super::orphans::Orphans;
use super::overflow::Running;
use super::random::Random;
use super::run_queue::RunQueue;
use super::shrink::Idle;
use super::timers::{Action, Due, Interval};
use super::{Runtime, SharedWorker, signals, slice};
use crate::actor::exit::Cause;
use crate::actor::mailbox::{MailboxGuard, Policy, Status};
use crate::actor::record::{self, ActorRef, NO_HOME, Record};
use crate::actor::run_stack::RunStack;
use crate::heap::block::{self, Block};
use crate::heap::message::CopyLog;
use crate::heap::spaces::{Regions, Spaces};
use crate::intrinsics::context::last_panic;
use crate::net;
use mio::{Events, Poll, Token};
use signal_hook_mio::v1_0::Signals;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Token of the waker; sockets use their handles, which are smaller.
const WAKE: Token = Token(usize::MAX);
const SIGNAL: Token = Token(usize::MAX - 1);
/// Slices between two looks at the poller when there is always work.
const SLICES_PER_POLL: u32 = 251;
/// Bytes that one read of a socket can bring.
pub const SCRATCH: usize = 256 << 10;
/// Nanoseconds that a slice takes that ends at a poll, in deterministic mode.
const SLICE_OF_VIRTUAL_TIME: u64 = 10_000;

/// What became of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sent {
    Delivered = 0,
    /// The bound was reached: this message was dropped, or an older one, or the actor ends.
    Full = 1,
    /// The actor has ended.
    Gone = 2,
}

/// Belongs to one thread. The scheduler's loop works through a raw pointer, because the intrinsics of the
/// actor it has resumed use the same worker.
pub struct Worker {
    pub runtime: *const Runtime,
    pub index: usize,
    pub queue: RunQueue<ActorRef>,
    pub stack: Option<RunStack>,
    pub spare_stacks: Vec<RunStack>,
    pub spaces: Spaces,
    pub log: CopyLog,
    pub scratch: Vec<u8>,
    pub idle: Idle,
    pub orphans: Orphans,
    pub running: Running,
    /// Polls and allocations in a row at which an actor was not tortured.
    pub spared: usize,
    /// Slices so far.
    pub slices: u64,
    since_poll: u32,
    /// The epoch that it has seen last.
    epoch: u64,
    /// Time of the last look at the poller.
    pub now: u64,
    /// In deterministic mode.
    pub random: Option<Random>,
    poll: Poll,
    /// Of the first worker of a program.
    signals: Option<Signals>,
    events: Events,
}

// SAFETY: a worker is handed to its thread before it runs anything; all it points to is its own or the runtime.
unsafe impl Send for Worker {}

/// A worker's two halves.
pub fn new_worker(
    index: usize,
    seed: Option<u64>,
    regions: Arc<Regions>,
) -> io::Result<(Worker, SharedWorker)> {
    let poll = Poll::new()?;
    let queue = RunQueue::new();
    let shared = SharedWorker {
        unseen: Default::default(),
        inbox: Default::default(),
        memory_due: Default::default(),
        poll_due: Default::default(),
        slice: Default::default(),
        current: Default::default(),
        timers: Default::default(),
        stealer: queue.stealer(),
        registry: poll.registry().try_clone()?,
        waker: mio::Waker::new(poll.registry(), WAKE)?,
    };
    let worker = Worker {
        runtime: std::ptr::null(),
        index,
        queue,
        stack: Some(RunStack::map().ok_or(io::ErrorKind::OutOfMemory)?),
        spare_stacks: Vec::new(),
        spaces: Spaces::new(regions),
        log: CopyLog::default(),
        scratch: Vec::new(),
        idle: Idle::default(),
        orphans: Orphans::default(),
        running: Running::new(),
        spared: 0,
        slices: 0,
        since_poll: 0,
        epoch: 0,
        now: 0,
        random: seed.map(Random::new),
        poll,
        signals: None,
        events: Events::with_capacity(1024),
    };
    Ok((worker, shared))
}

/// Runs actors until the runtime stops.
///
/// # Safety
/// The worker belongs to this thread, and its runtime lives longer.
pub unsafe fn run(worker: *mut Worker) {
    // SAFETY: promised by the caller. No reference made here lives across `run_slice`.
    unsafe {
        let _leaving = Leaving((*worker).runtime());
        let _watch = super::overflow::Watch::start(&raw const (*worker).running);
        (*worker).now = (*worker).runtime().clock.now();
        while !(*worker).runtime().stopping() {
            (*worker).pass();
            (*worker).look_if_due();
            match (*worker).next() {
                Some(actor) => slice::run(worker, actor),
                None => (*worker).sleep(),
            }
        }
        (*worker).shared().rest(&(*worker).runtime().epochs, (*worker).index);
        (*worker).runtime().output.flush();
        block::clear_kept();
    }
}

/// Counts the worker that drops it.
struct Leaving<'a>(&'a Runtime);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // The other workers would wait for this one's actors for ever.
            let place = last_panic().unwrap_or_default();
            eprintln!(
                "Snow: a worker failed ({place}): the system gives no more memory, or the runtime is wrong"
            );
            std::process::abort();
        }
        self.0.count_left();
    }
}

impl Worker {
    /// Signals from outside come to this worker.
    pub fn watch_signals(&mut self) -> io::Result<()> {
        self.signals = Some(signals::watch(self.poll.registry(), SIGNAL)?);
        Ok(())
    }

    pub fn runtime<'a>(&self) -> &'a Runtime {
        // SAFETY: set before the worker runs; the runtime lives longer than its workers.
        unsafe { &*self.runtime }
    }

    pub fn shared<'a>(&self) -> &'a SharedWorker {
        &self.runtime().workers[self.index]
    }

    /// Queues an actor that has just become active.
    pub fn enqueue(&mut self, actor: ActorRef) {
        let home = actor.home.load(Ordering::Relaxed);
        if self.random.is_some() || home as usize == self.index {
            self.queue.local().push_back(actor);
        } else if home != NO_HOME {
            self.runtime().queue_at(home as usize, actor);
        } else if self.queue.push(actor) {
            self.runtime().wake_thief();
        }
    }

    /// The slice that has just ended was long: another worker may take the actor that waited meanwhile.
    pub fn share(&mut self) {
        if self.queue.share() {
            self.runtime().wake_thief();
        }
    }

    /// Delivers what the runtime owes an actor; to one that has ended, it is dropped. Answers how many messages the actor has been
    /// sent, this one included.
    ///
    /// # Safety
    /// The block is a message that belongs to the callee from now on.
    pub unsafe fn deliver(&mut self, pid: i64, message: *mut Block) -> u64 {
        let record = self.runtime().records.get(record::index_of(pid));
        if let Some(record) = record {
            let mut shared = record.shared.lock();
            if shared.is(record::generation_of(pid)) {
                // SAFETY: the message is ours.
                let wakes = unsafe {
                    (*message).promised = true;
                    record.put(&mut shared, message)
                };
                let pushed = shared.pushed();
                drop(shared);
                if wakes {
                    self.enqueue(ActorRef::new(record));
                }
                return pushed;
            }
        }
        // SAFETY: no one has it.
        unsafe { Block::release(message) };
        0
    }

    /// Delivers what another actor sends, as far as the receiver's bound allows.
    ///
    /// # Safety
    /// As for `deliver`.
    pub unsafe fn send(&mut self, pid: i64, message: *mut Block) -> Sent {
        let Some((record, mut shared)) = self.runtime().mailbox(pid) else {
            // SAFETY: no one has it.
            unsafe { Block::release(message) };
            return Sent::Gone;
        };
        let waiting = shared.len() + record.taken_count.load(Ordering::Relaxed);
        let mut sent = Sent::Delivered;
        if let Some(bound) = &mut shared.bound
            && waiting >= bound.limit
        {
            bound.dropped += 1;
            sent = Sent::Full;
            let policy = bound.policy;
            // The one that the actor is looking at cannot be dropped any more: it may hold one more then.
            let dropped =
                if policy == Policy::DropOld { shared.take_first(|old| !old.promised) } else { message };
            if !dropped.is_null() {
                // SAFETY: it has just been taken out, or is ours.
                unsafe { Block::release(dropped) };
            }
            match policy {
                Policy::DropOld => {}
                Policy::DropNew => return sent,
                Policy::End => {
                    let text = format!("its mailbox is full: {waiting} messages wait");
                    self.end_soon(record, shared, Cause::Error(text.into()).into());
                    return sent;
                }
            }
        }
        // SAFETY: the message is ours.
        unsafe { self.put(record, shared, message) };
        sent
    }

    /// Appends a message to a mailbox, and queues the actor if it was waiting for one.
    ///
    /// # Safety
    /// As for `Record::put`.
    pub unsafe fn put(&mut self, record: &Record, mut shared: MailboxGuard, message: *mut Block) {
        // SAFETY: promised by the caller.
        let wakes = unsafe { record.put(&mut shared, message) };
        drop(shared);
        if wakes {
            self.enqueue(ActorRef::new(record));
        }
    }

    /// Does a time slice end at this poll, in deterministic mode?
    pub fn switches_here(&mut self) -> bool {
        self.random.as_mut().is_none_or(|random| random.below(4) == 0)
    }

    /// In deterministic mode, an actor that is busy spends time, too: it cannot keep the others' timers from firing.
    pub fn spend_virtual_time(&mut self) {
        if self.random.is_some() {
            let clock = &self.runtime().clock;
            clock.advance_to(clock.now() + SLICE_OF_VIRTUAL_TIME);
            self.now = clock.now();
            self.fire_timers();
        }
    }

    /// Stacks come back when the actors that held them park with less or end.
    pub fn drop_spare_stacks(&mut self) {
        if self.spare_stacks.len() > 4 {
            self.spare_stacks.truncate(2);
        }
    }

    /// Between two slices: no reference to a slot is held.
    fn pass(&mut self) {
        let runtime = self.runtime();
        if runtime.epochs.glance() != self.epoch {
            self.epoch = self.shared().pass(&runtime.epochs, self.index);
        }
    }

    /// Looks at the poller and the timers, without waiting, if it is time to.
    pub fn look_if_due(&mut self) {
        if self.poll_is_due() {
            self.look(Some(Duration::ZERO));
        }
    }

    fn poll_is_due(&mut self) -> bool {
        self.since_poll += 1;
        // Relaxed: a hint.
        self.since_poll >= SLICES_PER_POLL || self.shared().poll_due.load(Ordering::Relaxed)
    }

    fn next(&mut self) -> Option<ActorRef> {
        let shared = self.shared();
        shared.inbox.take_into(self.queue.local());
        let next = if let Some(random) = &mut self.random {
            let all = self.queue.local();
            if all.is_empty() { None } else { all.swap_remove_back(random.below(all.len())) }
        } else {
            self.queue.next().or_else(|| self.steal())
        };
        self.show_queue();
        next
    }

    /// Tells others how long the queue is that only this worker sees: see `Runtime::queue_lengths`.
    pub fn show_queue(&self) {
        // Relaxed: nothing follows from it.
        self.shared().unseen.store(self.queue.unseen(), Ordering::Relaxed);
    }

    fn steal(&mut self) -> Option<ActorRef> {
        let workers = &self.runtime().workers;
        (1..workers.len())
            .find_map(|offset| self.queue.steal(&workers[(self.index + offset) % workers.len()].stealer))
    }

    /// Nothing to run: wait for events, timers or other workers.
    fn sleep(&mut self) {
        let runtime = self.runtime();
        runtime.output.flush();
        let shared = self.shared();
        runtime.sleepers.begin(self.index);
        if runtime.has_work(shared) || runtime.stopping() {
            runtime.end_sleep(self.index);
            return;
        }
        let timer = shared.timers.lock().next();
        if self.random.is_some() {
            // Every actor waits: virtual time goes on at the next timer.
            if let Some(at) = timer {
                runtime.end_sleep(self.index);
                runtime.clock.advance_to(at);
                self.look(Some(Duration::ZERO));
                return;
            }
        }
        runtime.check_quiescence();
        if runtime.stopping() {
            runtime.end_sleep(self.index);
            return;
        }
        self.now = runtime.clock.now();
        let until = [timer, self.idle.next()].into_iter().flatten().min();
        self.look(until.map(|at| Duration::from_nanos(at.saturating_sub(self.now))));
        runtime.end_sleep(self.index);
        if self.queue.local().is_empty() {
            self.tidy();
        }
    }

    /// Looks at the poller, waiting at most so long, and at the timers.
    fn look(&mut self, wait: Option<Duration>) {
        self.since_poll = 0;
        self.shared().poll_due.store(false, Ordering::Relaxed);
        let mut events = std::mem::replace(&mut self.events, Events::with_capacity(0));
        let waits = wait != Some(Duration::ZERO);
        if waits {
            self.shared().rest(&self.runtime().epochs, self.index);
        }
        let polled = self.poll.poll(&mut events, wait);
        if waits {
            self.epoch = self.shared().pass(&self.runtime().epochs, self.index);
        }
        if let Err(error) = polled
            && error.kind() != io::ErrorKind::Interrupted
        {
            eprintln!("Snow: the poller failed: {error}");
            std::process::abort();
        }
        // Before what has come is taken: until it is in a queue, nobody else sees it.
        self.runtime().end_sleep(self.index);
        for event in &events {
            match event.token() {
                WAKE => {}
                SIGNAL => {
                    let runtime = self.runtime();
                    self.signals.iter_mut().for_each(|signals| signals::handle(signals, runtime));
                }
                _ => net::socket::ready(self, event),
            }
        }
        self.events = events;
        self.now = self.runtime().clock.now();
        self.fire_timers();
    }

    fn fire_timers(&mut self) {
        loop {
            let due = self.shared().timers.lock().pop(self.now);
            let Some(Due { at, id, action }) = due else { break };
            match action {
                // SAFETY: a timer's message is its own.
                Action::Send { pid, message } => unsafe {
                    self.deliver(pid, message.into_block());
                },
                Action::Wake { pid } => self.deadline(pid, at),
                Action::Every { pid, interval } => {
                    if !self.tick(pid, &interval) {
                        drop(self.shared().timers.lock().cancel(id));
                    }
                }
            }
        }
        self.drop_orphans();
    }

    /// Delivers a copy of an interval's message, unless the last one still waits. Answers whether the receiver lives.
    fn tick(&mut self, pid: i64, interval: &Interval) -> bool {
        let Some((record, shared)) = self.runtime().mailbox(pid) else { return false };
        // Relaxed, twice: the actor only lowers its count, and only this worker uses the interval's.
        let taken = record.taken_count.load(Ordering::Relaxed);
        if shared.still_waits(interval.last.load(Ordering::Relaxed), taken) {
            return true;
        }
        drop(shared);
        // SAFETY: the interval's message is read by this worker only; the copy is the mailbox's.
        let position = unsafe { self.deliver(pid, Block::duplicate(interval.message.block())) };
        interval.last.store(position, Ordering::Relaxed);
        true
    }

    /// A deadline's entry has come up: the actor may be waiting for it, for a later one, or for nothing.
    fn deadline(&mut self, pid: i64, at: u64) {
        let Some(record) = self.runtime().records.get(record::index_of(pid)) else { return };
        let mut shared = record.shared.lock();
        if !shared.is(record::generation_of(pid)) {
            return;
        }
        if shared.armed == Some(at) {
            shared.armed = None;
        }
        if let Status::Waiting { until: Some(until), .. } = shared.status {
            if until <= self.now {
                shared.status = Status::Active;
                drop(shared);
                self.enqueue(ActorRef::new(record));
            } else if shared.armed.is_none() {
                shared.armed = Some(until);
                self.shared().timers.lock().insert(until, Action::Wake { pid });
            }
        }
    }

    /// Puts a parked actor out of all queues, unless what it waits for is there already.
    ///
    /// # Safety
    /// The actor is this worker's, parked completely, and not used by the caller afterwards.
    pub unsafe fn settle(&mut self, record: &Record, messages: bool, until: Option<u64>) {
        let pid = record.pid();
        let timers = &self.shared().timers;
        let waits = record.settle(messages, until, |until| {
            timers.lock().insert(until, Action::Wake { pid });
        });
        if !waits {
            self.enqueue(ActorRef::new(record));
        }
    }
}
