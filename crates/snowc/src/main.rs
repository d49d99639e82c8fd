//! `snowc`: the Snow compiler's command. The only crate that reads files and prints.

mod commands;
mod compile;
#[cfg(test)]
mod determinism;
mod project;
mod report;
mod standard_library;

use clap::{Parser, Subcommand};
use report::Failure;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "snowc", version, about = "The compiler of the Snow language")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Compile a program and run it at once
    Run {
        /// A source file, or a folder with a main.snow
        path: PathBuf,
        /// What the program gets as its own arguments
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Make one native executable that needs nothing but the system's C library
    Build {
        path: PathBuf,
        /// Where to write it; default: the name of the file or folder
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
    /// Report what is wrong with a program, without running it
    Check { path: PathBuf },
    /// Run the `test` blocks of a file or folder
    Test {
        path: PathBuf,
        /// Run only tests whose name contains this
        #[arg(long)]
        only: Option<String>,
        /// The order of actors is chosen by this number (0 without it); one worker, and virtual time
        #[arg(long)]
        seed: Option<u64>,
        /// Run every test under so many seeds, from 0 on
        #[arg(long, conflicts_with = "seed", value_parser = clap::value_parser!(u64).range(1..))]
        explore: Option<u64>,
    },
    /// Print the optimised intermediate form (for work on the compiler)
    #[command(hide = true)]
    Ir {
        path: PathBuf,
        #[arg(long)]
        unoptimised: bool,
    },
}

fn main() -> ExitCode {
    // An executable made by `snowc build` is this program with an image behind it.
    if let Some(image) = snow_runtime::image_file::find_in_current_executable() {
        return commands::run_image(image);
    }
    if snow_runtime::image_file::should_carry_image() {
        return Failure::plain("this executable has lost its program, as by `strip`: build it again").print();
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(instead) => return show(&instead).unwrap_or_else(|failure| failure.print()),
    };
    let result = match arguments.command {
        Command::Run { path, arguments } => commands::run(&path, arguments),
        Command::Build { path, output } => commands::build(&path, output),
        Command::Check { path } => commands::check(&path),
        Command::Test { path, only, seed, explore } => commands::test(&path, only, seed, explore),
        Command::Ir { path, unoptimised } => commands::print_ir(&path, unoptimised),
    };
    result.unwrap_or_else(|failure| failure.print())
}

/// What there is to say instead of a command's work: the help or the version on standard output, or what is wrong with
/// the arguments on standard error.
fn show(instead: &clap::Error) -> Result<ExitCode, Failure> {
    if instead.use_stderr() {
        report::say(&instead.render().to_string());
    } else {
        report::output(&instead.render().to_string())?;
    }
    Ok(report::exit_code(instead.exit_code()))
}
