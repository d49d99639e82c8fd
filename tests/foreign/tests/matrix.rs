//! Each client of others against the same servers, over ws and over wss.

use libtest_mimic::Trial;
use snow_clients::server::Server;
use snow_foreign::programs::{node, python};
use snow_foreign::scenes::play;
use snow_foreign::servers::{Scheme, TOLD, authority, echo, refusing};
use snow_foreign::trials::{self, trial};
use std::process::Command;

/// What most clients do; the last one ends the server.
const ALL: [&str; 10] = [
    "messages",
    "fragments",
    "crowd",
    "ping",
    "quiet",
    "subprotocol",
    "clean",
    "unclean",
    "refused",
    "drain",
];

fn main() {
    let mut all: Vec<Trial> = Vec::new();
    for scheme in [Scheme::Ws, Scheme::Wss] {
        let named = |client: &str| format!("{client}_over_{}", scheme.name());
        let websockets = python("websockets.asyncio.client", "clients/python_websockets.py");
        let websockets = websockets.map(|command| (scheme, command));
        all.push(trial(
            &named("python_websockets"),
            "Python's websockets",
            websockets,
            |(scheme, command)| {
                meet(scheme, command, &ALL, 1);
            },
        ));
        let aiohttp = python("aiohttp", "clients/python_aiohttp.py").map(|command| (scheme, command));
        all.push(trial(&named("python_aiohttp"), "Python's aiohttp", aiohttp, |(scheme, command)| {
            let scenes: Vec<&str> = ALL.into_iter().filter(|scene| *scene != "fragments").collect();
            meet(scheme, command, &scenes, 1);
        }));
        let ws = node("ws", "clients/node_ws.js").map(|command| (scheme, command));
        all.push(trial(&named("node_ws"), "Node with its ws", ws, |(scheme, command)| {
            // It breaks off, too, when none of its subprotocols is selected.
            meet(scheme, command, &ALL, 2);
        }));
    }
    trials::run(all);
}

/// The client must do all of this, break off so often, and the server must have seen it as it was.
fn meet(scheme: Scheme, mut command: Command, scenes: &[&str], broken_off: usize) {
    let authority = authority("server", &["localhost"]);
    let mut server = echo(scheme, &authority, &TOLD);
    let refusing = refusing(scheme, &authority, &[]);
    let url = |server: &Server| format!("{}://localhost:{}/", scheme.name(), server.port);
    command.args([url(&server), url(&refusing), authority.path("authority.pem")]);
    let mut drains = false;
    play(command, scenes, &mut server, |server, said| {
        if !drains && said.contains("drain me\n") {
            drains = true;
            server.signal(libc::SIGTERM);
        }
    });
    assert_eq!(server.await_end(), Some(0), "{}", server.said());
    let log = server.stderr();
    let ends = |text: &str| log.lines().filter(|line| line.contains(text)).count();
    assert_eq!(ends("code=4000 by=peer reason=bye"), 1, "the clean end");
    assert_eq!(ends("code=1006 by=loss"), broken_off, "the unclean ends");
    assert_eq!(ends("code=1001 by=server"), 1, "the drain");
    assert_eq!(ends("no sign of life"), 0, "unanswered pings");
}
