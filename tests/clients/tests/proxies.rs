//! Servers behind proxies, and what is logged of peers: rows 37, 52 and 53 of the hostile inputs.

use snow_clients::raw::{REQUEST, RawClient, TEXT};
use snow_clients::server::{Server, is_logged};
use std::time::Duration;

const LINE: &str = "PROXY TCP4 192.0.2.7 127.0.0.1 51000 443\r\n";

/// A client that begins with these octets, and has these header lines.
fn visit(server: &Server, first: &[u8], headers: &str) -> RawClient {
    let mut client = RawClient::connect(server.port);
    client.send(first);
    let request = REQUEST.replacen("Host: localhost\r\n", &format!("Host: localhost\r\n{headers}"), 1);
    client.send(request.as_bytes());
    client.send_frame(TEXT, b"who?");
    client
}

/// What such a client is taken for.
fn who(server: &Server, first: &[u8], headers: &str) -> String {
    let mut client = visit(server, first, headers);
    assert_eq!(client.read_response().status, 101);
    String::from_utf8(client.read_frame().payload).expect("an address is text")
}

#[test]
fn a_proxy_header_says_whose_connection_it_is() {
    let mut server = Server::start_program("peer", &[("WS_PROXY_PROTOCOL", "required")]);
    assert_eq!(who(&server, LINE.as_bytes(), ""), "192.0.2.7:51000 192.0.2.7:51000");
    let mut binary = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c".to_vec();
    binary.extend([198, 51, 100, 9, 127, 0, 0, 1, 0x10, 0x01, 0x01, 0xbb]);
    assert_eq!(who(&server, &binary, ""), "198.51.100.9:4097 198.51.100.9:4097");
    for bad in [&b"GET / HTTP/1.1\r\n"[..], b"PROXY TCP9 a b 1 2\r\n", b"\r\n\r\n\0\r\nQUIX", b"\x16\x03\x01"]
    {
        let answer = visit(&server, bad, "").read_to_end();
        assert!(answer.is_empty(), "{:?}", String::from_utf8_lossy(&answer));
    }
    server.assert_alive();
}

#[test]
fn whoever_sends_no_header_is_left_at_the_deadline() {
    let variables = [("WS_PROXY_PROTOCOL", "required"), ("WS_HANDSHAKE_TIMEOUT_MS", "500")];
    let server = Server::start_program("peer", &variables);
    let mut silent = RawClient::connect(server.port);
    silent.send(b"PROXY TCP4 ");
    let time = silent.time_to_end();
    assert!(time > Duration::from_millis(300) && time < Duration::from_secs(4), "it took {time:?}");
}

#[test]
fn forwarded_addresses_are_believed_of_trusted_proxies_alone() {
    let forged = "X-Forwarded-For: 6.6.6.6\r\n";
    let alone = Server::start_program("peer", &[]);
    assert!(who(&alone, b"", forged).starts_with("127.0.0.1:"));
    let behind = Server::start_program("peer", &[("WS_TRUSTED_PROXIES", "127.0.0.0/8, ::1")]);
    let header = "X-Forwarded-For: 6.6.6.6, 192.0.2.9\r\n";
    assert_eq!(who(&behind, b"", header), "192.0.2.9 192.0.2.9");
    let header = "Forwarded: for=\"[2001:db8::9]:4711\"\r\n";
    assert_eq!(who(&behind, b"", header), "[2001:db8::9]:4711 [2001:db8::9]:4711");
}

#[test]
fn a_proxy_that_is_none_is_refused_by_name() {
    let refused = Server::run_program("peer", &[("WS_TRUSTED_PROXIES", "proxy.example.com")]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("WS_TRUSTED_PROXIES"), "{refused:?}");
}

/// The lines of the log so far, once there are so many; a little later, in case there are more.
fn log(server: &Server, count: usize) -> Vec<String> {
    let lines = || -> Vec<String> {
        server.stderr().lines().filter(|line| is_logged(line)).map(str::to_string).collect()
    };
    for _ in 0..200 {
        if lines().len() >= count {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(200));
    lines()
}

#[test]
fn a_fault_is_one_line_and_nothing_of_a_peers_reaches_the_terminal() {
    let server = Server::start(&[]);
    // Ordinary ends are worth none.
    drop(RawClient::connect(server.port));
    drop(RawClient::open(server.port));
    let mut broken = RawClient::open(server.port);
    broken.send(&[0xff, 0x80, 0, 0, 0, 0]);
    broken.expect_close(1002);
    let mut foreign = RawClient::connect(server.port);
    let origin = b"Origin: https://a\x9b31mb\xe2\x80\xaec.example\r\nSec-WebSocket-Key";
    let request = REQUEST.as_bytes();
    let at = request.windows(17).position(|window| window == b"Sec-WebSocket-Key").expect("a key");
    foreign.send(&[&request[..at], &origin[..], &request[at + 17..]].concat());
    assert_eq!(foreign.read_response().status, 403);
    let lines = log(&server, 2);
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].contains(" level=warning message=\"ws: closed\" peer=127.0.0.1:"), "{lines:?}");
    assert!(lines[0].ends_with(" code=1002 by=server reason=\"reserved bits set\""), "{lines:?}");
    assert!(lines[1].contains("localhost") && lines[1].contains("https://a\\u009b31mb"), "{lines:?}");
    assert!(!server.stderr().chars().any(|character| character.is_control() && character != '\n'));
}

#[test]
fn levels_of_the_log() {
    let silent = Server::start(&[("WS_LOG_LEVEL", "silent")]);
    let mut broken = RawClient::open(silent.port);
    broken.send(&[0xff, 0x80, 0, 0, 0, 0]);
    broken.expect_close(1002);
    assert_eq!(log(&silent, 0), Vec::<String>::new());
    let telling = Server::start(&[("WS_LOG_LEVEL", "ends")]);
    let mut client = RawClient::open(telling.port);
    client.send_frame(8, &[&4000u16.to_be_bytes()[..], b"bye\x1b[2J\r\n"].concat());
    client.read_to_end();
    let lines = log(&telling, 1);
    assert!(
        lines.len() == 1 && lines[0].ends_with(" code=4000 by=peer reason=\"bye\\u001b[2J\\r\\n\""),
        "{lines:?}"
    );
}
