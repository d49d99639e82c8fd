//! The echo server, met by a well-known client.

use snow_clients::server::{Server, echo_source};
use snow_tests::process::PATIENCE;
use snow_tests::{compiler, process};
use std::net::TcpListener;
use std::time::Duration;
use tungstenite::protocol::CloseFrame;
use tungstenite::protocol::frame::Frame;
use tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use tungstenite::{Bytes, Error, Message};

/// 0 octets to 1 MiB, with each edge of the three length forms.
const SIZES: [usize; 14] =
    [0, 1, 2, 7, 125, 126, 127, 1000, 65_535, 65_536, 65_537, 100_000, 1_048_575, 1_048_576];

fn octets(count: usize) -> Vec<u8> {
    (0..count).map(|at| (at * 31 + at / 251) as u8).collect()
}

/// Text of so many octets with characters of one to four of them.
fn text(octets: usize) -> String {
    let mut text = String::new();
    for character in ['a', 'é', '漢', '😀', ' '].into_iter().cycle() {
        if text.len() + character.len_utf8() > octets {
            break;
        }
        text.push(character);
    }
    while text.len() < octets {
        text.push('.');
    }
    text
}

#[test]
fn messages_of_every_size_come_back_with_their_type() {
    let server = Server::start(&[]);
    let mut client = server.client();
    for size in SIZES {
        for message in [Message::binary(octets(size)), Message::text(text(size))] {
            client.send(message.clone()).expect("a message can be sent");
            let echo = client.read().expect("an echo");
            assert!(echo == message, "{size} octets came back as {} of another kind or content", echo.len());
        }
    }
}

#[test]
fn fragmented_messages_come_back_whole() {
    let server = Server::start(&[]);
    let mut client = server.client();
    // Each fragment after the first is charged 64 octets: the last one is as large as the limit allows.
    for (size, pieces) in [(0, 3), (10, 4), (125, 2), (70_000, 7), (1_048_576 - 15 * 64, 16)] {
        let whole = text(size);
        let bytes = whole.as_bytes();
        for piece in 0..pieces {
            // Cut anywhere, in the middle of characters too.
            let (from, to) = (size * piece / pieces, size * (piece + 1) / pieces);
            let opcode = OpCode::Data(if piece == 0 { Data::Text } else { Data::Continue });
            let part = Bytes::copy_from_slice(&bytes[from..to]);
            client
                .send(Message::Frame(Frame::message(part, opcode, piece + 1 == pieces)))
                .expect("a frame can be sent");
        }
        let echo = client.read().expect("an echo");
        assert!(echo == Message::text(whole), "{size} octets in {pieces} fragments came back changed");
    }
}

#[test]
fn pings_are_answered_with_their_payload() {
    let server = Server::start(&[]);
    let mut client = server.client();
    for payload in [&b""[..], b"x", &[7; 125]] {
        client.send(Message::Ping(Bytes::copy_from_slice(payload))).expect("a ping can be sent");
        assert_eq!(client.read().expect("a pong"), Message::Pong(Bytes::copy_from_slice(payload)));
    }
}

#[test]
fn two_hundred_connections_are_served_at_once() {
    let mut server = Server::start(&[]);
    let mut clients: Vec<_> = (0..200).map(|_| server.client()).collect();
    for round in 0..3 {
        for (number, client) in clients.iter_mut().enumerate() {
            client.send(Message::text(format!("{round} from {number}"))).expect("a message can be sent");
        }
        for (number, client) in clients.iter_mut().enumerate() {
            let echo = client.read().expect("an echo");
            assert_eq!(echo, Message::text(format!("{round} from {number}")));
        }
    }
    drop(clients);
    server.assert_serving();
}

#[test]
fn many_messages_in_flight_come_back_in_order() {
    let server = Server::start(&[]);
    let mut client = server.client();
    for number in 0..2000 {
        client.write(Message::text(format!("message {number}"))).expect("a message can be written");
    }
    client.flush().expect("what was written can be sent");
    for number in 0..2000 {
        assert_eq!(client.read().expect("an echo"), Message::text(format!("message {number}")));
    }
}

/// Closes with a frame and reads the server's Close and the end of the stream.
fn close_and_read(server: &Server, close: Option<CloseFrame>) -> Option<CloseFrame> {
    let mut client = server.client();
    client.close(close).expect("a Close can be sent");
    let answer = match client.read().expect("an answer to the Close") {
        Message::Close(answer) => answer,
        other => panic!("expected a Close, got {other:?}"),
    };
    match client.read() {
        Ok(message) => panic!("after the Close came {message:?}"),
        Err(Error::ConnectionClosed) => answer,
        Err(error) => panic!("not a clean end: {error}"),
    }
}

#[test]
fn close_codes_are_answered_in_kind() {
    let mut server = Server::start(&[]);
    for code in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 4999] {
        let close = CloseFrame { code: CloseCode::from(code), reason: "bye, señor".into() };
        let answer = close_and_read(&server, Some(close)).unwrap_or_else(|| panic!("no code for {code}"));
        assert_eq!(u16::from(answer.code), code);
    }
    assert_eq!(close_and_read(&server, None), None, "a Close without a code is answered without one");
    server.assert_serving();
}

#[test]
fn descriptors_are_given_back() {
    let mut server = Server::start(&[]);
    server.assert_serving();
    std::thread::sleep(Duration::from_millis(200));
    let before = server.descriptors();
    for _ in 0..3 {
        let clients: Vec<_> = (0..100).map(|_| server.client()).collect();
        // Half of them leave without a word.
        for (number, mut client) in clients.into_iter().enumerate() {
            if number % 2 == 0 {
                client.close(None).expect("a Close can be sent");
            }
        }
    }
    server.await_descriptors(before);
    server.assert_serving();
}

#[test]
fn a_port_in_use_is_one_clear_line_and_exit_code_1() {
    let taken = TcpListener::bind("0.0.0.0:0").expect("some port is free");
    let port = taken.local_addr().expect("a listener has an address").port().to_string();
    let mut command = compiler::command();
    command.arg("run").arg(echo_source()).env("PORT", &port);
    let finished = process::run(&mut command, 6 * PATIENCE);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert_eq!(finished.stderr.trim_end().lines().count(), 1, "{finished:?}");
    assert!(finished.stderr.contains(&port), "the line does not name the port: {finished:?}");
}

#[test]
fn nonsense_in_an_option_is_refused_by_name() {
    let mut command = compiler::command();
    command.arg("run").arg(echo_source()).env("PORT", "0").env("WS_MAX_MESSAGE_BYTES", "many");
    let finished = process::run(&mut command, 6 * PATIENCE);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stderr.contains("WS_MAX_MESSAGE_BYTES"), "{finished:?}");
}
