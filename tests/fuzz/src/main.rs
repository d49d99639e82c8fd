//! `snow-fuzz`: compares programs and reports what must not happen.

mod campaign;

use campaign::{Campaign, What};
use clap::{Parser, ValueEnum};
use snow_tests::compiler;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Random Snow programs, run in every mode and compared with an evaluator of their own.
#[derive(Parser)]
struct Arguments {
    /// How long; without it and without `--programs`, a minute.
    #[arg(long)]
    seconds: Option<u64>,
    /// The seed of the first program; the others follow it.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// How many seeds.
    #[arg(long)]
    programs: Option<u64>,
    /// Programs at a time.
    #[arg(long, default_value_t = 1)]
    jobs: usize,
    #[arg(long, value_enum, default_value_t = Mode::Both)]
    mode: Mode,
    /// Where programs with findings are kept, as they are and reduced.
    #[arg(long)]
    keep: Option<PathBuf>,
    /// The compiler; without it, the one beside this program.
    #[arg(long)]
    snowc: Option<PathBuf>,
    /// Only prints the program of the first seed and what it must print.
    #[arg(long)]
    show: bool,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Mode {
    WellTyped,
    IllTyped,
    Both,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.show {
        campaign::show(arguments.seed);
        return ExitCode::SUCCESS;
    }
    let seconds = match (arguments.seconds, arguments.programs) {
        (None, None) => Some(60),
        (seconds, _) => seconds,
    };
    let snowc = match compiler::of_tool(arguments.snowc) {
        Ok(snowc) => snowc,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::FAILURE;
        }
    };
    let campaign = Campaign {
        snowc,
        first: arguments.seed,
        programs: arguments.programs.unwrap_or(u64::MAX),
        time: seconds.map(Duration::from_secs),
        jobs: arguments.jobs.max(1),
        what: What {
            well_typed: arguments.mode != Mode::IllTyped,
            ill_typed: arguments.mode != Mode::WellTyped,
        },
        keep: arguments.keep,
    };
    match campaign.run() {
        Ok(report) => {
            println!("{report}");
            if report.findings == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
