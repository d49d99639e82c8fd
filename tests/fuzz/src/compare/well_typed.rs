//! A well-typed program: it compiles, ends with code 0, and prints what the evaluator says, in every mode.

use super::process::{Limits, Outcome, run};
use super::{Finding, FindingKind, Workplace, first_error};
use crate::print;
use crate::program::Program;
use std::process::Command;

/// A way to run a program.
#[derive(Clone, Copy, Debug)]
pub struct Mode {
    pub name: &'static str,
    by: By,
    variables: &'static [(&'static str, &'static str)],
}

/// Through which command.
#[derive(Clone, Copy, PartialEq, Debug)]
enum By {
    Run,
    /// An executable of its own.
    Executable,
    /// `snowc test`, where each case is a test, and a seed chooses who runs next.
    Tests,
}

/// All ways, the simplest first. An executable is built once for all of its modes.
pub const MODES: &[Mode] = &[
    Mode { name: "run", by: By::Run, variables: &[] },
    Mode { name: "executable", by: By::Executable, variables: &[] },
    Mode { name: "torture", by: By::Executable, variables: &[("SNOW_TORTURE", "1")] },
    Mode { name: "one worker", by: By::Executable, variables: &[("SNOW_WORKERS", "1")] },
    Mode { name: "four workers", by: By::Executable, variables: &[("SNOW_WORKERS", "4")] },
    Mode {
        name: "torture, four workers",
        by: By::Executable,
        variables: &[("SNOW_TORTURE", "1"), ("SNOW_WORKERS", "4")],
    },
    Mode { name: "tests", by: By::Tests, variables: &[] },
];

/// Runs a program in all modes; the first thing that must not happen.
///
/// # Errors
/// When files cannot be written or processes cannot be started.
pub fn check(workplace: &Workplace, program: &Program) -> std::io::Result<Option<Finding>> {
    check_in(workplace, program, MODES)
}

/// The same in these modes only.
///
/// # Errors
/// As above.
pub fn check_in(
    workplace: &Workplace,
    program: &Program,
    modes: &[Mode],
) -> std::io::Result<Option<Finding>> {
    let source = workplace.write(&print::print(program))?;
    let expected = program.expected_output();
    let mut built = false;
    for mode in modes {
        if mode.by == By::Tests {
            let finding = check_tests(workplace, program, mode.name)?;
            if finding.is_some() {
                return Ok(finding);
            }
            continue;
        }
        let mut command = workplace.compiler("run", &source);
        if mode.by == By::Executable {
            if !built {
                let mut build = workplace.compiler("build", &source);
                build.arg("-o").arg(workplace.executable());
                let outcome = run(&build, Limits::USUAL)?;
                if let Some(finding) = workplace.unexpected(&outcome, "build") {
                    return Ok(Some(finding));
                }
                if outcome.code != Some(0) {
                    return Ok(Some(refused(&outcome, "build")));
                }
                built = true;
            }
            command = Command::new(workplace.executable());
        }
        command.envs(mode.variables.iter().copied());
        let outcome = run(&command, Limits::USUAL)?;
        let finding =
            workplace.unexpected(&outcome, mode.name).or_else(|| differs(&outcome, &expected, mode.name));
        if finding.is_some() {
            return Ok(finding);
        }
    }
    Ok(None)
}

/// All tests pass, under several orders.
fn check_tests(
    workplace: &Workplace,
    program: &Program,
    mode: &'static str,
) -> std::io::Result<Option<Finding>> {
    let source = workplace.write(&print::print_tests(program))?;
    let mut command = workplace.compiler("test", &source);
    command.args(["--explore", "2"]);
    let outcome = run(&command, Limits::USUAL)?;
    let finding = workplace.unexpected(&outcome, mode);
    if finding.is_some() || outcome.code == Some(0) {
        return Ok(finding);
    }
    if first_error(&outcome.stderr).is_some() {
        return Ok(Some(refused(&outcome, mode)));
    }
    let end: Vec<&str> = outcome.stdout.lines().rev().take(8).collect();
    let detail = format!("{}\n{}", end.into_iter().rev().collect::<Vec<_>>().join("\n"), outcome.told());
    Ok(Some(Finding { kind: FindingKind::Differs, mode, key: String::new(), detail }))
}

fn refused(outcome: &Outcome, mode: &'static str) -> Finding {
    let key = first_error(&outcome.stderr).unwrap_or_default();
    Finding { kind: FindingKind::Refused, mode, key, detail: outcome.told() }
}

fn differs(outcome: &Outcome, expected: &str, mode: &'static str) -> Option<Finding> {
    if outcome.code == Some(1) && first_error(&outcome.stderr).is_some() {
        return Some(refused(outcome, mode));
    }
    if outcome.stdout == expected && outcome.code == Some(0) {
        return None;
    }
    let first = outcome.stdout.lines().zip(expected.lines()).find(|(printed, wanted)| printed != wanted);
    let (printed, wanted) = first.unwrap_or(("", "(the outputs have different lengths)"));
    let detail = format!("must print: {wanted}\nprints:     {printed}\n{}", outcome.told());
    Some(Finding { kind: FindingKind::Differs, mode, key: String::new(), detail })
}
