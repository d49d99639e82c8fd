//! Compiles all functions, on two threads. The result does not depend on which thread compiles what.

use crate::compiled_function::{Compiler, Unit};
use crate::entry_stubs;
use crate::error::CodegenError;
use crate::symbols::Symbols;
use crate::target::Target;
use snow_ir::ir::{FuncId, Program};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Below this, starting a thread costs more than it saves.
const WORTH_A_THREAD: usize = 8;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Job {
    Function(FuncId),
    Entry(FuncId),
}

/// All functions in the order of their numbers, then the entry stubs.
pub(crate) fn compile_all(
    program: &Program,
    symbols: &Symbols<'_>,
    target: &Target,
) -> Result<Vec<(Job, Unit)>, CodegenError> {
    let functions = program.functions.keys().map(Job::Function);
    let entries = entry_stubs::entered(program).into_iter().map(Job::Entry);
    let jobs: Vec<Job> = functions.chain(entries).collect();

    // Only hands out numbers: the results are ordered by the threads' joining.
    let next = AtomicUsize::new(0);
    let work = || {
        let mut compiler = Compiler::new(program, symbols, target);
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(index) else { return Ok(done) };
            let unit = match *job {
                Job::Function(id) => compiler.function(id)?,
                Job::Entry(id) => compiler.entry_stub(id)?,
            };
            done.push((index, unit));
        }
    };
    let mut units: Vec<(usize, Unit)> = if jobs.len() < WORTH_A_THREAD {
        work()?
    } else {
        std::thread::scope(|scope| {
            let other = scope.spawn(work);
            let mut units = work()?;
            units.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
            Ok(units)
        })?
    };
    units.sort_unstable_by_key(|(index, _)| *index);
    Ok(units.into_iter().map(|(index, unit)| (jobs[index], unit)).collect())
}
