//! A few threads for system calls that block, so that no worker ever does. The actor that asks parks at a place for
//! an answer (see `actor::reply_place`) and is taken up again when the call is done.
//!
//! The threads start when there is something to do, and are not waited for when the program ends: one may hang in
//! `read` for ever. So they know the runtime through a `Link` alone, which is cut before the runtime goes.

use crate::actor::reply_place::Waiter;
use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::sync::Arc;
use std::thread;

/// More calls than this do not run at once. Standard input and output take one each, at most.
const THREADS: usize = 4;

type Job = Box<dyn FnOnce() + Send>;

/// The threads, and the calls that wait for one.
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

/// What a blocking thread may tell the runtime.
pub trait Host: Sync {
    /// What an actor waits for is there. Says whether it still waited.
    fn complete(&self, waiter: Waiter) -> bool;
    /// The reader of the program's output has gone: the program ends.
    fn stop_without_reader(&self);
    /// Nobody waits for a call any more: the program may have ended.
    fn reconsider(&self);
}

/// The way back from a blocking thread to the runtime, as long as there is one.
#[derive(Default)]
pub struct Link(Mutex<Option<&'static dyn Host>>);

impl Link {
    /// # Safety
    /// `cut` is called before the host ends.
    pub unsafe fn tie(&self, host: &dyn Host) {
        // SAFETY: promised by the caller; every use is under the lock.
        *self.0.lock() = Some(unsafe { std::mem::transmute::<&dyn Host, &'static dyn Host>(host) });
    }

    pub fn cut(&self) {
        *self.0.lock() = None;
    }

    /// Tells the host, one thread at a time; nothing when there is none any more.
    pub fn tell<T>(&self, what: impl FnOnce(&dyn Host) -> T) -> Option<T> {
        self.0.lock().map(what)
    }
}
