//! One function for each of `snowc`'s commands.

mod build;
mod test;

pub use build::build;
pub use test::test;

use crate::compile;
use crate::project;
use crate::report::{self, Failure};
use snow_abi::image::Image;
use snow_codegen::Level;
use snow_ir::Entry;
use std::path::Path;
use std::process::ExitCode;

pub fn run(path: &Path, arguments: Vec<String>) -> Result<ExitCode, Failure> {
    let mut sources = project::load(path, true)?;
    let image = compile::compile(&mut sources, Entry::Main, Level::Host)?;
    drop(sources);
    execute(image, arguments)
}

/// Runs the image that this executable carries.
pub fn run_image(image: Image) -> ExitCode {
    let arguments = std::env::args().skip(1).collect();
    execute(image, arguments).unwrap_or_else(|failure| failure.print())
}

pub fn check(path: &Path) -> Result<ExitCode, Failure> {
    let mut sources = project::load(path, false)?;
    compile::check(&mut sources)?;
    Ok(ExitCode::SUCCESS)
}

pub fn print_ir(path: &Path, unoptimised: bool) -> Result<ExitCode, Failure> {
    let mut sources = project::load(path, true)?;
    let program = compile::check(&mut sources)?;
    let lowered = compile::lower(&program, &sources.files, Entry::Main, !unoptimised)?;
    report::output(&snow_ir::text::program(&lowered))?;
    Ok(ExitCode::SUCCESS)
}

fn execute(image: Image, arguments: Vec<String>) -> Result<ExitCode, Failure> {
    let options = snow_runtime::Options::from_env().map_err(Failure::plain)?;
    let program = load(image)?;
    let options = snow_runtime::Options { arguments, ..options };
    Ok(report::exit_code(program.run_main(&options)))
}

fn load(image: Image) -> Result<snow_runtime::Program, Failure> {
    snow_runtime::Program::load(image).map_err(|error| Failure::plain(error.to_string()))
}
