//! Between a TLS connection and the socket that carries it.

use super::session::{Heard, Pieces, RECORD, RECORD_OVERHEAD, SEALED_RECORD, Session};
use crate::abi::NetError;
use crate::io::socket::{Kind, Outcome, Sent};
use std::io::IoSlice;
use std::mem::MaybeUninit;

/// Encrypted bytes that one read brings, at most.
const READ: usize = 128 << 10;
/// Records that one write has, at most: as many as lie in a processor's cache together with what they are made of.
const RECORDS: usize = 4;

/// A worker's memory for records on their way: no connection has any of its own while nothing is under way.
#[derive(Default)]
pub struct Buffers {
    records: Vec<u8>,
    joined: Vec<u8>,
}

/// What a read has brought.
pub struct Received {
    /// Bytes from the socket, encrypted.
    pub arrived: usize,
    /// Bytes of plaintext, or why there are none.
    pub plain: Outcome<usize>,
    /// Does the socket hold nothing more for now?
    pub drained: bool,
}

/// Reads once from the socket, unless there is plaintext already, and answers what must be answered.
pub fn receive(
    socket: &Kind,
    session: &mut Session,
    buffers: &mut Buffers,
    to: &mut [MaybeUninit<u8>],
) -> Received {
    let without_socket = |plain| Received { arrived: 0, plain, drained: plain == Err(NetError::WouldBlock) };
    let taken = session.take_plain(to);
    if taken > 0 {
        return without_socket(Ok(taken));
    }
    if let Some(end) = session.end() {
        return without_socket(Err(end));
    }
    let partial = session.partial().len();
    // The plaintext of what is read fits, unless there is no room for a record.
    let most = (to.len() + RECORD_OVERHEAD).clamp(SEALED_RECORD, READ);
    let records = room(&mut buffers.records, partial + most);
    // SAFETY: the buffer has so much room.
    let arrived = match unsafe { socket.receive(records[partial..].as_mut_ptr(), most) } {
        Err(NetError::WouldBlock) if session.is_unseen() => 0,
        Ok(0) => return without_socket(Err(session.hear_end())),
        Err(error) => return without_socket(Err(error)),
        Ok(arrived) => arrived,
    };
    records[..partial].copy_from_slice(session.partial());
    let heard = session.hear(&mut records[..partial + arrived], to);
    let pushed = push(socket, session);
    let plain = match heard {
        Heard::NoTls => Err(NetError::NotEncrypted),
        Heard::Plain(0) => Err(session.end().or(pushed.err()).unwrap_or(NetError::WouldBlock)),
        // What is wrong with writing is found by who writes.
        Heard::Plain(count) => Ok(count),
    };
    Received { arrived, plain, drained: arrived < most }
}

/// Encrypts the pieces and writes them, as much as the socket takes. Less than all are taken only when encrypted bytes are
/// left unsent.
pub fn send(
    socket: &Kind,
    session: &mut Session,
    buffers: &mut Buffers,
    pieces: &[IoSlice],
) -> Outcome<Sent> {
    push(socket, session)?;
    let mut pieces = Pieces::new(pieces);
    let mut taken = 0;
    while session.unsent().is_empty() && !pieces.is_empty() {
        let Buffers { records, joined } = buffers;
        let records = room(records, (RECORDS + 1) * (RECORD + RECORD_OVERHEAD));
        let (plain, sealed) = session.seal(&mut pieces, room(joined, RECORD), records)?;
        taken += plain;
        let written = match socket.send(&[IoSlice::new(&records[..sealed])]) {
            Err(NetError::WouldBlock) => 0,
            written => written?,
        };
        session.keep_unsent(&records[written..sealed]);
    }
    Ok(Sent { taken, unsent: session.unsent().len() })
}

/// Writes what is unsent, as much as the socket takes; and once nothing is left, that nothing follows, if that is so.
pub fn push(socket: &Kind, session: &mut Session) -> Outcome<()> {
    while !session.unsent().is_empty() {
        match socket.send(&[IoSlice::new(session.unsent())]) {
            Err(NetError::WouldBlock) => return Ok(()),
            written => session.advance(written?),
        }
    }
    if std::mem::take(&mut session.is_finishing) { socket.finish() } else { Ok(()) }
}

/// Says that nothing follows, and writes nothing more.
pub fn finish(socket: &Kind, session: &mut Session) -> Outcome<()> {
    session.say_goodbye();
    session.is_finishing = true;
    push(socket, session)
}

/// The first so many bytes of a buffer.
fn room(buffer: &mut Vec<u8>, length: usize) -> &mut [u8] {
    if buffer.len() < length {
        buffer.resize(length, 0);
    }
    &mut buffer[..length]
}
