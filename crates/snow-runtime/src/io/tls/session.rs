//! The server's side of one TLS connection, as bytes in and bytes out: it knows no socket.
//!
//! It is built on the unbuffered interface of rustls, in which the caller holds the bytes: records are decrypted in a
//! buffer of the worker's, and encrypted into one, so that an idle connection has none. rustls' buffered connection
//! keeps 4 KiB for what comes next, and reads no more than that at once.

use super::certificates::reason;
use super::resolver;
use crate::abi::NetError;
use rustls::pki_types::CertificateDer;
use rustls::server::UnbufferedServerConnection;
use rustls::unbuffered::{ConnectionState, EncodeError, EncryptError, UnbufferedStatus, WriteTraffic};
use rustls::{Error, ProtocolVersion, ServerConfig};
use std::io::IoSlice;
use std::mem::MaybeUninit;
use std::sync::Arc;

/// The longest plaintext of a record (RFC 8446, section 5.1).
pub const RECORD: usize = 1 << 14;
/// The longest record with all that encryption adds, by either version: header, and 2048 bytes.
pub const SEALED_RECORD: usize = RECORD + 2048 + 5;
/// What may come before it is a whole record, or a whole message of the handshake: rustls takes messages of 64 KiB.
const MOST_PARTIAL: usize = (64 << 10) + SEALED_RECORD;
/// What a record is longer than its plaintext, at most, in what we send.
pub const RECORD_OVERHEAD: usize = 64;

/// Alerts (RFC 8446, section 6.2) for first messages: rustls sends none for some of those that make no sense, or on which
/// nobody can agree.
const DECODE_ERROR: u8 = 50;
const HANDSHAKE_FAILURE: u8 = 40;

/// One connection.
pub struct Session {
    connection: UnbufferedServerConnection,
    stage: Stage,
    /// Encrypted bytes that are not a whole record yet.
    partial: Vec<u8>,
    /// Has nobody looked at those yet?
    unseen: bool,
    /// Plaintext that there was no room for, from `taken` on.
    plain: Vec<u8>,
    taken: usize,
    /// What follows the plaintext.
    end: Option<NetError>,
    /// Encrypted bytes that the socket has not taken, from `sent` on.
    unsent: Vec<u8>,
    sent: usize,
    has_said_goodbye: bool,
    /// Nothing is to be written any more, once all that is unsent has been.
    pub is_finishing: bool,
    /// Does it wait for its turn to go on with the handshake?
    pub waits_for_turn: bool,
    server_name: Option<Box<str>>,
    /// Why it has failed, for people.
    fault: Option<Box<str>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing has come.
    Silent,
    /// The first message is not whole yet.
    Begun,
    /// It has been answered.
    Handshaking,
    Open,
}

/// Where plaintext goes: to the caller's memory as far as it has room, and the rest to a buffer.
struct Sink<'a> {
    room: &'a mut [MaybeUninit<u8>],
    filled: usize,
    rest: &'a mut Vec<u8>,
}

impl Sink<'_> {
    fn put(&mut self, bytes: &[u8]) {
        let fits = bytes.len().min(self.room.len() - self.filled);
        self.room[self.filled..self.filled + fits].write_copy_of_slice(&bytes[..fits]);
        self.filled += fits;
        self.rest.extend_from_slice(&bytes[fits..]);
    }
}

/// What encrypted bytes have come to.
#[derive(PartialEq, Eq, Debug)]
pub enum Heard {
    /// So many bytes of plaintext; none when more must come first.
    Plain(usize),
    /// The peer speaks no TLS, but perhaps HTTP: nothing has been answered.
    NoTls,
}

/// What a peer has agreed on with us.
pub struct Agreement {
    /// 2 or 3, of TLS 1.
    pub minor_version: i64,
    pub server_name: Option<Box<str>>,
    /// The peer's certificate, in DER.
    pub certificate: Option<Vec<u8>>,
}

impl Session {
    /// The server's side of a connection on which `received` has come already.
    pub fn new(config: Arc<ServerConfig>, received: &[u8]) -> Option<Session> {
        Some(Session {
            connection: UnbufferedServerConnection::new(config).ok()?,
            stage: Stage::Silent,
            partial: received.to_vec(),
            unseen: !received.is_empty(),
            plain: Vec::new(),
            taken: 0,
            end: None,
            unsent: Vec::new(),
            sent: 0,
            has_said_goodbye: false,
            is_finishing: false,
            waits_for_turn: false,
            server_name: None,
            fault: None,
        })
    }

    /// Is there something that can be read without the socket?
    pub fn is_readable(&self) -> bool {
        self.taken < self.plain.len() || self.end.is_some() || self.unseen
    }

    /// Can plaintext be sent, and is nothing in front of it?
    pub fn is_writable(&self) -> bool {
        self.is_open() && self.unsent.is_empty()
    }

    /// Is the handshake over?
    pub fn is_open(&self) -> bool {
        self.stage == Stage::Open
    }

    /// Has it failed or ended? There is nothing more to be read from the socket then.
    pub fn end(&self) -> Option<NetError> {
        self.end
    }

    /// Why it has failed, for people.
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// Bytes of memory that it has taken for bytes on their way.
    #[cfg(test)]
    pub fn held(&self) -> usize {
        self.partial.capacity() + self.plain.capacity() + self.unsent.capacity()
    }

    /// What has been agreed on, once the handshake is over.
    pub fn agreement(&self) -> Option<Agreement> {
        if !self.is_open() {
            return None;
        }
        let certificates = self.connection.peer_certificates();
        Some(Agreement {
            minor_version: match self.connection.protocol_version() {
                Some(ProtocolVersion::TLSv1_2) => 2,
                _ => 3,
            },
            server_name: self.server_name.clone(),
            certificate: certificates.and_then(<[CertificateDer]>::first).map(|first| first.to_vec()),
        })
    }

    /// Plaintext that was decrypted before.
    pub fn take_plain(&mut self, to: &mut [MaybeUninit<u8>]) -> usize {
        let left = &self.plain[self.taken..];
        let count = left.len().min(to.len());
        to[..count].write_copy_of_slice(&left[..count]);
        self.taken += count;
        if self.taken == self.plain.len() {
            (self.plain, self.taken) = (Vec::new(), 0);
        }
        count
    }

    /// What has come of a record whose rest is missing: it stands in front of what comes next.
    pub fn partial(&self) -> &[u8] {
        &self.partial
    }

    /// Is that new?
    pub fn is_unseen(&self) -> bool {
        self.unseen
    }

    /// Takes what has come, `partial` and what is new behind it. Plaintext goes to `to`, and to a buffer what has no room
    /// there. What is to be answered stands in `unsent` then.
    pub fn hear(&mut self, received: &mut [u8], to: &mut [MaybeUninit<u8>]) -> Heard {
        if self.stage == Stage::Silent
            && let Some(first) = received.first()
        {
            // A record of a handshake begins with 22, and a method of HTTP with a letter.
            if first.is_ascii_uppercase() {
                return Heard::NoTls;
            }
            self.stage = Stage::Begun;
        }
        self.unseen = false;
        self.partial.clear();
        let is_new = !self.is_open();
        let mut sink = Sink { room: to, filled: 0, rest: &mut self.plain };
        let mut at = 0;
        // For a peer that has been told nothing else.
        let mut alert = None;
        loop {
            let UnbufferedStatus { discard, state } =
                self.connection.process_tls_records(&mut received[at..]);
            match state {
                Ok(ConnectionState::ReadTraffic(mut traffic)) => {
                    while let Some(Ok(record)) = traffic.next_record() {
                        sink.put(record.payload);
                    }
                }
                Ok(ConnectionState::EncodeTlsData(mut data)) => {
                    append(&mut self.unsent, 0, |room| data.encode(room).map_err(room_for_encoding));
                }
                Ok(ConnectionState::TransmitTlsData(data)) => data.done(),
                Ok(ConnectionState::PeerClosed) => self.end = Some(NetError::EndOfStream),
                Ok(ConnectionState::WriteTraffic(_)) => {
                    self.stage = Stage::Open;
                    at += discard;
                    break;
                }
                // Early data is never agreed on.
                Ok(_) => {
                    at += discard;
                    break;
                }
                Err(error) if self.fault.is_none() => {
                    alert = match error {
                        // Both sides end it, without a word.
                        Error::AlertReceived(_) => None,
                        Error::InvalidMessage(_) => Some(DECODE_ERROR),
                        _ => Some(HANDSHAKE_FAILURE),
                    };
                    // Once more, for the alert that rustls tells the peer.
                    self.fault = Some(reason(&error).into());
                    self.end = Some(NetError::BadRecord);
                }
                Err(_) => break,
            }
            at += discard;
        }
        let filled = sink.filled;
        if is_new && let Some(name) = resolver::take_name() {
            self.server_name = Some(name);
        }
        if self.end.is_none() {
            if received.len() - at > MOST_PARTIAL {
                alert = Some(DECODE_ERROR);
                self.fail("a message of the handshake is too long");
            } else {
                self.partial.extend_from_slice(&received[at..]);
            }
        }
        if self.stage == Stage::Begun {
            if let Some(alert) = alert
                && self.unsent.is_empty()
            {
                self.unsent.extend_from_slice(&[21, 3, 3, 0, 2, 2, alert]);
            }
            if !self.unsent.is_empty() {
                self.stage = Stage::Handshaking;
            }
        }
        if self.partial.is_empty() {
            self.partial = Vec::new();
        }
        Heard::Plain(filled)
    }

    /// The socket brings nothing more.
    pub fn hear_end(&mut self) -> NetError {
        *self.end.get_or_insert(NetError::CutOff)
    }

    fn fail(&mut self, why: &str) {
        self.fault = Some(why.into());
        self.end = Some(NetError::BadRecord);
    }

    /// Encrypts the front of the pieces, at most so much that `records` has room for it, into `records`. Returns how
    /// many bytes of plaintext, and of records. `joined` has room for one record's plaintext: where pieces are short,
    /// several become one record.
    ///
    /// # Errors
    /// `NotConnected` while the handshake is not over, `Reset` when nothing can be sent any more.
    pub fn seal(
        &mut self,
        pieces: &mut Pieces,
        joined: &mut [u8],
        records: &mut [u8],
    ) -> Result<(usize, usize), NetError> {
        let mut plain = 0;
        let count = self.write(records, |traffic, records| {
            let mut filled = 0;
            loop {
                let room = (records.len() - filled) / (RECORD + RECORD_OVERHEAD) * RECORD;
                // Room for what rustls has put in front is left.
                let next = pieces.next(room.saturating_sub(RECORD), joined);
                if next.is_empty() {
                    return Ok(filled);
                }
                filled += traffic.encrypt(next, &mut records[filled..])?;
                plain += next.len();
            }
        })?;
        Ok((plain, count))
    }

    /// Tells the peer that nothing follows, once; where the handshake is not over there is nobody to tell.
    pub fn say_goodbye(&mut self) {
        if self.has_said_goodbye || !self.is_open() || self.fault.is_some() {
            return;
        }
        self.has_said_goodbye = true;
        let mut alert = [0; 4096];
        if let Ok(count) = self.write(&mut alert, |traffic, room| traffic.queue_close_notify(room)) {
            self.unsent.extend_from_slice(&alert[..count]);
        }
    }

    /// Writes by `act`, behind whatever rustls has to say itself.
    fn write(
        &mut self,
        records: &mut [u8],
        mut act: impl FnMut(
            &mut WriteTraffic<rustls::server::ServerConnectionData>,
            &mut [u8],
        ) -> Result<usize, EncryptError>,
    ) -> Result<usize, NetError> {
        if !self.is_open() {
            return Err(NetError::NotConnected);
        }
        let mut filled = 0;
        loop {
            // What has come in part, it has looked at before: there is nothing new in it.
            match self.connection.process_tls_records(&mut self.partial).state {
                Ok(ConnectionState::EncodeTlsData(mut data)) => {
                    filled += data.encode(&mut records[filled..]).map_err(|_| NetError::Reset)?;
                }
                Ok(ConnectionState::TransmitTlsData(data)) => data.done(),
                Ok(ConnectionState::WriteTraffic(mut traffic)) => {
                    filled += act(&mut traffic, &mut records[filled..]).map_err(|_| NetError::Reset)?;
                    return Ok(filled);
                }
                Ok(ConnectionState::PeerClosed) => {}
                _ => return Err(NetError::Reset),
            }
        }
    }

    /// What the socket has not taken yet.
    pub fn unsent(&self) -> &[u8] {
        &self.unsent[self.sent..]
    }

    /// The socket has taken so many of those.
    pub fn advance(&mut self, count: usize) {
        self.sent += count;
        if self.sent == self.unsent.len() {
            (self.unsent, self.sent) = (Vec::new(), 0);
        }
    }

    /// The socket has not taken these records, which stand behind all that is unsent.
    pub fn keep_unsent(&mut self, records: &[u8]) {
        self.unsent.extend_from_slice(records);
    }
}

/// Appends what `fill` makes of room that is as long as it asks for.
fn append(to: &mut Vec<u8>, room: usize, mut fill: impl FnMut(&mut [u8]) -> Result<usize, usize>) {
    let before = to.len();
    to.resize(before + room, 0);
    match fill(&mut to[before..]) {
        Ok(count) => to.truncate(before + count),
        Err(required) => {
            to.truncate(before);
            if required > room {
                append(to, required, fill);
            }
        }
    }
}

fn room_for_encoding(error: EncodeError) -> usize {
    match error {
        EncodeError::InsufficientSize(size) => size.required_size,
        EncodeError::AlreadyEncoded => 0,
    }
}

/// Bytes that lie in several places, taken from the front.
pub struct Pieces<'a, 'b> {
    pieces: &'a [IoSlice<'b>],
    /// How much of the first has been taken.
    taken: usize,
}

impl<'a, 'b> Pieces<'a, 'b> {
    pub fn new(pieces: &'a [IoSlice<'b>]) -> Pieces<'a, 'b> {
        Pieces { pieces, taken: 0 }
    }

    /// Have all been taken?
    pub fn is_empty(&mut self) -> bool {
        self.skip_empty();
        self.pieces.is_empty()
    }

    /// The next bytes, at most `room`: where they lie, as many whole records as there are, or what is the last of all;
    /// else joined, so that they fill a record.
    fn next<'c>(&mut self, room: usize, joined: &'c mut [u8]) -> &'c [u8]
    where
        'a: 'c,
    {
        self.skip_empty();
        let pieces = self.pieces;
        let Some(first) = pieces.first() else { return &[] };
        let left = &first[self.taken..];
        let whole = if pieces.len() == 1 { left.len() } else { left.len() / RECORD * RECORD };
        let length = whole.min(room);
        if length > 0 || room == 0 {
            self.taken += length;
            return &left[..length];
        }
        let mut filled = 0;
        while filled < joined.len().min(RECORD) {
            self.skip_empty();
            let Some(first) = self.pieces.first() else { break };
            let count = (first.len() - self.taken).min(joined.len() - filled);
            joined[filled..filled + count].copy_from_slice(&first[self.taken..self.taken + count]);
            filled += count;
            self.taken += count;
        }
        &joined[..filled]
    }

    fn skip_empty(&mut self) {
        while let Some(first) = self.pieces.first()
            && self.taken == first.len()
        {
            self.pieces = &self.pieces[1..];
            self.taken = 0;
        }
    }
}
