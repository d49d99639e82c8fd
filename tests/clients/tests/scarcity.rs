//! More connections than there may be: those that are served go on, and the rest are served later or told.

use snow_clients::raw::{REQUEST, RawClient, TEXT};
use snow_clients::server::Server;
use snow_clients::watch::Rest;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

#[test]
fn without_descriptors_it_waits_and_serves_again() {
    let mut server = Server::start_with_files(48, &[]);
    let rest = Rest::of(&mut server);
    for _ in 0..3 {
        // More than it can take: the rest wait in the kernel's queue.
        let mut clients: Vec<TcpStream> = (0..90)
            .map(|_| TcpStream::connect(("127.0.0.1", server.port)).expect("the queue has room"))
            .collect();
        std::thread::sleep(Duration::from_millis(300));
        assert!(server.descriptors() >= 44, "only {} descriptors are in use", server.descriptors());
        let before = server.ticks();
        std::thread::sleep(Duration::from_secs(1));
        let ticks = server.ticks() - before;
        // Looking ten times a second takes none; without a pause it is all that the machine has left.
        assert!(ticks < 10, "it worked for {ticks} ticks of 10 ms in a second without a free descriptor");
        // Those that got in are served.
        let first = &mut clients[0];
        first.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout can be set");
        first.write_all(REQUEST.as_bytes()).expect("it is connected");
        let mut answer = [0; 12];
        first.read_exact(&mut answer).expect("an answer");
        assert_eq!(&answer, b"HTTP/1.1 101");
        drop(clients);
        rest.assert_again(&mut server);
    }
}

#[test]
fn connections_beyond_the_limit_are_answered_503() {
    let mut server = Server::start(&[("WS_MAX_CONNECTIONS", "10")]);
    let rest = Rest::of(&mut server);
    let mut clients: Vec<RawClient> = (0..10).map(|_| RawClient::open(server.port)).collect();
    for _ in 0..50 {
        let mut client = RawClient::connect(server.port);
        client.send(REQUEST.as_bytes());
        let response = client.read_response();
        assert_eq!(response.status, 503);
        assert_eq!(response.values("retry-after"), ["1"]);
        client.read_to_end();
    }
    for client in &mut clients {
        client.send_frame(TEXT, b"still here");
        client.expect_frame(TEXT, b"still here");
    }
    drop(clients);
    server.await_descriptors(rest.descriptors());
    rest.assert_again(&mut server);
}

/// The refusal is sent unasked, and the request comes later: to close with it unread would make the server's system take
/// the answer back.
#[test]
fn a_refusal_can_be_read_however_late_the_request_comes() {
    let mut server = Server::start(&[("WS_MAX_CONNECTIONS", "10")]);
    let rest = Rest::of(&mut server);
    let mut served: Vec<RawClient> = (0..10).map(|_| RawClient::open(server.port)).collect();
    let mut turned_away: Vec<RawClient> = (0..300).map(|_| RawClient::connect(server.port)).collect();
    for client in &mut turned_away {
        client.send(REQUEST.as_bytes());
    }
    std::thread::sleep(Duration::from_millis(100));
    for client in &mut turned_away {
        let response = client.read_response();
        assert_eq!(response.status, 503);
        assert_eq!(client.read_to_clean_end().expect("an end, and no reset"), b"too many connections");
    }
    // One that never hangs up is left in the end.
    let mut stays = RawClient::connect(server.port);
    assert_eq!(stays.read_response().status, 503);
    drop(turned_away);
    server.await_descriptors(rest.descriptors() + 10);
    served[0].send_frame(TEXT, b"still here");
    served[0].expect_frame(TEXT, b"still here");
    drop((served, stays));
    server.await_descriptors(rest.descriptors());
    rest.assert_again(&mut server);
}

/// Runs the example `hello` under such limits and variables; its exit code and standard error.
fn start(shell: &str) -> (Option<i32>, String) {
    let source = snow_tests::repository().join("tests/programs/hello.snow");
    let mut command = std::process::Command::new("bash");
    command.args(["-c", shell]).env("S", snow_tests::compiler::snowc()).env("FILE", source);
    let finished = snow_tests::process::run(&mut command, Duration::from_secs(60));
    (finished.code, finished.stderr)
}

#[test]
fn a_variable_that_means_nothing_is_named_and_so_is_what_would() {
    for value in
        ["abc", "0", "-1", "", " ", "129", "9999999", "99999999999999999999", "2.5", "+2", " 2", "\u{e9}"]
    {
        for command in ["run", "test"] {
            let (code, stderr) = start(&format!("SNOW_WORKERS='{value}' $S {command} $FILE"));
            assert_eq!(code, Some(1), "{value:?}: {stderr}");
            let wanted = format!(
                "error: SNOW_WORKERS is {value:?}; it must be a whole number from 1 to 128, or not set: one for each processor\n"
            );
            assert_eq!(stderr, wanted);
        }
    }
    for name in ["SNOW_TORTURE", "SNOW_PERF_MAP"] {
        for value in ["yes", "2", "", "true"] {
            let (code, stderr) = start(&format!("{name}='{value}' $S run $FILE"));
            let wanted = format!("error: {name} is {value:?}; it must be 0 or 1, or not set\n");
            assert_eq!((code, stderr), (Some(1), wanted));
        }
    }
    for good in ["SNOW_WORKERS=1", "SNOW_WORKERS=128", "SNOW_TORTURE=0", "SNOW_TORTURE=1"] {
        assert_eq!(start(&format!("{good} $S run $FILE")), (Some(0), String::new()), "{good}");
    }
}

#[test]
fn a_program_that_cannot_start_says_why() {
    let (code, stderr) = start("ulimit -n 12; SNOW_WORKERS=16 $S run $FILE");
    assert_eq!(code, Some(1), "{stderr}");
    assert!(
        stderr.contains("Snow: the program cannot start: the system gives too little: Too many open files"),
        "{stderr}"
    );
}
