//! The chat room of the examples, and three who talk in it.

use snow_clients::server::{Client, Server};
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::{Error, Message};

fn heard(client: &mut Client) -> String {
    match client.read().expect("somebody says something") {
        Message::Text(text) => text.to_string(),
        other => panic!("not a text: {other:?}"),
    }
}

fn say(client: &mut Client, line: &str) {
    client.send(Message::text(line)).expect("a message can be sent");
}

#[test]
fn everybody_hears_what_is_said_and_who_comes_and_goes() {
    let server = Server::start_example("chat");
    let mut ann = server.client_at("/?name=Ann");
    let mut ben = server.client_at("/?name=Ben");
    assert_eq!(heard(&mut ann), "Ben has come");
    let mut zoe = server.client_at("/?name=Zo%C3%AB");
    assert_eq!(heard(&mut ann), "Zoë has come");
    assert_eq!(heard(&mut ben), "Zoë has come");
    say(&mut ben, "good evening");
    for client in [&mut ann, &mut ben, &mut zoe] {
        assert_eq!(heard(client), "Ben: good evening");
    }
    // Whether it says goodbye or is lost.
    ben.close(None).expect("a close can be sent");
    assert_eq!(heard(&mut ann), "Ben has gone");
    drop(zoe);
    assert_eq!(heard(&mut ann), "Zoë has gone");
    say(&mut ann, "anybody?");
    assert_eq!(heard(&mut ann), "Ann: anybody?");
}

#[test]
fn only_text_is_talked_and_only_with_a_name() {
    let server = Server::start_example("chat");
    let mut client = server.client_at("/?name=Ann");
    client.send(Message::binary(vec![1, 2, 3])).expect("a message can be sent");
    match client.read() {
        Ok(Message::Close(Some(close))) => assert_eq!(close.code, CloseCode::Unsupported),
        other => panic!("no close: {other:?}"),
    }
    let url = format!("ws://127.0.0.1:{}/", server.port);
    match tungstenite::connect(url) {
        Err(Error::Http(response)) => assert_eq!(response.status(), 401),
        other => panic!("no refusal: {other:?}"),
    }
}
