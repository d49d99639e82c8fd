//! The collector and the scheduler: memory under garbage, latency beside busy neighbours.

use crate::Plan;
use crate::affinity;
use crate::measure::Samples;
use crate::programs::{Programs, output_of};
use crate::server::{SERVER_CORE, memory};
use crate::table::{Table, figure};
use std::process::Stdio;
use std::time::Duration;

pub fn run(programs: &Programs, plan: &Plan) -> Result<Table, String> {
    let mut samples = Samples::default();
    for _ in 0..plan.rounds {
        let mut command = programs.snow("latency.snow");
        command.env("SNOW_WORKERS", "1");
        affinity::pin(&mut command, SERVER_CORE);
        samples.add_lines(&output_of(command)?)?;
    }
    // At the same time: memory is measured here, not speed.
    let (objects, blobs) = std::thread::scope(|scope| {
        let objects = scope.spawn(|| peak(programs, "garbage.snow"));
        let blobs = peak(programs, "garbage_blobs.snow");
        (objects.join().expect("measuring does not panic"), blobs)
    });
    let (objects, blobs) = (objects?, blobs?);
    let mut table = Table::new("Collector and scheduler", &["what", "median", "p99", "greatest"]);
    for (name, title) in [
        ("alone", "lateness of a 1 ms timer, alone, µs"),
        ("spinning", "beside an actor that spins, µs"),
        ("collecting", "beside an actor that allocates and collects, µs"),
    ] {
        let value = |part: &str| samples.median(&format!("{name}_{part}")).map(|ns| figure(ns / 1000.0));
        table.row(&[title.to_string(), value("p50")?, value("p99")?, value("max")?]);
    }
    table.note(&format!(
        "Peak resident memory under a minute of small garbage: {objects}; of large bytes: {blobs}."
    ));
    Ok(table)
}

/// The greatest resident memory of a program that allocates for a minute.
fn peak(programs: &Programs, name: &str) -> Result<String, String> {
    let mut command = programs.snow(name);
    command.env("SECONDS", "60");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .map_err(|error| format!("{command:?}: {error}"))?;
    let mut greatest = 0.0;
    let status = loop {
        if let Ok(bytes) = memory(child.id(), "VmHWM") {
            greatest = bytes;
        }
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) => std::thread::sleep(Duration::from_millis(20)),
            Err(error) => return Err(format!("{command:?}: {error}")),
        }
    };
    if !status.success() {
        return Err(format!("{command:?}: {status}"));
    }
    Ok(format!("{} MiB", figure(greatest / 1024.0 / 1024.0)))
}
