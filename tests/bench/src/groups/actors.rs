//! Actors: what one costs while it waits, and what waking it costs.

use crate::Plan;
use crate::affinity;
use crate::measure::{Samples, best};
use crate::programs::{Programs, output_of};
use crate::server::SERVER_CORE;
use crate::table::{Table, figure};
use crate::watched;
use corosensei::{Coroutine, CoroutineResult};

/// As many as `parked.snow` starts.
const PARKED: f64 = 100_000.0;

pub fn run(programs: &Programs, plan: &Plan) -> Result<Table, String> {
    let (mut snow, mut rust) = (Samples::default(), Samples::default());
    for _ in 0..plan.rounds {
        for program in ["actors.snow", "services.snow"] {
            let mut command = programs.snow(program);
            command.env("SNOW_WORKERS", "1");
            affinity::pin(&mut command, SERVER_CORE);
            snow.add_lines(&output_of(command)?)?;
        }
        rust.add("pair", coroutine_pair());
    }
    let memory = bytes_of_a_parked_actor(programs)?;
    let pair = rust.median("pair")?;
    let mut table = Table::new("Actors, ns", &["what", "Snow", "coroutine", "Snow / coroutine"]);
    for (name, title) in [
        ("park_resume", "park and resume, nobody else there"),
        ("hop", "a message to another actor that waits: send, park, resume"),
        ("round_trip", "round trip between two actors"),
        ("spawn", "spawn, run and end"),
        ("call", "call of a service"),
        ("cast", "cast to a service"),
        ("job", "job: start and wait for its outcome"),
    ] {
        let ours = snow.median(name)?;
        table.row(&[title.to_string(), figure(ours), figure(pair), figure(ours / pair)]);
    }
    table.note("The coroutine's figure is one hot resume and suspend of corosensei.");
    table.note(&format!("An actor parked after one message, one of {PARKED}: {memory:.0} bytes resident."));
    Ok(table)
}

fn coroutine_pair() -> f64 {
    const TURNS: usize = 5_000_000;
    let mut coroutine = Coroutine::new(|yielder, mut value: usize| {
        while value != 0 {
            value = yielder.suspend(value);
        }
    });
    let took = best(|| {
        let mut sum = 0;
        for turn in 1..=TURNS {
            if let CoroutineResult::Yield(value) = coroutine.resume(turn) {
                sum += value;
            }
        }
        sum
    });
    coroutine.resume(0);
    took / TURNS as f64
}

fn bytes_of_a_parked_actor(programs: &Programs) -> Result<f64, String> {
    let memory = watched::run(programs.snow("parked.snow"))?;
    Ok((memory.median("parked")? - memory.median("started")?) / PARKED)
}
