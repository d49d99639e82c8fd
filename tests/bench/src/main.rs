//! `snow-bench [GROUP …] [--rounds N] [--output FILE]`: measures Snow against its peers.
//!
//! Snow and peer take turns, round by round; the table shows medians and their ratio. Figures move with
//! the machine, ratios hold.

mod affinity;
mod groups;
mod measure;
mod programs;
mod server;
mod table;
mod watched;

use std::process::ExitCode;

const USAGE: &str = "usage: snow-bench [GROUP …] [--rounds N] [--output FILE]
groups (default: all):
  bytes        unmasking and UTF-8 validation against rustc's loop and std
  compute      recursion, loops, arrays, lists against rustc and gcc
  maps         a million entries in a map, counts of words and sorting against im, HashMap and slices
  texts        a million texts made and joined, texts split and replaced in, against String
  json         documents out of types and into them against serde_json
  actors       memory of a parked actor, parking, messages against a coroutine
  spawn        a million actors: to spawn, to hold and to end
  supervision  a hundred thousand supervised actors, a thousand crashes a second for a minute
  timers       setting, cancelling and firing one, alone and beside a million
  echo         CPU per message of the echo server against a bare TCP echo
  tls          the echo server over TLS, against itself without it and a bare rustls echo
  fanout       CPU per delivery of a room against the room that a user writes as a service
  workers      two workers against one
  scaling      the echo server with two workers against one
  idle         memory of an idle connection, and whether it comes back
  collector    peak memory under a minute of garbage, lateness of timers beside busy actors
  beside       latency of an echo beside busy actors
  start        time from start to listening";

/// What to run.
pub struct Plan {
    groups: Vec<String>,
    /// How often each pair is measured.
    pub rounds: usize,
    output: Option<String>,
}

fn parse() -> Result<Plan, String> {
    let mut plan = Plan { groups: Vec::new(), rounds: 5, output: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--rounds" => {
                let value = arguments.next().and_then(|text| text.parse().ok()).filter(|rounds| *rounds > 0);
                plan.rounds = value.ok_or("--rounds needs a number of at least 1")?;
            }
            "--output" => plan.output = Some(arguments.next().ok_or("--output needs a file")?),
            name if groups::ALL.iter().any(|(known, _)| *known == name) => plan.groups.push(name.to_string()),
            other => return Err(format!("unknown: {other}")),
        }
    }
    Ok(plan)
}

fn main() -> ExitCode {
    let plan = match parse() {
        Ok(plan) => plan,
        Err(why) => {
            eprintln!("snow-bench: {why}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&plan) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("snow-bench: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(plan: &Plan) -> Result<(), String> {
    let programs = programs::Programs::build()?;
    let mut text = String::new();
    let mut failed = Vec::new();
    for (name, group) in groups::ALL {
        if !plan.groups.is_empty() && !plan.groups.iter().any(|wanted| wanted == name) {
            continue;
        }
        eprintln!("{name} …");
        match group(&programs, plan) {
            Ok(table) => {
                let table = table.to_string();
                println!("{table}");
                text.push_str(&table);
                text.push('\n');
            }
            // One group that cannot run leaves the others their figures.
            Err(why) => {
                eprintln!("{name}: {why}");
                failed.push(name);
            }
        }
    }
    if let Some(path) = &plan.output {
        std::fs::write(path, text).map_err(|error| format!("{path}: {error}"))?;
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("without figures: {}", failed.join(", "))) }
}
