//! Child processes with limits of time and memory.

use snow_tests::process::{Collected, wait};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::time::Duration;

#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub time: Duration,
    /// Of address space.
    pub megabytes: u64,
}

impl Limits {
    /// For a program whose cases the evaluator has worked out within its own limits, and for the compiler.
    pub const USUAL: Limits = Limits { time: Duration::from_secs(60), megabytes: 6_000 };

    /// For a program that may do anything.
    pub const UNKNOWN: Limits = Limits { time: Duration::from_secs(5), megabytes: 6_000 };
}

/// How a process has ended.
#[derive(Debug)]
pub struct Outcome {
    pub stdout: String,
    pub stderr: String,
    pub code: Option<i32>,
    pub signal: Option<i32>,
    pub timed_out: bool,
}

impl Outcome {
    /// For people.
    pub fn told(&self) -> String {
        // Of a compiler's words the errors; its warnings, which are many, come first.
        let start: String = match self.stderr.find("] Error: ") {
            Some(at) => {
                self.stderr[self.stderr[..at].rfind('[').unwrap_or(at)..].chars().take(1500).collect()
            }
            None => self
                .stderr
                .lines()
                .filter(|line| line.contains("panic"))
                .take(5)
                .collect::<Vec<_>>()
                .join("\n"),
        };
        format!("code {:?}, signal {:?}, timed out: {}\n{start}", self.code, self.signal, self.timed_out)
    }
}

/// Runs a command without input, and ends it when its time is over.
///
/// # Errors
/// When it cannot be started.
pub fn run(command: &Command, limits: Limits) -> std::io::Result<Outcome> {
    // The shell sets the limit of memory: to do so here would need unsafe code.
    let mut limited = Command::new("sh");
    limited
        .arg("-c")
        .arg(format!("ulimit -v {}; ulimit -c 0; exec \"$@\"", limits.megabytes * 1024))
        .arg("sh");
    limited.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    limited.env("RUST_BACKTRACE", "0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = limited.spawn()?;
    let stdout = Collected::new(child.stdout.take().expect("stdout is piped"));
    let stderr = Collected::new(child.stderr.take().expect("stderr is piped"));
    let status = wait(&mut child, limits.time);
    if status.is_none() {
        child.kill()?;
        child.wait()?;
    }
    Ok(Outcome {
        stdout: stdout.finish(),
        stderr: stderr.finish(),
        code: status.and_then(|status| status.code()),
        signal: status.and_then(|status| status.signal()),
        timed_out: status.is_none(),
    })
}
