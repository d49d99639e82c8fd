use super::*;
use rustls::HandshakeKind;
use rustls::crypto::GetRandomFailed;
use rustls::crypto::ring::Ticketer;
use rustls::server::ProducesTickets;
use rustls::ticketer::TicketRotator;
use rustls::version::{TLS12, TLS13};
use std::time::Duration;

const VERSIONS: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];

/// A conversation past its handshake, by either version.
fn opened(version: &'static SupportedProtocolVersion) -> Conversation {
    let authority = Authority::new();
    let server = Arc::new(server_config(&authority, &["a.example"]));
    let client = Arc::new(client_config(&authority, version));
    let mut conversation = Conversation::new(&server, &client, "a.example");
    conversation.exchange().expect("a handshake");
    assert!(conversation.session.is_open());
    conversation
}

/// Lengths of the records in these bytes.
fn records(mut bytes: &[u8]) -> Vec<usize> {
    let mut lengths = Vec::new();
    while let [_, _, _, high, low, rest @ ..] = bytes {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        lengths.push(length);
        bytes = &rest[length..];
    }
    lengths
}

#[test]
fn both_versions_carry_bytes_both_ways() {
    for (version, minor) in [(&TLS12, 2), (&TLS13, 3)] {
        let mut conversation = opened(version);
        let agreement = conversation.session.agreement().expect("an agreement");
        assert_eq!(agreement.minor_version, minor);
        assert_eq!(agreement.server_name.as_deref(), Some("a.example"));
        assert_eq!(agreement.certificate, None);
        for length in [1, 125, RECORD, RECORD + 1, 100_000] {
            let bytes: Vec<u8> = (0..length).map(|at| ((at * 31) >> 3) as u8).collect();
            conversation.client.writer().write_all(&bytes).expect("room");
            conversation.exchange().expect("records");
            assert_eq!(std::mem::take(&mut conversation.heard), bytes);
            let sealed = conversation.seal(&[&bytes]);
            conversation.tell_client(&sealed).expect("records");
            assert_eq!(conversation.client_heard(), bytes);
        }
    }
}

#[test]
fn a_handshake_and_records_may_come_byte_by_byte() {
    for version in VERSIONS {
        let authority = Authority::new();
        let server = Arc::new(server_config(&authority, &["a.example"]));
        let client = Arc::new(client_config(&authority, version));
        let mut conversation = Conversation::new(&server, &client, "a.example");
        while !conversation.session.is_open() {
            for byte in conversation.client_sends() {
                assert_eq!(conversation.hear(&[byte], 100), Heard::Plain(0));
            }
            let answer = conversation.server_sends();
            conversation.tell_client(&answer).expect("a handshake");
        }
        conversation.client.writer().write_all(b"hello").expect("room");
        for byte in conversation.client_sends() {
            conversation.hear(&[byte], 100);
        }
        assert_eq!(conversation.heard, b"hello");
    }
}

#[test]
fn an_idle_connection_holds_no_bytes() {
    let mut conversation = opened(&TLS13);
    conversation.client.writer().write_all(&[7; 40_000]).expect("room");
    conversation.exchange().expect("records");
    assert_eq!(conversation.session.partial().len(), 0);
    assert_eq!(conversation.session.held(), 0);
    let sealed = conversation.seal(&[&[7; 40_000]]);
    conversation.session.keep_unsent(&sealed);
    assert!(conversation.session.held() > 40_000);
    conversation.server_sends();
    assert_eq!(conversation.session.held(), 0);
}

#[test]
fn what_there_was_no_room_for_makes_it_readable() {
    let mut conversation = opened(&TLS13);
    conversation.client.writer().write_all(b"one, two").expect("room");
    let bytes = conversation.client_sends();
    assert!(!conversation.session.is_readable());
    assert_eq!(conversation.hear(&bytes, 3), Heard::Plain(3));
    assert!(conversation.session.is_readable());
    let mut rest = [MaybeUninit::uninit(); 4];
    assert_eq!(conversation.session.take_plain(&mut rest), 4);
    // SAFETY: so many have been written.
    assert_eq!(rest.map(|byte| unsafe { byte.assume_init() }), *b", tw");
    assert_eq!(conversation.session.take_plain(&mut rest), 1);
    assert!(!conversation.session.is_readable());
}

#[test]
fn bytes_that_were_read_before_are_looked_at_without_others() {
    let authority = Authority::new();
    let server = Arc::new(server_config(&authority, &["a.example"]));
    let client = Arc::new(client_config(&authority, &TLS13));
    let mut conversation = Conversation::new(&server, &client, "a.example");
    let hello = conversation.client_sends();
    conversation.session = Session::new(server, &hello).expect("a session");
    assert!(conversation.session.is_readable());
    conversation.hear(&[], 100);
    assert!(!conversation.session.is_readable());
    conversation.exchange().expect("a handshake");
    assert!(conversation.session.is_open());
}

#[test]
fn small_pieces_share_a_record_and_large_ones_fill_records() {
    for version in VERSIONS {
        let mut conversation = opened(version);
        let small = [&[1; 127][..]; 16];
        let sealed = conversation.seal(&small);
        assert_eq!(records(&sealed).len(), 1);
        conversation.tell_client(&sealed).expect("records");
        assert_eq!(conversation.client_heard(), small.concat());

        // A header and a large payload: only the first record is joined, and all but the last are full.
        let large = vec![2; 5 * RECORD];
        let sealed = conversation.seal(&[&[1; 10], &large, &[3; 4]]);
        assert_eq!(records(&sealed).len(), 6);
        conversation.tell_client(&sealed).expect("records");
        assert_eq!(conversation.client_heard(), [&[1; 10][..], &large, &[3; 4]].concat());
    }
}

#[test]
fn nothing_is_sent_before_the_handshake_is_over() {
    let authority = Authority::new();
    let server = Arc::new(server_config(&authority, &["a.example"]));
    let client = Arc::new(client_config(&authority, &TLS13));
    let mut conversation = Conversation::new(&server, &client, "a.example");
    let hello = conversation.client_sends();
    conversation.hear(&hello, 100);
    let pieces = [IoSlice::new(b"early")];
    let sealed = conversation.session.seal(&mut Pieces::new(&pieces), &mut [0; RECORD], &mut [0; 3 * RECORD]);
    assert_eq!(sealed, Err(NetError::NotConnected));
    assert!(!conversation.session.is_writable());
    assert!(conversation.session.agreement().is_none());
}

#[test]
fn each_side_says_that_it_ends() {
    for version in VERSIONS {
        let mut conversation = opened(version);
        conversation.session.say_goodbye();
        conversation.session.say_goodbye();
        let alert = conversation.server_sends();
        assert_eq!(records(&alert).len(), 1, "once");
        let mut alert = Cursor::new(alert);
        conversation.client.read_tls(&mut alert).expect("bytes in memory");
        let state = conversation.client.process_new_packets().expect("an alert");
        assert!(state.peer_has_closed());

        conversation.client.writer().write_all(b"last words").expect("room");
        conversation.client.send_close_notify();
        let bytes = conversation.client_sends();
        conversation.hear(&bytes, 100);
        assert_eq!(conversation.heard, b"last words");
        assert_eq!(conversation.session.end(), Some(NetError::EndOfStream));
        assert_eq!(conversation.session.hear_end(), NetError::EndOfStream);
    }
}

#[test]
fn an_end_without_a_word_is_another_one() {
    let mut conversation = opened(&TLS13);
    conversation.client.writer().write_all(b"cut").expect("room");
    let bytes = conversation.client_sends();
    conversation.hear(&bytes[..bytes.len() - 1], 100);
    assert_eq!(conversation.heard, b"");
    assert_eq!(conversation.session.hear_end(), NetError::CutOff);
}

#[test]
fn a_record_that_was_changed_ends_it_behind_what_came_before() {
    for version in VERSIONS {
        let mut conversation = opened(version);
        conversation.client.writer().write_all(b"good").expect("room");
        let mut bytes = conversation.client_sends();
        conversation.client.writer().write_all(b"bad").expect("room");
        bytes.extend(conversation.client_sends());
        *bytes.last_mut().expect("bytes") ^= 1;
        assert_eq!(conversation.hear(&bytes, 100), Heard::Plain(4));
        assert_eq!(conversation.heard, b"good");
        assert_eq!(conversation.session.end(), Some(NetError::BadRecord));
        assert!(conversation.session.fault().is_some());
        let alert = conversation.server_sends();
        assert_eq!(
            conversation.tell_client(&alert),
            Err(rustls::Error::AlertReceived(rustls::AlertDescription::BadRecordMac))
        );
    }
}

#[test]
fn garbage_is_no_tls_and_a_letter_may_be_http() {
    let authority = Authority::new();
    let server = Arc::new(server_config(&authority, &["a.example"]));
    let client = Arc::new(client_config(&authority, &TLS13));
    let mut conversation = Conversation::new(&server, &client, "a.example");
    assert_eq!(conversation.hear(b"GET / HTTP/1.1\r\n\r\n", 100), Heard::NoTls);
    assert_eq!(conversation.server_sends(), b"");

    for garbage in
        [&[0; 64][..], &[0x16, 3, 1, 0xff, 0xff, 0, 0], b"\x16\x03\x01\x00\x04abcd", &[0xff; 20_000]]
    {
        let mut conversation = Conversation::new(&server, &client, "a.example");
        assert_eq!(conversation.hear(garbage, 100), Heard::Plain(0));
        assert_eq!(conversation.session.end(), Some(NetError::BadRecord), "{garbage:?}");
        let alert = conversation.server_sends();
        assert_eq!(alert.first(), Some(&21), "an alert for {garbage:02x?}");
    }
}

/// Bytes of a conversation are changed, dropped and doubled at every place: whatever that is, it ends, or nothing comes of
/// it.
#[test]
fn no_change_of_any_byte_does_harm() {
    for version in VERSIONS {
        let authority = Authority::new();
        let server = Arc::new(server_config(&authority, &["a.example"]));
        let client = Arc::new(client_config(&authority, version));
        let length = Conversation::new(&server, &client, "a.example").client_sends().len();
        for at in 0..length {
            for change in 0..3 {
                let mut conversation = Conversation::new(&server, &client, "a.example");
                let mut hello = conversation.client_sends();
                match change {
                    0 => hello[at] ^= 0x55,
                    1 => drop(hello.remove(at)),
                    _ => hello.insert(at, hello[at]),
                }
                conversation.hear(&hello, 100);
                assert!(!conversation.session.is_open());
            }
        }
    }
}

#[test]
fn a_client_is_shown_the_certificate_of_the_name_that_it_asks_for() {
    let authority = Authority::new();
    let server = Arc::new(server_config(&authority, &["a.example", "*.b.example", "c.example"]));
    let client = Arc::new(client_config(&authority, &TLS13));
    for name in ["a.example", "x.b.example", "c.example"] {
        let mut conversation = Conversation::new(&server, &client, name);
        conversation.exchange().expect("a certificate of that name");
        assert_eq!(conversation.session.agreement().expect("open").server_name.as_deref(), Some(name));
    }
    // Any other is shown the first one, which it refuses.
    let mut conversation = Conversation::new(&server, &client, "d.example");
    assert!(conversation.exchange().is_err());
}

#[test]
fn only_http_1_is_spoken_over_it() {
    let authority = Authority::new();
    let server = Arc::new(server_config(&authority, &["a.example"]));
    for (offered, spoken) in [(&["h2"][..], None), (&["h2", "http/1.1"], Some(&b"http/1.1"[..]))] {
        let mut client = client_config(&authority, &TLS13);
        client.alpn_protocols = offered.iter().map(|name| name.as_bytes().to_vec()).collect();
        let mut conversation = Conversation::new(&server, &Arc::new(client), "a.example");
        let outcome = conversation.exchange();
        match spoken {
            None => {
                let alert = rustls::AlertDescription::NoApplicationProtocol;
                assert_eq!(outcome, Err(rustls::Error::AlertReceived(alert)));
            }
            Some(_) => assert_eq!(conversation.client.alpn_protocol(), spoken),
        }
    }
}

#[test]
fn a_session_is_resumed_by_its_ticket() {
    for version in VERSIONS {
        let authority = Authority::new();
        let server = Arc::new(server_config(&authority, &["a.example"]));
        let client = Arc::new(client_config(&authority, version));
        for kind in [HandshakeKind::Full, HandshakeKind::Resumed] {
            let mut conversation = Conversation::new(&server, &client, "a.example");
            conversation.exchange().expect("a handshake");
            assert_eq!(conversation.client.handshake_kind(), Some(kind));
            assert_eq!(
                conversation.session.agreement().expect("open").server_name.as_deref(),
                Some("a.example")
            );
        }
    }
}

/// Tickets that their owners may keep for an hour, however soon keys change.
#[derive(Debug)]
struct Lasting(Arc<dyn ProducesTickets>);

impl ProducesTickets for Lasting {
    fn enabled(&self) -> bool {
        self.0.enabled()
    }

    fn lifetime(&self) -> u32 {
        3600
    }

    fn encrypt(&self, plain: &[u8]) -> Option<Vec<u8>> {
        self.0.encrypt(plain)
    }

    fn decrypt(&self, ticket: &[u8]) -> Option<Vec<u8>> {
        self.0.decrypt(ticket)
    }
}

/// A server's keys change every six hours, and these every two seconds.
#[test]
fn a_ticket_is_good_under_the_key_that_made_it_and_under_the_next() {
    let authority = Authority::new();
    let mut server = server_config(&authority, &["a.example"]);
    let key = || -> Result<Box<dyn ProducesTickets>, GetRandomFailed> {
        Ok(Box::new(Lasting(Ticketer::new().map_err(|_| GetRandomFailed)?)))
    };
    let keys = TicketRotator::new(2, key).expect("random bytes");
    server.ticketer = Arc::new(Lasting(Arc::new(keys)));
    let server = Arc::new(server);
    let clients = || VERSIONS.map(|version| Arc::new(client_config(&authority, version)));
    let assert_visits = |clients: &[Arc<ClientConfig>; 2], kind| {
        for client in clients {
            let mut conversation = Conversation::new(&server, client, "a.example");
            conversation.exchange().expect("a handshake");
            assert_eq!(conversation.client.handshake_kind(), Some(kind));
        }
    };
    let (often, late) = (clients(), clients());
    assert_visits(&often, HandshakeKind::Full);
    assert_visits(&late, HandshakeKind::Full);
    // The key changes when somebody comes.
    std::thread::sleep(Duration::from_millis(3100));
    assert_visits(&often, HandshakeKind::Resumed);
    std::thread::sleep(Duration::from_millis(3100));
    assert_visits(&often, HandshakeKind::Resumed);
    assert_visits(&late, HandshakeKind::Full);
}

#[test]
fn keys_may_be_renewed_by_the_peer() {
    let mut conversation = opened(&TLS13);
    for round in 0..3 {
        conversation.client.refresh_traffic_keys().expect("TLS 1.3 can");
        conversation.client.writer().write_all(&[round]).expect("room");
        conversation.exchange().expect("records");
        let sealed = conversation.seal(&[&[round; 3]]);
        conversation.tell_client(&sealed).expect("records under the new key");
        assert_eq!(conversation.client_heard(), [round; 3]);
    }
    assert_eq!(conversation.heard, [0, 1, 2]);
}
