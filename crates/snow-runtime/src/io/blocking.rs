//! A few threads for system calls that block, so that no worker ever does. The actor that asks parks at a place for
//! an answer (see `actor::relations`) and is taken up again when the call is done.
//!
//! The threads start when there is something to do, and are not waited for when the program ends: one may hang in
//! `read` for ever. So they know the runtime through a `Link` alone, which is cut before the runtime goes.

use crate::actor::record::{ActorRef, NO_HOME};
use crate::actor::relations::Reply;
use crate::heap::block::Block;
use crate::runtime::{Ended, Runtime};
use crate::time::wheel::Message;
use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;

/// More calls than this do not run at once. Standard input and output take one each, at most.
const THREADS: usize = 4;

type Job = Box<dyn FnOnce() + Send>;

/// An actor that waits, and the place at which it does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Waiter {
    pub pid: i64,
    pub reference: i64,
}

#[derive(Clone, Default)]
pub struct Blocking(Arc<Pool>);

#[derive(Default)]
struct Pool {
    state: Mutex<State>,
    called: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    threads: usize,
    /// Threads that wait for a job.
    idle: usize,
    closed: bool,
}

impl Blocking {
    /// Runs a job on one of the threads. False when the system gives none: it is the caller's then.
    #[must_use]
    pub fn run(&self, job: impl FnOnce() + Send + 'static) -> bool {
        let mut state = self.0.state.lock();
        state.jobs.push_back(Box::new(job));
        if state.idle >= state.jobs.len() || state.threads == THREADS {
            self.0.called.notify_one();
            return true;
        }
        let pool = self.0.clone();
        let started = thread::Builder::new().name("snow-blocking".into()).spawn(move || work(&pool));
        if started.is_ok() {
            state.threads += 1;
        } else if state.threads == 0 {
            state.jobs.pop_back();
            return false;
        }
        true
    }

    /// Lets the threads end, each after what it does now.
    pub fn close(&self) {
        self.0.state.lock().closed = true;
        self.0.called.notify_all();
    }
}

fn work(pool: &Pool) {
    let mut state = pool.state.lock();
    loop {
        if let Some(job) = state.jobs.pop_front() {
            drop(state);
            job();
            state = pool.state.lock();
        } else if state.closed {
            return;
        } else {
            state.idle += 1;
            pool.called.wait(&mut state);
            state.idle -= 1;
        }
    }
}

/// The way back from a blocking thread to the runtime, as long as there is one.
#[derive(Default)]
pub struct Link(Mutex<Option<&'static Runtime>>);

impl Link {
    /// # Safety
    /// `cut` is called before the runtime ends.
    pub unsafe fn tie(&self, runtime: &Runtime) {
        // SAFETY: promised by the caller; every use is under the lock.
        *self.0.lock() = Some(unsafe { &*std::ptr::from_ref(runtime) });
    }

    pub fn cut(&self) {
        *self.0.lock() = None;
    }

    /// What an actor waits for is there. Answers whether it still waited.
    pub fn complete(&self, waiter: Waiter) -> bool {
        let held = self.0.lock();
        let Some(runtime) = *held else { return false };
        // One at a time: they hold the lock.
        let member = runtime.workers.len() + 1;
        runtime.epochs.see(member);
        let waited = runtime.answer_place(waiter);
        runtime.epochs.rest(member);
        waited
    }

    /// Ends the program.
    pub fn stop(&self, why: Ended) {
        if let Some(runtime) = *self.0.lock() {
            runtime.stop(why);
        }
    }

    /// Nobody waits for a call any more: the program may have ended.
    pub fn reconsider(&self) {
        if let Some(runtime) = *self.0.lock() {
            runtime.wake(0);
        }
    }
}

impl Runtime {
    /// Takes up an actor that waits for a blocking call. Answers whether it still did.
    fn answer_place(&self, waiter: Waiter) -> bool {
        let Some((record, mut shared)) = self.mailbox(waiter.pid) else { return false };
        if !shared.is_open(waiter.reference) {
            return false;
        }
        // SAFETY: a new message without objects.
        let nothing = unsafe { Message::new(Block::nothing()) };
        let wakes = shared.settle_reply(waiter.reference, Reply::Answered(nothing));
        drop(shared);
        if wakes {
            let home = record.home.load(Ordering::Relaxed);
            self.queue_at(if home == NO_HOME { 0 } else { home as usize }, ActorRef::new(record));
        }
        true
    }

    /// Does a living actor wait for a blocking call?
    pub fn awaits_system(&self) -> bool {
        let waiting = self.input.waiters().into_iter().chain(self.output.waiters());
        waiting.into_iter().any(|waiter| self.mailbox(waiter.pid).is_some())
    }

    /// A new place at which this actor can wait.
    pub fn new_place(&self, pid: i64) -> Waiter {
        let reference = self.new_reference();
        if let Some((_, mut shared)) = self.mailbox(pid) {
            shared.relations().replies.insert(reference, Reply::Open);
        }
        Waiter { pid, reference }
    }

    pub fn give_up_place(&self, waiter: Waiter) {
        if let Some((_, mut shared)) = self.mailbox(waiter.pid) {
            shared.relations().replies.remove(waiter.reference);
        }
    }
}
