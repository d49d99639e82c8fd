//! A whole connection with a server that sends every message back: what it must answer, byte by byte, and what its
//! application must be told.

use super::frames::{self, Conversation, Event};
use super::head::{self, Head, Limits};
use super::{close, handshake, response};
use crate::hex;

/// The peer stays and is silent.
pub const STAYS: u64 = 0;
/// The peer says that it sends no more.
pub const FINISHES: u64 = 1;
/// The peer is gone.
pub const CUTS: u64 = 2;

/// The bound that the harness sets.
const LONGEST_MESSAGE: u64 = 20_000;

/// How connections end that a peer leaves open.
const NO_SIGN_OF_LIFE: (u16, &str) = (1001, "no sign of life");
const TOO_SLOW: (u16, &str) = (1008, "message took too long");

/// Is it what must come of these bytes?
///
/// # Errors
/// What would be right.
pub fn judge(bytes: &[u8], ending: u64, answer: &str) -> Result<(), String> {
    let mut parts = answer.split("; ");
    let reply = parts.next().and_then(hex::bytes).ok_or("no bytes")?;
    let notes: Vec<&str> = parts.filter(|note| !note.is_empty()).collect();
    match head::read(bytes, Limits::DEFAULT) {
        Head::Partial if ending == STAYS => turned_down(bytes, &reply, &notes, 408),
        Head::Partial if reply.is_empty() => told(&notes, &[]),
        Head::Partial => Err("expected: no answer to half a request".to_owned()),
        Head::Refused(status) => turned_down(bytes, &reply, &notes, status),
        Head::Complete { size, request } => match handshake::status(&request) {
            101 if handshake::may_be_foreign(&request) && reply.starts_with(b"HTTP/1.1 403 ") => {
                turned_down(bytes, &reply, &notes, 403)
            }
            101 => {
                let conversation = frames::read(&bytes[size..], LONGEST_MESSAGE);
                let mut expected = handshake::switching(&request).unwrap_or_default().into_bytes();
                conversation.events.iter().for_each(|event| echo(event, &mut expected));
                accepted(&conversation, &expected, ending, &reply, &notes)
            }
            status => turned_down(bytes, &reply, &notes, status),
        },
    }
}

fn turned_down(bytes: &[u8], reply: &[u8], notes: &[&str], status: u16) -> Result<(), String> {
    let mut request = bytes;
    while let Some(rest) = request.strip_prefix(b"\r\n") {
        request = rest;
    }
    response::check_refusal(reply, status, request.starts_with(b"HEAD "))?;
    told(notes, &[])
}

/// What an event is answered.
fn echo(event: &Event, answer: &mut Vec<u8>) {
    match event {
        Event::Text(payload) => frame(answer, 1, payload),
        Event::Binary(payload) => frame(answer, 2, payload),
        Event::Ping(payload) => frame(answer, 10, payload),
        Event::Pong(_) => {}
        Event::Close(code, _) => frame(answer, 8, &close_payload(*code, "")),
        Event::Broken(fault) => frame(answer, 8, &close_payload(fault.code, fault.reason)),
    }
}

/// Unmasked, whole, its length in the shortest form.
fn frame(answer: &mut Vec<u8>, opcode: u8, payload: &[u8]) {
    answer.push(0x80 | opcode);
    match payload.len() {
        short @ 0..126 => answer.push(short as u8),
        long @ 126..65_536 => answer.extend([126, (long >> 8) as u8, long as u8]),
        longer => {
            answer.push(127);
            answer.extend((longer as u64).to_be_bytes());
        }
    }
    answer.extend(payload);
}

fn close_payload(code: u16, reason: &str) -> Vec<u8> {
    if code == close::NO_STATUS { Vec::new() } else { [&code.to_be_bytes(), reason.as_bytes()].concat() }
}

fn accepted(
    conversation: &Conversation,
    expected: &[u8],
    ending: u64,
    reply: &[u8],
    notes: &[&str],
) -> Result<(), String> {
    let Some(behind) = reply.strip_prefix(expected) else {
        return Err(format!("expected: {}", hex::digits(expected)));
    };
    let (code, reason) = match conversation.events.last() {
        Some(Event::Close(code, reason)) => (*code, reason.as_str()),
        Some(Event::Broken(fault)) => (fault.code, fault.reason),
        _ if ending == STAYS => give_up(behind, conversation.is_amid)?,
        _ => (1006, ""),
    };
    if !behind.is_empty() && (conversation.is_over || ending != STAYS) {
        return Err(format!("expected: nothing behind {}", hex::digits(expected)));
    }
    told(notes, &["accepted", &format!("closed {code} {}", hex::word(reason.as_bytes()))])
}

/// How the server ends with a peer that says nothing: behind pings with eight bytes each, a Close that says why.
fn give_up(mut behind: &[u8], is_amid: bool) -> Result<(u16, &'static str), String> {
    while let [0x89, 8, rest @ ..] = behind {
        behind = rest.get(8..).unwrap_or_default();
    }
    let endings = if is_amid { &[TOO_SLOW, NO_SIGN_OF_LIFE][..] } else { &[NO_SIGN_OF_LIFE] };
    let found = endings.iter().find(|(code, reason)| {
        let mut last = Vec::new();
        frame(&mut last, 8, &close_payload(*code, reason));
        behind == last
    });
    found.copied().ok_or_else(|| format!("expected: pings and a Close, one of {endings:?}"))
}

fn told(notes: &[&str], expected: &[&str]) -> Result<(), String> {
    if notes == expected { Ok(()) } else { Err(format!("expected: the application is told {expected:?}")) }
}
