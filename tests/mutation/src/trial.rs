//! Running the tests against a mutant.

use crate::mutants::Mutant;
use snow_tests::repository;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// What became of a mutant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    DoesNotCompile,
    /// A test fails, or does not end.
    Noticed,
    /// All tests pass.
    Lives,
}

/// A copy of the library, in which one file at a time is another one; and of its tests, so that both are of one moment.
pub struct Laboratory {
    folder: PathBuf,
    snowc: PathBuf,
    limit: Duration,
}

impl Laboratory {
    /// # Panics
    /// When the library cannot be copied.
    pub fn new(snowc: PathBuf, limit: Duration) -> Laboratory {
        let folder = std::env::temp_dir().join(format!("snow-mutation-{}", std::process::id()));
        copy(&repository().join("stdlib"), &folder.join("stdlib"));
        copy(&repository().join("tests/stdlib/ws"), &folder.join("tests"));
        Laboratory { folder, snowc, limit }
    }

    /// # Panics
    /// When the file cannot be written.
    pub fn try_out(&self, mutant: &Mutant) -> Verdict {
        let file = self.folder.join("stdlib").join(&mutant.path);
        let original = fs::read(&file).expect("a file of the library");
        fs::write(&file, &mutant.source).expect("the copy can be changed");
        let nearest =
            nearest_tests(&mutant.path).into_iter().map(|name| self.folder.join("tests").join(name));
        let verdict = match nearest.filter(|tests| tests.is_file()).map(|tests| self.run_on(&tests)).next() {
            Some(Verdict::Lives) | None => self.run(),
            Some(verdict) => verdict,
        };
        fs::write(&file, original).expect("the copy can be changed");
        verdict
    }

    /// Runs all tests until one fails. One that prints nothing for too long is taken for one that fails.
    ///
    /// # Panics
    /// When the compiler cannot be started.
    pub fn run(&self) -> Verdict {
        self.run_on(&self.folder.join("tests"))
    }

    fn run_on(&self, tests: &Path) -> Verdict {
        let mut command = Command::new(&self.snowc);
        command.arg("test").arg(tests).env("SNOW_STDLIB", self.folder.join("stdlib"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the compiler can be started");
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        let deadline = Instant::now() + self.limit;
        let mut last = String::new();
        let verdict = loop {
            match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) if line.starts_with("FAILED ") => break Verdict::Noticed,
                Ok(line) => last = line,
                Err(mpsc::RecvTimeoutError::Timeout) => break Verdict::Noticed,
                Err(mpsc::RecvTimeoutError::Disconnected) => break self.judge(&mut child, &last),
            }
        };
        let _ = child.kill();
        let _ = child.wait();
        verdict
    }

    fn judge(&self, child: &mut std::process::Child, last: &str) -> Verdict {
        let code = child.wait().expect("a child can be waited for").code();
        match code {
            Some(0) if last.ends_with(" passed, 0 failed") => Verdict::Lives,
            Some(1) if last.is_empty() => Verdict::DoesNotCompile,
            _ => Verdict::Noticed,
        }
    }
}

/// The tests that would notice most of what is wrong with a file are tried before all others: those of its name, or of the
/// folder that it lies in.
fn nearest_tests(path: &Path) -> Vec<PathBuf> {
    let folder = path.parent().and_then(Path::file_name).map(PathBuf::from).unwrap_or_default();
    let name = PathBuf::from(path.file_name().expect("a file has a name"));
    let of_http = PathBuf::from("handshake.snow");
    vec![name, if folder.as_os_str() == "http" { of_http } else { folder.with_extension("snow") }]
}

impl Drop for Laboratory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("a folder of the library").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file can be copied");
        }
    }
}
