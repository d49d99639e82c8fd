//! A worker: a thread that runs actors, looks at its own poller and keeps its own timers. This is what it has for
//! itself; `SharedWorker` is the part that others use.

use super::SharedWorker;
use super::run_queue::RunQueue;
use crate::actor::Record;
use crate::actor::record::ActorRef;
use crate::heap::copy::CopyLog;
use crate::heap::spaces::{Regions, Spaces};
use crate::io::tls::transfer::Buffers;
use crate::memory::idle::Idle;
use crate::random::seeded::Random;
use crate::runtime::Runtime;
use crate::stack::overflow::Running;
use crate::stack::run_stack::RunStack;
use crate::time::dead_timers::DeadTimers;
use mio::{Events, Poll, Token};
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Token of the waker; sockets use their handles, which are smaller.
pub const WAKE: Token = Token(usize::MAX);
/// Token of signals from outside.
pub const SIGNAL: Token = Token(usize::MAX - 1);

/// Bytes that one read of a socket can bring.
pub const SCRATCH: usize = 256 << 10;

/// What a worker's own thread uses. The scheduler's loop works through a raw pointer, because the intrinsics
/// that a resumed actor calls use the same worker.
pub struct Worker {
    runtime: *const Runtime,
    pub index: usize,
    pub queue: RunQueue<ActorRef>,
    pub stack: Option<RunStack>,
    pub spare_stacks: Vec<RunStack>,
    pub spaces: Spaces,
    pub log: CopyLog,
    pub scratch: Vec<u8>,
    pub records: Buffers,
    pub idle: Idle,
    pub dead_timers: DeadTimers,
    pub running: Running,
    /// Polls and allocations in a row at which an actor was not tortured.
    pub spared: usize,
    /// Slices so far.
    pub slices: u64,
    pub since_poll: u32,
    /// The epoch in which it was quiescent last.
    pub epoch: u64,
    /// Time of the last look at the poller.
    pub now: u64,
    /// In deterministic mode.
    pub random: Option<Random>,
    pub poll: Poll,
    pub events: Events,
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
        records: Buffers::default(),
        idle: Idle::default(),
        dead_timers: DeadTimers::default(),
        running: Running::new(),
        spared: 0,
        slices: 0,
        since_poll: 0,
        epoch: 0,
        now: 0,
        random: seed.map(Random::new),
        poll,
        events: Events::with_capacity(1024),
    };
    Ok((worker, shared))
}

impl Worker {
    /// The worker that runs the actor whose intrinsic this is.
    ///
    /// # Safety
    /// The actor runs on the calling thread, in an intrinsic. The reference must not be held while another one is
    /// asked for.
    #[inline]
    pub unsafe fn of<'a>(record: &Record) -> &'a mut Worker {
        // SAFETY: `slice::run` has set it, to its own worker. That belongs to this thread, whose loop holds no
        // reference to it while an actor runs.
        unsafe { &mut *record.worker.get().cast::<Worker>() }
    }

    /// Signals from outside come to this worker.
    pub fn watch_signals(&mut self) -> io::Result<()> {
        self.runtime().io.signals.watch(self.poll.registry(), SIGNAL)
    }

    /// Makes the worker one of this runtime's, before it does anything.
    ///
    /// # Safety
    /// The runtime lives longer than the worker is used.
    pub unsafe fn join(&mut self, runtime: &Runtime) {
        self.runtime = runtime;
    }

    #[inline]
    pub fn runtime<'a>(&self) -> &'a Runtime {
        debug_assert!(!self.runtime.is_null(), "the worker has joined no runtime");
        // SAFETY: `join` has set it, and its caller has promised that it lives.
        unsafe { &*self.runtime }
    }

    #[inline]
    pub fn shared<'a>(&self) -> &'a SharedWorker {
        &self.runtime().scheduler.workers[self.index]
    }

    /// The slice that has just ended was long: another worker may take the actor that waited meanwhile.
    #[inline]
    pub fn share(&mut self) {
        if self.queue.share() {
            self.runtime().scheduler.wake_thief();
        }
    }

    /// Does a time slice end at this poll, in deterministic mode?
    #[inline]
    pub fn switches_here(&mut self) -> bool {
        self.random.as_mut().is_none_or(|random| random.below(4) == 0)
    }

    /// Stacks come back when the actors that held them park with less or end.
    #[inline]
    pub fn drop_spare_stacks(&mut self) {
        if self.spare_stacks.len() > 4 {
            self.spare_stacks.truncate(2);
        }
    }

    /// Tells others how long the queue is that only this worker sees: see `snapshot::queue_lengths`.
    #[inline]
    pub fn show_queue(&self) {
        // Relaxed: nothing follows from it.
        self.shared().unseen.store(self.queue.unseen(), Ordering::Relaxed);
    }
}
