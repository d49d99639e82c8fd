//! Running the tests against a mutant.

use crate::mutants::{self, Mutant};
use snow_tests::repository;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// So many files of tests are tried before all of them together.
const MOST_NEAREST: usize = 3;

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
        let noticed = |tests: PathBuf| {
            Some(self.run_on(&tests, self.limit / 3)).filter(|verdict| *verdict != Verdict::Lives)
        };
        let verdict =
            self.nearest_tests(&mutant.path).into_iter().find_map(noticed).unwrap_or_else(|| self.run());
        fs::write(&file, original).expect("the copy can be changed");
        verdict
    }

    /// Runs all tests until one fails. One that takes too long is taken for one that fails.
    ///
    /// # Panics
    /// When the compiler cannot be started.
    pub fn run(&self) -> Verdict {
        self.run_on(&self.folder.join("tests"), self.limit)
    }

    fn run_on(&self, tests: &Path, limit: Duration) -> Verdict {
        // Seconds of the processor, so that it does not matter what else the machine does.
        let mut command = Command::new("sh");
        command.args(["-c", &format!("ulimit -t {}; exec \"$0\" test \"$1\"", limit.as_secs())]);
        command.arg(&self.snowc).arg(tests).env("SNOW_STDLIB", self.folder.join("stdlib"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the compiler can be started");
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        let deadline = Instant::now() + limit * 10;
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

    /// The tests that would notice most of what is wrong with a file are tried before all others: those of its name, those
    /// that import its module, and those that import a module which does.
    fn nearest_tests(&self, path: &Path) -> Vec<PathBuf> {
        let own = module_name(path);
        let users = files_below(&self.folder.join("stdlib")).into_iter().filter(|file| imports(file, &own));
        let users: Vec<String> = users.map(|file| module_name(&self.in_library(&file))).collect();
        let distance = |tests: &PathBuf| {
            if tests.file_name() == path.file_name() {
                Some(0)
            } else if imports(tests, &own) {
                Some(1)
            } else {
                users.iter().any(|user| imports(tests, user)).then_some(2)
            }
        };
        let tests = files_below(&self.folder.join("tests"));
        let mut near: Vec<(i32, PathBuf)> =
            tests.into_iter().filter_map(|tests| Some((distance(&tests)?, tests))).collect();
        near.sort();
        near.into_iter().map(|(_, tests)| tests).take(MOST_NEAREST).collect()
    }

    fn in_library(&self, file: &Path) -> PathBuf {
        file.strip_prefix(self.folder.join("stdlib")).expect("it lies there").to_path_buf()
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

impl Drop for Laboratory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Does the file import the module, or names of it?
fn imports(file: &Path, module: &str) -> bool {
    let forms = [format!("import {module}\n"), format!("import {module}.{{")];
    fs::read_to_string(file).is_ok_and(|text| forms.iter().any(|form| text.contains(form)))
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    mutants::collect(folder, &mut files);
    files
}

/// `Ws.TextValidation` of `ws/text_validation.snow`.
fn module_name(path: &Path) -> String {
    let part = |part: &std::ffi::OsStr| match part.to_string_lossy().as_ref() {
        "http" => "HTTP".to_string(),
        name => name.split('_').map(|word| format!("{}{}", word[..1].to_uppercase(), &word[1..])).collect(),
    };
    let parts: Vec<String> = path.with_extension("").iter().map(part).collect();
    parts.join(".")
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
