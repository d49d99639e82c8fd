//! Runs the harnesses: programs in Snow that answer each line with a line.

use crate::target::Target;
use snow_tests::process::Collected;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

/// How long an answer may take: a hang, and what costs more than linear time, is found by it.
const PATIENCE: Duration = Duration::from_secs(20);

/// Address space in kilobytes, most of which the runtime only reserves: what grows without bound does not fit.
const MEMORY: &str = "3000000";

pub struct Harness<'a> {
    pub snowc: &'a Path,
    pub library: Option<&'a Path>,
    pub target: Target,
}

/// What comes of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Text(String),
    /// Within its time there was none.
    Hung,
    /// The process ended, and this is what it said.
    Died(String),
}

impl Harness<'_> {
    /// The answers to the lines. A process that hangs or dies costs one of them: another one goes on behind it. What has
    /// no answer in time is tried once more, since the machine may have had no time for it. `seed` chooses in which order
    /// the actors run.
    ///
    /// # Errors
    /// When the process cannot be started.
    pub fn answers(&self, lines: &[String], seed: u64) -> io::Result<Vec<Answer>> {
        let mut answers = Vec::new();
        let mut waited_for = None;
        while answers.len() < lines.len() {
            let has_hung = self.run(&lines[answers.len()..], seed, &mut answers)?;
            if has_hung && waited_for.replace(answers.len()) == Some(answers.len()) {
                answers.push(Answer::Hung);
            }
        }
        Ok(answers)
    }

    /// Answers lines until one hangs, which is told, or the process dies.
    fn run(&self, lines: &[String], seed: u64, answers: &mut Vec<Answer>) -> io::Result<bool> {
        let mut child = self.start(seed)?;
        let text: String = lines.iter().flat_map(|line| [line, "\n"]).collect();
        let mut stdin = child.stdin.take().expect("stdin is piped");
        // It ends when the process does.
        let writer = std::thread::spawn(move || drop(stdin.write_all(text.as_bytes())));
        let stderr = Collected::new(child.stderr.take().expect("stderr is piped"));
        let said = lines_of(&mut child);
        let fault = lines.iter().find_map(|_| match said.recv_timeout(PATIENCE) {
            // What a test says that has failed is no answer.
            Ok(line) if !line.starts_with("FAILED") => {
                answers.push(Answer::Text(line));
                None
            }
            Ok(line) => Some(Some(line)),
            Err(mpsc::RecvTimeoutError::Timeout) => Some(None),
            Err(mpsc::RecvTimeoutError::Disconnected) => Some(Some(String::new())),
        });
        if fault == Some(None) {
            let _ = child.kill();
        }
        let status = child.wait()?;
        let _ = writer.join();
        if let Some(Some(line)) = &fault {
            let said: Vec<String> = [line.clone()].into_iter().chain(said.iter()).collect();
            answers.push(Answer::Died(format!("{status}: {} {}", said.join(" "), stderr.finish())));
        }
        Ok(fault == Some(None))
    }

    fn start(&self, seed: u64) -> io::Result<Child> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("harness");
        Command::new("sh")
            .args(["-c", &format!("ulimit -v {MEMORY}; ulimit -c 0; exec \"$@\""), "sh"])
            .arg(self.snowc)
            .arg("test")
            .arg(folder.join(self.target.name()).with_extension("snow"))
            .args(["--seed", &seed.to_string()])
            .envs(self.library.map(|library| ("SNOW_STDLIB", library)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
    }
}

fn lines_of(child: &mut Child) -> Receiver<String> {
    let stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for line in stdout.lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}
