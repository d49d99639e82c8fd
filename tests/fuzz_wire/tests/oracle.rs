//! What the judge says, beside what the RFCs say.

use snow_fuzz_wire::oracle::head::{self, Head, Limits};
use snow_fuzz_wire::oracle::{close, connection, fault, frames, handshake};

/// RFC 6455, section 5.7: a single-frame masked text message, "Hello".
const HELLO: [u8; 11] = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];

/// With the key of RFC 6455, section 1.3.
const REQUEST: &str = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

fn told(stream: &[u8], limit: u64) -> String {
    frames::read(stream, limit).told()
}

fn fault_of(stream: &[u8]) -> String {
    told(stream, 1_000)
}

#[test]
fn a_message_is_unmasked() {
    assert_eq!(told(&HELLO, 5), "text 48656c6c6f; starved");
    assert_eq!(told(&HELLO, 4), "broken TooBig");
    assert_eq!(told(&HELLO[..10], 5), "starved");
}

#[test]
fn each_rule_of_a_header_counts_as_soon_as_it_can() {
    let cases = [
        (&[0xc1][..], fault::RESERVED_BITS),
        (&[0x83], fault::RESERVED_OPCODE),
        (&[0x09], fault::FRAGMENTED_CONTROL),
        (&[0x81, 0x01], fault::NOT_MASKED),
        (&[0x89, 0xfe], fault::LONG_CONTROL),
        (&[0x82, 0xfe, 0, 125], fault::NOT_MINIMAL),
        (&[0x82, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff], fault::NOT_MINIMAL),
        (&[0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0], fault::IMPOSSIBLE_LENGTH),
        (&[0x80, 0x80, 0, 0, 0, 0], fault::STRAY_CONTINUATION),
        (&[0x01, 0x80, 0, 0, 0, 0, 0x82, 0x80, 0, 0, 0, 0], fault::INTERLEAVED_MESSAGE),
        (&[0x81, 0x85, 0, 0, 0, 0, 0x61, 0xff], fault::BAD_TEXT),
        (&[0x81, 0x81, 0, 0, 0, 0, 0xc3], fault::BAD_TEXT),
    ];
    for (stream, fault) in cases {
        assert_eq!(fault_of(stream), format!("broken {}", fault.name));
        let told = fault_of(&stream[..stream.len() - 1]);
        assert!(told == "starved", "{told} of {stream:x?} without its last byte");
    }
}

#[test]
fn nothing_counts_behind_a_close() {
    let close = [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8];
    assert_eq!(told(&[&close[..], &HELLO].concat(), 5), "close 1000 -");
    assert_eq!(close::read(&[0x03, 0xe7]), Err(fault::BAD_CLOSE_CODE));
    assert_eq!(close::read(&[0x03]), Err(fault::BAD_CLOSE_PAYLOAD));
    assert_eq!(close::read(&[]), Ok((1005, "")));
}

#[test]
fn a_request_is_answered_as_the_rfc_does() {
    let Head::Complete { size, request } = head::read(REQUEST.as_bytes(), Limits::DEFAULT) else {
        panic!("no head")
    };
    assert_eq!((size, handshake::status(&request)), (REQUEST.len(), 101));
    let answer = handshake::switching(&request).expect("it is accepted");
    assert!(answer.contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    assert_eq!(head::read(&REQUEST.as_bytes()[..size - 1], Limits::DEFAULT), Head::Partial);
    let small = Limits { request_line: 13, ..Limits::DEFAULT };
    assert_eq!(head::read(b"GET / HTTP/1.1", small), Head::Refused(414));
    assert_eq!(head::read(b"GET / HTTP/1.1\n", Limits::DEFAULT), Head::Refused(400));
}

/// The answer to the request, and what follows it, in digits; and what the application was told.
fn judged(behind: &str, notes: &str) -> bool {
    let Head::Complete { request, .. } = head::read(REQUEST.as_bytes(), Limits::DEFAULT) else {
        panic!("no head")
    };
    let switching = handshake::switching(&request).expect("it is accepted");
    let answer = format!("{}{behind}; {notes}", snow_fuzz_wire::hex::digits(switching.as_bytes()));
    let stream = [REQUEST.as_bytes(), &HELLO, &[0x88, 0x80, 0, 0, 0, 0]].concat();
    connection::judge(&stream, connection::FINISHES, &answer).is_ok()
}

#[test]
fn a_connection_is_judged_by_every_byte() {
    assert!(judged("810548656c6c6f8800", "accepted; closed 1005 -"));
    assert!(!judged("810548656c6c708800", "accepted; closed 1005 -"));
    assert!(!judged("810548656c6c6f", "accepted; closed 1005 -"));
    assert!(!judged("810548656c6c6f88008800", "accepted; closed 1005 -"));
    assert!(!judged("810548656c6c6f8800", "accepted"));
    assert!(!judged("810548656c6c6f8800", "accepted; closed 1005 -; closed 1005 -"));
}
