//! What all workers of a running program share: one part for each folder of this crate.

use crate::actor::Actors;
use crate::code::Code;
use crate::expressions::Expressions;
use crate::handles::epochs::{Epochs, GRACE};
use crate::handles::handle::Pid;
use crate::heap::object::Ref;
use crate::heap::shared::SharedValues;
use crate::io::Io;
use crate::lifecycle::{Ended, Lifecycle};
use crate::options::Options;
use crate::random::Randomness;
use crate::scheduler::{Scheduler, SharedWorker};
use crate::time::clock::Clock;
use std::ptr::null_mut;
use std::sync::Arc;

/// A program while it runs.
pub struct Runtime {
    pub code: Arc<Code>,
    pub options: Options,
    /// Its members are the workers, each with its index, and behind them the thread that ends time slices and the one
    /// that completes a blocking call (one at a time, under the link's lock).
    pub epochs: Epochs,
    pub actors: Actors,
    pub io: Io,
    pub clock: Clock,
    pub scheduler: Scheduler,
    pub lifecycle: Lifecycle,
    pub random: Randomness,
    pub expressions: Expressions,
    /// Behind the actors, whose heaps refer to it.
    pub shared_values: SharedValues,
}

impl Runtime {
    /// Everything but what each worker has for itself.
    pub fn new(code: Arc<Code>, options: &Options, is_test: bool, workers: Vec<SharedWorker>) -> Runtime {
        Runtime {
            code,
            options: options.clone(),
            epochs: Epochs::new(workers.len() + 2),
            actors: Actors::default(),
            io: Io::new(options.seed.is_some()),
            clock: Clock::new(options.seed.is_some()),
            scheduler: Scheduler::new(workers),
            lifecycle: Lifecycle::new(is_test),
            expressions: Expressions::default(),
            random: Randomness::new(options.seed),
            shared_values: SharedValues::default(),
        }
    }

    #[inline]
    pub fn torture(&self) -> bool {
        self.options.torture
    }

    #[inline]
    pub fn deterministic(&self) -> bool {
        self.options.seed.is_some()
    }

    /// Starts the first actor on the first worker.
    ///
    /// # Safety
    /// `entry` is an entry stub of this program without arguments.
    pub unsafe fn create_first(&self, entry: usize) {
        // SAFETY: promised by the caller.
        let actor = unsafe { self.actors.create(entry, null_mut(), Ref::immediate(0), self.torture()) };
        self.lifecycle.begin(actor.pid());
        self.scheduler.queue_at(0, actor);
    }

    #[inline]
    pub fn is_first(&self, pid: Pid) -> bool {
        self.lifecycle.first() == pid
    }

    /// The first actor has ended; `crash` is what there is to print of it.
    pub fn first_ended(&self, crash: Option<String>) {
        let is_test = self.lifecycle.is_test;
        match crash {
            Some(report) => {
                if !is_test {
                    self.io.output.print_error(format!("{report}\n").as_bytes());
                }
                self.stop(Ended::Crashed(report));
            }
            None if is_test => self.stop(Ended::Finished),
            None => self.lifecycle.note_first_finished(),
        }
    }

    /// Ends the program. Only the first reason counts.
    pub fn stop(&self, why: Ended) {
        self.lifecycle.note_end(why);
        self.scheduler.wake_all();
    }

    /// Gives memory of slots back that no longer belong to anything. Says whether there is more to give back, for which
    /// others have to go on first.
    ///
    /// # Safety
    /// The caller is this worker, and holds no reference to a slot.
    pub unsafe fn give_back_slots(&self, worker: usize) -> bool {
        let Some(change) = self.epochs.change() else { return true };
        self.actors.records.retire(&change);
        self.io.sockets.retire(&change);
        self.io.outboxes.retire(&change);
        self.io.groups.retire(&change);
        for _ in 0..GRACE {
            // SAFETY: promised by the caller.
            unsafe { self.scheduler.workers[worker].quiescent(&self.epochs, worker) };
            change.advance();
        }
        self.actors.records.unmap_retired(&change);
        self.io.sockets.unmap_retired(&change);
        self.io.outboxes.unmap_retired(&change);
        self.io.groups.unmap_retired(&change);
        let io = &self.io;
        let io_has_surplus = io.sockets.has_surplus() || io.outboxes.has_surplus() || io.groups.has_surplus();
        self.actors.records.has_surplus() || io_has_surplus
    }
}
