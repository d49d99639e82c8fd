//! `snow-mutation`: does a test notice when the library is wrong?
//!
//! Each mutant is the library with one comparison, operator, constant or Bool changed. The tests of `Ws` in Snow run
//! against it; the mutant lives if all of them pass. `living.txt` has the reason for each that may live.

mod living;
mod mutants;
mod trial;

use clap::Parser;
use living::Living;
use mutants::Mutant;
use snow_tests::repository;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use trial::{Laboratory, Verdict};

/// Of a hundred mutants that compile, so many may live.
const TOLERATED_PERCENT: usize = 5;

/// Changes the WebSocket library in one place at a time, and tells which changes no test notices.
#[derive(Parser)]
struct Arguments {
    /// Only mutants of files whose path contains this.
    #[arg(long, default_value = "")]
    only: String,
    /// Only lists the mutants.
    #[arg(long)]
    list: bool,
    /// How many seconds of the processor the tests may take; a mutant that takes longer is noticed.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// The compiler; without it, the one beside this program.
    #[arg(long)]
    snowc: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mutants: Vec<Mutant> = mutants::of_the_library()
        .into_iter()
        .filter(|mutant| mutant.path.to_string_lossy().contains(&arguments.only))
        .collect();
    if arguments.list {
        mutants.iter().for_each(|mutant| println!("{mutant}"));
        return ExitCode::SUCCESS;
    }
    let beside = || std::env::current_exe().map(|own| own.with_file_name("snowc"));
    let snowc = match arguments.snowc.map_or_else(beside, Ok) {
        Ok(path) if path.is_file() => path,
        _ => {
            eprintln!("there is no snowc beside this program: build it, or name one by --snowc");
            return ExitCode::FAILURE;
        }
    };
    let laboratory = Laboratory::new(snowc, Duration::from_secs(arguments.seconds));
    if laboratory.run() != Verdict::Lives {
        eprintln!("the tests fail as the library is");
        return ExitCode::FAILURE;
    }
    examine(&laboratory, &mutants)
}

fn examine(laboratory: &Laboratory, mutants: &[Mutant]) -> ExitCode {
    let begun = Instant::now();
    let reasons = Living::read(&repository().join("tests/mutation/living.txt"));
    let (mut noticed, mut living, mut unexplained) = (0, 0, 0);
    for mutant in mutants {
        match laboratory.try_out(mutant) {
            Verdict::DoesNotCompile => {}
            Verdict::Noticed => noticed += 1,
            Verdict::Lives => {
                living += 1;
                match reasons.of(mutant) {
                    Some(reason) => println!("lives: {mutant}\n    {reason}"),
                    None => {
                        unexplained += 1;
                        println!("lives, and nobody knows why: {mutant}");
                    }
                }
            }
        }
    }
    let tried = noticed + living;
    let seconds = begun.elapsed().as_secs();
    println!("{tried} mutants, {living} live, {unexplained} of them without a reason; {seconds} s");
    if unexplained == 0 && living * 100 <= tried * TOLERATED_PERCENT {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
