//! `snow-fuzz-wire`: tries inputs and reports what must not happen.

use clap::Parser;
use snow_fuzz_wire::campaign::{Campaign, Report};
use snow_fuzz_wire::target::Target;
use snow_tests::compiler;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Duration;

/// Bytes that no peer should send, read by the library and compared with a judge of its own.
#[derive(Parser)]
struct Arguments {
    /// How long for each target; without it and without `--inputs`, half a minute.
    #[arg(long)]
    seconds: Option<u64>,
    /// How many inputs for each target, beside those that are kept.
    #[arg(long)]
    inputs: Option<u64>,
    /// The seed of the first input; the others follow it.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Which targets; without it, all.
    #[arg(long, value_enum)]
    only: Vec<Target>,
    /// Targets at a time.
    #[arg(long, default_value_t = 1)]
    jobs: usize,
    /// Where inputs with findings are kept, made smaller: files that may become part of the corpus.
    #[arg(long)]
    keep: Option<PathBuf>,
    /// The compiler; without it, the one beside this program.
    #[arg(long)]
    snowc: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let snowc = match compiler::of_tool(arguments.snowc.clone()) {
        Ok(snowc) => snowc,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::FAILURE;
        }
    };
    match run(&arguments, &snowc) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Was nothing found?
fn run(arguments: &Arguments, snowc: &std::path::Path) -> io::Result<bool> {
    let targets = if arguments.only.is_empty() { Target::ALL.to_vec() } else { arguments.only.clone() };
    let seconds = match (arguments.seconds, arguments.inputs) {
        (None, None) => Some(30),
        (seconds, _) => seconds,
    };
    let left = Mutex::new(targets.into_iter());
    let work = || -> io::Result<bool> {
        let mut is_clean = true;
        while let Some(target) = next(&left) {
            let campaign = Campaign {
                snowc: snowc.to_owned(),
                library: None,
                target,
                first: arguments.seed,
                inputs: arguments.inputs.unwrap_or(u64::MAX),
                time: seconds.map(Duration::from_secs),
                keep: arguments.keep.clone(),
            };
            let report: Report = campaign.run()?;
            println!("{report}");
            is_clean &= report.findings.is_empty();
        }
        Ok(is_clean)
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..arguments.jobs.max(1)).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_fold(true, |is_clean, worker| {
            Ok(worker.join().expect("a worker does not panic")? && is_clean)
        })
    })
}

fn next(targets: &Mutex<std::vec::IntoIter<Target>>) -> Option<Target> {
    targets.lock().expect("no holder panics").next()
}
