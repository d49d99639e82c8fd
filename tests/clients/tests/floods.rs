//! Peers that send without end, or ask and do not read: what they can make the server hold is bounded.

use snow_clients::raw::{BINARY, CLOSE, CONTINUATION, PING, PONG, RawClient, TEXT, frame, frame_with};
use snow_clients::server::Server;
use snow_clients::watch::Rest;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Writes as much as is taken within the time, without ever reading; how much that was.
fn press(stream: &mut TcpStream, bytes: &[u8], time: Duration) -> usize {
    stream.set_nonblocking(true).expect("an option can be set");
    let end = Instant::now() + time;
    let mut written = 0;
    while written < bytes.len() && Instant::now() < end {
        match stream.write(&bytes[written..]) {
            Ok(count) => written += count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                std::thread::sleep(Duration::from_millis(1));
            }
            Err(_) => break,
        }
    }
    stream.set_nonblocking(false).expect("an option can be set");
    written
}

#[test]
fn peers_that_do_not_read_are_held_in_bounds() {
    const PEERS: u64 = 24;
    let mut server = Server::start(&[]);
    let rest = Rest::of(&mut server);
    let port = server.port;
    let messages = frame(BINARY, &vec![9; 1_000_000]).repeat(8);
    let threads: Vec<_> = (0..PEERS)
        .map(|_| {
            let messages = messages.clone();
            std::thread::spawn(move || {
                let mut client = RawClient::open(port);
                press(&mut client.stream, &messages, Duration::from_millis(1500));
                client
            })
        })
        .collect();
    let clients: Vec<RawClient> = threads.into_iter().map(|thread| thread.join().expect("it ends")).collect();
    // For each: a full queue, a message under way, and what the collector has not looked at yet.
    let growth = rest.growth(&server);
    assert!(growth < PEERS * (5 << 20), "{growth} bytes for {PEERS} peers that do not read");
    server.assert_serving();
    drop(clients);
    rest.assert_again(&mut server);
}

#[test]
fn a_peer_that_does_not_read_still_meets_the_heartbeat() {
    let variables =
        [("WS_PING_INTERVAL_MS", "300"), ("WS_PONG_TIMEOUT_MS", "200"), ("WS_CLOSE_TIMEOUT_MS", "300")];
    let mut server = Server::start(&variables);
    let rest = Rest::of(&mut server);
    let clients: Vec<RawClient> = (0..8)
        .map(|_| {
            let mut client = RawClient::open(server.port);
            press(
                &mut client.stream,
                &frame(BINARY, &vec![3; 60_000]).repeat(200),
                Duration::from_millis(100),
            );
            client
        })
        .collect();
    // They are still there, and have read nothing: the server lets go of its own accord.
    rest.assert_again(&mut server);
    drop(clients);
}

#[test]
fn pings_whose_answers_nobody_reads_are_cut_off() {
    let mut server = Server::start(&[("WS_CLOSE_TIMEOUT_MS", "2000")]);
    let rest = Rest::of(&mut server);
    let mut client = RawClient::open(server.port);
    let pings = frame(PING, &[b'p'; 125]).repeat(200_000);
    let written = press(&mut client.stream, &pings, Duration::from_secs(8));
    assert!(written < pings.len(), "all {written} octets of pings were taken");
    let growth = rest.growth(&server);
    assert!(growth < 4 << 20, "{growth} bytes for the pings of one peer");
    server.assert_serving();
    // What it answered are pongs, whole and in order, up to the Close.
    let mut closed = None;
    while let Some(got) = client.next_frame() {
        if got.opcode == CLOSE {
            closed = got.close_code();
            break;
        }
        assert_eq!((got.opcode, got.payload.len()), (PONG, 125));
    }
    assert!(matches!(closed, Some(1008) | None), "closed with {closed:?}");
    drop(client);
    rest.assert_again(&mut server);
}

#[test]
fn a_hundred_thousand_pings_are_all_answered_to_who_reads() {
    let mut server = Server::start(&[]);
    let rest = Rest::of(&mut server);
    let mut client = RawClient::open(server.port);
    let mut writer = client.stream.try_clone().expect("a socket can be shared");
    let sender = std::thread::spawn(move || {
        for batch in 0..1000_u32 {
            let pings: Vec<u8> =
                (0..100).flat_map(|number| frame(PING, &(batch * 100 + number).to_be_bytes())).collect();
            writer.write_all(&pings).expect("the server reads");
        }
    });
    for number in 0..100_000_u32 {
        client.expect_frame(PONG, &number.to_be_bytes());
    }
    sender.join().expect("everything was sent");
    drop(client);
    rest.assert_again(&mut server);
}

#[test]
fn endless_fragments_are_charged_for() {
    let mut server = Server::start(&[]);
    let rest = Rest::of(&mut server);
    for payload in [&b""[..], b"x"] {
        let mut client = RawClient::open(server.port);
        let mut reader = client.stream.try_clone().expect("a socket can be shared");
        reader.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout can be set");
        let fragments = frame_with(CONTINUATION, payload).repeat(1_000_000);
        let sender = std::thread::spawn(move || {
            client.send(&frame_with(BINARY, b"begun"));
            client.send(&fragments);
            client
        });
        let mut head = [0; 4];
        reader.read_exact(&mut head).expect("a Close comes while fragments still do");
        assert_eq!(head[0], 0x80 | CLOSE);
        assert_eq!(u16::from_be_bytes([head[2], head[3]]), 1009);
        assert!(rest.growth(&server) < 8 << 20, "{} bytes for fragments", rest.growth(&server));
        drop(reader);
        drop(sender.join().expect("it ends when the server closes"));
    }
    // As many as are allowed arrive as one message.
    let mut client = RawClient::open(server.port);
    client.send(&frame_with(TEXT, b"a"));
    client.send(&frame_with(CONTINUATION, b"b").repeat(10_000));
    client.send(&frame(CONTINUATION, b"c"));
    let whole = [&b"a"[..], &[b'b'; 10_000], b"c"].concat();
    client.expect_frame(TEXT, &whole);
    drop(client);
    rest.assert_again(&mut server);
}

#[test]
fn declared_sizes_that_never_come_cost_little_and_end() {
    const PEERS: u64 = 200;
    let mut server = Server::start(&[("WS_MESSAGE_TIMEOUT_MS", "1500"), ("WS_CLOSE_TIMEOUT_MS", "500")]);
    let rest = Rest::of(&mut server);
    let whole = frame(BINARY, &vec![0; 1_048_576]);
    let mut clients: Vec<RawClient> = (0..PEERS)
        .map(|number| {
            let mut client = RawClient::open(server.port);
            // The header alone, or a little behind it.
            client.send(&whole[..if number % 2 == 0 { 14 } else { 100 }]);
            client
        })
        .collect();
    server.assert_serving();
    let growth = rest.growth(&server);
    assert!(growth < PEERS * (64 << 10), "{growth} bytes for {PEERS} messages that have not come");
    for client in &mut clients {
        assert_eq!(client.read_frame().close_code(), Some(1008));
        client.read_to_end();
    }
    drop(clients);
    rest.assert_again(&mut server);
}

#[test]
fn a_fragment_that_is_never_continued_ends_at_its_deadline() {
    let mut server = Server::start(&[("WS_MESSAGE_TIMEOUT_MS", "600")]);
    let rest = Rest::of(&mut server);
    let mut client = RawClient::open(server.port);
    client.send(&frame_with(TEXT, b"once upon a"));
    // Pings are no progress.
    client.send_frame(PING, b"wait");
    client.expect_frame(PONG, b"wait");
    client.expect_close(1008);
    drop(client);
    rest.assert_again(&mut server);
}
