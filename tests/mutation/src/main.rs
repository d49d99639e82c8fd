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
use snow_tests::{compiler, repository};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};
use trial::{Laboratory, Verdict};

/// Of a hundred mutants that compile, so many may live.
const TOLERATED_PERCENT: usize = 5;

/// Changes the WebSocket library in one place at a time, and tells which changes no test notices.
#[derive(Parser)]
struct Arguments {
    /// Only mutants of files whose path contains this; may be given several times.
    #[arg(long)]
    only: Vec<String>,
    /// Only lists the mutants.
    #[arg(long)]
    list: bool,
    /// How many seconds of the processor all tests may take; a mutant with which they take longer is noticed.
    #[arg(long, default_value_t = 12)]
    seconds: u64,
    /// Files at a time.
    #[arg(long, default_value_t = 2)]
    jobs: usize,
    /// The compiler; without it, the one beside this program.
    #[arg(long)]
    snowc: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut mutants = mutants::of_the_library();
    let reasons = Living::read(&repository().join("tests/mutation/living.txt"));
    let strangers: Vec<String> = reasons.strangers(&mutants).into_iter().map(str::to_string).collect();
    strangers.iter().for_each(|name| println!("no mutant, whatever living.txt says: {name}"));
    mutants.retain(|mutant| {
        let path = mutant.path.to_string_lossy();
        arguments.only.is_empty() || arguments.only.iter().any(|part| path.contains(part))
    });
    if arguments.list {
        mutants.iter().for_each(|mutant| println!("{mutant}"));
        return ExitCode::SUCCESS;
    }
    let begun = Instant::now();
    let limit = Duration::from_secs(arguments.seconds);
    let tally = compiler::of_tool(arguments.snowc).map_err(str::to_string).and_then(|snowc| {
        let open = |number| Laboratory::open(&snowc, limit, number);
        let laboratories: Vec<Laboratory> = (0..arguments.jobs.max(1)).map(open).collect::<Result<_, _>>()?;
        Ok(examine(&laboratories, &mutants, &reasons))
    });
    match tally {
        Ok(Tally { noticed, living, unexplained }) => {
            let tried = noticed + living;
            let seconds = begun.elapsed().as_secs();
            println!("{tried} mutants, {living} live, {unexplained} of them without a reason; {seconds} s");
            let is_good =
                strangers.is_empty() && unexplained == 0 && living * 100 <= tried * TOLERATED_PERCENT;
            if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

#[derive(Default)]
struct Tally {
    noticed: usize,
    living: usize,
    /// Of those that live.
    unexplained: usize,
}

/// Tries the mutants out, those of one file at a time in each laboratory.
fn examine(laboratories: &[Laboratory], mutants: &[Mutant], reasons: &Living) -> Tally {
    let files = Mutex::new(mutants.chunk_by(|one, next| one.path == next.path));
    let tally = Mutex::new(Tally::default());
    let next_file = || files.lock().expect("nobody panics with it").next();
    thread::scope(|scope| {
        for laboratory in laboratories {
            scope.spawn(|| {
                while let Some(file) = next_file() {
                    let verdicts = laboratory.try_out(&file[0].path, file);
                    tally.lock().expect("nobody panics with it").add(file, &verdicts, reasons);
                }
            });
        }
    });
    tally.into_inner().expect("nobody has panicked with it")
}

impl Tally {
    /// Counts the mutants of a file, and prints those that live.
    fn add(&mut self, mutants: &[Mutant], verdicts: &[Verdict], reasons: &Living) {
        let (tried, living) = (self.noticed + self.living, self.living);
        for (mutant, verdict) in mutants.iter().zip(verdicts) {
            match (verdict, reasons.of(mutant)) {
                (Verdict::DoesNotCompile, _) => {}
                (Verdict::Noticed(_), reason) => {
                    self.noticed += 1;
                    if reason.is_some() {
                        println!("does not live, whatever living.txt says: {mutant}");
                    }
                }
                (Verdict::Lives, Some(_)) => self.living += 1,
                (Verdict::Lives, None) => {
                    self.living += 1;
                    self.unexplained += 1;
                    println!("lives, and nobody knows why: {mutant}");
                }
            }
        }
        let (tried, living) = (self.noticed + self.living - tried, self.living - living);
        println!("{}: {tried} mutants, {living} live", mutants[0].path.display());
    }
}
