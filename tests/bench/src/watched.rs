//! A program that says when to look at its memory.

use crate::measure::Samples;
use crate::server::memory;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// Runs a program to its end. It prints lines for `Samples::add_lines`, and single words at the moments at which
/// its resident memory, in bytes, is added under that word, and the greatest so far with `_peak` behind it; it waits
/// there for a while.
pub fn run(mut command: Command) -> Result<Samples, String> {
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
    let stdout = child.stdout.take().ok_or("no stdout")?;
    let mut said = Samples::default();
    let result = BufReader::new(stdout).lines().try_for_each(|line| {
        let line = line.map_err(|error| format!("{command:?}: {error}"))?;
        if line.contains(' ') {
            return said.add_lines(&line);
        }
        said.add(&line, memory(child.id(), "VmRSS")?);
        said.add(&format!("{line}_peak"), memory(child.id(), "VmHWM")?);
        Ok(())
    });
    let _ = child.kill();
    let _ = child.wait();
    result.map(|()| said)
}
