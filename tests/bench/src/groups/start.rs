//! From the start of the process until the server listens.

use crate::Plan;
use crate::measure::Samples;
use crate::programs::{Programs, output_of};
use crate::server::Server;
use crate::table::{Table, figure};
use std::time::Instant;

pub fn run(programs: &Programs, plan: &Plan) -> Result<Table, String> {
    programs.built_echo_server()?;
    let mut samples = Samples::default();
    for _ in 0..plan.rounds {
        let server = Server::start(programs.echo_server())?;
        samples.add("run", server.started.as_secs_f64() * 1e3);
        drop(server);
        let server = Server::start(programs.built_echo_server()?)?;
        samples.add("built", server.started.as_secs_f64() * 1e3);
        drop(server);
        let begun = Instant::now();
        output_of(programs.snow("hello.snow"))?;
        samples.add("hello", begun.elapsed().as_secs_f64() * 1e3);
    }
    let mut table = Table::new("Start, ms", &["what", "median"]);
    for (name, title) in [
        ("run", "`snowc run` of the echo server until it listens"),
        ("built", "the built echo server until it listens"),
        ("hello", "`snowc run` of a program of one line, to its end"),
    ] {
        table.row(&[title.to_string(), figure(samples.median(name)?)]);
    }
    Ok(table)
}
