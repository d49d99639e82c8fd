//! What a second worker brings.

use crate::Plan;
use crate::measure::Samples;
use crate::programs::{Programs, output_of};
use crate::table::{Table, figure};

pub fn run(programs: &Programs, plan: &Plan) -> Result<Table, String> {
    let (mut one, mut two) = (Samples::default(), Samples::default());
    for _ in 0..plan.rounds {
        for (workers, samples) in [("1", &mut one), ("2", &mut two)] {
            let mut command = programs.snow("workers.snow");
            command.env("SNOW_WORKERS", workers);
            samples.add_lines(&output_of(command)?)?;
        }
    }
    let mut table = Table::new("Two workers, ns", &["work", "one", "two", "one / two"]);
    for (name, title) in
        [("computing", "eight actors that compute, a turn"), ("messages", "eight pairs that talk, a message")]
    {
        let (alone, both) = (one.median(name)?, two.median(name)?);
        table.row(&[title.to_string(), figure(alone), figure(both), figure(alone / both)]);
    }
    Ok(table)
}
