//! Runs a program, or one of its tests, from the first actor to the exit code.

use crate::code::{Code, LoadError};
use crate::heap::block;
use crate::heap::spaces::Regions;
use crate::image::Image;
use crate::intrinsics;
use crate::io::output::Written;
use crate::io::streams::{self, READER_GONE};
use crate::lifecycle::Ended;
use crate::lifecycle::panics;
use crate::memory::allocator;
use crate::options::Options;
use crate::runtime::Runtime;
use crate::scheduler::{preemption, run_loop, worker};
use std::sync::Arc;
use std::thread;

/// A program that is ready to run.
pub struct Program {
    code: Arc<Code>,
}

/// How a test ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TestOutcome {
    Passed,
    /// What its actor's crash would have printed, or why it never ends.
    Failed(String),
}

/// Says so, and ends the program.
fn cannot_start(error: &std::io::Error) -> Ended {
    let line = format!("Snow: the program cannot start: the system gives too little: {error}");
    streams::complain(&line);
    Ended::Crashed(line)
}

const STUCK: &str = "every actor waits, and nothing is left that could wake one";

impl Program {
    /// # Errors
    /// When the image cannot run on this machine or with this runtime.
    pub fn load(image: Image) -> Result<Program, LoadError> {
        Ok(Program { code: Arc::new(Code::load(image, intrinsics::address)?) })
    }

    /// Runs `main` until it has returned and nothing is left that could happen: no actor that can run, no
    /// timer, no open socket. Returns the exit code: 0, that of `program_exit`, `READER_GONE`, or 1 after a crash of
    /// `main`, `program_failed`, or output that was lost.
    pub fn run_main(&self, options: &Options) -> i32 {
        let Some(entry) = self.code.main() else {
            streams::complain("Snow: the program has no main");
            return 1;
        };
        match self.run(entry, options, false) {
            Ended::Finished => 0,
            Ended::Exit(code) => code,
            Ended::Crashed(_) => 1,
            Ended::Stuck(who) => {
                streams::complain(&format!("Snow: {STUCK}{who}"));
                1
            }
        }
    }

    /// Runs one test until its actor ends; actors that it has left are dropped.
    pub fn run_test(&self, index: usize, options: &Options) -> TestOutcome {
        let Some(entry) = self.code.test(index) else {
            return TestOutcome::Failed(format!("there is no test number {index}"));
        };
        match self.run(entry, options, true) {
            Ended::Finished | Ended::Exit(0) => TestOutcome::Passed,
            Ended::Exit(code) => TestOutcome::Failed(format!("the program ended itself with code {code}")),
            Ended::Crashed(report) => TestOutcome::Failed(report),
            Ended::Stuck(who) => TestOutcome::Failed(format!("{STUCK}{who}")),
        }
    }

    fn run(&self, entry: usize, options: &Options, is_test: bool) -> Ended {
        panics::install_hook();
        allocator::set_limits();
        block::fill_spare();
        let count = options.worker_count();
        // Declared before the runtime, so that they outlive all heaps.
        let regions: Arc<Regions> = Arc::default();
        let made: std::io::Result<Vec<_>> =
            (0..count).map(|index| worker::new_worker(index, options.seed, regions.clone())).collect();
        let (mut own, shared): (Vec<_>, Vec<_>) = match made {
            Ok(workers) => workers.into_iter().unzip(),
            Err(error) => return cannot_start(&error),
        };
        let runtime = Runtime::new(self.code.clone(), options, is_test, shared);
        let runtime: &Runtime = &runtime;
        for worker in &mut own {
            // SAFETY: the workers are used in the scope below only.
            unsafe { worker.join(runtime) };
        }
        // Without them the program runs as well: then SIGUSR1 means what it means to any program.
        if !is_test && options.seed.is_none() {
            let _ = own[0].watch_signals();
        }
        // SAFETY: the entry comes from the image.
        unsafe { runtime.create_first(entry) };
        // SAFETY: it is cut below, before the runtime ends.
        unsafe { runtime.io.link.tie(runtime) };
        thread::scope(|scope| {
            let mut missing = None;
            if options.seed.is_none() {
                let started = thread::Builder::new().spawn_scoped(scope, || preemption::run(runtime));
                missing = started.err();
            }
            let mut own = own.into_iter();
            let mut first = own.next().expect("there is at least one worker");
            for mut other in own {
                // SAFETY: the worker belongs to this thread; the runtime outlives the scope.
                let run = move || unsafe { run_loop::run(&mut other) };
                if let Err(error) = thread::Builder::new().spawn_scoped(scope, run) {
                    runtime.scheduler.count_left();
                    missing = Some(error);
                }
            }
            // The threads that have started end again, before anything has run.
            if let Some(error) = missing {
                runtime.stop(cannot_start(&error));
            }
            // SAFETY: as above.
            unsafe { run_loop::run(&mut first) };
        });
        runtime.io.link.cut();
        let written = runtime.io.output.finish();
        runtime.io.blocking.close();
        let ended =
            runtime.lifecycle.take_ended().unwrap_or(Ended::Finished).with(&runtime.lifecycle.notes.text());
        match (ended, written) {
            (Ended::Finished | Ended::Exit(0), Written::ReaderGone) => Ended::Exit(READER_GONE),
            (Ended::Finished | Ended::Exit(0), Written::Lost) => {
                Ended::Crashed("some of its output could not be written".to_string())
            }
            (Ended::Finished, Written::All) if runtime.lifecycle.has_failed() && !is_test => Ended::Exit(1),
            (ended, _) => ended,
        }
    }
}
