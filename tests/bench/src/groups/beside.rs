//! The latency of an echo while other actors of the same server are busy.

use crate::Plan;
use crate::affinity;
use crate::measure::Samples;
use crate::programs::Programs;
use crate::server::{SERVER_CORE, Server, memory, number};
use crate::table::{Table, figure};
use std::time::Duration;

/// `BESIDE`, and what it means.
const COMPANY: [(&str, &str); 4] = [
    ("nothing", "alone"),
    ("spinning", "beside an actor that spins"),
    ("collecting", "beside an actor that collects 100 MiB"),
    ("both", "beside both"),
];

/// So long the collecting actor takes to have its 100 MiB.
const GROWING: Duration = Duration::from_secs(4);

const LOAD: [&str; 8] = ["--conns", "10", "--depth", "1", "--secs", "5", "--warmup", "1"];

pub fn run(programs: &Programs, plan: &Plan) -> Result<Table, String> {
    let mut table = Table::new(
        "Echo of 125 B beside busy actors, 10 connections, µs",
        &["workers", "what", "p50", "p99", "p99.9", "greatest", "resident, MiB"],
    );
    let mut samples = Samples::default();
    let key = |workers: &str, company: &str, what: &str| format!("{workers} {company} {what}");
    for _ in 0..plan.rounds {
        for workers in ["1", "2"] {
            for (company, _) in COMPANY {
                let mut command = programs.snow("echo_beside.snow");
                command.env("SNOW_WORKERS", workers).env("BESIDE", company);
                // Two workers share the generator's core with it.
                if workers == "1" {
                    affinity::pin(&mut command, SERVER_CORE);
                }
                let server = Server::start(command)?;
                std::thread::sleep(GROWING);
                let line = server.load(programs.loadgen(), "echo", &LOAD)?;
                for what in ["p50_us", "p99_us", "p999_us", "max_us"] {
                    samples.add(&key(workers, company, what), number(&line, what)?);
                }
                samples.add(&key(workers, company, "memory"), memory(server.pid(), "VmRSS")? / 1048576.0);
            }
        }
    }
    for workers in ["1", "2"] {
        for (company, title) in COMPANY {
            let median = |what: &str| samples.median(&key(workers, company, what)).map(figure);
            table.row(&[
                workers.to_string(),
                title.to_string(),
                median("p50_us")?,
                median("p99_us")?,
                median("p999_us")?,
                median("max_us")?,
                median("memory")?,
            ]);
        }
    }
    Ok(table)
}
