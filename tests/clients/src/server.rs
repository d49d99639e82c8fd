//! Snow's echo server as a process of its own.

use crate::bridge;
use crate::tls::Authority;
use snow_tests::process::{self, Collected, Finished, PATIENCE};
use snow_tests::{compiler, repository};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use tungstenite::{Message, WebSocket};

/// How long compiling and starting may take, on a busy machine with an unoptimised compiler.
const START: Duration = Duration::from_secs(120);

pub type Client = WebSocket<TcpStream>;

/// A running echo server; it ends with this value.
pub struct Server {
    child: Child,
    stdout: Collected,
    stderr: Collected,
    pub port: u16,
    /// Of a server over a bridge, whose certificate must stay.
    authority: Option<Authority>,
}

/// The example that is the server under test.
pub fn echo_source() -> std::path::PathBuf {
    example("echo")
}

fn example(name: &str) -> std::path::PathBuf {
    repository().join(format!("stdlib/ws/examples/{name}.snow"))
}

/// A program of these tests.
pub fn program(name: &str) -> std::path::PathBuf {
    repository().join(format!("tests/clients/programs/{name}.snow"))
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("some port is free");
    listener.local_addr().expect("a listener has an address").port()
}

/// Is this a line that a server of `Ws` has written to the log?
pub fn is_logged(line: &str) -> bool {
    line.starts_with("time=") && line.contains(" message=\"ws: ")
}

/// Are the tests of ws to be tests of wss?
fn is_over_tls() -> bool {
    std::env::var("SNOW_CLIENTS_OVER").is_ok_and(|way| way == "tls")
}

impl Server {
    /// `snowc run` on the echo example with these variables set. Where the variable `SNOW_CLIENTS_OVER` is `tls`, that is
    /// the one that speaks TLS, and clients go over a bridge.
    ///
    /// # Panics
    /// When it does not listen: with everything that it said.
    pub fn start(variables: &[(&str, &str)]) -> Server {
        if is_over_tls() {
            return Server::over_bridge(|authority| authority.serve(variables));
        }
        Server::start_source(&echo_source(), variables)
    }

    fn over_bridge(start: impl FnOnce(&Authority) -> Server) -> Server {
        let authority = Authority::new();
        let mut server = start(&authority);
        server.port = bridge::open(server.port, &authority);
        server.authority = Some(authority);
        server
    }

    /// `snowc run` on a source with these variables set.
    pub fn start_source(source: &Path, variables: &[(&str, &str)]) -> Server {
        let mut command = compiler::command();
        command.arg("run").arg(source).envs(variables.iter().copied());
        Server::spawn(command)
    }

    /// The same at a port that another server has left.
    pub fn start_source_at(port: u16, source: &Path, variables: &[(&str, &str)]) -> Server {
        let mut command = compiler::command();
        command.arg("run").arg(source).envs(variables.iter().copied()).stdin(Stdio::null());
        let mut server = Server::begin_at(port, command);
        server.await_listening();
        server
    }

    /// `snowc run` on another example.
    pub fn start_example(name: &str) -> Server {
        Server::start_example_with(name, &[])
    }

    /// The same with these variables set.
    pub fn start_example_with(name: &str, variables: &[(&str, &str)]) -> Server {
        Server::start_source(&example(name), variables)
    }

    /// `snowc run` on a program of these tests, with these variables set. Where `SNOW_CLIENTS_OVER` is `tls`, it must be
    /// one that speaks TLS when `WS_CERT` and `WS_KEY` name its files, and clients go over a bridge.
    pub fn start_program(name: &str, variables: &[(&str, &str)]) -> Server {
        if is_over_tls() {
            return Server::over_bridge(|authority| authority.serve_program(name, variables));
        }
        Server::start_source(&program(name), variables)
    }

    /// The same, wherever it says that it listens.
    pub fn start_announced(name: &str, variables: &[(&str, &str)]) -> Server {
        let mut command = compiler::command();
        command.arg("run").arg(program(name)).envs(variables.iter().copied());
        Server::spawn_announced(command)
    }

    /// The same with a listening socket that it is handed as systemd does it, with the number 3.
    pub fn start_handed_over(name: &str, listener: &TcpListener, variables: &[(&str, &str)]) -> Server {
        let mut command = Command::new("sh");
        let script = "export LISTEN_PID=$$ LISTEN_FDS=1; exec \"$0\" \"$@\" 3<&0 0</dev/null";
        command.args(["-c", script]).arg(compiler::snowc()).arg("run").arg(program(name));
        let listener = listener.try_clone().expect("a descriptor is free");
        command.envs(variables.iter().copied()).stdin(Stdio::from(std::os::fd::OwnedFd::from(listener)));
        Server::spawn_announced(command)
    }

    /// `snowc run` on a program of these tests which is to end by itself.
    pub fn run_program(name: &str, variables: &[(&str, &str)]) -> Finished {
        let mut command = compiler::command();
        command.arg("run").arg(program(name)).envs(variables.iter().copied());
        process::run(&mut command, START)
    }

    /// The echo example, with no more than so many open files.
    pub fn start_with_files(limit: usize, variables: &[(&str, &str)]) -> Server {
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -n \"$0\" && exec \"$@\"", &limit.to_string()]);
        command.arg(compiler::snowc()).arg("run").arg(echo_source()).envs(variables.iter().copied());
        Server::spawn(command)
    }

    /// A built server in an empty environment, with nothing but its port.
    pub fn start_executable(executable: &Path, folder: &Path) -> Server {
        let mut command = Command::new(executable);
        command.env_clear().current_dir(folder);
        Server::spawn(command)
    }

    fn spawn(mut command: Command) -> Server {
        command.stdin(Stdio::null());
        let mut server = Server::begin(command);
        server.await_listening();
        server
    }

    fn spawn_announced(command: Command) -> Server {
        let mut server = Server::begin(command);
        let end = Instant::now() + START;
        while !server.stderr().contains("listening on ") {
            server.assert_alive();
            assert!(Instant::now() < end, "the server did not listen in {START:?}\n{}", server.said());
            std::thread::sleep(Duration::from_millis(10));
        }
        server
    }

    fn begin(command: Command) -> Server {
        Server::begin_at(free_port(), command)
    }

    fn begin_at(port: u16, mut command: Command) -> Server {
        command.env("PORT", port.to_string());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let stdout = Collected::new(child.stdout.take().expect("stdout is piped"));
        let stderr = Collected::new(child.stderr.take().expect("stderr is piped"));
        Server { child, stdout, stderr, port, authority: None }
    }

    fn await_listening(&mut self) {
        let end = Instant::now() + START;
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            self.assert_alive();
            assert!(
                Instant::now() < end,
                "the server did not listen on port {} in {START:?}\n{}",
                self.port,
                self.said()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Everything that it printed so far.
    pub fn said(&self) -> String {
        format!("stdout: {}\nstderr: {}", self.stdout.so_far(), self.stderr.so_far())
    }

    /// What it wrote to stderr so far.
    pub fn stderr(&self) -> String {
        self.stderr.so_far()
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: i32) {
        // SAFETY: a signal to our own child, which has not been waited for.
        assert_eq!(unsafe { libc::kill(self.pid() as i32, signal) }, 0);
    }

    /// How it ends; `None` when it still runs after this time.
    pub fn ends_within(&mut self, time: Duration) -> Option<ExitStatus> {
        process::wait(&mut self.child, time)
    }

    /// How many descriptors it has open.
    pub fn descriptors(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.pid())).map_or(0, Iterator::count)
    }

    /// How many bytes it has in memory.
    ///
    /// # Panics
    /// When it is gone.
    pub fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).expect("it is alive");
        let line =
            status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a live process has memory");
        let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number of kB");
        kilobytes * 1024
    }

    /// How much processor time it has used, in clock ticks of which a second has a hundred.
    pub fn ticks(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid())).expect("it is alive");
        // Behind the name in parentheses; user and system time are the 14th and 15th fields of the line.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let field = |at: usize| fields[at].parse::<u64>().expect("times are numbers");
        field(11) + field(12)
    }

    /// A connected client, past its handshake.
    pub fn client(&self) -> Client {
        self.client_at("/")
    }

    /// The same, for what stands behind the host in the address.
    pub fn client_at(&self, target: &str) -> Client {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the server accepts");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout can be set");
        stream.set_nodelay(true).expect("an option can be set");
        let url = format!("ws://127.0.0.1:{}{target}", self.port);
        let (client, _) =
            tungstenite::client(url, stream).unwrap_or_else(|error| panic!("handshake: {error}"));
        client
    }

    /// It must not have ended.
    pub fn assert_alive(&mut self) {
        if let Ok(Some(status)) = self.child.try_wait() {
            // The last words may still be in the pipe.
            std::thread::sleep(Duration::from_millis(100));
            panic!("the server is gone ({status})\n{}", self.said());
        }
    }

    /// Waits until it has ended by itself: its exit code.
    pub fn await_end(&mut self) -> Option<i32> {
        process::wait(&mut self.child, PATIENCE).and_then(|status| status.code())
    }

    /// A new client must be served at once, whatever happened before.
    pub fn assert_serving(&mut self) {
        self.assert_alive();
        let begun = Instant::now();
        let mut client = self.client();
        client.send(Message::text("still there?")).expect("a message can be sent");
        assert_eq!(client.read().expect("an echo"), Message::text("still there?"));
        assert!(begun.elapsed() < Duration::from_secs(5), "a new client waited {:?}", begun.elapsed());
    }

    /// Waits until it has no more descriptors open than before a test's clients came.
    pub fn await_descriptors(&self, before: usize) {
        let end = Instant::now() + PATIENCE;
        while self.descriptors() > before {
            assert!(
                Instant::now() < end,
                "{} descriptors are open, {before} were before the clients came",
                self.descriptors()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = process::wait(&mut self.child, Duration::from_secs(10));
    }
}
