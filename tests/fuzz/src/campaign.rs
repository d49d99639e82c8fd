//! Many programs, one after the other or several at a time, and the report.

use snow_fuzz::compare::{self, Finding, Mutant, Workplace};
use snow_fuzz::print::{self, File};
use snow_fuzz::program::Program;
use snow_fuzz::random::Random;
use snow_fuzz::{evaluate, generate, mutate, reduce};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How many mutants are made of each program.
const MUTANTS: usize = 4;

/// How long a finding is made smaller.
const REDUCTION: Duration = Duration::from_secs(120);

#[derive(Clone, Copy)]
pub struct What {
    pub well_typed: bool,
    pub ill_typed: bool,
}

pub struct Campaign {
    pub snowc: PathBuf,
    pub first: u64,
    pub programs: u64,
    pub time: Option<Duration>,
    pub jobs: usize,
    pub what: What,
    pub keep: Option<PathBuf>,
}

#[derive(Default)]
pub struct Report {
    programs: u64,
    /// Cases that were compared, in how many modes each.
    functions: u64,
    left_out: u64,
    refused: u64,
    accepted: u64,
    pub findings: u64,
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(
            out,
            "{} programs, {} functions compared in {} modes ({} left out); {} mutants refused, {} accepted; {} findings",
            self.programs,
            self.functions,
            compare::MODES.len(),
            self.left_out,
            self.refused,
            self.accepted,
            self.findings
        )
    }
}

impl Campaign {
    /// Runs it to its end.
    ///
    /// # Errors
    /// When files cannot be written or processes cannot be started.
    pub fn run(&self) -> io::Result<Report> {
        let end = self.time.map(|time| Instant::now() + time);
        let next = AtomicU64::new(0);
        let report = Mutex::new(Report::default());
        // Faults that have been made smaller once already.
        let known: Mutex<Vec<Finding>> = Mutex::new(Vec::new());
        let work = |job: usize| -> io::Result<()> {
            let folder = std::env::temp_dir().join(format!("snow-fuzz-{}-{job}", std::process::id()));
            std::fs::create_dir_all(&folder)?;
            let workplace = Workplace { snowc: self.snowc.clone(), folder: folder.clone() };
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= self.programs || end.is_some_and(|end| Instant::now() >= end) {
                    break;
                }
                self.seed(self.first.wrapping_add(number), &workplace, &report, &known)?;
            }
            std::fs::remove_dir_all(folder)
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..self.jobs).map(|job| scope.spawn(move || work(job))).collect();
            workers.into_iter().try_for_each(|worker| worker.join().expect("a worker does not panic"))
        })?;
        Ok(report.into_inner().expect("no holder panics"))
    }

    fn seed(
        &self,
        seed: u64,
        workplace: &Workplace,
        report: &Mutex<Report>,
        known: &Mutex<Vec<Finding>>,
    ) -> io::Result<()> {
        let mut program = generate::program(seed);
        let before = program.cases.len();
        evaluate::judge(&mut program);
        let found = if self.what.well_typed { compare::check(workplace, &program)? } else { None };
        {
            let mut report = report.lock().expect("no holder panics");
            report.programs += 1;
            if self.what.well_typed {
                report.functions += program.cases.len() as u64;
                report.left_out += (before - program.cases.len()) as u64;
            }
            report.findings += u64::from(found.is_some());
        }
        if let Some(finding) = found {
            tell(seed, "", &finding);
            if let Some(keep) = self.keep.as_ref().filter(|_| is_new(known, &finding)) {
                let reduced = reduce::reduce(workplace, &program, &finding, REDUCTION)?;
                let folder = keep.join(format!("{seed}"));
                save(&folder.join("whole"), &print::print(&program), &finding)?;
                save(&folder.join("reduced"), &print::print(&reduced), &finding)?;
                std::fs::write(folder.join("reduced.expected"), reduced.expected_output())?;
            }
        }
        if self.what.ill_typed {
            self.mutants(seed, &program, workplace, report, known)?;
        }
        Ok(())
    }

    fn mutants(
        &self,
        seed: u64,
        program: &Program,
        workplace: &Workplace,
        report: &Mutex<Report>,
        known: &Mutex<Vec<Finding>>,
    ) -> io::Result<()> {
        let mut random = Random::new(seed ^ 0x6d75_7461_6e74_0000);
        for number in 0..MUTANTS {
            let (files, done) = mutate::mutant(program, &mut random);
            let outcome = compare::check_mutant(workplace, &files)?;
            {
                let mut report = report.lock().expect("no holder panics");
                match &outcome {
                    Mutant::Refused => report.refused += 1,
                    Mutant::Accepted => report.accepted += 1,
                    Mutant::Wrong(_) => report.findings += 1,
                }
            }
            if let Mutant::Wrong(finding) = outcome {
                tell(seed, &format!(", mutant {number} ({})", done.join(", ")), &finding);
                if let Some(keep) = self.keep.as_ref().filter(|_| is_new(known, &finding)) {
                    let reduced = reduce::reduce_text(workplace, &files, &finding, REDUCTION)?;
                    let folder = keep.join(format!("{seed}-mutant-{number}"));
                    save(&folder.join("whole"), &files, &finding)?;
                    save(&folder.join("reduced"), &reduced, &finding)?;
                }
            }
        }
        Ok(())
    }
}

fn is_new(known: &Mutex<Vec<Finding>>, finding: &Finding) -> bool {
    let mut known = known.lock().expect("no holder panics");
    let is_new = !known.iter().any(|own| own.is_like(finding));
    if is_new {
        known.push(finding.clone());
    }
    is_new
}

fn tell(seed: u64, which: &str, finding: &Finding) {
    println!(
        "seed {seed}{which}: {:?} in mode {}: {}\n{}\n",
        finding.kind, finding.mode, finding.key, finding.detail
    );
}

fn save(folder: &Path, files: &[File], finding: &Finding) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for file in files {
        std::fs::write(folder.join(&file.path), &file.text)?;
    }
    std::fs::write(
        folder.join("finding.txt"),
        format!("{:?} {} {}\n{}\n", finding.kind, finding.mode, finding.key, finding.detail),
    )
}

/// Prints the program of a seed, and what it must print.
pub fn show(seed: u64) {
    let mut program = generate::program(seed);
    evaluate::judge(&mut program);
    print!("{}", print::joined(&print::print(&program)));
    println!("#= {} =#", program.expected_output());
}
