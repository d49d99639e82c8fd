//! The echo server over TLS, against itself without TLS and against a bare echo by rustls' own server: messages,
//! handshakes, memory, and how long a message waits while a thousand clients come.

use crate::Plan;
use crate::affinity;
use crate::measure::Samples;
use crate::programs::Programs;
use crate::server::{SERVER_CORE, Server, number};
use crate::table::{Table, figure};
use std::time::Duration;

/// Title, generator flags.
const MESSAGES: [(&str, &[&str]); 4] = [
    ("125 B, 1 in flight, CPU µs", &["--size", "125", "--depth", "1"]),
    ("125 B, 16 in flight, CPU µs", &["--size", "125", "--depth", "16"]),
    ("16 KiB, 1 in flight, CPU µs", &["--size", "16K", "--depth", "1"]),
    ("1 MiB, 1 in flight, CPU µs", &["--size", "1M", "--depth", "1", "--secs", "4"]),
];
const COMMON: [&str; 7] = ["--conns", "100", "--secs", "2", "--warmup", "0.5", "--spin"];
const HANDSHAKES: [&str; 8] = ["--tls", "--inflight", "16", "--secs", "2", "--warmup", "0.5", "--spin"];
const STORM: [&str; 8] = ["--tls", "--conns", "1000", "--size", "125", "--secs", "1", "--spin"];
/// Connections that are held to see what one takes: so many, and then so many.
const IDLE: [usize; 2] = [2000, 5000];

/// Who is measured: what they are called in the table, and what the generator must be told of them.
struct Peer {
    name: &'static str,
    server: Server,
    flags: &'static [&'static str],
}

pub fn run(programs: &Programs, plan: &Plan) -> Result<Table, String> {
    let files = programs.certificate()?;
    let pinned = |mut command| {
        affinity::pin(&mut command, SERVER_CORE);
        command
    };
    let snow = |mut command: std::process::Command| {
        command.env("SNOW_WORKERS", "1");
        Server::start(pinned(command))
    };
    let peers = [
        Peer { name: "wss", server: snow(programs.tls_echo_server(&files))?, flags: &["--tls"] },
        Peer { name: "ws", server: snow(programs.echo_server())?, flags: &[] },
        Peer {
            name: "floor",
            server: Server::start_floor(pinned(programs.tls_floor(&files)))?,
            flags: &["--tls", "--raw"],
        },
    ];
    let [wss, _, floor] = &peers;
    let mut samples = Samples::default();

    // Before any of them has been busy, so that what is left behind is not taken for free.
    for peer in &peers {
        let mut resident = Vec::new();
        for connections in IDLE {
            let connections = connections.to_string();
            let flags = [&["--conns", &connections, "--hold", "3", "--timeout", "120"], peer.flags].concat();
            let line = peer.server.load(programs.loadgen(), "idle", &flags)?;
            resident.push(number(&line, "rss_kb")? * 1024.0);
            std::thread::sleep(Duration::from_secs(3));
        }
        samples.add(&format!("idle {}", peer.name), (resident[1] - resident[0]) / (IDLE[1] - IDLE[0]) as f64);
    }
    for _ in 0..plan.rounds {
        for (title, own) in MESSAGES {
            for peer in &peers {
                let flags = [&COMMON, own, peer.flags].concat();
                let line = peer
                    .server
                    .load(programs.loadgen(), "echo", &flags)
                    .map_err(|why| format!("{title}: {why}"))?;
                samples.add(&format!("{title} {}", peer.name), number(&line, "srv_cpu_s_per_m")?);
            }
        }
        for peer in [wss, floor] {
            for (kind, more) in [("full", &[][..]), ("resumed", &["--resume"])] {
                let flags = [&HANDSHAKES, more].concat();
                let line = peer.server.load(programs.loadgen(), "handshake", &flags)?;
                samples.add(&format!("{kind} {}", peer.name), number(&line, "hs_srv_cpu_us")?);
                samples.add(&format!("{kind} {} a second", peer.name), number(&line, "handshakes_s")?);
            }
            let flags = [&STORM, peer.flags].concat();
            let line = peer.server.load(programs.loadgen(), "storm", &flags)?;
            for key in ["alone_max_us", "p50_us", "max_us"] {
                samples.add(&format!("{key} {}", peer.name), number(&line, key)? / 1000.0);
            }
            samples.add(&format!("storm_s {}", peer.name), number(&line, "storm_s")?);
        }
    }
    table(&samples)
}

fn table(samples: &Samples) -> Result<Table, String> {
    let mut table = Table::new(
        "TLS, server CPU µs for a message or a handshake",
        &["what", "wss", "ws", "TLS floor", "wss / ws", "wss / floor"],
    );
    let mut row = |title: &str, key: &str, has_plain: bool| {
        let of = |name: &str| samples.median(&format!("{key} {name}"));
        let (wss, floor) = (of("wss")?, of("floor")?);
        let ws = if has_plain { Some(of("ws")?) } else { None };
        let or_none = |value: Option<f64>| value.map_or("—".to_string(), figure);
        table.row(&[
            title.to_string(),
            figure(wss),
            or_none(ws),
            figure(floor),
            or_none(ws.map(|ws| wss / ws)),
            figure(wss / floor),
        ]);
        Ok::<(), String>(())
    };
    for (title, _) in MESSAGES {
        row(title, title, true)?;
    }
    row("full handshake, ECDSA P-256, CPU µs", "full", false)?;
    row("resumed handshake, CPU µs", "resumed", false)?;
    row("bytes of an idle connection, slope from 2,000 to 5,000", "idle", true)?;
    row("an echo alone, greatest delay, ms", "alone_max_us", false)?;
    row("an echo beside a storm of 1,000 handshakes, median, ms", "p50_us", false)?;
    row("the same, greatest delay, ms", "max_us", false)?;
    for name in ["wss", "floor"] {
        let of = |what: &str| samples.median(&format!("{what} {name}"));
        let of_rate = |kind: &str| samples.median(&format!("{kind} {name} a second"));
        table.note(&format!(
            "{name}: a resumed handshake costs {} of a full one; {} full and {} resumed a second; the storm took {} s.",
            figure(of("resumed")? / of("full")?),
            figure(of_rate("full")?),
            figure(of_rate("resumed")?),
            figure(of("storm_s")?),
        ));
    }
    Ok(table)
}
