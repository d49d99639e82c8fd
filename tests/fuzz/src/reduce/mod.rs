//! Makes a program that shows a fault smaller, as long as it shows the same one.

mod edits;
mod prune;
mod simplest;
mod text;

pub use prune::prune;
pub use simplest::simplest;
pub use text::reduce_text;

use crate::compare::{self, Finding, MODES, Mode, Workplace};
use crate::evaluate;
use crate::program::Program;
use std::time::{Duration, Instant};

/// A smaller program with the same finding. It is looked for until the time is over.
///
/// # Errors
/// When files cannot be written or processes cannot be started.
pub fn reduce(
    workplace: &Workplace,
    program: &Program,
    finding: &Finding,
    time: Duration,
) -> std::io::Result<Program> {
    let modes: Vec<Mode> = match MODES.iter().find(|mode| mode.name == finding.mode) {
        Some(mode) => vec![*mode],
        None => vec![MODES[0], MODES[1]],
    };
    let end = Instant::now() + time;
    let mut reducer = Reducer { workplace, finding, modes, end, best: program.clone() };
    reducer.cases()?;
    while reducer.round()? {}
    Ok(reducer.best)
}

struct Reducer<'a> {
    workplace: &'a Workplace,
    finding: &'a Finding,
    modes: Vec<Mode>,
    end: Instant,
    best: Program,
}

impl Reducer<'_> {
    /// Takes a program if it shows the same fault.
    fn take(&mut self, mut candidate: Program) -> std::io::Result<bool> {
        if Instant::now() > self.end {
            return Ok(false);
        }
        evaluate::judge(&mut candidate);
        prune(&mut candidate);
        let found = compare::check_in(self.workplace, &candidate, &self.modes)?;
        let same = found.is_some_and(|found| found.is_like(self.finding));
        if same {
            self.best = candidate;
        }
        Ok(same)
    }

    /// Leaves cases out: halves, then quarters, and so on.
    fn cases(&mut self) -> std::io::Result<()> {
        let mut size = self.best.cases.len().div_ceil(2);
        while size > 0 {
            let mut from = 0;
            while from < self.best.cases.len() {
                let mut candidate = self.best.clone();
                let to = (from + size).min(candidate.cases.len());
                candidate.cases.drain(from..to);
                if !self.take(candidate)? {
                    from += size;
                }
            }
            size /= 2;
        }
        Ok(())
    }

    /// Tries every edit once, the coarse ones first; was one of them taken?
    fn round(&mut self) -> std::io::Result<bool> {
        let mut taken = false;
        for edit in edits::ALL {
            let mut position = 0;
            while Instant::now() <= self.end {
                let mut candidate = self.best.clone();
                if !edit(&mut candidate, position) {
                    break;
                }
                // What was taken has changed what stands at the position.
                if self.take(candidate)? {
                    taken = true;
                } else {
                    position += 1;
                }
            }
        }
        Ok(taken)
    }
}
