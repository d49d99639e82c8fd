//! A server that is asked to terminate: who is connected is let go, and the deadline holds.

use snow_clients::raw::{BINARY, CLOSE, PING, PONG, REQUEST, RawClient, TEXT, close_payload, frame};
use snow_clients::server::{Server, program};
use std::io::{ErrorKind, Read};
use std::net::Shutdown;
use std::time::{Duration, Instant};

/// What the deadline may be exceeded by.
const SLACK: Duration = Duration::from_millis(200);

/// How many clients; `DRAIN_CONNECTIONS=5000` for a large run, which has the default time.
fn connections() -> usize {
    std::env::var("DRAIN_CONNECTIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(300)
}

fn drain() -> Duration {
    Duration::from_secs(if connections() > 1000 { 10 } else { 4 })
}

fn start(variables: &[(&str, &str)]) -> Server {
    let drain = drain().as_millis().to_string();
    let all: Vec<_> = variables.iter().copied().chain([("WS_DRAIN_MS", drain.as_str())]).collect();
    Server::start_program("burst", &all)
}

/// Answers the Closes that have come; the time of each is noted.
fn answer_closes(clients: &mut [RawClient], told: &mut [Option<Instant>]) {
    for (client, told) in clients.iter_mut().zip(told).filter(|(_, told)| told.is_none()) {
        let mut bytes = [0; 4];
        match client.stream.read(&mut bytes) {
            Ok(count) => {
                assert_eq!(&bytes[..count], [0x88, 2, 0x03, 0xe9], "a Close with 1001 and nothing else");
                *told = Some(Instant::now());
                client.send_frame(CLOSE, &close_payload(1001, b""));
                let _ = client.stream.shutdown(Shutdown::Write);
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock, "{error}"),
        }
    }
}

#[test]
fn sigterm_lets_all_go_in_time_stubborn_and_slow_ones_too() {
    let count = connections();
    let mut server = start(&[("WS_SEND_POLICY", "drop_new"), ("WS_CLOSE_TIMEOUT_MS", "60000")]);
    let mut stubborn: Vec<_> = (0..count / 50).map(|_| RawClient::open(server.port)).collect();
    let mut full: Vec<_> = (0..count / 50).map(|_| RawClient::open(server.port)).collect();
    let mut polite: Vec<_> = (0..count - count / 50 * 2).map(|_| RawClient::open(server.port)).collect();
    for client in &mut full {
        // Nine megabytes, of which it reads nothing yet.
        (0..3).for_each(|_| client.send_frame(TEXT, b"thirty of 100 KB"));
    }
    polite.iter().for_each(|client| client.stream.set_nonblocking(true).expect("an option can be set"));
    std::thread::sleep(Duration::from_millis(if count > 1000 { 3000 } else { 500 }));

    let (deadline, begun) = (drain(), Instant::now());
    server.signal(libc::SIGTERM);
    // The first half of the time, and a little.
    let mut told = vec![None; polite.len()];
    let mut late = None;
    while told.contains(&None) && begun.elapsed() < deadline / 2 + SLACK {
        answer_closes(&mut polite, &mut told);
        if late.is_none() && begun.elapsed() > deadline / 4 {
            let mut client = RawClient::connect(server.port);
            client.send(REQUEST.as_bytes());
            late = Some(client.read_response().status);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(late, Some(503), "a new client during the drain");
    let mut after: Vec<Duration> = told.iter().flatten().map(|at| *at - begun).collect();
    assert_eq!(after.len(), polite.len(), "all are told in the first half");
    after.sort();
    let quarter = after.partition_point(|time| *time < deadline / 4);
    let share = quarter as f64 / after.len() as f64;
    assert!((0.35..0.65).contains(&share), "{share} of them were told in the first half of that");
    // Those that have much to read get all of it, and then the Close.
    for client in &mut full {
        let close = loop {
            let frame = client.read_frame();
            if frame.opcode == CLOSE {
                break frame;
            }
            assert_eq!((frame.opcode, frame.payload.len()), (BINARY, 100_000));
        };
        assert_eq!(close.close_code(), Some(1001));
        client.send_frame(CLOSE, &close_payload(1001, b""));
    }
    let read = begun.elapsed();
    let status = server.ends_within(deadline * 2).expect("it ends");
    let ended = begun.elapsed();
    println!(
        "{count} connections: all read {read:?} after the signal, ended {ended:?}, deadline {deadline:?}"
    );
    assert!(ended <= deadline + SLACK, "it ends by the deadline: {ended:?}");
    assert!(ended >= deadline - Duration::from_millis(50), "the stubborn ones have their time: {ended:?}");
    assert_eq!(status.code(), Some(0), "{}", server.said());
    stubborn.iter_mut().for_each(|client| assert_eq!(client.read_frame().close_code(), Some(1001)));
}

#[test]
fn with_nobody_connected_it_ends_at_once() {
    for signal in [libc::SIGTERM, libc::SIGINT] {
        let mut server = start(&[]);
        // The probe of the start has gone.
        std::thread::sleep(Duration::from_millis(100));
        server.signal(signal);
        let status = server.ends_within(Duration::from_secs(2)).expect("it ends at once");
        assert_eq!(status.code(), Some(0), "{}", server.said());
    }
}

#[test]
fn a_second_signal_ends_at_once() {
    let mut server = start(&[]);
    let mut client = RawClient::open(server.port);
    server.signal(libc::SIGINT);
    assert_eq!(client.read_frame().close_code(), Some(1001));
    server.signal(libc::SIGTERM);
    let status = server.ends_within(Duration::from_secs(1)).expect("it ends at once");
    assert_eq!(status.code(), Some(143), "{}", server.said());
}

/// Reads frames for a while, and answers the pings among them.
fn answer_pings(client: &mut RawClient, time: Duration) {
    let end = Instant::now() + time;
    while Instant::now() < end {
        let frame = client.read_frame();
        assert_eq!(frame.opcode, PING, "{frame:?}");
        client.send_frame(PONG, &frame.payload);
    }
}

#[test]
fn a_server_that_was_suspended_closes_nobody_for_that() {
    let server =
        start(&[("WS_PING_INTERVAL_MS", "200"), ("WS_PONG_TIMEOUT_MS", "100"), ("WS_MAX_MISSED_PONGS", "1")]);
    let mut client = RawClient::open(server.port);
    for _ in 0..3 {
        answer_pings(&mut client, Duration::from_millis(500));
        server.signal(libc::SIGSTOP);
        std::thread::sleep(Duration::from_secs(2));
        server.signal(libc::SIGCONT);
    }
    answer_pings(&mut client, Duration::from_millis(500));
}

/// All deadlines are over when it goes on; what has come meanwhile came before it could look at either.
#[test]
fn what_came_while_a_server_was_suspended_came_in_time() {
    let short = [("WS_MESSAGE_TIMEOUT_MS", "500"), ("WS_HANDSHAKE_TIMEOUT_MS", "500")];
    let server = start(&short);
    // Never over TLS: a proxy's header stands ahead of it.
    let proxied =
        Server::start_source(&program("burst"), &[short[0], short[1], ("WS_PROXY_PROTOCOL", "required")]);
    let message = frame(TEXT, b"how many were dropped?");
    let introduced = format!("PROXY UNKNOWN\r\n{REQUEST}");
    for _ in 0..5 {
        let mut talking = RawClient::open(server.port);
        let mut asking = RawClient::connect(server.port);
        let mut unknown = RawClient::connect(proxied.port);
        let halves: [(&mut RawClient, &[u8], usize); 3] = [
            (&mut talking, &message, 8),
            (&mut asking, REQUEST.as_bytes(), 20),
            (&mut unknown, introduced.as_bytes(), 8),
        ];
        let rest = halves.map(|(client, bytes, cut)| {
            client.send(&bytes[..cut]);
            (client, &bytes[cut..])
        });
        std::thread::sleep(Duration::from_millis(200));
        [&server, &proxied].iter().for_each(|server| server.signal(libc::SIGSTOP));
        for (client, bytes) in rest {
            client.send(bytes);
        }
        std::thread::sleep(Duration::from_secs(1));
        [&server, &proxied].iter().for_each(|server| server.signal(libc::SIGCONT));
        talking.expect_frame(TEXT, b"0");
        assert_eq!(asking.read_response().status, 101);
        assert_eq!(unknown.read_response().status, 101);
    }
}
