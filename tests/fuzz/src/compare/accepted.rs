//! A program that may be wrong: `check` refuses it with a diagnostic, or it compiles and runs as any other.

use super::process::{Limits, Outcome, run};
use super::{Finding, FindingKind, Workplace, first_error};
use crate::print::File;
use std::process::Command;

/// What became of a mutant.
#[derive(Debug)]
pub enum Mutant {
    Refused,
    Accepted,
    Wrong(Finding),
}

/// Checks, and builds and runs what `check` accepts.
///
/// # Errors
/// When files cannot be written or processes cannot be started.
pub fn check_mutant(workplace: &Workplace, files: &[File]) -> std::io::Result<Mutant> {
    let source = workplace.write(files)?;
    let outcome = run(&workplace.compiler("check", &source), Limits::USUAL)?;
    if let Some(finding) = workplace.unexpected(&outcome, "check") {
        return Ok(Mutant::Wrong(finding));
    }
    if outcome.code == Some(1) {
        return Ok(match first_error(&outcome.stderr) {
            Some(_) => Mutant::Refused,
            None => Mutant::Wrong(Finding {
                kind: FindingKind::Silent,
                mode: "check",
                key: String::new(),
                detail: outcome.told(),
            }),
        });
    }
    let mut build = workplace.compiler("build", &source);
    build.arg("-o").arg(workplace.executable());
    let outcome = run(&build, Limits::USUAL)?;
    if let Some(finding) = workplace.unexpected(&outcome, "build") {
        return Ok(Mutant::Wrong(finding));
    }
    if outcome.code != Some(0) {
        let key = first_error(&outcome.stderr).unwrap_or_default();
        let detail = outcome.told();
        return Ok(Mutant::Wrong(Finding { kind: FindingKind::Contradiction, mode: "build", key, detail }));
    }
    Ok(run_accepted(workplace)?.map_or(Mutant::Accepted, Mutant::Wrong))
}

/// It may loop, fill its memory, and let chance decide who speaks first: but it must not end by a signal, and where
/// chance decides nothing, torture must change nothing.
fn run_accepted(workplace: &Workplace) -> std::io::Result<Option<Finding>> {
    let once = |variables: &[(&str, &str)]| {
        let mut command = Command::new(workplace.executable());
        command.envs(variables.iter().copied());
        run(&command, Limits::UNKNOWN)
    };
    let first = once(&[("SNOW_WORKERS", "1")])?;
    let second = once(&[("SNOW_WORKERS", "4")])?;
    let tortured = once(&[("SNOW_TORTURE", "1")])?;
    for (outcome, mode) in [(&first, "executable"), (&second, "four workers"), (&tortured, "torture")] {
        let excused = outcome.timed_out || ran_out_of_memory(outcome);
        if let (false, Some(finding)) = (excused, workplace.unexpected(outcome, mode)) {
            return Ok(Some(finding));
        }
        if excused {
            return Ok(None);
        }
    }
    let chance = first.stdout != second.stdout || first.code != second.code;
    if !chance && (tortured.stdout != first.stdout || tortured.code != first.code) {
        let detail = format!("printed: {}\ntortured: {}\n{}", first.stdout, tortured.stdout, tortured.told());
        let key = String::new();
        return Ok(Some(Finding { kind: FindingKind::Differs, mode: "torture", key, detail }));
    }
    Ok(None)
}

fn ran_out_of_memory(outcome: &Outcome) -> bool {
    outcome.stderr.contains("memory")
}
