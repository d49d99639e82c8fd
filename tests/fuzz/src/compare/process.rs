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
    /// Of one that did not end: what its threads were doing.
    pub state: String,
}

/// How often a process is given its time again that the machine has had no time for.
const PATIENCE: usize = 10;

/// What a process does that has not ended.
struct Activity {
    /// In hundredths of a second.
    used: u64,
    /// For each thread: `R` runs or would run, `S` sleeps.
    threads: String,
}

impl Activity {
    /// Nothing is known where there is no `/proc`.
    fn of(process: u32) -> Activity {
        let mut activity = Activity { used: 0, threads: String::new() };
        let tasks = std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
        for task in tasks {
            let stat = std::fs::read_to_string(task.path().join("stat")).unwrap_or_default();
            // Behind the name, which stands in parentheses, comes the state; the times are the 12th and 13th word.
            let words: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
            activity.threads.push_str(words.first().copied().unwrap_or("?"));
            let times = words.get(11..13).unwrap_or_default();
            activity.used += times.iter().filter_map(|time| time.parse::<u64>().ok()).sum::<u64>();
        }
        activity
    }

    /// Would it run, and has it had less than a quarter of its time?
    fn is_starved(&self, time: Duration) -> bool {
        self.threads.contains('R') && u128::from(self.used) * 40 < time.as_millis()
    }

    fn told(&self) -> String {
        format!("threads {}, {} hundredths of a second used", self.threads, self.used)
    }
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
        let state = if self.timed_out { format!("did not end: {}", self.state) } else { String::new() };
        format!("code {:?}, signal {:?} {state}\n{start}", self.code, self.signal)
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
    let mut status = wait(&mut child, limits.time);
    let mut state = String::new();
    for _ in 0..PATIENCE {
        if status.is_none() {
            let activity = Activity::of(child.id());
            state = activity.told();
            if !activity.is_starved(limits.time) {
                break;
            }
            status = wait(&mut child, limits.time);
        }
    }
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
        state,
    })
}

#[cfg(test)]
mod tests {
    use super::{Limits, run};
    use std::process::Command;
    use std::time::Duration;

    const SHORT: Limits = Limits { time: Duration::from_millis(300), megabytes: 1000 };

    #[test]
    fn what_sleeps_too_long_has_not_ended() {
        let mut sleeper = Command::new("sleep");
        sleeper.arg("20");
        let outcome = run(&sleeper, SHORT).expect("sleep is there");
        assert!(outcome.timed_out);
        assert!(outcome.told().contains("threads S"), "{}", outcome.told());
    }

    #[test]
    fn memory_has_a_limit() {
        let mut greedy = Command::new("sh");
        greedy.args(["-c", "head -c 3000000000 /dev/zero | tail -c 2999999999 | wc -c"]);
        let outcome = run(&greedy, Limits { time: Duration::from_secs(20), ..SHORT }).expect("sh is there");
        assert_ne!(outcome.stdout.trim(), "2999999999", "{}", outcome.told());
    }
}
