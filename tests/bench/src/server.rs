//! A server under load: started, pinned, watched, ended.

use crate::affinity;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The server's core and the generator's: each has one of its own.
pub const SERVER_CORE: usize = 0;
pub const GENERATOR_CORE: usize = 1;

pub struct Server {
    child: Child,
    pub port: u16,
    /// From the start of the process until it accepted a connection.
    pub started: Duration,
}

impl Server {
    /// Starts a server that takes its port from `PORT`.
    pub fn start(mut command: Command) -> Result<Server, String> {
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .map_err(|error| format!("no free port: {error}"))?
            .port();
        command.env("PORT", port.to_string()).env("WS_MAX_MESSAGE_BYTES", "16777216");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit());
        let begun = Instant::now();
        let child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
        let mut server = Server { child, port, started: Duration::ZERO };
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if let Ok(Some(status)) = server.child.try_wait() {
                return Err(format!("{command:?} ended at once: {status}"));
            }
            if begun.elapsed() > Duration::from_secs(30) {
                return Err(format!("{command:?} does not listen on port {port}"));
            }
            std::thread::sleep(Duration::from_micros(500));
        }
        server.started = begun.elapsed();
        Ok(server)
    }

    /// Starts the bare echo, by TCP or TLS, with one thread; it picks its port.
    pub fn start_floor(mut command: Command) -> Result<Server, String> {
        command.args(["0", "1"]).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            let _ = BufReader::new(stdout).read_line(&mut line);
        }
        let port = line.trim().parse().map_err(|_| format!("{command:?} told no port"));
        let server = Server { child, port: *port.as_ref().unwrap_or(&0), started: Duration::ZERO };
        port.map(|_| server)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Runs the load generator on its own core against this server; its line of JSON.
    pub fn load(&self, mut generator: Command, mode: &str, flags: &[&str]) -> Result<String, String> {
        generator.arg(mode).arg(format!("127.0.0.1:{}/", self.port)).args(["--pid", &self.pid().to_string()]);
        generator.args(flags);
        affinity::pin(&mut generator, GENERATOR_CORE);
        crate::programs::output_of(generator)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A number in the generator's line.
pub fn number(json: &str, key: &str) -> Result<f64, String> {
    let start =
        json.find(&format!("\"{key}\":")).ok_or_else(|| format!("no {key} in {json}"))? + key.len() + 3;
    let end = json[start..].find([',', '}']).map_or(json.len(), |length| start + length);
    json[start..end].parse().map_err(|_| format!("{key} is no number in {json}"))
}

/// A value in kB from `/proc/PID/status`, in bytes.
pub fn memory(pid: u32, key: &str) -> Result<f64, String> {
    let path = format!("/proc/{pid}/status");
    let status = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    status
        .lines()
        .find_map(|line| {
            line.strip_prefix(key)?.strip_prefix(':')?.trim().strip_suffix("kB")?.trim().parse().ok()
        })
        .map(|kilobytes: f64| kilobytes * 1024.0)
        .ok_or_else(|| format!("no {key} in {path}"))
}
