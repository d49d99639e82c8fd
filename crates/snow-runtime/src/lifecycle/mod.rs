//! How actors and programs end, and who is told.
//!
//! How a program ends:
//!
//! 1. Its first actor returns (`Runtime::first_ended`). From now on the program ends as soon as nothing is left that
//!    could happen.
//! 2. The worker that is the last to fall asleep asks whether there is such a thing (`quiescence`): an actor in a
//!    queue, a timer, an open socket, a blocking call.
//! 3. If there is none, it asks one more of the actors that still wait to shut down (`closing`), and the program goes
//!    on with 2.
//! 4. When nobody is left to ask, `Runtime::stop` notes how the program ended, and every worker leaves its loop. A
//!    crash of the first actor, `program_exit`, and a first actor that waits for ever lead here at once.
//! 5. `Program::run` joins the workers' threads, cuts the link to the blocking threads, waits until all output is
//!    written, and tells the exit code.

pub mod closing;
pub mod crash_report;
pub mod ending;
mod exit_report;
pub mod exit_signals;
pub mod links;
pub mod monitors;
pub mod panics;
pub mod quiescence;
mod test_notes;

use crate::handles::handle::Pid;
use closing::Closing;
use parking_lot::Mutex;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use test_notes::TestNotes;

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

impl Ended {
    /// The same with what there is to add to a report, if it is one.
    pub fn with(self, notes: &str) -> Ended {
        match self {
            Ended::Crashed(report) => Ended::Crashed(report + notes),
            Ended::Stuck(who) => Ended::Stuck(who + notes),
            Ended::Finished | Ended::Exit(_) => self,
        }
    }
}

/// How far a program has come.
pub struct Lifecycle {
    /// It ends with its first actor, and does not print its crash.
    pub is_test: bool,
    /// The actor with which it began.
    first: OnceLock<Pid>,
    first_finished: AtomicBool,
    stopping: AtomicBool,
    /// `program_failed`.
    failed: AtomicBool,
    ended: Mutex<Option<Ended>>,
    pub closing: Mutex<Closing>,
    /// `test_note`.
    pub notes: TestNotes,
}

impl Lifecycle {
    pub fn new(is_test: bool) -> Lifecycle {
        Lifecycle {
            is_test,
            first: OnceLock::new(),
            first_finished: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
            failed: AtomicBool::new(false),
            ended: Mutex::new(None),
            closing: Mutex::default(),
            notes: TestNotes::default(),
        }
    }

    /// The program begins with this actor.
    pub fn begin(&self, first: Pid) {
        self.first.set(first).expect("a program begins once");
    }

    #[inline]
    pub fn first(&self) -> Pid {
        self.first.get().copied().unwrap_or(Pid::NONE)
    }

    pub fn first_has_finished(&self) -> bool {
        // SeqCst: see `note_first_finished`.
        self.first_finished.load(Ordering::SeqCst)
    }

    pub fn note_first_finished(&self) {
        // SeqCst: it is in one order with the workers' counting themselves asleep, so that one which goes to sleep
        // behind this sees it when it asks whether anything is left to happen.
        self.first_finished.store(true, Ordering::SeqCst);
    }

    /// The program stops, for this reason if there is none yet.
    pub fn note_end(&self, why: Ended) {
        self.ended.lock().get_or_insert(why);
        // SeqCst: a worker that does not see it before it sleeps has counted itself asleep before, and is woken behind
        // this.
        self.stopping.store(true, Ordering::SeqCst);
    }

    #[inline]
    pub fn stopping(&self) -> bool {
        // Relaxed: a flag; what it stands for is read under the lock of `ended`.
        self.stopping.load(Ordering::Relaxed)
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
}
