//! Frames as a server must read them: RFC 6455, sections 5 and 8.1.

use super::close;
use super::fault::{self, Fault};
use crate::hex;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Text(Vec<u8>),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(u16, String),
    Broken(Fault),
}

/// All that a stream brings; nothing stands behind a Close or a broken rule.
#[derive(Debug)]
pub struct Conversation {
    pub events: Vec<Event>,
    /// Is it over, by a Close or a broken rule?
    pub is_over: bool,
    /// Has a message or a frame come in part?
    pub is_amid: bool,
}

/// What each fragment behind the first costs at least; together they may cost as much as a message may hold.
const FRAGMENT_CHARGE: u64 = 64;

/// A message of which some frames have come.
struct Message {
    is_text: bool,
    payload: Vec<u8>,
    /// By the headers of its frames.
    declared: u64,
    /// Fragments behind the first.
    further: u64,
}

/// What stands at the beginning of some bytes.
enum Frame<'a> {
    /// They end within its header, and break no rule so far.
    Cut,
    Bad(Fault),
    /// `came` is what is there of the payload, unmasked.
    Read {
        is_final: bool,
        opcode: u8,
        length: u64,
        came: Vec<u8>,
        rest: &'a [u8],
    },
}

/// Reads a stream whose messages may have so many bytes.
pub fn read(mut stream: &[u8], limit: u64) -> Conversation {
    let mut events = Vec::new();
    let mut message: Option<Message> = None;
    loop {
        let is_amid = message.is_some() || !stream.is_empty();
        let step = match frame(stream) {
            Frame::Cut => return Conversation { events, is_over: false, is_amid },
            Frame::Bad(fault) => Err(Event::Broken(fault)),
            Frame::Read { opcode: 8.., length, came, .. } if (came.len() as u64) < length => {
                return Conversation { events, is_over: false, is_amid };
            }
            Frame::Read { opcode: 8, came, .. } => Err(match close::read(&came) {
                Ok((code, reason)) => Event::Close(code, reason.to_owned()),
                Err(fault) => Event::Broken(fault),
            }),
            Frame::Read { opcode: 9, came, rest, .. } => Ok((Some(Event::Ping(came)), rest)),
            Frame::Read { opcode: 10, came, rest, .. } => Ok((Some(Event::Pong(came)), rest)),
            Frame::Read { is_final, opcode, length, came, rest } => {
                let is_whole = came.len() as u64 == length;
                match add(message.take(), opcode, length, &came, limit) {
                    Err(fault) => Err(Event::Broken(fault)),
                    Ok(whole) if is_final && is_whole => match deliver(whole) {
                        Ok(event) => Ok((Some(event), rest)),
                        Err(fault) => Err(Event::Broken(fault)),
                    },
                    Ok(part) => {
                        message = Some(part);
                        if !is_whole {
                            return Conversation { events, is_over: false, is_amid: true };
                        }
                        Ok((None, rest))
                    }
                }
            }
        };
        match step {
            Ok((event, rest)) => {
                events.extend(event);
                stream = rest;
            }
            Err(last) => {
                events.push(last);
                return Conversation { events, is_over: true, is_amid: false };
            }
        }
    }
}

/// A rule counts as soon as the bytes that it speaks of are there, so they stand in the order of these.
fn frame(stream: &[u8]) -> Frame<'_> {
    let Some((&first, behind)) = stream.split_first() else { return Frame::Cut };
    let (is_final, opcode) = (first & 0x80 != 0, first & 0x0f);
    if first & 0x70 != 0 {
        return Frame::Bad(fault::RESERVED_BITS);
    }
    if !matches!(opcode, 0..=2 | 8..=10) {
        return Frame::Bad(fault::RESERVED_OPCODE);
    }
    if opcode >= 8 && !is_final {
        return Frame::Bad(fault::FRAGMENTED_CONTROL);
    }
    let Some((&second, behind)) = behind.split_first() else { return Frame::Cut };
    let short = second & 0x7f;
    if second & 0x80 == 0 {
        return Frame::Bad(fault::NOT_MASKED);
    }
    if opcode >= 8 && short > 125 {
        return Frame::Bad(fault::LONG_CONTROL);
    }
    let (size, least) = match short {
        126 => (2, 126),
        127 => (8, 65_536),
        _ => (0, 0),
    };
    if behind.len() < size {
        return Frame::Cut;
    }
    let (long, behind) = behind.split_at(size);
    let long = long.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
    if long >> 63 == 1 {
        return Frame::Bad(fault::IMPOSSIBLE_LENGTH);
    }
    if long < least {
        return Frame::Bad(fault::NOT_MINIMAL);
    }
    if behind.len() < 4 {
        return Frame::Cut;
    }
    let (key, behind) = behind.split_at(4);
    let length = if size == 0 { u64::from(short) } else { long };
    let (came, rest) = behind.split_at(length.min(behind.len() as u64) as usize);
    let came = came.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key).collect();
    Frame::Read { is_final, opcode, length, came, rest }
}

/// The message with a further frame of data, or the first one.
fn add(message: Option<Message>, opcode: u8, length: u64, came: &[u8], limit: u64) -> Result<Message, Fault> {
    let mut message = match (opcode, message) {
        (0, None) => return Err(fault::STRAY_CONTINUATION),
        (0, Some(message)) => Message { further: message.further + 1, ..message },
        (_, Some(_)) => return Err(fault::INTERLEAVED_MESSAGE),
        (_, None) => Message { is_text: opcode == 1, payload: Vec::new(), declared: 0, further: 0 },
    };
    message.declared = message.declared.saturating_add(length);
    if message.declared > limit || message.further * FRAGMENT_CHARGE > limit {
        return Err(fault::TOO_BIG);
    }
    message.payload.extend_from_slice(came);
    // A character that is cut at the end may still become one.
    let is_hopeless = std::str::from_utf8(&message.payload).is_err_and(|error| error.error_len().is_some());
    if message.is_text && is_hopeless { Err(fault::BAD_TEXT) } else { Ok(message) }
}

fn deliver(message: Message) -> Result<Event, Fault> {
    match message {
        Message { is_text: false, payload, .. } => Ok(Event::Binary(payload)),
        Message { payload, .. } if std::str::from_utf8(&payload).is_ok() => Ok(Event::Text(payload)),
        _ => Err(fault::BAD_TEXT),
    }
}

impl Conversation {
    /// What the harness must answer.
    pub fn told(&self) -> String {
        let ending = if self.is_over { None } else { Some("starved".to_owned()) };
        self.events.iter().map(Event::told).chain(ending).collect::<Vec<_>>().join("; ")
    }
}

impl Event {
    fn told(&self) -> String {
        match self {
            Event::Text(payload) => format!("text {}", hex::word(payload)),
            Event::Binary(payload) => format!("binary {}", hex::word(payload)),
            Event::Ping(payload) => format!("ping {}", hex::word(payload)),
            Event::Pong(payload) => format!("pong {}", hex::word(payload)),
            Event::Close(code, reason) => format!("close {code} {}", hex::word(reason.as_bytes())),
            Event::Broken(fault) => format!("broken {}", fault.name),
        }
    }
}
