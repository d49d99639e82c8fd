//! What a peer may say first: cut into records of any size it is understood, and malformed it ends its own connection.

use super::*;
use crate::random::seeded::Random;
use rustls::version::{TLS12, TLS13};

const HANDSHAKE: u8 = 22;
const ALERT: u8 = 21;

/// What clients are answered by, and what they say.
struct Meeting {
    server: Arc<ServerConfig>,
    client: Arc<ClientConfig>,
}

impl Meeting {
    fn new(version: &'static SupportedProtocolVersion) -> Meeting {
        let authority = Authority::new();
        let server = Arc::new(server_config(&authority, &["a.example"]));
        Meeting { server, client: Arc::new(client_config(&authority, version)) }
    }

    fn conversation(&self) -> Conversation {
        Conversation::new(&self.server, &self.client, "a.example")
    }

    /// A first message, with the header of its record.
    fn hello(&self) -> Vec<u8> {
        self.conversation().client_sends()
    }

    /// Why these bytes end a connection, and what they are answered.
    fn refusal(&self, bytes: &[u8]) -> (Option<String>, Vec<u8>) {
        let mut conversation = self.conversation();
        assert_eq!(conversation.hear(bytes, 100), Heard::Plain(0));
        let fault = conversation.session.fault().map(str::to_string);
        assert_eq!(conversation.session.end().is_some(), fault.is_some());
        (fault, conversation.server_sends())
    }
}

fn record(kind: u8, payload: &[u8]) -> Vec<u8> {
    [&[kind, 3, 1, (payload.len() >> 8) as u8, payload.len() as u8], payload].concat()
}

/// A record with a message of the handshake.
fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u32).to_be_bytes();
    record(HANDSHAKE, &[&[kind, length[1], length[2], length[3]], body].concat())
}

#[test]
fn a_first_message_may_be_cut_into_records_of_any_size() {
    for meeting in [Meeting::new(&TLS12), Meeting::new(&TLS13)] {
        for size in [1, 2, 7, 100] {
            let mut conversation = meeting.conversation();
            let hello = conversation.client_sends();
            for part in hello[5..].chunks(size) {
                conversation.hear(&record(HANDSHAKE, part), 100);
            }
            let answer = conversation.server_sends();
            conversation.tell_client(&answer).expect("a handshake");
            conversation.exchange().expect("a handshake");
            assert!(conversation.session.is_open(), "in records of {size}");
        }
    }
}

#[test]
fn what_is_malformed_is_answered_by_an_alert() {
    const DECODE_ERROR: u8 = 50;
    const HANDSHAKE_FAILURE: u8 = 40;
    const UNEXPECTED_MESSAGE: u8 = 10;
    let meeting = Meeting::new(&TLS13);
    let hello = meeting.hello();
    // Behind the headers of its record and of itself.
    let body = &hello[9..];
    let cases = [
        ("a record that is too long", vec![HANDSHAKE, 3, 1, 0x48, 1], DECODE_ERROR),
        ("a version that there is not", vec![HANDSHAKE, 9, 9, 0, 4, 1, 0, 0, 0], DECODE_ERROR),
        ("the form of SSL 2", vec![0x80, 0x2e, 1, 0, 2], DECODE_ERROR),
        ("an empty record", record(HANDSHAKE, &[]), DECODE_ERROR),
        ("a record of no kind", record(99, &[0]), DECODE_ERROR),
        ("a heartbeat", record(24, &[1, 0xff, 0xff]), DECODE_ERROR),
        ("nothing", message(1, &[]), DECODE_ERROR),
        ("a message that is cut short", message(1, &body[..40]), DECODE_ERROR),
        ("bytes behind the extensions", message(1, &[body, &[0; 9]].concat()), DECODE_ERROR),
        ("a message of 16 MB", record(HANDSHAKE, &[1, 0xff, 0xff, 0xff, 3, 3]), DECODE_ERROR),
        ("a message of 64 KiB", record(HANDSHAKE, &[1, 1, 0, 0, 3, 3]), DECODE_ERROR),
        ("a server's message", message(2, body), DECODE_ERROR),
        ("what comes later", message(20, &[0; 32]), UNEXPECTED_MESSAGE),
        ("a request of a server's", message(0, &[]), UNEXPECTED_MESSAGE),
        ("a message of no kind", message(77, &[0]), UNEXPECTED_MESSAGE),
        ("data", record(23, &[0; 40]), UNEXPECTED_MESSAGE),
        ("a change of ciphers", record(20, &[1]), UNEXPECTED_MESSAGE),
        ("a change of ciphers that is none", record(20, &[2]), DECODE_ERROR),
        ("an alert of one byte", record(ALERT, &[1]), DECODE_ERROR),
        ("more warnings than anybody has", record(ALERT, &[1, 90]).repeat(20), HANDSHAKE_FAILURE),
        ("a message in too many records", record(HANDSHAKE, &[1]).repeat(20_000), DECODE_ERROR),
    ];
    for (what, bytes, alert) in cases {
        let (fault, answer) = meeting.refusal(&bytes);
        assert!(fault.is_some(), "{what} is taken");
        assert_eq!(answer, [ALERT, 3, 3, 0, 2, 2, alert], "{what}: {fault:?}");
    }
    // The client takes signatures by one curve alone, and the server's key is on another one.
    let mut strange = hello.clone();
    // The extensions come in any order, and a length may look like the number of this one.
    let is_list = |at: &[u8]| at[..3] == [0, 13, 0] && at[4] == 0 && at[5].checked_add(2) == Some(at[3]);
    let kinds = strange.windows(6).position(is_list).expect("they are named");
    for at in (kinds + 6..kinds + 4 + usize::from(strange[kinds + 3])).step_by(2) {
        strange[at..at + 2].copy_from_slice(&[5, 3]);
    }
    let (fault, answer) = meeting.refusal(&strange);
    assert_eq!(fault.as_deref(), Some("peer is incompatible: NoSignatureSchemesInCommon"));
    // Where the server has answered before it finds out, the alert is encrypted: two bytes, their kind, and the seal.
    let encrypted = answer.len() > 24 && answer[answer.len() - 24..].starts_with(&[23, 3, 3, 0, 19]);
    assert!(encrypted || answer == [ALERT, 3, 3, 0, 2, 2, HANDSHAKE_FAILURE], "{answer:?}");
    // Behind a good one the alert is encrypted.
    for (what, bytes) in [("another one", hello.clone()), ("data", record(23, &[0; 40]))] {
        let (fault, answer) = meeting.refusal(&[hello.clone(), bytes].concat());
        assert!(fault.is_some(), "{what} is taken");
        assert_eq!(answer[0], HANDSHAKE);
    }
}

/// RFC 8446, section 6.2: both sides end the connection.
#[test]
fn an_alert_is_not_answered() {
    let meeting = Meeting::new(&TLS13);
    let alert = record(ALERT, &[2, 40]);
    let (fault, answer) = meeting.refusal(&alert);
    assert_eq!(fault.as_deref(), Some("received fatal alert: HandshakeFailure"));
    assert_eq!(answer, []);
    // A warning in front of the handshake is skipped, and so is the word that nothing follows, which anybody may have sent.
    for description in [0, 90] {
        let (fault, answer) = meeting.refusal(&[record(ALERT, &[1, description]), meeting.hello()].concat());
        assert_eq!((fault, answer[0]), (None, HANDSHAKE));
    }
}

#[test]
fn first_messages_that_chance_has_changed_do_no_harm() {
    let meetings = [Meeting::new(&TLS12), Meeting::new(&TLS13)];
    let mut random = Random::new(13);
    let mut refused = 0;
    for round in 0..10_000 {
        let meeting = &meetings[round % 2];
        let mut body = meeting.hello()[5..].to_vec();
        for _ in 0..=random.below(4) {
            let at = random.below(body.len());
            match random.below(4) {
                0 => body[at] = random.next() as u8,
                1 if body.len() > 1 => drop(body.remove(at)),
                2 => body.insert(at, random.next() as u8),
                _ => body.truncate(at + 1),
            }
        }
        // Half of them say how long they are.
        if random.below(2) == 0 && body.len() > 4 {
            let length = ((body.len() - 4) as u32).to_be_bytes();
            body[1..4].copy_from_slice(&length[1..]);
        }
        let size = 1 + random.below(300);
        let bytes: Vec<u8> = body.chunks(size).flat_map(|part| record(HANDSHAKE, part)).collect();
        let mut conversation = meeting.conversation();
        for part in bytes.chunks(1 + random.below(bytes.len())) {
            if conversation.session.end().is_none() {
                assert_eq!(conversation.hear(part, 100), Heard::Plain(0));
            }
        }
        let session = &conversation.session;
        assert!(!session.is_open());
        assert!(session.held() < 1 << 16);
        assert_eq!(session.end().is_some(), session.fault().is_some());
        refused += usize::from(session.fault().is_some());
        match session.unsent().first() {
            Some(kind) => assert!([ALERT, HANDSHAKE].contains(kind)),
            None => assert_eq!(session.fault(), None, "it waits for the rest"),
        }
    }
    // Of the others most wait for what was taken out, and in some it was the name, or a number that may be any.
    assert!(refused > 5_000, "{refused} were refused");
}
