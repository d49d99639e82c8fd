//! Where an actor stands, and what is said when it crashes.

use crate::actor::Record;
use crate::code::Code;
use crate::stack::frames;

/// How far to look for a frame outside the standard library.
const FRAMES: usize = 64;

/// `Snow panic at FILE:LINE: MESSAGE (actor N)`, one line whatever the message holds.
///
/// # Safety
/// The actor has just left compiled code through a stub that noted its frame, and its stack is untouched.
pub unsafe fn report(code: &Code, record: &Record, message: &str) -> String {
    let frames = (record.caller_frame.get(), record.caller_return.get(), 0);
    // SAFETY: promised by the caller.
    let (file, line) = unsafe { place(code, frames) };
    format!("Snow panic at {file}:{line}: {} (actor {})", one_line(message), record.pid())
}

/// File and line where an actor stands. The library's own lines mean little to its user: the place where it was called
/// does. `frames` are as `Parked::frames` gives them.
///
/// # Safety
/// As for `frames::roots`.
pub unsafe fn place(code: &Code, frames: (usize, usize, usize)) -> (&str, u32) {
    let (frame, ret, difference) = frames;
    // SAFETY: promised by the caller.
    let addresses = unsafe { frames::return_addresses(frame, ret, difference, FRAMES) };
    let places: Vec<(&str, u32)> = addresses.iter().filter_map(|ret| code.line(*ret)).collect();
    let own = places.iter().find(|(file, line)| *line != 0 && !file.starts_with("std:"));
    own.or(places.first()).copied().unwrap_or(("<unknown>", 0))
}

/// Control characters come from peers' data as likely as from the program: none reaches the terminal.
pub fn one_line(message: &str) -> String {
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
