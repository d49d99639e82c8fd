//! Supervisors: a hundred thousand children of which many crash for a minute, and what a restart costs.

use crate::Plan;
use crate::measure::Samples;
use crate::programs::Programs;
use crate::table::{Table, figure};
use crate::watched;

/// As many as `supervision.snow` starts.
const CHILDREN: f64 = 100_000.0;

pub fn run(programs: &Programs, plan: &Plan) -> Result<Table, String> {
    let mut samples = Samples::default();
    for _ in 0..plan.rounds {
        let said = watched::run(programs.snow("supervision.snow"))?;
        check(&said)?;
        samples.join(said);
    }
    let mut table = Table::new("A hundred thousand supervised actors", &["what", "figure"]);
    let mut row = |what: &str, figure: String| table.row(&[what.to_string(), figure]);
    row("start of a child, asked for and answered, ns", figure(samples.median("start_child")?));
    row("crashes in a minute, each restarted", figure(samples.median("crashes")?));
    row("children alive behind it", figure(samples.median("living")?));
    row("end of a child with all others, ns", figure(samples.median("stop_child")?));
    row("from a kill to the first words of the next, ns", figure(samples.median("restart")?));
    for (what, moment) in [("before", "started"), ("after", "over")] {
        row(&format!("resident {what}, MiB"), figure(samples.median(moment)? / 1024.0 / 1024.0));
    }
    Ok(table)
}

/// No child and no restart may be lost.
fn check(said: &Samples) -> Result<(), String> {
    let (alive, living) = (said.median("alive")?, said.median("living")?);
    let (crashes, restarts) = (said.median("crashes")?, said.median("restarts")?);
    if (alive, living) != (CHILDREN, CHILDREN) || crashes != restarts {
        return Err(format!(
            "{alive} children counted, {living} alive; {crashes} crashes, {restarts} restarts"
        ));
    }
    Ok(())
}
