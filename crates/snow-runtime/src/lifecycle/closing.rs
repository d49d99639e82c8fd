//! How a program ends whose first actor has returned. When nothing can happen any more, the actors that still wait and
//! would notice are asked to shut down, one after the other, each when the last one has had its time: first those that
//! trap exits, so that supervisors stop their children in order, then those with a `terminate` block.

use crate::actor::exit_reason::Cause;
use crate::actor::mailbox::{Mailbox, Status};
use crate::actor::record::{self, Record};
use crate::runtime::{Ended, Runtime};
use crate::scheduler::worker::Worker;
use std::sync::atomic::Ordering;

/// How far that is.
#[derive(Default)]
pub struct Closing {
    /// Those that trap exits have been asked, and it is the turn of the others.
    trapping_done: bool,
    /// The slot to look at next: each is looked at twice, so what is asked cannot keep the program from ending.
    next: u32,
}

impl Closing {
    /// The next actor to be asked.
    fn next(&mut self, runtime: &Runtime) -> Option<i64> {
        loop {
            while self.next < runtime.records.bound() {
                let index = self.next;
                self.next += 1;
                let Some(record) = runtime.records.get(index) else { continue };
                let shared = record.shared.lock();
                let waits = matches!(shared.status, Status::Waiting { .. });
                if waits && if self.trapping_done { terminates(record) } else { traps(&shared) } {
                    return Some(record::make_pid(index, shared.generation));
                }
            }
            if self.trapping_done {
                return None;
            }
            *self = Closing { trapping_done: true, next: 0 };
        }
    }
}

/// Of an actor that waits, with its mailbox locked.
fn terminates(record: &Record) -> bool {
    record.terminate.get() != 0
}

fn traps(shared: &Mailbox) -> bool {
    shared.relations.as_ref().is_some_and(|relations| relations.trap.is_some())
}

impl Worker {
    /// Called when the worker has begun to sleep. When nothing can happen any more, it ends the program, or brings that
    /// nearer: then it is awake, which this answers.
    pub fn close_if_quiet(&mut self) -> bool {
        let runtime = self.runtime();
        let mut awake = false;
        runtime.sleepers.if_nothing_happens(|| runtime.is_quiescent(), || awake = self.close());
        awake
    }

    fn close(&mut self) -> bool {
        let runtime = self.runtime();
        if !runtime.first_finished.load(Ordering::SeqCst) {
            runtime.stop(Ended::Stuck(runtime.who_waits()));
            return false;
        }
        let Some(pid) = runtime.closing.lock().next(runtime) else {
            runtime.stop(Ended::Finished);
            return false;
        };
        // Before it has work that no other worker sees.
        runtime.end_sleep(self.index);
        let first = runtime.first.load(Ordering::Relaxed);
        self.ask_to_exit(pid, first, Cause::Shutdown.into());
        true
    }
}
