//! Runs programs and compares what they print with what they must print.

mod accepted;
mod process;
mod well_typed;

pub use accepted::{Mutant, check_mutant};
pub use process::{Limits, Outcome, run};
pub use well_typed::{MODES, Mode, check, check_in};

use crate::print::File;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The compiler, and a folder of one's own to work in.
#[derive(Clone, Debug)]
pub struct Workplace {
    pub snowc: PathBuf,
    pub folder: PathBuf,
}

/// Something that must not happen.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub kind: FindingKind,
    /// In which mode it was seen.
    pub mode: &'static str,
    /// The first words of what tells it apart from others of its kind.
    pub key: String,
    /// For people.
    pub detail: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingKind {
    /// A well-typed program is refused.
    Refused,
    /// `check` accepts what `build` refuses.
    Contradiction,
    /// The compiler panics.
    Panic,
    /// A process ends by a signal.
    Signal,
    /// A process does not end in time.
    Hang,
    /// An exit code that nothing explains.
    Code,
    /// The output is not what it must be.
    Differs,
    /// A refusal without a word.
    Silent,
}

impl Finding {
    /// Is it the same fault, as far as can be seen?
    pub fn is_like(&self, other: &Finding) -> bool {
        self.kind == other.kind && self.mode == other.mode && self.key == other.key
    }
}

impl Workplace {
    /// Writes the files of a program into a new folder.
    pub fn write(&self, files: &[File]) -> std::io::Result<PathBuf> {
        let folder = self.folder.join("program");
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        for file in files {
            std::fs::write(folder.join(&file.path), &file.text)?;
        }
        Ok(folder)
    }

    fn compiler(&self, command: &str, source: &Path) -> Command {
        let mut compiler = Command::new(&self.snowc);
        compiler.arg(command).arg(source);
        compiler
    }

    fn executable(&self) -> PathBuf {
        self.folder.join("executable")
    }

    /// What every process must keep to, whatever it is given.
    fn unexpected(&self, outcome: &Outcome, mode: &'static str) -> Option<Finding> {
        let finding = |kind, key: String| Some(Finding { kind, mode, key, detail: outcome.told() });
        if let Some(line) = outcome.stderr.lines().find(|line| line.contains("panicked at")) {
            let place = line.split("panicked at ").nth(1).unwrap_or(line);
            return finding(FindingKind::Panic, place.into());
        }
        match outcome.signal {
            Some(signal) => finding(FindingKind::Signal, signal.to_string()),
            None if outcome.timed_out => finding(FindingKind::Hang, String::new()),
            None if !matches!(outcome.code, Some(0 | 1)) => {
                finding(FindingKind::Code, format!("{:?}", outcome.code))
            }
            None => None,
        }
    }
}

/// The code and text of the first error that a compiler tells, without what differs from program to program.
fn first_error(stderr: &str) -> Option<String> {
    let line = stderr.lines().find(|line| line.contains("] Error: "))?;
    Some(line.chars().filter(|letter| !letter.is_ascii_digit() || line.starts_with('[')).take(60).collect())
}
