//! A server that speaks TLS, met by clients that are not ours, and by some that mean harm: row 39 of the hostile inputs.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::version::TLS13;
use rustls::{AlertDescription, HandshakeKind};
use snow_clients::dice::Dice;
use snow_clients::raw::{CLOSE, REQUEST, RawClient, TEXT, close_payload, frame};
use snow_clients::server::{Server, is_logged};
use snow_clients::tls::{
    self, Authority, Client, Stream, VERSIONS, connect, dial, over, try_upgrade, upgrade,
};
use snow_tests::process::PATIENCE;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tungstenite::protocol::frame::Frame;
use tungstenite::protocol::frame::coding::{Data, OpCode};
use tungstenite::{Bytes, Error, Message};

/// 0 octets to 1 MiB, with the edges of records and of lengths.
const SIZES: [usize; 12] =
    [0, 1, 125, 126, 16_380, 16_384, 16_385, 65_535, 65_536, 100_000, 1_048_575, 1_048_576];

fn octets(count: usize) -> Vec<u8> {
    (0..count).map(|at| (at * 31 + at / 251) as u8).collect()
}

fn echo(client: &mut Client, text: &str) {
    client.send(Message::text(text)).expect("a message can be sent");
    assert_eq!(client.read().expect("an echo"), Message::text(text));
}

/// The text that a client is answered.
fn told(client: &mut Client, question: &str) -> String {
    client.send(Message::text(question)).expect("a message can be sent");
    client.read().expect("an answer").into_text().expect("text").to_string()
}

/// Waits until the server has said this, and so often.
fn await_line(server: &Server, text: &str, count: usize) {
    let end = Instant::now() + PATIENCE;
    while server.stderr().matches(text).count() < count {
        assert!(Instant::now() < end, "not {count} times {text:?} in: {}", server.stderr());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Sends the request and reads its answer, over a stream that is no tungstenite client yet.
fn request(stream: &mut Stream) -> String {
    stream.write_all(REQUEST.as_bytes()).expect("the request can be sent");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut octet = [0];
        stream.read_exact(&mut octet).expect("an answer");
        head.push(octet[0]);
    }
    String::from_utf8(head).expect("text")
}

#[test]
fn messages_of_every_size_come_back_by_both_versions() {
    let authority = Authority::new();
    let server = authority.serve(&[]);
    for version in VERSIONS {
        let mut client = upgrade(connect(&server, &Arc::new(authority.config(version)), "localhost"));
        for size in SIZES {
            for message in [Message::binary(octets(size)), Message::text("x".repeat(size))] {
                client.send(message.clone()).expect("a message can be sent");
                let echo = client.read().expect("an echo");
                assert!(echo == message, "{size} octets came back as {}", echo.len());
            }
        }
    }
}

#[test]
fn fragments_come_back_whole_and_pings_between_them_are_answered() {
    let authority = Authority::new();
    let server = authority.serve(&[]);
    let mut client = authority.client(&server);
    for (size, pieces) in [(0, 3), (10, 4), (70_000, 7), (1_000_000, 16)] {
        let whole = octets(size);
        for piece in 0..pieces {
            let (from, to) = (size * piece / pieces, size * (piece + 1) / pieces);
            let opcode = OpCode::Data(if piece == 0 { Data::Binary } else { Data::Continue });
            let part = Bytes::copy_from_slice(&whole[from..to]);
            let frame = Frame::message(part, opcode, piece + 1 == pieces);
            client.send(Message::Frame(frame)).expect("a frame can be sent");
            if piece == 0 {
                client.send(Message::Ping(Bytes::from_static(b"there?"))).expect("a ping can be sent");
            }
        }
        assert_eq!(client.read().expect("a pong"), Message::Pong(Bytes::from_static(b"there?")));
        assert!(client.read().expect("an echo") == Message::binary(whole));
    }
}

#[test]
fn two_hundred_clients_at_once() {
    let authority = Authority::new();
    let server = authority.serve(&[]);
    let config = Arc::new(authority.config(&TLS13));
    let mut clients: Vec<Client> =
        (0..200).map(|_| upgrade(connect(&server, &config, "localhost"))).collect();
    for round in 0..3 {
        for (number, client) in clients.iter_mut().enumerate() {
            client.send(Message::text(format!("{round} {number}"))).expect("a message can be sent");
        }
        for (number, client) in clients.iter_mut().enumerate() {
            assert_eq!(client.read().expect("an echo"), Message::text(format!("{round} {number}")));
        }
    }
}

#[test]
fn a_burst_of_small_messages_is_answered_in_one_record() {
    /// How many records of application data have come.
    fn count(mut octets: &[u8]) -> usize {
        let mut count = 0;
        while let [kind, _, _, high, low, rest @ ..] = octets {
            count += usize::from(*kind == 23);
            octets = &rest[usize::from(u16::from_be_bytes([*high, *low]))..];
        }
        count
    }
    let authority = Authority::new();
    let server = authority.serve(&[]);
    let mut stream = connect(&server, &Arc::new(authority.config(&TLS13)), "localhost");
    assert!(request(&mut stream).starts_with("HTTP/1.1 101 "));
    // One record of the client's, so that one read brings all of them.
    let burst: Vec<u8> = (0..16).flat_map(|_| frame(TEXT, &[b'x'; 125])).collect();
    stream.write_all(&burst).expect("it can be sent");
    let expected = 16 * (2 + 125);
    let mut octets = Vec::new();
    let mut plain = vec![0; expected];
    let mut read = 0;
    while read < expected {
        let mut part = [0; 65_536];
        let length = stream.sock.read(&mut part).expect("an answer");
        octets.extend_from_slice(&part[..length]);
        let mut left = &part[..length];
        while !left.is_empty() {
            stream.conn.read_tls(&mut left).expect("records");
            stream.conn.process_new_packets().expect("good ones");
        }
        while let Ok(length) = stream.conn.reader().read(&mut plain[read..])
            && length > 0
        {
            read += length;
        }
    }
    assert_eq!(count(&octets), 1);
}

#[test]
fn a_client_comes_back_by_its_ticket() {
    let authority = Authority::new();
    let server = authority.serve(&[]);
    for version in VERSIONS {
        let config = Arc::new(authority.config(version));
        for kind in [HandshakeKind::Full, HandshakeKind::Resumed, HandshakeKind::Resumed] {
            let mut client = upgrade(connect(&server, &config, "localhost"));
            echo(&mut client, "hello");
            assert_eq!(client.get_ref().conn.handshake_kind(), Some(kind), "{version:?}");
        }
    }
}

#[test]
fn a_request_tells_what_was_agreed_on_and_a_name_has_its_certificate() {
    let authority = Authority::new();
    authority.issue("other", &["other.example", "*.wild.example"]);
    let more = format!("{}:{}", authority.path("other.pem"), authority.path("other.key"));
    let server = authority.serve_program("told_tls", &[("WS_MORE_CERTIFICATES", &more)]);
    for (version, shown) in VERSIONS.into_iter().zip(["TLS 1.2", "TLS 1.3"]) {
        for name in ["localhost", "other.example", "a.wild.example"] {
            // The client refuses a certificate of another name.
            let mut client = upgrade(connect(&server, &Arc::new(authority.config(version)), name));
            let told = told(&mut client, "?");
            assert!(
                told.starts_with(&format!("Some(\"{shown}\") Some(\"{name}\") None 127.0.0.1:")),
                "{told}"
            );
        }
    }
    let stranger = connect(&server, &Arc::new(authority.config(&TLS13)), "elsewhere.example");
    assert!(try_upgrade(stranger).is_err());
}

#[test]
fn only_http_1_is_agreed_on() {
    let authority = Authority::new();
    let server = authority.serve(&[]);
    let mut config = authority.config(&TLS13);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let client = upgrade(connect(&server, &Arc::new(config.clone()), "localhost"));
    assert_eq!(client.get_ref().conn.alpn_protocol(), Some(&b"http/1.1"[..]));
    config.alpn_protocols = vec![b"h2".to_vec()];
    let refused = try_upgrade(connect(&server, &Arc::new(config), "localhost")).expect_err("no h2");
    assert!(refused.contains(&format!("{:?}", AlertDescription::NoApplicationProtocol)), "{refused}");
}

#[test]
fn a_client_must_show_a_certificate_where_one_is_demanded() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let variables = [("WS_CLIENT_CA", clients.path("authority.pem"))];
    let variables = variables.each_ref().map(|(name, value)| (*name, value.as_str()));
    let mut server = authority.serve_program("told_tls", &variables);
    let config = Arc::new(authority.config_with_certificate(&clients));
    let mut client = upgrade(connect(&server, &config, "localhost"));
    assert!(told(&mut client, "?").contains(" Some(true) "));
    // Who comes back is who he was.
    let mut client = upgrade(connect(&server, &config, "localhost"));
    assert!(told(&mut client, "?").contains(" Some(true) "));
    assert_eq!(client.get_ref().conn.handshake_kind(), Some(HandshakeKind::Resumed));

    let nobody = Arc::new(authority.config(&TLS13));
    let stranger = Arc::new(authority.config_with_certificate(&authority));
    for config in [nobody, stranger] {
        assert!(try_upgrade(connect(&server, &config, "localhost")).is_err());
    }
    server.assert_alive();
    await_line(&server, "status=400 why=\"TLS: ", 2);
}

#[test]
fn the_end_is_said_behind_the_close_frames() {
    let authority = Authority::new();
    let server = authority.serve(&[]);
    for version in VERSIONS {
        let mut stream = connect(&server, &Arc::new(authority.config(version)), "localhost");
        assert!(request(&mut stream).starts_with("HTTP/1.1 101 "));
        stream.write_all(&frame(CLOSE, &close_payload(1000, b""))).expect("it can be sent");
        let mut rest = Vec::new();
        // rustls tells an end without close_notify by an error.
        stream.read_to_end(&mut rest).expect("the server says that it ends");
        assert_eq!(rest, [0x88, 2, 3, 232]);
    }
}

#[test]
fn an_end_without_a_close_frame_is_1006_whether_it_was_said_or_not() {
    let authority = Authority::new();
    let server = authority.serve(&[("WS_LOG_LEVEL", "ends")]);
    let config = Arc::new(authority.config(&TLS13));
    let mut said = connect(&server, &config, "localhost");
    assert!(request(&mut said).starts_with("HTTP/1.1 101 "));
    said.conn.send_close_notify();
    said.flush().expect("it can be sent");
    await_line(&server, "code=1006 by=loss", 1);
    let mut cut = connect(&server, &config, "localhost");
    assert!(request(&mut cut).starts_with("HTTP/1.1 101 "));
    cut.sock.shutdown(Shutdown::Write).expect("it is open");
    await_line(&server, "code=1006 by=loss", 2);
    // In the middle of a record.
    let mut torn = connect(&server, &config, "localhost");
    assert!(request(&mut torn).starts_with("HTTP/1.1 101 "));
    torn.sock.write_all(&[23, 3, 3, 0, 100, 1, 2, 3]).expect("it can be sent");
    torn.sock.shutdown(Shutdown::Write).expect("it is open");
    await_line(&server, "code=1006 by=loss", 3);
}

#[test]
fn a_bad_record_ends_its_connection_at_once_with_an_alert() {
    let authority = Authority::new();
    let server = authority.serve(&[("WS_LOG_LEVEL", "ends")]);
    let mut other = authority.client(&server);
    for (number, record) in [
        &[23, 3, 3, 0, 20, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19][..],
        &[23, 3, 3, 0xff, 0xff],
        &[99, 3, 3, 0, 1, 0],
    ]
    .into_iter()
    .enumerate()
    {
        let mut stream = connect(&server, &Arc::new(authority.config(&TLS13)), "localhost");
        assert!(request(&mut stream).starts_with("HTTP/1.1 101 "));
        stream.sock.write_all(record).expect("it can be sent");
        let mut rest = Vec::new();
        let error = stream.read_to_end(&mut rest).expect_err("an alert");
        assert_eq!(error.kind(), ErrorKind::InvalidData, "{error}");
        assert!(error.to_string().contains("received fatal alert"), "{error}");
        await_line(&server, "code=1006 by=loss", number + 1);
    }
    echo(&mut other, "still here");
}

#[test]
fn who_speaks_no_tls_is_told_so_in_plain_text() {
    let authority = Authority::new();
    let server = authority.serve(&[]);
    for request in [REQUEST, "GET / HTTP/1.1\r\n", "P"] {
        let mut client = RawClient::connect(server.port);
        client.send(request.as_bytes());
        assert_eq!(client.read_response().status, 400);
        let body = client.read_to_end();
        assert_eq!(String::from_utf8_lossy(&body), "this port speaks TLS: use wss:// or https://");
    }
    echo(&mut authority.client(&server), "hello");
}

#[test]
fn garbage_and_cut_handshakes_cost_their_own_connection_alone() {
    let authority = Authority::new();
    let mut server = authority.serve(&[]);
    let mut other = authority.client(&server);
    let descriptors = server.descriptors();
    let garbage: [&[u8]; 5] = [
        &[0; 1000],
        &[0xff; 40_000],
        b"\x16\x03\x01\x00\x04abcd",
        b"\x16\x03\x01\xff\xff",
        b"\x80\x2e\x01\x00\x02",
    ];
    for octets in garbage {
        let mut client = RawClient::connect(server.port);
        client.send(octets);
        // At most an alert, and the end.
        let answer = client.read_to_end();
        assert!(answer.is_empty() || answer[0] == 21, "{answer:02x?}");
    }
    // A first message that ends anywhere.
    let mut hello = Vec::new();
    let config = Arc::new(authority.config(&TLS13));
    connect(&server, &config, "localhost").conn.write_tls(&mut hello).expect("room");
    for end in [1, 4, 5, 6, 50, hello.len() - 1] {
        let mut client = RawClient::connect(server.port);
        client.send(&hello[..end]);
        client.stream.shutdown(Shutdown::Write).expect("it is open");
        client.expect_end();
    }
    echo(&mut other, "still here");
    server.await_descriptors(descriptors);
    server.assert_alive();
}

/// A record of TLS with a part of a handshake's message.
fn record(payload: &[u8]) -> Vec<u8> {
    [&[22, 3, 1, (payload.len() >> 8) as u8, payload.len() as u8], payload].concat()
}

#[test]
fn malformed_first_messages_are_answered_by_an_alert_and_cost_their_own_connection() {
    let authority = Authority::new();
    let mut server = authority.serve(&[("WS_LOG_LEVEL", "silent")]);
    let mut other = authority.client(&server);
    let descriptors = server.descriptors();
    let config = Arc::new(authority.config(&TLS13));
    let hello = || {
        let mut hello = Vec::new();
        tls::connection(&config, "localhost").write_tls(&mut hello).expect("room");
        hello
    };
    let body = &hello()[5..];
    let handshake_failure = [21, 3, 3, 0, 2, 2, 40];
    let decode_error = [21, 3, 3, 0, 2, 2, 50];
    let unexpected = [21, 3, 3, 0, 2, 2, 10];
    let (mut longer, mut shorter) = (body.to_vec(), body.to_vec());
    longer[3] = longer[3].wrapping_sub(1);
    shorter.drain(40..60);
    let length = (shorter.len() - 4) as u16;
    shorter[2..4].copy_from_slice(&length.to_be_bytes());
    let cases: [(Vec<u8>, &[u8]); 10] = [
        (b"\x16\x03\x01\x48\x01".to_vec(), &decode_error),
        (b"\x16\x09\x09\x00\x04\x01\x00\x00\x00".to_vec(), &decode_error),
        (b"\x16\x03\x01\x00\x00".to_vec(), &decode_error),
        (record(&[1, 0xff, 0xff, 0xff]), &decode_error),
        (record(&longer), &decode_error),
        (record(&shorter), &decode_error),
        (record(&[20, 0, 0, 1, 0]), &unexpected),
        (b"\x17\x03\x03\x00\x01\x00".to_vec(), &unexpected),
        (b"\x15\x03\x01\x00\x02\x01\x5a".repeat(10), &handshake_failure),
        // An alert is not answered.
        (b"\x15\x03\x01\x00\x02\x02\x28".to_vec(), b""),
    ];
    for (octets, alert) in cases {
        let mut client = RawClient::connect(server.port);
        client.send(&octets);
        assert_eq!(client.read_to_end(), alert, "{octets:02x?}");
    }
    // Cut into records it is a good one.
    let mut client = RawClient::connect(server.port);
    for part in body.chunks(1) {
        client.send(&record(part));
    }
    client.stream.read_exact(&mut [0; 5]).expect("an answer");
    drop(client);

    let mut dice = Dice(17);
    for round in 0..2000 {
        let mut octets = hello();
        for _ in 0..=dice.roll(4) {
            let at = dice.roll(octets.len());
            match dice.roll(3) {
                0 => octets[at] = dice.octet(),
                1 => octets.insert(at, dice.octet()),
                _ => octets.truncate(at + 1),
            }
        }
        let mut client = RawClient::connect(server.port);
        client.send(&octets);
        let _ = client.stream.shutdown(Shutdown::Write);
        let answer = client.read_to_end();
        // Nothing where it waited for the rest, 400 where it might be HTTP, an alert, or the server's part of a handshake.
        assert!(matches!(answer.first(), None | Some(b'H' | 21 | 22)), "{octets:02x?}: {answer:02x?}");
        if round % 100 == 0 {
            echo(&mut other, "still here");
        }
    }
    server.await_descriptors(descriptors);
    server.assert_alive();
}

#[test]
fn a_slow_handshake_ends_at_the_deadline() {
    let authority = Authority::new();
    let server = authority.serve(&[("WS_HANDSHAKE_TIMEOUT_MS", "600")]);
    let config = Arc::new(authority.config(&TLS13));
    let mut hello = Vec::new();
    connect(&server, &config, "localhost").conn.write_tls(&mut hello).expect("room");
    for dribbles in [false, true] {
        let mut client = RawClient::connect(server.port);
        client.stream.set_read_timeout(Some(Duration::from_millis(50))).expect("a timeout can be set");
        let begun = Instant::now();
        let mut octets = hello.iter();
        loop {
            if dribbles && let Some(octet) = octets.next() {
                client.send(&[*octet]);
            }
            match client.stream.read(&mut [0; 100]) {
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    assert!(begun.elapsed() < PATIENCE, "it is not ended");
                }
                ended => break drop(ended),
            }
        }
    }
    // The deadline is for the request too.
    let mut stream = connect(&server, &config, "localhost");
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock).expect("a handshake");
    }
    stream.write_all(b"GET / HTTP/1.1\r\n").expect("it can be sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer, and an end that is said");
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[test]
fn a_proxy_header_stands_in_front_of_tls() {
    let authority = Authority::new();
    let server = authority.serve_program("told_tls", &[("WS_PROXY_PROTOCOL", "required")]);
    let config = Arc::new(authority.config(&TLS13));
    for together in [true, false] {
        let mut socket = dial(&server);
        socket.write_all(b"PROXY TCP4 192.0.2.7 127.0.0.1 51000 443\r\n").expect("it can be sent");
        if !together {
            std::thread::sleep(Duration::from_millis(100));
        }
        let mut client = upgrade(over(socket, &config, "localhost"));
        assert_eq!(told(&mut client, "?"), "Some(\"TLS 1.3\") Some(\"localhost\") None 192.0.2.7:51000");
    }
}

#[test]
fn who_has_no_place_gets_an_answer_over_tls() {
    let authority = Authority::new();
    let server = authority.serve(&[("WS_MAX_CONNECTIONS", "1")]);
    std::thread::sleep(Duration::from_millis(200));
    let mut first = authority.client(&server);
    let mut second = connect(&server, &Arc::new(authority.config(&TLS13)), "localhost");
    assert!(request(&mut second).starts_with("HTTP/1.1 503 "));
    echo(&mut first, "hello");
}

#[test]
fn a_drain_closes_with_1001() {
    let authority = Authority::new();
    let mut server = authority.serve(&[("WS_DRAIN_MS", "2000")]);
    let mut client = authority.client(&server);
    server.signal(libc::SIGTERM);
    match client.read().expect("a Close") {
        Message::Close(Some(close)) => assert_eq!(u16::from(close.code), 1001),
        other => panic!("{other:?}"),
    }
    loop {
        match client.read() {
            Ok(_) => {}
            Err(Error::ConnectionClosed) => break,
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(server.await_end(), Some(0), "{}", server.said());
}

#[test]
fn who_answers_pings_stays_and_who_does_not_goes() {
    let authority = Authority::new();
    let variables =
        [("WS_PING_INTERVAL_MS", "200"), ("WS_PONG_TIMEOUT_MS", "200"), ("WS_MAX_MISSED_PONGS", "2")];
    let server = authority.serve(&variables);
    let mut silent = connect(&server, &Arc::new(authority.config(&TLS13)), "localhost");
    assert!(request(&mut silent).starts_with("HTTP/1.1 101 "));
    let mut client = authority.client(&server);
    // Reading answers pings. They have no end while it is taken to live.
    for _ in 0..12 {
        assert!(matches!(client.read().expect("a ping"), Message::Ping(_)));
    }
    let mut heard = Vec::new();
    silent.read_to_end(&mut heard).expect("an end that is said");
    assert!(heard.ends_with(b"\x88\x11\x03\xe9no sign of life"), "{heard:02x?}");
    echo(&mut client, "still here");
}

#[test]
fn large_messages_to_a_client_that_reads_late_all_come_back() {
    let authority = Authority::new();
    let server = authority.serve(&[]);
    let mut client = authority.client(&server);
    let writer = client.get_ref().sock.try_clone().expect("a descriptor is free");
    writer.set_write_timeout(Some(PATIENCE)).expect("a timeout can be set");
    // More than the sockets hold, so that records wait on the way.
    let message = Message::binary(octets(900_000));
    for _ in 0..4 {
        client.send(message.clone()).expect("a message can be sent");
    }
    std::thread::sleep(Duration::from_millis(500));
    for _ in 0..4 {
        assert!(client.read().expect("an echo") == message);
    }
    echo(&mut client, "and on");
}

#[test]
fn records_that_the_socket_did_not_take_count_as_waiting() {
    let authority = Authority::new();
    let server = authority.serve_program("stuck_tls", &[]);
    let mut client = authority.client(&server);
    client.send(Message::text("fill")).expect("a message can be sent");
    await_line(&server, " bytes wait", 1);
    let said = server.stderr();
    let line = said.lines().find(|line| line.ends_with(" bytes wait")).expect("it has been said");
    let waiting: usize = line.split(' ').next().and_then(|number| number.parse().ok()).expect("a number");
    // A part of the record of one message, and no message that is not in a record yet: its header and 64 more count there.
    assert!(waiting <= 4096 + 4 + 22, "{line}");
    loop {
        match client.read().expect("a message") {
            Message::Binary(bytes) => assert!(bytes == vec![b'x'; 4096]),
            text => break assert_eq!(text, Message::text("nothing waits")),
        }
    }
}

/// The certificate that a new client is shown.
fn shown(authority: &Authority, server: &Server) -> Vec<u8> {
    let client = authority.client(server);
    let certificates = client.get_ref().conn.peer_certificates().expect("a certificate");
    certificates[0].to_vec()
}

#[test]
fn certificates_are_read_anew_and_open_connections_stay() {
    let authority = Authority::new();
    let mut server = authority.serve_program("told_tls", &[]);
    let mut open = authority.client(&server);
    let first = shown(&authority, &server);

    // At once when the program asks for it,
    authority.issue("server", &["localhost"]);
    assert_eq!(told(&mut open, "reload"), "reloaded");
    let second = shown(&authority, &server);
    assert_ne!(second, first);
    // and when it is told to by a signal,
    authority.issue("server", &["localhost"]);
    server.signal(libc::SIGHUP);
    let end = Instant::now() + PATIENCE;
    while shown(&authority, &server) == second {
        assert!(Instant::now() < end, "{}", server.said());
    }
    // and by itself before long.
    let third = shown(&authority, &server);
    authority.issue("server", &["localhost"]);
    let end = Instant::now() + PATIENCE;
    while shown(&authority, &server) == third {
        assert!(Instant::now() < end, "{}", server.said());
        std::thread::sleep(Duration::from_millis(50));
    }
    // Files that cannot be used change nothing, and are told of once.
    let fourth = shown(&authority, &server);
    authority.write("server.key", "nonsense");
    let bad = told(&mut open, "reload");
    assert!(bad.contains("server.key: there is no private key in PEM"), "{bad}");
    await_line(&server, "the certificate stays as it is", 1);
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!(server.stderr().matches("the certificate stays as it is").count(), 1, "{}", server.stderr());
    assert_eq!(shown(&authority, &server), fourth);
    assert!(told(&mut open, "?").starts_with("Some(\"TLS 1.3\")"));
    server.assert_alive();
}

/// How many connections stay open while certificates are replaced; `RELOAD_CONNECTIONS=1000` for a large run, of a minute.
fn residents() -> usize {
    std::env::var("RELOAD_CONNECTIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(100)
}

/// The certificates that a server has been given, in their order.
#[derive(Default)]
struct Replacements {
    certificates: Mutex<Vec<Vec<u8>>>,
    /// How many of them have been read.
    read: AtomicUsize,
}

impl Replacements {
    /// Issues another one, and has the server read it.
    fn replace(&self, authority: &Authority, client: &mut Client) {
        let (chain, key) = authority.sign(&["localhost"], |_| {});
        let certificate = CertificateDer::from_pem_slice(chain.as_bytes()).expect("a certificate");
        self.certificates.lock().expect("nobody has failed").push(certificate.to_vec());
        authority.write("server.pem", &chain);
        authority.write("server.key", &key);
        assert_eq!(told(client, "reload"), "reloaded");
        self.read.fetch_add(1, Ordering::SeqCst);
    }

    /// Was this one shown at its time: none that had been replaced when the client came, and none that was not there yet?
    fn assert_timely(&self, certificate: &[u8], read_before: usize) {
        let certificates = self.certificates.lock().expect("nobody has failed");
        let timely = &certificates[read_before.saturating_sub(1)..];
        assert!(timely.iter().any(|one| one == certificate), "{read_before} had been read");
    }
}

#[test]
fn each_new_client_is_shown_the_certificate_of_its_moment_and_none_is_lost() {
    let seconds = if residents() < 1000 { 3 } else { 60 };
    let authority = Authority::new();
    let server = authority.serve_program("told_tls", &[("WS_PING_INTERVAL_MS", "0")]);
    let config = Arc::new(authority.config(&TLS13));
    let come = || upgrade(connect(&server, &config, "localhost"));
    let mut residents: Vec<Client> = (0..residents()).map(|_| come()).collect();
    let replacements = Replacements::default();
    let mut operator = come();
    replacements.replace(&authority, &mut operator);
    let (ended, begun) = (AtomicBool::new(false), Instant::now());
    let (mut slowest, mut resumed) = (Duration::ZERO, 0);
    std::thread::scope(|threads| {
        threads.spawn(|| {
            while !ended.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_secs(1));
                replacements.replace(&authority, &mut operator);
            }
        });
        // However a client fails, the thread ends.
        let end = Ending(&ended);
        // A hundred a second come, and as often one that is there has something to say.
        for number in 0..seconds * 100 {
            let due = Duration::from_millis(10 * number as u64);
            std::thread::sleep(due.saturating_sub(begun.elapsed()));
            let (read_before, dialled) = (replacements.read.load(Ordering::SeqCst), Instant::now());
            let mut client = come();
            assert!(told(&mut client, "?").starts_with("Some(\"TLS 1.3\")"));
            slowest = slowest.max(dialled.elapsed());
            // One that comes back with a ticket of an earlier certificate is not let in by it.
            let connection = &client.get_ref().conn;
            resumed += usize::from(connection.handshake_kind() == Some(HandshakeKind::Resumed));
            replacements
                .assert_timely(&connection.peer_certificates().expect("a certificate")[0], read_before);
            client.close(None).expect("a Close can be sent");
            assert!(matches!(client.read().expect("a Close"), Message::Close(_)));
            let at = number % residents.len();
            assert!(told(&mut residents[at], "?").starts_with("Some(\"TLS 1.3\")"));
        }
        drop(end);
    });
    for client in &mut residents {
        assert!(told(client, "?").starts_with("Some(\"TLS 1.3\")"));
    }
    println!(
        "{} connections stayed; {} came in {:?}, {resumed} of them by a ticket, the slowest had its answer \
         in {slowest:?}; {} certificates were read",
        residents.len(),
        seconds * 100,
        begun.elapsed(),
        replacements.read.into_inner(),
    );
    // Nobody was refused, and no certificate either.
    assert!(!server.stderr().lines().any(is_logged), "{}", server.stderr());
}

/// Sets the flag when it goes.
struct Ending<'a>(&'a AtomicBool);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn a_storm_of_handshakes_does_not_hold_up_who_is_there() {
    let authority = Authority::new();
    let mut server = authority.serve(&[("WS_HANDSHAKE_TIMEOUT_MS", "60000")]);
    let mut client = authority.client(&server);
    let descriptors = server.descriptors();
    let config = Arc::new(authority.config(&TLS13));
    let mut hello = Vec::new();
    connect(&server, &config, "localhost").conn.write_tls(&mut hello).expect("room");
    // None of them goes on behind the server's answer.
    let mut storm: Vec<TcpStream> = (0..1000).map(|_| dial(&server)).collect();
    for stream in &mut storm {
        stream.write_all(&hello).expect("it can be sent");
    }
    for number in 0..100 {
        echo(&mut client, &format!("{number}"));
    }
    for stream in &mut storm {
        assert_eq!(stream.read(&mut [0; 1]).expect("an answer"), 1);
    }
    drop(storm);
    server.await_descriptors(descriptors);
    server.assert_alive();
}

#[test]
fn a_link_to_another_certificate_is_followed() {
    let authority = Authority::new();
    for generation in ["one", "two"] {
        std::fs::create_dir_all(authority.path(generation)).expect("a folder");
        authority.issue(&format!("{generation}/site"), &["localhost"]);
    }
    let link = authority.path("live");
    std::os::unix::fs::symlink(authority.path("one"), &link).expect("a link");
    let (chain, key) = (format!("{link}/site.pem"), format!("{link}/site.key"));
    let server = Server::start_example_with("echo_tls", &[("WS_CERT", &chain), ("WS_KEY", &key)]);
    let first = shown(&authority, &server);
    // As certificate managers do it: in one step.
    std::os::unix::fs::symlink(authority.path("two"), authority.path("next")).expect("a link");
    std::fs::rename(authority.path("next"), &link).expect("it takes its place");
    let end = Instant::now() + PATIENCE;
    while shown(&authority, &server) == first {
        assert!(Instant::now() < end, "{}", server.said());
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn files_that_cannot_be_used_keep_a_server_from_starting() {
    let authority = Authority::new();
    authority.issue("server", &["localhost"]);
    authority.issue("other", &["localhost"]);
    let (good, key) = (authority.path("server.pem"), authority.path("server.key"));
    let missing = authority.path("missing.pem");
    let other = authority.path("other.key");
    authority.write("empty.pem", "");
    let empty = authority.path("empty.pem");
    let (old, old_key) = authority.sign(&["localhost"], |params| {
        params.not_after = rcgen::date_time_ymd(2020, 5, 17);
    });
    authority.write("old.pem", &old);
    authority.write("old.key", &old_key);
    let (old, old_key) = (authority.path("old.pem"), authority.path("old.key"));
    let cases = [
        (&missing, &key, format!("certificate {missing}: No such file or directory (os error 2)\n")),
        (&empty, &key, format!("certificate {empty}: there is no certificate in PEM in it\n")),
        (
            &good,
            &empty,
            format!("certificate {empty}: there is no private key in PEM (PKCS#8, PKCS#1 or SEC1) in it\n"),
        ),
        (&good, &other, format!("certificate {other}: the key is not that of the certificate in {good}\n")),
        (&old, &old_key, format!("certificate {old}: the certificate expired on 2020-05-17\n")),
    ];
    for (chain, key, expected) in cases {
        let port = snow_clients::server::free_port().to_string();
        let variables = [("WS_CERT", chain.as_str()), ("WS_KEY", key.as_str()), ("PORT", &port)];
        let finished = Server::run_program("told_tls", &variables);
        assert_eq!((finished.code, finished.stderr), (Some(1), expected));
    }
    let variables = [("WS_CLIENT_CA", empty.as_str()), ("WS_CERT", &good), ("WS_KEY", &key)];
    let finished = Server::run_program("told_tls", &variables);
    assert_eq!(finished.stderr, format!("certificate {empty}: there is no certificate in PEM in it\n"));
}

#[test]
fn memory_comes_back_when_a_thousand_handshakes_have_failed() {
    let authority = Authority::new();
    let server = authority.serve(&[]);
    let visit = || {
        let mut client = TcpStream::connect(("127.0.0.1", server.port)).expect("the server accepts");
        client.set_read_timeout(Some(PATIENCE)).expect("a timeout can be set");
        client.write_all(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03").expect("it can be sent");
        client
    };
    let _ = authority.client(&server);
    let descriptors = server.descriptors();
    let before = server.resident();
    for _ in 0..10 {
        let clients: Vec<TcpStream> = (0..100).map(|_| visit()).collect();
        drop(clients);
        server.await_descriptors(descriptors);
    }
    let end = Instant::now() + PATIENCE;
    while server.resident() > before + snow_clients::watch::KEPT {
        assert!(Instant::now() < end, "{} bytes are resident, {before} were before", server.resident());
        std::thread::sleep(Duration::from_millis(50));
    }
}
