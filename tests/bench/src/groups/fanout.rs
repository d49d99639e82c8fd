//! A room, where each message goes to every connection, against the one that a user writes as a service: server CPU
//! microseconds per delivery.

use crate::Plan;
use crate::affinity;
use crate::measure::Samples;
use crate::programs::Programs;
use crate::server::{SERVER_CORE, Server, number};
use crate::table::{Table, figure};
use std::process::Command;

/// Title, members, messages, messages in a batch.
const CASES: [(&str, &str, &str, &str); 4] = [
    ("1,000 members, one by one", "1000", "600", "1"),
    ("1,000 members, batches of 16", "1000", "3200", "16"),
    ("10,000 members, one by one", "10000", "60", "1"),
    ("10,000 members, batches of 16", "10000", "320", "16"),
];

pub fn run(programs: &Programs, plan: &Plan) -> Result<Table, String> {
    let mut table = Table::new(
        "Fan-out of 125 B, server CPU µs per delivery",
        &["case", "Ws.broadcast", "user's room", "ratio", "deliveries/s"],
    );
    for (title, members, messages, batch) in CASES {
        let (mut ours, mut theirs) = (Samples::default(), Samples::default());
        for _ in 0..plan.rounds {
            measure(programs, programs.room_server(), (members, messages, batch), &mut ours)?;
            measure(programs, programs.snow("users_room.snow"), (members, messages, batch), &mut theirs)?;
        }
        let (room, service) = (ours.median("srv_cpu_s_per_m")?, theirs.median("srv_cpu_s_per_m")?);
        table.row(&[
            title.to_string(),
            figure(room),
            figure(service),
            figure(room / service),
            figure(ours.median("deliveries_s")?),
        ]);
    }
    Ok(table)
}

/// A server of its own for each case: the members of the last one would still be leaving.
fn measure(
    programs: &Programs,
    mut command: Command,
    (members, messages, batch): (&str, &str, &str),
    samples: &mut Samples,
) -> Result<(), String> {
    command.env("SNOW_WORKERS", "1");
    affinity::pin(&mut command, SERVER_CORE);
    let server = Server::start(command)?;
    let flags =
        ["--conns", members, "--msgs", messages, "--depth", batch, "--size", "125", "--binary", "--spin"];
    let line = server.load(programs.loadgen(), "fanout", &flags)?;
    for key in ["srv_cpu_s_per_m", "deliveries_s"] {
        samples.add(key, number(&line, key)?);
    }
    Ok(())
}
