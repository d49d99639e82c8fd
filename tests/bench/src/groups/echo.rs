//! The echo server against the kernel alone: CPU microseconds per message.

use crate::Plan;
use crate::affinity;
use crate::measure::Samples;
use crate::programs::Programs;
use crate::server::{SERVER_CORE, Server, number};
use crate::table::{Table, figure};

/// Title, generator flags.
const CASES: [(&str, &[&str]); 8] = [
    ("16 B, 1 in flight", &["--size", "16", "--depth", "1"]),
    ("125 B, 1 in flight", &["--size", "125", "--depth", "1"]),
    ("125 B, 16 in flight", &["--size", "125", "--depth", "16"]),
    ("1 KiB, 1 in flight", &["--size", "1K", "--depth", "1"]),
    ("16 KiB, 1 in flight", &["--size", "16K", "--depth", "1"]),
    ("16 KiB, 16 in flight", &["--size", "16K", "--depth", "16"]),
    ("16 KiB mixed text, 16 in flight", &["--size", "16K", "--depth", "16", "--utf8"]),
    ("1 MiB, 1 in flight", &["--size", "1M", "--depth", "1", "--secs", "4"]),
];

const COMMON: [&str; 7] = ["--conns", "100", "--secs", "2", "--warmup", "0.5", "--spin"];

pub fn run(programs: &Programs, plan: &Plan) -> Result<Table, String> {
    let mut command = programs.echo_server();
    command.env("SNOW_WORKERS", "1");
    affinity::pin(&mut command, SERVER_CORE);
    let snow = Server::start(command)?;
    let mut command = programs.floor();
    affinity::pin(&mut command, SERVER_CORE);
    let floor = Server::start_floor(command)?;

    let mut table = Table::new(
        "Echo, 100 connections, server CPU µs per message",
        &["case", "Snow", "user", "floor", "Snow / floor", "Snow − floor", "messages/s", "p99 µs"],
    );
    for (title, flags) in CASES {
        let flags: Vec<&str> = COMMON.iter().chain(flags).copied().collect();
        let raw: Vec<&str> = flags.iter().copied().chain(["--raw"]).collect();
        let mut samples = Samples::default();
        for _ in 0..plan.rounds {
            let line =
                snow.load(programs.loadgen(), "echo", &flags).map_err(|why| format!("{title}: {why}"))?;
            for key in ["srv_cpu_s_per_m", "srv_user_s_per_m", "msgs_s", "p99_us"] {
                samples.add(key, number(&line, key)?);
            }
            let line = floor.load(programs.loadgen(), "echo", &raw)?;
            samples.add("floor", number(&line, "srv_cpu_s_per_m")?);
        }
        let (ours, theirs) = (samples.median("srv_cpu_s_per_m")?, samples.median("floor")?);
        table.row(&[
            title.to_string(),
            figure(ours),
            figure(samples.median("srv_user_s_per_m")?),
            figure(theirs),
            figure(ours / theirs),
            figure(ours - theirs),
            figure(samples.median("msgs_s")?),
            figure(samples.median("p99_us")?),
        ]);
    }
    Ok(table)
}
