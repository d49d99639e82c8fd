//! A worker: a thread that runs actors, looks at its own poller and keeps its own timers.

use super::run_queue::RunQueue;
use super::slice;
use crate::actor::record::ActorRef;
use crate::heap::block;
use crate::heap::copy::CopyLog;
use crate::heap::spaces::{Regions, Spaces};
use crate::intrinsics::context::last_panic;
use crate::introspection::signals;
use crate::io::socket;
use crate::io::streams;
use crate::memory::idle_shrink::Idle;
use crate::random::seeded::Random;
use crate::runtime::{Runtime, SharedWorker};
use crate::stack::overflow::{self, Running};
use crate::stack::run_stack::RunStack;
use crate::time::dead_timers::Orphans;
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
        // The first thing of a thread that is dropped at its end takes memory for that, and aborts if there is none.
        last_panic();
        let _leaving = Leaving((*worker).runtime());
        let _watch = overflow::Watch::start(&raw const (*worker).running);
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
            streams::complain(&format!(
                "Snow: a worker failed ({place}): the system gives no more memory, or the runtime is wrong"
            ));
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

    /// The slice that has just ended was long: another worker may take the actor that waited meanwhile.
    pub fn share(&mut self) {
        if self.queue.share() {
            self.runtime().wake_thief();
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
        if self.close_if_quiet() {
            return;
        }
        if runtime.stopping() {
            runtime.end_sleep(self.index);
            return;
        }
        self.now = runtime.clock.now();
        let until = [timer, self.tidy_next()].into_iter().flatten().min();
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
            streams::complain(&format!("Snow: the poller failed: {error}"));
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
                _ => socket::ready(self, event),
            }
        }
        self.events = events;
        self.now = self.runtime().clock.now();
        self.fire_timers();
    }
}
