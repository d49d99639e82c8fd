//! Hostile and odd upgrade requests.

use snow_clients::raw::{ACCEPT, REQUEST, RawClient, TEXT, frame};
use snow_clients::server::Server;
use std::time::{Duration, Instant};

/// The good request with one header line (or the request line) in another's place.
fn with(old: &str, new: &str) -> String {
    assert!(REQUEST.contains(old), "{old:?} is no part of the request");
    REQUEST.replacen(old, new, 1)
}

/// The good request with more header lines.
fn and(lines: &str) -> String {
    with("Sec-WebSocket-Version", &format!("{lines}Sec-WebSocket-Version"))
}

/// Sends a request that must be refused with this status, whereupon the connection ends.
fn refused(server: &Server, request: &str, status: u16) -> snow_clients::raw::Response {
    let mut client = RawClient::connect(server.port);
    client.send(request.as_bytes());
    let response = client.read_response();
    let shown = &request[..request.len().min(300)];
    assert_eq!(response.status, status, "for {shown:?}: {response:?}");
    let connection = response.values("connection");
    assert!(
        connection.iter().flat_map(|value| value.split(", ")).any(|word| word.eq_ignore_ascii_case("close")),
        "no Connection: close for {shown:?}: {response:?}"
    );
    client.read_to_end();
    response
}

fn accepted(server: &Server, request: &str) {
    let mut client = RawClient::connect(server.port);
    client.send(request.as_bytes());
    let response = client.read_response();
    assert_eq!(response.status, 101, "for {request:?}: {response:?}");
    assert_eq!(response.values("sec-websocket-accept"), [ACCEPT]);
    client.send_frame(TEXT, b"hello");
    client.expect_frame(TEXT, b"hello");
}

const KEY: &str = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const VERSION: &str = "Sec-WebSocket-Version: 13\r\n";
const HOST: &str = "Host: localhost\r\n";

#[test]
fn silence_and_dribble_end_at_the_total_deadline() {
    let mut server = Server::start(&[("WS_HANDSHAKE_TIMEOUT_MS", "700")]);
    // Rows 1 and 2 at once: one client says nothing, one says a little every 50 ms.
    let port = server.port;
    let silent = std::thread::spawn(move || RawClient::connect(port).time_to_end());
    let begun = Instant::now();
    let mut dribbler = RawClient::connect(server.port);
    dribbler.stream.set_read_timeout(Some(Duration::from_millis(1))).expect("a timeout can be set");
    let mut ended = None;
    for octet in REQUEST.bytes().cycle().take(400) {
        use std::io::{Read, Write};
        let mut answer = [0; 1024];
        // At most the 408 arrives before the end.
        let gone = matches!(dribbler.stream.read(&mut answer), Ok(0))
            || dribbler.stream.write_all(&[octet]).is_err();
        if gone {
            ended = Some(begun.elapsed());
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let ended = ended.expect("the dribbling client is cut off");
    for (who, time) in [("dribbling", ended), ("silent", silent.join().expect("the client ends"))] {
        assert!(time >= Duration::from_millis(500), "the {who} client was cut off after {time:?} already");
        assert!(time < Duration::from_secs(4), "the {who} client was cut off after {time:?} only");
    }
    server.assert_serving();
}

#[test]
fn long_requests_are_refused() {
    let mut server = Server::start(&[]);
    refused(&server, &with("GET /", &format!("GET /{}", "a".repeat(9000))), 414);
    refused(&server, &and(&format!("X-Long: {}\r\n", "a".repeat(9000))), 431);
    refused(&server, &and(&"X-Same: 1\r\n".repeat(101)), 431);
    let many: String = (0..18).map(|number| format!("X-{number}: {}\r\n", "a".repeat(1000))).collect();
    refused(&server, &and(&many), 431);
    // What stays inside every limit is fine.
    let some: String = (0..90).map(|number| format!("X-{number}: {}\r\n", "a".repeat(100))).collect();
    accepted(&server, &and(&some));
    server.assert_serving();
}

#[test]
fn malformed_requests_are_refused() {
    let mut server = Server::start(&[]);
    for request in [
        and("X-A: one\rtwo\r\n"),
        and("X-A: one\ntwo: three\r\n"),
        REQUEST.replace("\r\n", "\n"),
        and("X-A: one\0two\r\n"),
        and("X-A : one\r\n"),
        and("X-A: one\r\n folded\r\n"),
        and("\u{1}: one\r\n"),
        and("no colon at all\r\n"),
        and(": no name\r\n"),
        with("GET / HTTP/1.1", "GET /"),
        with("GET / HTTP/1.1", "GET  / HTTP/1.1"),
        with("GET / HTTP/1.1", "\u{7f}ET / HTTP/1.1"),
    ] {
        refused(&server, &request, 400);
    }
    server.assert_serving();
}

#[test]
fn methods_versions_and_missing_upgrades_are_answered_by_name() {
    let mut server = Server::start(&[]);
    refused(&server, &with("GET ", "POST "), 405);
    refused(&server, &with("HTTP/1.1", "HTTP/1.0"), 505);
    for request in [
        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_string(),
        with("Upgrade: websocket\r\n", ""),
        with("Connection: Upgrade\r\n", "Connection: keep-alive\r\n"),
    ] {
        let response = refused(&server, &request, 426);
        assert_eq!(response.values("upgrade"), ["websocket"]);
        assert_eq!(response.values("sec-websocket-version"), ["13"]);
    }
    let response = refused(&server, &with(VERSION, "Sec-WebSocket-Version: 12\r\n"), 426);
    assert_eq!(response.values("sec-websocket-version"), ["13"]);
    refused(&server, &with(VERSION, &VERSION.repeat(2)), 400);
    server.assert_serving();
}

#[test]
fn the_key_must_be_sixteen_octets_once() {
    let mut server = Server::start(&[]);
    for keys in [
        "",
        "Sec-WebSocket-Key: not base64 at all!\r\n",
        // 15 and 17 octets
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA\r\n",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAA=\r\n",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ\r\n",
        &KEY.repeat(2),
    ] {
        refused(&server, &with(KEY, keys), 400);
    }
    server.assert_serving();
}

#[test]
fn odd_but_legal_requests_are_accepted() {
    let mut server = Server::start(&[]);
    for request in [
        with("Connection: Upgrade", "Connection: keep-alive, Upgrade"),
        with("Connection: Upgrade", "connection: keep-alive\r\nCONNECTION: uPGRADE"),
        with("Upgrade: websocket", "UPGRADE: WebSocket"),
        with("Host: localhost", "hOsT:localhost:8080"),
        with("Sec-WebSocket-Version: 13", "sec-websocket-version:   13  "),
        with("GET / ", "GET /a/b?c=d&e=%20f "),
        and("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"),
    ] {
        accepted(&server, &request);
    }
    server.assert_serving();
}

#[test]
fn hosts_and_bodies_are_checked() {
    let mut server = Server::start(&[]);
    for request in [
        with(HOST, ""),
        with(HOST, &HOST.repeat(2)),
        and("Content-Length: 5\r\n"),
        and("Transfer-Encoding: chunked\r\n"),
    ] {
        refused(&server, &request, 400);
    }
    server.assert_serving();
}

#[test]
fn what_follows_the_request_in_its_packet_is_not_lost() {
    let server = Server::start(&[]);
    let mut client = RawClient::connect(server.port);
    let mut packet = REQUEST.as_bytes().to_vec();
    packet.extend(frame(TEXT, b"first"));
    packet.extend(frame(TEXT, b"second"));
    client.send(&packet);
    assert_eq!(client.read_response().status, 101);
    client.expect_frame(TEXT, b"first");
    client.expect_frame(TEXT, b"second");
    client.send_frame(TEXT, b"third");
    client.expect_frame(TEXT, b"third");
}

#[test]
fn nothing_after_a_refused_upgrade_is_parsed() {
    let mut server = Server::start(&[]);
    let mut client = RawClient::connect(server.port);
    let mut packet = with(VERSION, "Sec-WebSocket-Version: 12\r\n").into_bytes();
    packet.extend(REQUEST.as_bytes());
    packet.extend(frame(TEXT, b"hello"));
    client.send(&packet);
    assert_eq!(client.read_response().status, 426);
    let rest = String::from_utf8_lossy(&client.read_to_end()).into_owned();
    assert!(!rest.contains("HTTP/1.1"), "a second answer came: {rest:?}");
    server.assert_serving();
}

#[test]
fn a_request_may_arrive_in_any_pieces() {
    let server = Server::start(&[]);
    for cut in 1..REQUEST.len() {
        let mut client = RawClient::connect(server.port);
        client.send(&REQUEST.as_bytes()[..cut]);
        std::thread::sleep(Duration::from_micros(300));
        client.send(&REQUEST.as_bytes()[cut..]);
        assert_eq!(client.read_response().status, 101, "cut at {cut}");
    }
}

#[test]
fn pages_of_other_sites_are_refused() {
    let mut server = Server::start(&[]);
    let answer = |server: &Server, host: &str, origin: &[u8]| {
        let mut client = RawClient::connect(server.port);
        let (before, after) = REQUEST.split_once("Host: localhost\r\n").expect("it has a host");
        let head = format!("{before}Host: {host}\r\nOrigin: ");
        client.send(&[head.as_bytes(), origin, b"\r\n", after.as_bytes()].concat());
        client.read_response().status
    };
    for origin in [
        &b"http://evil.example"[..],
        b"null",
        b"example.com",
        b"http://evil-example.com",
        b"http://example.com.evil.example",
        b"http://example.com@evil.example",
        b"http://example.com/path",
        b"http://example.com:81",
        b"http://",
        b"//example.com",
        b"http://example.com http://evil.example",
        b"http://example.com\x1b[31m",
        b"http://ex\xffample.com",
    ] {
        let status = answer(&server, "example.com", origin);
        assert!(
            status == 403 || status == 400,
            "{:?} was answered {status}",
            String::from_utf8_lossy(origin)
        );
    }
    for (host, origin) in [
        ("example.com", "http://example.com"),
        ("example.com", "http://EXAMPLE.com"),
        ("example.com:8080", "http://example.com:8080"),
    ] {
        assert_eq!(answer(&server, host, origin.as_bytes()), 101, "{origin} at {host}");
    }
    server.assert_serving();
}
