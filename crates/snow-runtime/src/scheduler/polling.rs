//! A worker's look at what comes from outside: sockets, timers, signals, and other workers that wake it.

use super::worker::{SIGNAL, WAKE, Worker};
use crate::introspection::report;
use crate::io::{signals, socket_operations, streams};
use crate::time::firing::fire_timers;
use mio::Events;
use std::io;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Slices between two looks at the poller when there is always work.
const SLICES_PER_POLL: u32 = 251;

/// Looks at the poller and the timers, without waiting, if it is time to.
#[inline]
pub fn poll_if_due(worker: &mut Worker) {
    worker.since_poll += 1;
    // Relaxed: a hint.
    if worker.since_poll >= SLICES_PER_POLL || worker.shared().poll_due.load(Ordering::Relaxed) {
        poll(worker, Some(Duration::ZERO));
    }
}

/// Looks at the poller, waiting at most so long, and at the timers.
pub fn poll(worker: &mut Worker, wait: Option<Duration>) {
    worker.since_poll = 0;
    // Relaxed: a hint, too.
    worker.shared().poll_due.store(false, Ordering::Relaxed);
    let mut events = std::mem::replace(&mut worker.events, Events::with_capacity(0));
    let waits = wait != Some(Duration::ZERO);
    if waits {
        // SAFETY: a worker that waits has nothing to run, and holds no reference.
        unsafe { worker.shared().offline(&worker.runtime().epochs, worker.index) };
    }
    let polled = worker.poll.poll(&mut events, wait);
    if waits {
        // SAFETY: as above.
        worker.epoch = unsafe { worker.shared().quiescent(&worker.runtime().epochs, worker.index) };
    }
    if let Err(error) = polled
        && error.kind() != io::ErrorKind::Interrupted
    {
        streams::complain(&format!("Snow: the poller failed: {error}"));
        std::process::abort();
    }
    // Before what has come is taken: until it is in a queue, nobody else sees it.
    worker.runtime().scheduler.end_sleep(worker.index);
    for event in &events {
        match event.token() {
            WAKE => {}
            SIGNAL => take_signals(worker),
            _ => socket_operations::ready(worker, event),
        }
    }
    worker.events = events;
    worker.now = worker.runtime().clock.now();
    fire_timers(worker);
}

fn take_signals(worker: &mut Worker) {
    let runtime = worker.runtime();
    for signal in runtime.io.signals.take() {
        match signal {
            libc::SIGUSR1 => runtime.io.output.print_error(report::text(runtime).as_bytes()),
            _ => signals::deliver(worker, signal),
        }
    }
}
