//! What the harness of heads must answer.

use super::head::{self, Head, Limits};
use super::{handshake, response};
use crate::hex;

/// Is it what these bytes must be answered?
///
/// # Errors
/// What would be right.
pub fn judge(bytes: &[u8], limits: Limits, answer: &str) -> Result<(), String> {
    let (expected, request, size) = match head::read(bytes, limits) {
        Head::Partial => ("partial".to_owned(), None, 0),
        Head::Refused(status) => (format!("refused {status}"), None, 0),
        Head::Complete { size, request } => (format!("complete {size}"), Some(request), size),
    };
    let words: Vec<&str> = answer.split(' ').collect();
    let Some(request) = request else {
        return if answer == expected { Ok(()) } else { Err(format!("expected: {expected}")) };
    };
    let ["complete", said, status, reply, _details] = words[..] else {
        return Err(format!("expected: {expected}"));
    };
    let reply = hex::bytes(reply).unwrap_or_default();
    let right = handshake::status(&request);
    let forbidden = right == 101 && handshake::may_be_foreign(&request) && status == "403";
    let right = if forbidden { 403 } else { right };
    if said != size.to_string() || status != right.to_string() {
        return Err(format!("expected: {expected} {right}"));
    }
    match handshake::switching(&request) {
        Some(switching) if right == 101 && reply == switching.as_bytes() => Ok(()),
        Some(switching) if right == 101 => {
            Err(format!("expected: {expected} 101 {}", hex::digits(switching.as_bytes())))
        }
        _ => response::check_refusal(&reply, right, request.method == b"HEAD"),
    }
}
