//! `snowc test`: runs the `test` blocks of a program, and the examples in its documentation, and counts.

use super::load;
use crate::report::{self, Failure};
use crate::{compile, project};
use snow_codegen::Level;
use snow_ir::Entry;
use snow_runtime::{Options, TestOutcome};
use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

/// One to be run.
struct Test {
    index: usize,
    name: String,
    place: String,
    /// Does it need the system's clock, sockets and workers?
    system: bool,
}

pub fn test(
    path: &Path,
    only: Option<String>,
    seed: Option<u64>,
    explore: Option<u64>,
) -> Result<ExitCode, Failure> {
    let options = Options::from_env().map_err(Failure::plain)?;
    let mut sources = project::load_tests(path)?;
    let image = compile::compile(&mut sources, Entry::Tests, Level::Host)?;
    let tests: Vec<Test> = image
        .tests
        .iter()
        .enumerate()
        // Of a single file its own, not those of what it imports.
        .filter(|(_, test)| path.is_dir() || test.file == 0)
        .filter(|(_, test)| only.as_ref().is_none_or(|part| test.name.contains(part)))
        .map(|(index, test)| Test {
            index,
            name: test.name.clone(),
            place: format!("{}:{}", image.files[test.file as usize], test.line),
            system: test.system,
        })
        .collect();
    let program = load(image)?;
    let seeds: Vec<Option<u64>> = match (seed, explore) {
        (Some(seed), _) => vec![Some(seed)],
        (None, Some(count)) => (0..count).map(Some).collect(),
        (None, None) => vec![Some(0)],
    };
    let system = [None];
    let (mut passed, mut failed) = (0, 0);
    for Test { index, name, place, system: needs_system } in &tests {
        let seeds = if *needs_system { &system[..] } else { &seeds };
        let failure = seeds.iter().find_map(|seed| {
            let options = Options { seed: *seed, ..options.clone() };
            match program.run_test(*index, &options) {
                TestOutcome::Passed => None,
                TestOutcome::Failed(message) => Some((*seed, message)),
            }
        });
        match failure {
            None => passed += 1,
            Some((seed, message)) => {
                failed += 1;
                let replay = seed.map_or(String::new(), |seed| format!(" (replay with --seed {seed})"));
                let mut text = format!("FAILED {name}{replay}\n  {place}\n");
                for line in message.lines() {
                    let _ = writeln!(text, "  {line}");
                }
                report::output(&text)?;
            }
        }
    }
    report::output(&format!("{passed} passed, {failed} failed\n"))?;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
