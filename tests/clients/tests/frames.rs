//! Hostile frames: each must get its close code and harm nobody else.

use snow_clients::raw::{
    BINARY, CLOSE, CONTINUATION, PING, PONG, RawClient, TEXT, append_masked, close_payload, frame, frame_with,
};
use snow_clients::server::Server;
use std::time::Duration;

/// Sends octets on a fresh connection and expects to be closed with this code.
#[track_caller]
fn closed_with(server: &Server, bytes: &[u8], code: u16) {
    let mut client = RawClient::open(server.port);
    client.send(bytes);
    let close = client.read_frame();
    let shown = &bytes[..bytes.len().min(24)];
    assert_eq!(close.opcode, CLOSE, "for {shown:02x?} came {close:?}");
    assert_eq!(close.close_code(), Some(code), "for {shown:02x?}");
    client.send_frame(CLOSE, &code.to_be_bytes());
    client.expect_end();
}

/// The octets of a conversation with everything in it, and the answers to it.
fn conversation() -> (Vec<u8>, Vec<(u8, Vec<u8>)>) {
    let long: Vec<u8> = (0..130).collect();
    let sent = [
        frame(TEXT, "grüß dich".as_bytes()),
        frame_with(TEXT, "漢".as_bytes()),
        frame(PING, b"between"),
        frame_with(CONTINUATION, b""),
        frame(CONTINUATION, "字".as_bytes()),
        frame(BINARY, &long),
        frame(PONG, b"unasked"),
        frame(TEXT, b""),
        frame(CLOSE, &close_payload(1000, b"done")),
    ]
    .concat();
    let expected = vec![
        (TEXT, "grüß dich".as_bytes().to_vec()),
        (PONG, b"between".to_vec()),
        (TEXT, "漢字".as_bytes().to_vec()),
        (BINARY, long),
        (TEXT, Vec::new()),
    ];
    (sent, expected)
}

fn expect_conversation(client: &mut RawClient, expected: &[(u8, Vec<u8>)], how: &str) {
    for (opcode, payload) in expected {
        let got =
            client.next_frame().unwrap_or_else(|| panic!("{how}: ended before {opcode} {payload:02x?}"));
        assert_eq!((got.opcode, &got.payload), (*opcode, payload), "{how}");
    }
    assert_eq!(client.read_frame().close_code(), Some(1000), "{how}");
    client.expect_end();
}

#[test]
fn frames_cut_anywhere_give_the_same_events() {
    let server = Server::start(&[]);
    let (sent, expected) = conversation();
    for cut in 1..sent.len() {
        let mut client = RawClient::open(server.port);
        client.send(&sent[..cut]);
        std::thread::sleep(Duration::from_micros(300));
        client.send(&sent[cut..]);
        expect_conversation(&mut client, &expected, &format!("cut at {cut}"));
    }
    let mut client = RawClient::open(server.port);
    for octet in &sent {
        client.send(&[*octet]);
        std::thread::sleep(Duration::from_micros(200));
    }
    expect_conversation(&mut client, &expected, "octet by octet");
}

#[test]
fn broken_headers_are_protocol_errors() {
    let mut server = Server::start(&[]);
    // Unmasked.
    closed_with(&server, b"\x81\x05hello", 1002);
    // Reserved bits.
    for bit in [0x40, 0x20, 0x10] {
        closed_with(&server, &frame_with(0x81 | bit, b"hello"), 1002);
    }
    // Reserved opcodes.
    for opcode in (3..=7).chain(11..=15) {
        closed_with(&server, &frame(opcode, b""), 1002);
    }
    // Control frames: fragmented, too long in each form.
    for opcode in [CLOSE, PING, PONG] {
        closed_with(&server, &frame_with(opcode, b""), 1002);
        closed_with(&server, &frame(opcode, &[0; 126]), 1002);
        closed_with(&server, &frame(opcode, &[0; 65_536])[..14], 1002);
    }
    server.assert_serving();
}

#[test]
fn lengths_must_be_minimal_and_sane() {
    let mut server = Server::start(&[]);
    let header = |first: u8, length: &[u8]| -> Vec<u8> { [&[first], length].concat() };
    // 125 as 16 bits, 65,535 as 64 bits.
    let mut short = header(0x82, &[0xfe, 0, 125]);
    append_masked(&mut short, &[0; 125]);
    closed_with(&server, &short, 1002);
    let mut medium = header(0x82, &[0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff]);
    append_masked(&mut medium, &[0; 65_535]);
    closed_with(&server, &medium, 1002);
    // The top bit of a 64-bit length.
    closed_with(&server, &header(0x82, &[0xff, 0x80, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4]), 1002);
    // From the header alone: 2^63 - 1 and 1 GiB.
    let largest = [0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4];
    closed_with(&server, &header(0x82, &largest), 1009);
    closed_with(&server, &header(0x82, &[0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4]), 1009);
    // One octet over the limit, which counts all fragments.
    closed_with(&server, &frame(BINARY, &vec![0; 1_048_577])[..14], 1009);
    let two = [frame_with(BINARY, &vec![1; 700_000]), frame(CONTINUATION, &vec![2; 700_000])[..14].to_vec()]
        .concat();
    closed_with(&server, &two, 1009);
    server.assert_serving();
}

#[test]
fn fragments_must_follow_one_another() {
    let mut server = Server::start(&[]);
    closed_with(&server, &frame(CONTINUATION, b"stray"), 1002);
    closed_with(&server, &[frame_with(TEXT, b"begun"), frame(TEXT, b"another")].concat(), 1002);
    closed_with(&server, &[frame_with(BINARY, b"begun"), frame_with(BINARY, b"another")].concat(), 1002);
    // After a whole message there is nothing to continue.
    let mut client = RawClient::open(server.port);
    client.send(&[frame(TEXT, b"whole"), frame(CONTINUATION, b"stray")].concat());
    client.expect_frame(TEXT, b"whole");
    client.expect_close(1002);
    server.assert_serving();
}

#[test]
fn pings_are_answered_in_order_between_fragments_too() {
    let server = Server::start(&[]);
    let mut client = RawClient::open(server.port);
    let mut sent = frame_with(TEXT, b"one ");
    for number in 0..10 {
        sent.extend(frame(PING, format!("ping {number}").as_bytes()));
    }
    sent.extend(frame(CONTINUATION, b"two"));
    client.send(&sent);
    for number in 0..10 {
        client.expect_frame(PONG, format!("ping {number}").as_bytes());
    }
    client.expect_frame(TEXT, b"one two");
}

#[test]
fn unasked_pongs_are_ignored() {
    let server = Server::start(&[]);
    let mut client = RawClient::open(server.port);
    client.send_frame(PONG, b"nobody asked");
    client.send_frame(PONG, b"");
    client.send_frame(TEXT, b"hello");
    client.expect_frame(TEXT, b"hello");
}

#[test]
fn invalid_text_is_refused_at_its_first_wrong_octet() {
    let mut server = Server::start(&[]);
    let invalid: [&[u8]; 12] = [
        b"\xff",
        b"\x80",
        // overlong
        b"\xc0\xaf",
        b"\xe0\x80\x80",
        b"\xf0\x80\x80\x80",
        // surrogates
        b"\xed\xa0\x80",
        b"\xed\xbf\xbf",
        // above U+10FFFF
        b"\xf4\x90\x80\x80",
        b"\xf5\x80\x80\x80",
        // a character begun and not continued
        b"\xe6\xbc!",
        b"caf\xe9!",
        b"\xf0\x9f\x98 ",
    ];
    for text in invalid {
        closed_with(&server, &frame(TEXT, text), 1007);
        // At any place in a long text, so that every lane of a vectorised validator sees it.
        for at in [0, 13, 15, 16, 63, 64, 500] {
            let mut long = vec![b'a'; at];
            long.extend(text);
            long.extend([b'z'; 70]);
            closed_with(&server, &frame(TEXT, &long), 1007);
        }
    }
    // Cut at the end of the message.
    for text in [&b"\xc3"[..], b"abc\xe6\xbc", b"\xf0\x9f\x98"] {
        closed_with(&server, &frame(TEXT, text), 1007);
    }
    // In the middle of a frame whose rest never comes, and in the middle of a message.
    closed_with(&server, &frame(TEXT, &[b"good \xff".as_slice(), &[b'a'; 90]].concat())[..12], 1007);
    closed_with(&server, &frame_with(TEXT, b"good \xed\xa0"), 1007);
    closed_with(&server, &[frame_with(TEXT, b"\xe6\xbc"), frame_with(CONTINUATION, b"!")].concat(), 1007);
    // Cut between fragments it is fine.
    let mut client = RawClient::open(server.port);
    client.send(
        &[frame_with(TEXT, b"\xe6"), frame_with(CONTINUATION, b"\xbc"), frame(CONTINUATION, b"\xa2")]
            .concat(),
    );
    client.expect_frame(TEXT, "漢".as_bytes());
    // Binary messages are no text.
    client.send_frame(BINARY, b"\xff\xfe");
    client.expect_frame(BINARY, b"\xff\xfe");
    server.assert_serving();
}

#[test]
fn closes_must_be_well_formed() {
    let mut server = Server::start(&[]);
    closed_with(&server, &frame(CLOSE, b"x"), 1002);
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535] {
        closed_with(&server, &frame(CLOSE, &close_payload(code, b"")), 1002);
    }
    closed_with(&server, &frame(CLOSE, &close_payload(1000, b"\xff\xfe")), 1007);
    server.assert_serving();
}

#[test]
fn after_a_close_data_is_ignored_and_one_answer_comes() {
    let mut server = Server::start(&[]);
    let close = frame(CLOSE, &close_payload(1000, b""));
    for sent in [
        [close.clone(), frame(TEXT, b"too late")].concat(),
        [close.clone(), close.clone()].concat(),
        [frame_with(TEXT, b"half a mess"), close.clone()].concat(),
        [close.clone(), b"\xff\xff\xff\xff nonsense".to_vec()].concat(),
    ] {
        let mut client = RawClient::open(server.port);
        client.send(&sent);
        assert_eq!(client.read_frame().close_code(), Some(1000));
        client.expect_end();
    }
    server.assert_serving();
}

#[test]
fn a_close_that_is_never_answered_ends_at_its_deadline() {
    let mut server = Server::start(&[("WS_CLOSE_TIMEOUT_MS", "600")]);
    let mut client = RawClient::open(server.port);
    client.send(&frame(BINARY, &vec![0; 1_048_577])[..14]);
    assert_eq!(client.read_frame().close_code(), Some(1009));
    let time = client.time_to_end();
    assert!(time < Duration::from_secs(4), "dropped after {time:?} only");
    server.assert_serving();
}

#[test]
fn resets_and_half_closed_connections_are_cleared_away() {
    let mut server = Server::start(&[]);
    server.assert_serving();
    std::thread::sleep(Duration::from_millis(200));
    let before = server.descriptors();
    for cut in [1, 3, 5, 7] {
        let sent = frame(TEXT, b"never finished");
        let mut client = RawClient::open(server.port);
        client.send(&sent[..cut]);
        client.reset();

        let mut client = RawClient::open(server.port);
        client.send(&sent[..cut]);
        client.stream.shutdown(std::net::Shutdown::Write).expect("half a connection can be closed");
        client.time_to_end();
    }
    // In the middle of the request, too.
    let mut client = RawClient::connect(server.port);
    client.send(b"GET / HT");
    client.reset();
    server.await_descriptors(before);
    server.assert_serving();
}
