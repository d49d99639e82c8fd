//! A million actors: what they cost to spawn, to hold and to end.

use crate::Plan;
use crate::affinity;
use crate::measure::Samples;
use crate::programs::Programs;
use crate::server::SERVER_CORE;
use crate::table::{Table, figure};
use crate::watched;

/// As many as `spawn.snow` starts.
const ACTORS: f64 = 1_000_000.0;

pub fn run(programs: &Programs, plan: &Plan) -> Result<Table, String> {
    let mut samples = Samples::default();
    for _ in 0..plan.rounds {
        let mut command = programs.snow("spawn.snow");
        command.env("SNOW_WORKERS", "1");
        affinity::pin(&mut command, SERVER_CORE);
        samples.join(watched::run(command)?);
    }
    let mut table = Table::new("A million actors", &["what", "figure"]);
    let mut row = |what: &str, figure: String| table.row(&[what.to_string(), figure]);
    row("spawn, the call alone, in bursts of a thousand, ns", figure(samples.median("spawn")?));
    row(
        "spawn, a message each way, and to rest, for each of a million, ns",
        figure(samples.median("settle")?),
    );
    row("wake, end with all it holds, and tell, for each of a million, ns", figure(samples.median("end")?));
    let (before, waiting, over) =
        (samples.median("started")?, samples.median("waiting")?, samples.median("over")?);
    row("bytes of each at rest, the list of all addresses included", figure((waiting - before) / ACTORS));
    for (what, bytes) in [("before", before), ("with all at rest", waiting), ("after the last", over)] {
        row(&format!("resident {what}, MiB"), figure(bytes / 1024.0 / 1024.0));
    }
    Ok(table)
}
