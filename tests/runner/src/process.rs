//! Child processes that cannot outlive their welcome.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long a test waits for an answer before it fails.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// What a process left behind.
#[derive(Debug)]
pub struct Finished {
    pub stdout: String,
    pub stderr: String,
    /// `None`: ended by a signal.
    pub code: Option<i32>,
}

/// Runs a command without input to its end.
///
/// # Panics
/// When it cannot be started or has not ended at the deadline; it is killed then.
pub fn run(command: &mut Command, deadline: Duration) -> Finished {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let stdout = Collected::new(child.stdout.take().expect("stdout is piped"));
    let stderr = Collected::new(child.stderr.take().expect("stderr is piped"));
    let Some(status) = wait(&mut child, deadline) else {
        let _ = child.kill();
        let _ = child.wait();
        panic!(
            "{command:?} did not end in {deadline:?}\nstdout: {}\nstderr: {}",
            stdout.so_far(),
            stderr.so_far()
        );
    };
    Finished { stdout: stdout.finish(), stderr: stderr.finish(), code: status.code() }
}

/// Waits for a child's end; `None` when the time is over.
pub fn wait(child: &mut Child, deadline: Duration) -> Option<std::process::ExitStatus> {
    let end = Instant::now() + deadline;
    loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            return Some(status);
        }
        if Instant::now() >= end {
            return None;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// What a pipe has brought, read by a thread so that the writer never blocks.
pub struct Collected {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

impl Collected {
    pub fn new(mut pipe: impl Read + Send + 'static) -> Collected {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let into = bytes.clone();
        let reader = std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(count @ 1..) = pipe.read(&mut buffer) {
                into.lock().expect("no holder panics").extend_from_slice(&buffer[..count]);
            }
        });
        Collected { bytes, reader }
    }

    pub fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().expect("no holder panics")).into_owned()
    }

    /// Everything up to the pipe's end.
    pub fn finish(self) -> String {
        let _ = self.reader.join();
        String::from_utf8_lossy(&self.bytes.lock().expect("no holder panics")).into_owned()
    }
}
