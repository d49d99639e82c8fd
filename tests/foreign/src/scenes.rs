//! Clients of others that play scenes: programs that print `ok SCENE` behind each, and other lines when the test is to do
//! something meanwhile.

use snow_clients::server::Server;
use snow_tests::process::{Collected, wait};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long a client may take for all that it does.
const PATIENCE: Duration = Duration::from_secs(180);

/// Runs a client of this server to its end; `meanwhile` is told again and again what it has said so far. It must end well,
/// and have played all of these scenes.
pub fn play(
    mut client: Command,
    scenes: &[&str],
    server: &mut Server,
    mut meanwhile: impl FnMut(&mut Server, &str),
) {
    client.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = client.spawn().expect("the client starts");
    let stdout = Collected::new(child.stdout.take().expect("stdout is piped"));
    let stderr = Collected::new(child.stderr.take().expect("stderr is piped"));
    let end = Instant::now() + PATIENCE;
    let status = loop {
        if let Some(status) = wait(&mut child, Duration::from_millis(20)) {
            break status;
        }
        meanwhile(server, &stdout.so_far());
        if Instant::now() > end {
            let _ = child.kill();
        }
    };
    let (said, complained) = (stdout.finish(), stderr.finish());
    assert!(status.success(), "{status}: {said}\n{complained}\nthe server: {}", server.said());
    let done: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("ok ")).collect();
    assert_eq!(done, scenes, "{complained}");
}
