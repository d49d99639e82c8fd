//! The echo server with two workers against one.

use crate::Plan;
use crate::affinity;
use crate::measure::Samples;
use crate::programs::Programs;
use crate::server::{SERVER_CORE, Server, number};
use crate::table::{Table, figure};

/// Title, turns of work for each message, generator flags.
///
/// With two cores the generator has to share one with the server: where a message costs the generator as much
/// as the server, throughput cannot double, and the CPU for each message tells what a second worker costs.
/// Where a message costs the server far more, the generator is not the limit.
const CASES: [(&str, &str, &[&str]); 4] = [
    ("125 B, 1 in flight", "0", &["--size", "125", "--depth", "1"]),
    ("125 B, 16 in flight", "0", &["--size", "125", "--depth", "16"]),
    ("16 KiB, 1 in flight", "0", &["--size", "16K", "--depth", "1"]),
    ("125 B, each after some 50 µs of work", "50000", &["--size", "125", "--depth", "1"]),
];

const COMMON: [&str; 6] = ["--conns", "100", "--secs", "3", "--warmup", "1"];

pub fn run(programs: &Programs, plan: &Plan) -> Result<Table, String> {
    let mut table = Table::new(
        "Echo with two workers against one, 100 connections",
        &["case", "CPU µs, one", "two", "two / one", "messages/s, one", "two", "two / one", "generator µs"],
    );
    for (title, work, flags) in CASES {
        let start = |workers: &str| {
            let mut command = programs.snow("echo_beside.snow");
            command.env("SNOW_WORKERS", workers).env("WORK", work);
            if workers == "1" {
                affinity::pin(&mut command, SERVER_CORE);
            }
            Server::start(command)
        };
        let (one, two) = (start("1")?, start("2")?);
        let flags: Vec<&str> = COMMON.iter().chain(flags).copied().collect();
        let (mut alone, mut both) = (Samples::default(), Samples::default());
        for _ in 0..plan.rounds {
            for (server, samples) in [(&one, &mut alone), (&two, &mut both)] {
                let line = server.load(programs.loadgen(), "echo", &flags)?;
                for key in ["srv_cpu_s_per_m", "msgs_s", "gen_cpu_s_per_m"] {
                    samples.add(key, number(&line, key)?);
                }
            }
        }
        let (cpu_one, cpu_two) = (alone.median("srv_cpu_s_per_m")?, both.median("srv_cpu_s_per_m")?);
        let (rate_one, rate_two) = (alone.median("msgs_s")?, both.median("msgs_s")?);
        table.row(&[
            title.to_string(),
            figure(cpu_one),
            figure(cpu_two),
            figure(cpu_two / cpu_one),
            figure(rate_one),
            figure(rate_two),
            figure(rate_two / rate_one),
            figure(both.median("gen_cpu_s_per_m")?),
        ]);
    }
    table.note("One worker is pinned to its core and has it alone; two share the generator's core with it.");
    Ok(table)
}
