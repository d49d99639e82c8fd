//! Timers: what setting, cancelling and firing one costs, alone and beside a million that wait.

use crate::Plan;
use crate::affinity;
use crate::measure::Samples;
use crate::programs::{Programs, output_of};
use crate::server::SERVER_CORE;
use crate::table::{Table, figure};

pub fn run(programs: &Programs, plan: &Plan) -> Result<Table, String> {
    let mut samples = Samples::default();
    for _ in 0..plan.rounds {
        let mut command = programs.snow("timers.snow");
        command.env("SNOW_WORKERS", "1");
        affinity::pin(&mut command, SERVER_CORE);
        samples.add_lines(&output_of(command)?)?;
    }
    let mut table = Table::new("Timers, ns each", &["what", "alone", "beside a million"]);
    for (name, title) in [("cancelled", "set and cancel"), ("fired", "set, fire, receive")] {
        let value = |held: &str| samples.median(&format!("{name}_{held}")).map(figure);
        table.row(&[title.to_string(), value("0")?, value("1000000")?]);
    }
    table.note(&format!("Setting one of the million: {} ns.", figure(samples.median("set")?)));
    Ok(table)
}
