//! Many inputs of one target, what is found with them, and how it is made smaller.

use crate::harness::{Answer, Harness};
use crate::input::{Input, LINES};
use crate::target::Target;
use crate::{corpus, hex, mutate};
use snow_fuzz::random::Random;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// So many findings are enough of one target.
const ENOUGH: usize = 3;

/// So many times a finding is tried to be made smaller.
const ROUNDS: usize = 40;

/// Into no more parts is one cut for that.
const PARTS: usize = 64;

/// Of a line that is printed; with `keep` all of it is written.
const TOLD: usize = 1_000;

pub struct Campaign {
    pub snowc: PathBuf,
    /// The standard library; without it, the compiler's own, or what the variable `SNOW_STDLIB` says.
    pub library: Option<PathBuf>,
    pub target: Target,
    /// Of the first input that is made; the others follow it.
    pub first: u64,
    pub inputs: u64,
    pub time: Option<Duration>,
    /// Where findings are kept.
    pub keep: Option<PathBuf>,
}

/// What must not be.
#[derive(Clone, Debug)]
pub struct Finding {
    pub input: Input,
    pub kind: Kind,
    /// The answer, and what would be right.
    pub detail: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An actor of the harness crashed.
    Crash,
    /// The process died.
    Death,
    Hang,
    /// Another answer than the judge's.
    Wrong,
    /// The same bytes are answered one way or another, as they are cut.
    Cuts,
    /// Actors are left when all is over.
    Left,
}

pub struct Report {
    pub target: Target,
    pub kept: usize,
    pub inputs: u64,
    pub findings: Vec<Finding>,
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        let Report { target, kept, inputs, findings } = self;
        write!(
            out,
            "{}: {kept} kept inputs, {inputs} made of them; {} findings",
            target.name(),
            findings.len()
        )
    }
}

impl Campaign {
    /// Searches, makes what it has found smaller, and tells it.
    ///
    /// # Errors
    /// When files cannot be read or written, or processes cannot be started.
    pub fn run(&self) -> io::Result<Report> {
        let mut report = self.search()?;
        for finding in &mut report.findings {
            self.reduce(finding)?;
            self.tell(finding)?;
        }
        Ok(report)
    }

    /// Tries the corpus as it is, and then what is made of it.
    ///
    /// # Errors
    /// When files cannot be read, or processes cannot be started.
    pub fn search(&self) -> io::Result<Report> {
        let end = self.time.map(|time| Instant::now() + time);
        let kept = corpus::load(self.target)?;
        let mut findings = self.try_kept(&kept)?;
        findings.truncate(ENOUGH);
        let mut report = Report { target: self.target, kept: kept.len(), inputs: 0, findings };
        while report.inputs < self.inputs
            && report.findings.len() < ENOUGH
            && end.is_none_or(|end| Instant::now() < end)
        {
            let first = self.first.wrapping_add(report.inputs);
            let count = self.target.batch().min(self.inputs - report.inputs);
            let inputs: Vec<Input> =
                (0..count).map(|next| self.made(&kept, first.wrapping_add(next))).collect();
            report.inputs += count;
            let found = self.try_all(&inputs, first)?;
            report.findings.extend(found.into_iter().take(ENOUGH - report.findings.len()));
        }
        Ok(report)
    }

    /// The inputs of the corpus as they are, with each number.
    fn try_kept(&self, kept: &[Vec<u8>]) -> io::Result<Vec<Finding>> {
        let numbers = self.target.numbers().iter();
        let inputs: Vec<Input> = numbers
            .flat_map(|number| {
                kept.iter().map(|bytes| Input { number: *number, bytes: bytes.clone(), seed: 0 })
            })
            .collect();
        self.try_all(&inputs, 0)
    }

    /// The input of a seed.
    fn made(&self, kept: &[Vec<u8>], seed: u64) -> Input {
        let mut random = Random::new(seed);
        let number = random.pick(self.target.numbers());
        Input { number, bytes: mutate::input(self.target, kept, &mut random), seed }
    }

    fn try_all(&self, inputs: &[Input], seed: u64) -> io::Result<Vec<Finding>> {
        let harness = Harness { snowc: &self.snowc, library: self.library.as_deref(), target: self.target };
        let lines: Vec<String> = inputs.iter().flat_map(Input::lines).collect();
        let answers = harness.answers(&lines, seed)?;
        let judged = inputs.iter().zip(answers.chunks(LINES));
        Ok(judged.filter_map(|(input, answers)| find(self.target, input, answers)).collect())
    }

    /// Leaves out halves, quarters, and so on, as long as the same kind of finding remains.
    fn reduce(&self, finding: &mut Finding) -> io::Result<()> {
        // Each try of one that hangs takes its time.
        let mut rounds = if finding.kind == Kind::Hang { 0 } else { ROUNDS };
        let mut size = finding.input.bytes.len().div_ceil(2);
        while rounds > 0 && size > 0 && finding.input.bytes.len() / size <= PARTS {
            rounds -= 1;
            let bytes = &finding.input.bytes;
            let shorter: Vec<Input> = (0..bytes.len().div_ceil(size))
                .map(|part| {
                    let end = bytes.len().min((part + 1) * size);
                    let rest = [&bytes[..part * size], &bytes[end..]].concat();
                    Input { bytes: rest, ..finding.input.clone() }
                })
                .collect();
            let found = self.try_all(&shorter, finding.input.seed)?;
            match found.into_iter().find(|found| found.kind == finding.kind) {
                Some(smaller) => *finding = smaller,
                None => size /= 2,
            }
        }
        Ok(())
    }

    fn tell(&self, finding: &Finding) -> io::Result<()> {
        let Finding { input, kind, detail } = finding;
        let text = format!(
            "{}: {kind:?}, number {}, seed {}, made smaller: {}\n{detail}\n",
            self.target.name(),
            input.number,
            input.seed,
            hex::word(&input.bytes)
        );
        text.lines().for_each(|line| println!("{}", line.chars().take(TOLD).collect::<String>()));
        match &self.keep {
            Some(folder) => save(&folder.join(self.target.name()), finding, &text),
            None => Ok(()),
        }
    }
}

fn save(folder: &Path, finding: &Finding, text: &str) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let file = folder.join(finding.input.seed.to_string());
    std::fs::write(&file, &finding.input.bytes)?;
    std::fs::write(file.with_extension("txt"), text)
}

/// What is wrong with the answers to the lines of an input, if something is.
pub fn find(target: Target, input: &Input, answers: &[Answer]) -> Option<Finding> {
    let found = |kind, detail: String| Some(Finding { input: input.clone(), kind, detail });
    for (line, answer) in input.lines().iter().zip(answers) {
        let text = match answer {
            Answer::Hung => return found(Kind::Hang, line.clone()),
            Answer::Died(said) => return found(Kind::Death, format!("{line}\n{said}")),
            Answer::Text(text) => text,
        };
        let told = |wrong: &str| format!("line:     {line}\nanswer:   {text}\n{wrong}");
        if text.starts_with("crash ") {
            return found(Kind::Crash, told(""));
        }
        if text.contains("; left ") {
            return found(Kind::Left, told(""));
        }
        if let Err(wrong) = target.judge(input, text) {
            return found(Kind::Wrong, told(&wrong));
        }
    }
    let is_same = answers.iter().all(|answer| *answer == answers[0]);
    if target.is_exact() && !is_same { found(Kind::Cuts, format!("{answers:?}")) } else { None }
}
