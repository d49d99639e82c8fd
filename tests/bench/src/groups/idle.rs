//! Connections that are open and say nothing.

use crate::Plan;
use crate::programs::Programs;
use crate::server::{Server, memory, number};
use crate::table::{Table, figure};
use std::time::Duration;

pub fn run(programs: &Programs, _plan: &Plan) -> Result<Table, String> {
    let server = Server::start(programs.echo_server())?;
    std::thread::sleep(Duration::from_secs(2));
    let before = memory(server.pid(), "VmRSS")?;
    let load = |connections: &str, touch: bool| {
        let mut flags = vec!["--conns", connections, "--hold", "3", "--timeout", "120"];
        if touch {
            flags.push("--touch");
        }
        let line = server.load(programs.loadgen(), "idle", &flags)?;
        std::thread::sleep(Duration::from_secs(3));
        Ok::<String, String>(line)
    };
    let small = load("5000", false)?;
    let large = load("9000", false)?;
    let slope = (number(&large, "rss_kb")? - number(&small, "rss_kb")?) * 1024.0 / 4000.0;
    let touched = load("9000", true)?;
    std::thread::sleep(Duration::from_secs(5));
    let after = memory(server.pid(), "VmRSS")?;
    let mebibytes = |bytes: f64| figure(bytes / 1024.0 / 1024.0);

    let mut table = Table::new("Idle connections", &["what", "figure"]);
    let mut row = |what: &str, figure: String| table.row(&[what.to_string(), figure]);
    row("bytes for each connection, slope from 5,000 to 9,000", figure(slope));
    row(
        "bytes for each of 9,000 after one message on each",
        number(&touched, "bytes_per_conn_touched").map(figure)?,
    );
    row("server CPU for a handshake, µs", number(&large, "hs_srv_cpu_us").map(figure)?);
    row("handshakes a second", number(&large, "handshakes_s").map(figure)?);
    row("closed by the server meanwhile", number(&large, "closed").map(figure)?);
    row("resident before the first connection, MiB", mebibytes(before));
    row("resident with 9,000, MiB", number(&large, "rss_kb").map(|kilobytes| mebibytes(kilobytes * 1024.0))?);
    row("resident five seconds after the last, MiB", mebibytes(after));
    Ok(table)
}
