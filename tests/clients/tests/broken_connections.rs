//! Peers that break off, stall, or talk nonsense: each loses its own connection only, and leaves nothing behind.

use snow_clients::dice::Dice;
use snow_clients::raw::{BINARY, CLOSE, REQUEST, RawClient, TEXT, frame};
use snow_clients::server::Server;
use snow_clients::watch::Rest;
use std::net::Shutdown;
use std::time::Duration;

#[test]
fn resets_anywhere_leave_nothing_behind() {
    let mut server = Server::start(&[]);
    let rest = Rest::of(&mut server);
    for cut in 0..REQUEST.len() {
        let mut client = RawClient::connect(server.port);
        client.send(&REQUEST.as_bytes()[..cut]);
        client.reset();
    }
    let sent = frame(BINARY, &[7; 300]);
    for cut in (0..sent.len()).step_by(3) {
        let mut client = RawClient::open(server.port);
        client.send(&sent[..cut]);
        client.reset();
        // With answers under way.
        let mut client = RawClient::open(server.port);
        client.send(&sent);
        client.send(&sent[..cut]);
        client.reset();
    }
    rest.assert_again(&mut server);
}

#[test]
fn half_closed_connections_get_what_they_asked_for_and_end() {
    let mut server = Server::start(&[]);
    let rest = Rest::of(&mut server);
    for cut in [0, 1, 20, REQUEST.len() - 1] {
        let mut client = RawClient::connect(server.port);
        client.send(&REQUEST.as_bytes()[..cut]);
        client.stream.shutdown(Shutdown::Write).expect("half a connection can be closed");
        client.read_to_end();
    }
    for _ in 0..50 {
        // Behind the request.
        let mut client = RawClient::connect(server.port);
        client.send(REQUEST.as_bytes());
        client.stream.shutdown(Shutdown::Write).expect("half a connection can be closed");
        assert_eq!(client.read_response().status, 101);
        client.read_to_end();
        // Behind a message.
        let mut client = RawClient::open(server.port);
        client.send_frame(TEXT, b"the last words");
        client.stream.shutdown(Shutdown::Write).expect("half a connection can be closed");
        client.expect_frame(TEXT, b"the last words");
        client.expect_end();
        // Behind more than the sockets take at once.
        let mut client = RawClient::open(server.port);
        let large = vec![5; 900_000];
        client.send_frame(BINARY, &large);
        client.stream.shutdown(Shutdown::Write).expect("half a connection can be closed");
        client.expect_frame(BINARY, &large);
        client.expect_end();
        // Behind a Close.
        let mut client = RawClient::open(server.port);
        client.send_frame(CLOSE, &1000_u16.to_be_bytes());
        client.stream.shutdown(Shutdown::Write).expect("half a connection can be closed");
        assert_eq!(client.read_frame().close_code(), Some(1000));
        client.expect_end();
    }
    rest.assert_again(&mut server);
}

#[test]
fn noise_ends_its_own_connection() {
    let mut server = Server::start(&[("WS_HANDSHAKE_TIMEOUT_MS", "1000")]);
    let rest = Rest::of(&mut server);
    let mut dice = Dice(1);
    for round in 0..300 {
        let count = dice.roll(6000) + 1;
        let bytes = dice.octets(count);
        // Every other one is past its handshake.
        let mut client =
            if round % 2 == 0 { RawClient::connect(server.port) } else { RawClient::open(server.port) };
        client.send(&bytes);
        let _ = client.stream.shutdown(Shutdown::Write);
        let answer = client.read_to_end();
        if round % 2 == 0 && !answer.is_empty() {
            assert!(answer.starts_with(b"HTTP/1.1 4"), "{:?}", String::from_utf8_lossy(&answer));
        }
    }
    rest.assert_again(&mut server);
}

#[test]
fn silent_connections_end_at_the_handshake_deadline() {
    let mut server = Server::start(&[("WS_HANDSHAKE_TIMEOUT_MS", "800")]);
    let rest = Rest::of(&mut server);
    let clients: Vec<RawClient> = (0..200).map(|_| RawClient::connect(server.port)).collect();
    server.assert_serving();
    for mut client in clients {
        let answer = client.read_to_end();
        assert!(answer.starts_with(b"HTTP/1.1 408"), "{:?}", String::from_utf8_lossy(&answer));
    }
    rest.assert_again(&mut server);
}

#[test]
fn a_thousand_connections_that_close_at_once() {
    let mut server = Server::start(&[]);
    let rest = Rest::of(&mut server);
    for number in 0..1000 {
        let client = RawClient::connect(server.port);
        if number % 2 == 0 {
            client.reset();
        }
    }
    rest.assert_again(&mut server);
    // All there before the first goes.
    let clients: Vec<RawClient> = (0..400).map(|_| RawClient::connect(server.port)).collect();
    drop(clients);
    rest.assert_again(&mut server);
}

#[test]
fn one_octet_at_a_time_is_served_like_any_other() {
    let mut server = Server::start(&[]);
    let rest = Rest::of(&mut server);
    let message = frame(TEXT, "langsam und stetig".as_bytes());
    let mut clients: Vec<RawClient> = (0..20).map(|_| RawClient::connect(server.port)).collect();
    for octet in REQUEST.bytes().chain(message.iter().copied()) {
        for client in &mut clients {
            client.send(&[octet]);
        }
        std::thread::sleep(Duration::from_micros(500));
    }
    for client in &mut clients {
        assert_eq!(client.read_response().status, 101);
        client.expect_frame(TEXT, "langsam und stetig".as_bytes());
    }
    drop(clients);
    rest.assert_again(&mut server);
}
