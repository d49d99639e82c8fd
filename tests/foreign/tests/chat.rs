//! People in front of the page of the chat, in headless Chromium, over ws and over wss.

use snow_clients::server::Server;
use snow_foreign::programs::{find, python};
use snow_foreign::scenes::play;
use snow_foreign::servers::{Scheme, authority};
use snow_foreign::trials::{self, trial};
use snow_tests::repository;
use std::path::PathBuf;
use std::process::Command;

const SCENES: [&str; 7] = ["talk", "typing", "markup", "reload", "restart", "fast", "quiet"];

fn main() {
    let trials = [Scheme::Ws, Scheme::Wss].map(|scheme| {
        let chromium = find("chromium");
        let people = python("websockets.asyncio.client", "clients/chat.py");
        let programs = people.zip(chromium).map(|(people, chromium)| (scheme, people, chromium));
        let name = format!("chat_over_{}", scheme.name());
        trial(&name, "chromium, or Python's websockets,", programs, |(scheme, people, chromium)| {
            meet(scheme, people, chromium);
        })
    });
    trials::run(trials.into());
}

fn meet(scheme: Scheme, mut people: Command, chromium: PathBuf) {
    let authority = authority("server", &["localhost"]);
    let folder = repository().join("stdlib/ws/examples/chat");
    let public = folder.join("public").display().to_string();
    let (chain, key) = (authority.path("server.pem"), authority.path("server.key"));
    let mut variables = vec![("PUBLIC", public.as_str()), ("WS_DRAIN_MS", "500")];
    if scheme == Scheme::Wss {
        variables.extend([("WS_CERT", chain.as_str()), ("WS_KEY", key.as_str())]);
    }
    let mut server = Server::start_source(&folder, &variables);
    let port = server.port;
    let http = if scheme == Scheme::Wss { "https" } else { "http" };
    people.arg(format!("{http}://localhost:{port}/")).arg(chromium);
    let (mut is_away, mut is_back) = (false, false);
    play(people, &SCENES, &mut server, |server, said| {
        if !is_away && said.contains("restart me\n") {
            is_away = true;
            server.signal(libc::SIGTERM);
            assert_eq!(server.await_end(), Some(0), "{}", server.said());
        }
        if !is_back && said.contains("now\n") {
            is_back = true;
            *server = Server::start_source_at(port, &folder, &variables);
        }
    });
}
