//! The programs that are measured: built first, then run.

use crate::affinity;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A certificate and its key, in PEM.
pub struct Files {
    pub chain: PathBuf,
    pub key: PathBuf,
}

pub struct Programs {
    repository: PathBuf,
    /// Where the release executables lie.
    release: PathBuf,
    work: PathBuf,
}

impl Programs {
    /// Builds `snowc`, `loadgen` and `floor` in the release profile.
    pub fn build() -> Result<Programs, String> {
        affinity::raise_file_limit();
        let repository = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(path) => PathBuf::from(path),
            None => repository.join("target"),
        };
        let status = Command::new(env!("CARGO"))
            .args(["build", "--release", "--quiet", "--workspace", "--bins", "--exclude", "snow-bench"])
            .current_dir(&repository)
            .status()
            .map_err(|error| format!("cargo: {error}"))?;
        if !status.success() {
            return Err("the programs to measure could not be built".to_string());
        }
        let work = target.join("bench");
        std::fs::create_dir_all(&work).map_err(|error| format!("{}: {error}", work.display()))?;
        Ok(Programs { repository, release: target.join("release"), work })
    }

    pub fn loadgen(&self) -> Command {
        Command::new(self.release.join("loadgen"))
    }

    pub fn floor(&self) -> Command {
        Command::new(self.release.join("floor"))
    }

    /// `snowc run` on a file of `tests/bench/snow`.
    pub fn snow(&self, name: &str) -> Command {
        let mut command = Command::new(self.release.join("snowc"));
        command.arg("run").arg(self.repository.join("tests/bench/snow").join(name));
        command
    }

    /// `snowc run` on the echo server.
    pub fn echo_server(&self) -> Command {
        let mut command = Command::new(self.release.join("snowc"));
        command.arg("run").arg(self.echo_source());
        command
    }

    /// `snowc run` on the echo server over TLS, with this certificate and key.
    pub fn tls_echo_server(&self, files: &Files) -> Command {
        let mut command = Command::new(self.release.join("snowc"));
        command.arg("run").arg(self.repository.join("stdlib/ws/examples/echo_tls.snow"));
        command.env("WS_CERT", &files.chain).env("WS_KEY", &files.key);
        command
    }

    /// The bare echo over TLS, with this certificate and key.
    pub fn tls_floor(&self, files: &Files) -> Command {
        let mut command = self.floor();
        command.arg("--tls").arg(&files.chain).arg(&files.key);
        command
    }

    /// A certificate for this machine that is made now, with an ECDSA key on P-256; and the key.
    pub fn certificate(&self) -> Result<Files, String> {
        let names = ["localhost", "*.loadgen.test"].map(String::from);
        let made = rcgen::generate_simple_self_signed(names).map_err(|error| error.to_string())?;
        let files = Files { chain: self.work.join("tls.pem"), key: self.work.join("tls.key") };
        for (path, text) in [(&files.chain, made.cert.pem()), (&files.key, made.signing_key.serialize_pem())]
        {
            std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        Ok(files)
    }

    /// `snowc run` on the room of the examples.
    pub fn room_server(&self) -> Command {
        let mut command = Command::new(self.release.join("snowc"));
        command.arg("run").arg(self.repository.join("stdlib/ws/examples/room.snow"));
        command
    }

    /// The echo server as an executable of its own.
    pub fn built_echo_server(&self) -> Result<Command, String> {
        let output = self.work.join("echo");
        let mut command = Command::new(self.release.join("snowc"));
        command.arg("build").arg(self.echo_source()).arg("-o").arg(&output);
        output_of(command)?;
        Ok(Command::new(output))
    }

    fn echo_source(&self) -> PathBuf {
        self.repository.join("stdlib/ws/examples/echo.snow")
    }

    /// Compiles a file of `tests/bench/peers` with `cc -O2`.
    pub fn c_peer(&self, name: &str) -> Result<Command, String> {
        let output = self.work.join(name);
        let source = self.repository.join("tests/bench/peers").join(format!("{name}.c"));
        let mut command = Command::new("cc");
        command.arg("-O2").arg("-o").arg(&output).arg(source);
        output_of(command)?;
        Ok(Command::new(output))
    }
}

/// Runs to the end; what it printed, or what went wrong.
pub fn output_of(mut command: Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{command:?}: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{command:?}: {}\n{}", output.status, said.trim_end()));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("{command:?} printed no text"))
}
