//! Payloads of Close frames: RFC 6455, sections 5.5.1 and 7.4.

use super::fault::{BAD_CLOSE_CODE, BAD_CLOSE_PAYLOAD, BAD_TEXT, Fault};
use crate::hex;

/// What the program is told when a Close says nothing.
pub const NO_STATUS: u16 = 1005;

/// Code and reason.
pub fn read(payload: &[u8]) -> Result<(u16, &str), Fault> {
    match payload {
        [] => Ok((NO_STATUS, "")),
        [_] => Err(BAD_CLOSE_PAYLOAD),
        [high, low, reason @ ..] => {
            let code = u16::from_be_bytes([*high, *low]);
            match code {
                1000..=1003 | 1007..=1014 | 3000..=4999 => {
                    Ok((code, std::str::from_utf8(reason).or(Err(BAD_TEXT))?))
                }
                _ => Err(BAD_CLOSE_CODE),
            }
        }
    }
}

/// What the harness must answer.
pub fn told(payload: &[u8]) -> String {
    match read(payload) {
        Err(fault) => format!("broken {}", fault.name),
        Ok((code, reason)) => {
            let sendable = if code != NO_STATUS && reason.len() <= 123 { "sendable" } else { "unsendable" };
            format!("close {code} {} {} {sendable}", hex::word(reason.as_bytes()), hex::word(payload))
        }
    }
}
