//! Running the tests against mutants.

use crate::mutants::{self, Mutant};
use snow_tests::repository;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// So many files of tests are tried before all of them together.
const MOST_NEAREST: usize = 3;

/// What became of a mutant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    DoesNotCompile,
    /// A test fails, of the file that is named, or does not end.
    Noticed(Option<PathBuf>),
    /// All tests pass.
    Lives,
}

/// A copy of the library, in which one file at a time is another one; and of its tests and the compiler, so that all are of
/// one moment.
pub struct Laboratory {
    folder: PathBuf,
    /// How much of the processor's time all tests may take.
    limit: Duration,
}

impl Laboratory {
    /// One of several, with a number of its own, in which the tests pass within so much of the processor's time.
    ///
    /// # Errors
    /// With what was wrong, when they do not pass with the library as it is.
    ///
    /// # Panics
    /// When the library cannot be copied.
    pub fn open(snowc: &Path, limit: Duration, number: usize) -> Result<Laboratory, String> {
        let folder = std::env::temp_dir().join(format!("snow-mutation-{}-{number}", std::process::id()));
        copy(&repository().join("stdlib"), &folder.join("stdlib"));
        copy(&repository().join("tests/stdlib/ws"), &folder.join("tests"));
        // In a folder whose name is not that of a module which they import.
        copy(&repository().join("tests/stdlib/http"), &folder.join("tests/of_http"));
        fs::copy(snowc, folder.join("snowc")).expect("the compiler can be copied");
        let laboratory = Laboratory { folder, limit };
        match laboratory.run_all() {
            Verdict::Lives => Ok(laboratory),
            Verdict::DoesNotCompile => {
                Err("the library as it is does not compile: is snowc up to date?".to_string())
            }
            Verdict::Noticed(None) => {
                Err("the tests crash with the library as it is, or take longer than --seconds".to_string())
            }
            Verdict::Noticed(Some(file)) => {
                Err(format!("a test fails with the library as it is, in {}", file.display()))
            }
        }
    }

    /// The verdicts on mutants of one file. What has noticed one of them is tried first with the next.
    ///
    /// # Panics
    /// When the file cannot be written.
    pub fn try_out(&self, path: &Path, mutants: &[Mutant]) -> Vec<Verdict> {
        let file = self.folder.join("stdlib").join(path);
        let original = fs::read(&file).expect("a file of the library");
        let mut nearest = self.nearest_tests(path);
        let mut verdict_on = |mutant: &Mutant| {
            fs::write(&file, &mutant.source).expect("the copy can be changed");
            let verdict = self.run(&nearest);
            if let Verdict::Noticed(Some(tests)) = &verdict {
                nearest.retain(|other| other != tests);
                nearest.insert(0, tests.clone());
            }
            verdict
        };
        let verdicts = mutants.iter().map(&mut verdict_on).collect();
        fs::write(&file, original).expect("the copy can be changed");
        verdicts
    }

    /// Runs the nearest tests, and then all, until one fails. One that takes too long is taken for one that fails.
    fn run(&self, nearest: &[PathBuf]) -> Verdict {
        let mut near = nearest.iter().take(MOST_NEAREST).map(|tests| self.run_on(tests, self.limit / 3));
        near.find(|verdict| *verdict != Verdict::Lives).unwrap_or_else(|| match self.run_all() {
            // Among them are tests that need the system's clock: one may fail because the machine is busy.
            Verdict::Noticed(_) => self.run_all(),
            verdict => verdict,
        })
    }

    fn run_all(&self) -> Verdict {
        self.run_on(&self.folder.join("tests"), self.limit)
    }

    fn run_on(&self, tests: &Path, limit: Duration) -> Verdict {
        // Seconds of the processor, so that it does not matter what else the machine does.
        let mut command = Command::new("sh");
        command.args(["-c", &format!("ulimit -t {}; exec \"$0\" test \"$1\"", limit.as_secs())]);
        command.arg(self.folder.join("snowc")).arg(tests).env("SNOW_STDLIB", self.folder.join("stdlib"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the compiler can be started");
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        let deadline = Instant::now() + limit * 10;
        let next_line = || lines.recv_timeout(deadline.saturating_duration_since(Instant::now()));
        let mut last = String::new();
        let verdict = loop {
            match next_line() {
                // Behind it stands the place: a file and a line.
                Ok(line) if line.starts_with("FAILED ") => {
                    let place = next_line().unwrap_or_default();
                    break Verdict::Noticed(place.rsplit_once(':').map(|(file, _)| file.trim().into()));
                }
                Ok(line) => last = line,
                Err(mpsc::RecvTimeoutError::Timeout) => break Verdict::Noticed(None),
                Err(mpsc::RecvTimeoutError::Disconnected) => break judge(&mut child, &last),
            }
        };
        let _ = child.kill();
        let _ = child.wait();
        verdict
    }

    /// The tests that would notice most of what is wrong with a file: those of its name, those that import its module, and
    /// those that import a module which does.
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
        near.into_iter().map(|(_, tests)| tests).collect()
    }

    fn in_library(&self, file: &Path) -> PathBuf {
        file.strip_prefix(self.folder.join("stdlib")).expect("it lies there").to_path_buf()
    }
}

impl Drop for Laboratory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// What the end of the tests means, when none has failed.
fn judge(child: &mut Child, last: &str) -> Verdict {
    let code = child.wait().expect("a child can be waited for").code();
    match code {
        Some(0) if last.ends_with(" passed, 0 failed") => Verdict::Lives,
        Some(1) if last.is_empty() => Verdict::DoesNotCompile,
        _ => Verdict::Noticed(None),
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
    let part = |part: &std::ffi::OsStr| -> String {
        let name = part.to_string_lossy();
        name.split('_').map(|word| format!("{}{}", word[..1].to_uppercase(), &word[1..])).collect()
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
