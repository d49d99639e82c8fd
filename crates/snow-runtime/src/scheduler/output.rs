//! Standard output, gathered: a program that prints many lines does not make a system call for each.

use parking_lot::Mutex;
use std::fs::File;
use std::io::{ErrorKind, IsTerminal, Write};
use std::mem::ManuallyDrop;
use std::os::fd::FromRawFd;

/// Written at once when this much has been gathered.
const GATHERED: usize = 16 << 10;

pub struct Output {
    waiting: Mutex<Vec<u8>>,
    /// A person is watching.
    immediate: bool,
}

impl Output {
    pub fn new() -> Output {
        Output { waiting: Mutex::new(Vec::new()), immediate: std::io::stdout().is_terminal() }
    }

    pub fn print(&self, bytes: &[u8]) {
        let mut waiting = self.waiting.lock();
        waiting.extend_from_slice(bytes);
        if self.immediate || waiting.len() >= GATHERED {
            write(1, &waiting);
            waiting.clear();
        }
    }

    /// Goes out at once, after everything printed before it.
    pub fn print_error(&self, bytes: &[u8]) {
        let mut waiting = self.waiting.lock();
        write(1, &waiting);
        waiting.clear();
        write(2, bytes);
    }

    /// Called by each worker before it sleeps, and at the end.
    pub fn flush(&self) {
        let mut waiting = self.waiting.lock();
        if !waiting.is_empty() {
            write(1, &waiting);
            waiting.clear();
            waiting.shrink_to(GATHERED);
        }
    }
}

/// Writes all of it. What cannot be written (the reader has gone) is dropped.
fn write(descriptor: i32, mut bytes: &[u8]) {
    // SAFETY: the descriptor is open for as long as the process runs, and is not closed here.
    let mut file = ManuallyDrop::new(unsafe { File::from_raw_fd(descriptor) });
    while !bytes.is_empty() {
        match file.write(bytes) {
            Ok(0) => return,
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // Someone made the terminal or pipe non-blocking.
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            Err(_) => return,
        }
    }
}
