//! Lines of standard input. One thread reads at a time, and only when an actor asks; who asks first is served first.

use super::blocking::{Blocking, Link};
use super::streams;
use crate::actor::reply_place::Waiter;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

/// Bytes that one call of the system can bring.
const PIECE: usize = 64 << 10;

/// A line without its end; nothing at the end of the input.
type Line = Result<Option<Vec<u8>>, String>;

/// Standard input of a program.
pub struct Input {
    state: Arc<Mutex<State>>,
    blocking: Blocking,
    link: Arc<Link>,
}

#[derive(Default)]
struct State {
    /// Lines that nobody has taken yet.
    lines: VecDeque<Line>,
    waiters: VecDeque<Waiter>,
    reading: bool,
}

impl Input {
    pub fn new(blocking: Blocking, link: Arc<Link>) -> Input {
        Input { state: Arc::default(), blocking, link }
    }

    /// Asks for a line. False when one is there already, and nobody will be told.
    pub fn ask(&self, waiter: Waiter) -> bool {
        let mut state = self.state.lock();
        if !state.lines.is_empty() {
            return false;
        }
        // Most lines have come with the one before, and need no thread.
        if !state.reading
            && state.waiters.is_empty()
            && let Some(line) = UNREAD.try_lock().and_then(|mut unread| unread.line_that_is_there())
        {
            state.lines.push_back(Ok(Some(line)));
            return false;
        }
        state.waiters.push_back(waiter);
        if !std::mem::replace(&mut state.reading, true) {
            drop(state);
            let (state, link) = (self.state.clone(), self.link.clone());
            if !self.blocking.run(move || serve(&state, &link)) {
                serve(&self.state, &self.link);
            }
        }
        true
    }

    /// Reads a line here and now.
    pub fn read_here(&self) {
        self.state.lock().lines.push_back(read_line());
    }

    /// The next line, if it is there.
    pub fn take(&self) -> Option<Line> {
        self.state.lock().lines.pop_front()
    }

    pub fn waiters(&self) -> Vec<Waiter> {
        self.state.lock().waiters.iter().copied().collect()
    }
}

/// Reads lines until nobody waits.
fn serve(state: &Mutex<State>, link: &Link) {
    loop {
        let line = read_line();
        state.lock().lines.push_back(line);
        let mut told = false;
        let waits = loop {
            let first = state.lock().waiters.front().copied();
            let Some(first) = first else { break false };
            if told {
                break true;
            }
            // It stays in the list until it is queued, so that the program is not taken for finished. One that has
            // ended leaves its line to the next.
            told = link.tell(|host| host.complete(first)).unwrap_or(false);
            state.lock().waiters.pop_front();
        };
        let mut held = state.lock();
        if !waits && held.waiters.is_empty() {
            held.reading = false;
            drop(held);
            link.tell(|host| host.reconsider());
            return;
        }
    }
}

/// What has been read of standard input and is in no line yet. It belongs to the process, as the descriptor does: the
/// tests of a program run one after the other in the same process.
static UNREAD: Mutex<Unread> = Mutex::new(Unread { bytes: Vec::new(), taken: 0 });

struct Unread {
    bytes: Vec<u8>,
    /// So many of them have been taken into lines.
    taken: usize,
}

fn read_line() -> Line {
    UNREAD.lock().line(streams::read).map_err(|error| error.to_string())
}

impl Unread {
    /// The next line, if all of it has been read and there is memory for it.
    fn line_that_is_there(&mut self) -> Option<Vec<u8>> {
        let end = self.taken + self.bytes[self.taken..].iter().position(|byte| *byte == b'\n')?;
        let line = &self.bytes[self.taken..end];
        let line = copy(line.strip_suffix(b"\r").unwrap_or(line)).ok()?;
        self.taken = end + 1;
        Some(line)
    }

    /// The next line. An error loses nothing of what was read before it: that begins the next line.
    fn line(&mut self, mut read: impl FnMut(&mut [u8]) -> io::Result<usize>) -> io::Result<Option<Vec<u8>>> {
        let mut looked_at = self.taken;
        loop {
            if let Some(at) = self.bytes[looked_at..].iter().position(|byte| *byte == b'\n') {
                let end = looked_at + at;
                let line = &self.bytes[self.taken..end];
                let line = copy(line.strip_suffix(b"\r").unwrap_or(line))?;
                self.taken = end + 1;
                return Ok(Some(line));
            }
            self.bytes.drain(..self.taken);
            self.taken = 0;
            let length = self.bytes.len();
            // A long line leaves no large buffer behind.
            self.bytes.shrink_to(2 * (length + PIECE));
            looked_at = length;
            self.bytes.try_reserve(PIECE)?;
            self.bytes.resize(length + PIECE, 0);
            let count = read(&mut self.bytes[length..]);
            self.bytes.truncate(length + *count.as_ref().unwrap_or(&0));
            if count? == 0 {
                // The last line need not be ended.
                return Ok((length > 0).then(|| std::mem::take(&mut self.bytes)));
            }
        }
    }
}

fn copy(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(bytes.len())?;
    copy.extend_from_slice(bytes);
    Ok(copy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::ErrorKind;

    /// All lines when the system brings these pieces one after the other.
    fn lines(pieces: &[&str]) -> Vec<String> {
        let mut unread = Unread { bytes: Vec::new(), taken: 0 };
        let mut pieces = pieces.iter();
        let mut read = |bytes: &mut [u8]| {
            let piece = pieces.next().map_or("", |piece| piece);
            bytes[..piece.len()].copy_from_slice(piece.as_bytes());
            Ok(piece.len())
        };
        let next = || unread.line(&mut read).expect("it can be read");
        std::iter::from_fn(next).map(|line| String::from_utf8(line).expect("text")).collect()
    }

    #[test]
    fn lines_end_where_they_do_however_they_come() {
        assert_eq!(lines(&["a\nbc\n", "d\n"]), ["a", "bc", "d"]);
        assert_eq!(lines(&["a", "b", "\n", "\n", "c\nd"]), ["ab", "", "c", "d"]);
        assert_eq!(lines(&["a\r\nb\r", "\n\rc\r\r\n", "d\r"]), ["a", "b", "\rc\r", "d\r"]);
        assert_eq!(lines(&[]), [""; 0]);
    }

    #[test]
    fn an_error_is_not_the_end() {
        let mut unread = Unread { bytes: Vec::new(), taken: 0 };
        let mut call = 0;
        let mut read = |bytes: &mut [u8]| {
            call += 1;
            match call {
                1 => {
                    bytes[..2].copy_from_slice(b"ab");
                    Ok(2)
                }
                2 => Err(ErrorKind::IsADirectory.into()),
                3 => {
                    bytes[0] = b'\n';
                    Ok(1)
                }
                _ => Ok(0),
            }
        };
        assert_eq!(unread.line(&mut read).unwrap_err().kind(), ErrorKind::IsADirectory);
        assert_eq!(unread.line(&mut read).unwrap().as_deref(), Some(&b"ab"[..]));
        assert_eq!(unread.line(&mut read).unwrap(), None);
    }
}
