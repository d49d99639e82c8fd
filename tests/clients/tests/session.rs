//! The board of the examples: sessions that receive lines of their clients and news from each other.

use snow_clients::raw::{CLOSE, RawClient, TEXT};
use snow_clients::server::{Client, Server};
use std::time::{Duration, Instant};
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::{Error, Message};

fn heard(client: &mut Client) -> String {
    match client.read().expect("something is written") {
        Message::Text(text) => text.to_string(),
        other => panic!("not a text: {other:?}"),
    }
}

fn write(client: &mut Client, line: &str) {
    client.send(Message::text(line)).expect("a message can be sent");
}

fn close_code(client: &mut Client) -> CloseCode {
    match client.read() {
        Ok(Message::Close(Some(close))) => close.code,
        other => panic!("no close: {other:?}"),
    }
}

/// A client whose session has come to the board: it hears itself.
fn writer(server: &Server, name: &str) -> Client {
    let mut client = server.client_at(&format!("/?name={name}"));
    write(&mut client, "here");
    assert_eq!(heard(&mut client), format!("{name}: here"));
    client
}

#[test]
fn lines_of_the_client_and_news_of_others_come_in_one_loop() {
    let server = Server::start_example("session");
    let mut ann = writer(&server, "Ann");
    let mut bob = writer(&server, "Bob");
    assert_eq!(heard(&mut ann), "Bob: here");
    for number in 0..100 {
        write(&mut ann, &number.to_string());
    }
    for number in 0..100 {
        assert_eq!(heard(&mut bob), format!("Ann: {number}"));
        assert_eq!(heard(&mut ann), format!("Ann: {number}"));
    }
    write(&mut ann, "/count");
    assert_eq!(heard(&mut ann), "101");

    // A session that ends closes its connection, behind its last words.
    write(&mut ann, "/quit");
    assert_eq!(heard(&mut ann), "goodbye");
    assert_eq!(close_code(&mut ann), CloseCode::Normal);
    write(&mut bob, "still here");
    assert_eq!(heard(&mut bob), "Bob: still here");

    // A client that goes is told of to its session, whether it says goodbye or is lost.
    let mut cid = writer(&server, "Cid");
    assert_eq!(heard(&mut bob), "Cid: here");
    drop(bob);
    assert_eq!(heard(&mut cid), "Bob wrote 2");
    let mut dan = writer(&server, "Dan");
    assert_eq!(heard(&mut cid), "Dan: here");
    dan.close(None).expect("a close can be sent");
    assert_eq!(heard(&mut cid), "Dan wrote 1");
}

#[test]
fn only_text_is_written_and_only_with_a_name() {
    let server = Server::start_example("session");
    let mut ann = writer(&server, "Ann");
    ann.send(Message::binary(vec![1, 2, 3])).expect("a message can be sent");
    assert_eq!(close_code(&mut ann), CloseCode::Unsupported);
    match tungstenite::connect(format!("ws://127.0.0.1:{}/", server.port)) {
        Err(Error::Http(response)) => assert_eq!(response.status(), 401),
        other => panic!("no refusal: {other:?}"),
    }
}

/// Row 55 of the hostile inputs: the client is read no faster than its rate, the others notice nothing.
#[test]
fn a_flood_is_read_no_faster_than_the_rate() {
    let server =
        Server::start_example_with("session", &[("WS_MESSAGE_RATE", "50"), ("WS_MESSAGE_BURST", "10")]);
    let mut flooder = RawClient::connect(server.port);
    flooder.send(snow_clients::raw::REQUEST.replace("GET /", "GET /?name=Eve").as_bytes());
    assert_eq!(flooder.read_response().status, 101);
    let resident = server.resident();
    flooder.stream.set_write_timeout(Some(Duration::from_millis(500))).expect("a timeout can be set");
    let flood = snow_clients::raw::frame(TEXT, b"/count").repeat(1_000_000);
    let begun = Instant::now();
    flooder.send(&flood);
    // Ten at once, and fifty a second.
    for _ in 0..110 {
        flooder.expect_frame(TEXT, b"0");
    }
    assert!(begun.elapsed() > Duration::from_millis(1900), "{:?}", begun.elapsed());
    writer(&server, "Ann");
    assert!(server.resident() < resident + (8 << 20), "{} bytes are resident", server.resident());
    flooder.send_frame(CLOSE, &[]);
}
