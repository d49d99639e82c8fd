//! What is said when an actor crashes.

use super::{Record, walk};
use crate::loader::Code;

/// How far to look for a frame outside the standard library.
const FRAMES: usize = 64;

/// `Snow panic at FILE:LINE: MESSAGE (actor N)`, one line whatever the message holds.
///
/// # Safety
/// The actor has just left compiled code through a stub that noted its frame, and its stack is untouched.
pub unsafe fn report(code: &Code, record: &Record, message: &str) -> String {
    // SAFETY: promised by the caller.
    let addresses =
        unsafe { walk::return_addresses(record.caller_frame.get(), record.caller_return.get(), FRAMES) };
    let places: Vec<(&str, u32)> = addresses.iter().filter_map(|ret| code.line(*ret)).collect();
    // The library's own lines mean little to its user: the place where it was called does.
    let own = places.iter().find(|(file, line)| *line != 0 && !file.starts_with("std:"));
    let (file, line) = own.or(places.first()).copied().unwrap_or(("<unknown>", 0));
    format!("Snow panic at {file}:{line}: {} (actor {})", one_line(message), record.number())
}

/// Control characters come from peers' data as likely as from the program: none reaches the terminal.
fn one_line(message: &str) -> String {
    let mut text = String::with_capacity(message.len());
    for character in message.chars() {
        if character.is_control() {
            text.extend(character.escape_default());
        } else {
            text.push(character);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn a_message_is_one_line() {
        assert_eq!(one_line("a\nb\u{1b}[2Jä"), "a\\nb\\u{1b}[2Jä");
    }
}
