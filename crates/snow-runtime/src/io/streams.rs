//! The process's three standard streams, as descriptors.
//!
//! The Rust library opens `/dev/null` for those that are closed when the process starts, so that no file that is opened
//! later becomes one of them. Then writing to a closed standard output would seem to succeed. So which of them were
//! closed is noted before that.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::mem::ManuallyDrop;
use std::os::fd::FromRawFd;
use std::sync::atomic::{AtomicBool, Ordering};

pub const INPUT: i32 = 0;
pub const OUTPUT: i32 = 1;
pub const ERRORS: i32 = 2;

/// The exit code of a program whose reader has gone: what a shell shows for one that SIGPIPE has ended.
pub const READER_GONE: i32 = 128 + libc::SIGPIPE;

static CLOSED: [AtomicBool; 3] = [const { AtomicBool::new(false) }; 3];

extern "C" fn note_closed() {
    for (descriptor, closed) in CLOSED.iter().enumerate() {
        // SAFETY: it asks for flags of a descriptor, which need not be open.
        let flags = unsafe { libc::fcntl(descriptor as i32, libc::F_GETFD) };
        closed.store(flags == -1, Ordering::Relaxed);
    }
}

/// Called by the system before `main`, and so before the Rust library begins.
// SAFETY: the section holds addresses of such functions; this one uses nothing that needs to be initialised.
#[used]
#[unsafe(link_section = ".init_array")]
static AT_START: extern "C" fn() = note_closed;

/// The error of a stream that was closed when the process started.
pub fn closed(descriptor: i32) -> Option<io::Error> {
    let closed = CLOSED[descriptor as usize].load(Ordering::Relaxed);
    closed.then(|| io::Error::new(ErrorKind::NotConnected, "it is closed"))
}

fn if_open(descriptor: i32) -> io::Result<ManuallyDrop<File>> {
    if let Some(error) = closed(descriptor) {
        return Err(error);
    }
    // SAFETY: it is open for as long as the process runs, and is not closed here.
    Ok(ManuallyDrop::new(unsafe { File::from_raw_fd(descriptor) }))
}

/// Writing to a file takes its time, but not for ever.
pub fn is_file(descriptor: i32) -> bool {
    if_open(descriptor).and_then(|file| file.metadata()).is_ok_and(|metadata| metadata.is_file())
}

/// Writes all of it.
///
/// # Errors
/// Of the system: some of the bytes may have been written.
pub fn write(descriptor: i32, mut bytes: &[u8]) -> io::Result<()> {
    let mut file = if_open(descriptor)?;
    while !bytes.is_empty() {
        match file.write(bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(written) => bytes = &bytes[written..],
            Err(error) => wait_if_early(descriptor, libc::POLLOUT, error)?,
        }
    }
    Ok(())
}

/// A line for people on standard error. When even that cannot be written, nobody can be told.
pub fn complain(line: &str) {
    let _ = write(ERRORS, format!("{line}\n").as_bytes());
}

/// What standard input has: no bytes are its end.
///
/// # Errors
/// Of the system.
pub fn read(bytes: &mut [u8]) -> io::Result<usize> {
    let mut file = if_open(INPUT)?;
    loop {
        match file.read(bytes) {
            Ok(count) => return Ok(count),
            Err(error) => wait_if_early(INPUT, libc::POLLIN, error)?,
        }
    }
}

/// Returns when the call may be made again that has failed so; else its error.
fn wait_if_early(descriptor: i32, event: i16, error: io::Error) -> io::Result<()> {
    match error.kind() {
        ErrorKind::Interrupted => Ok(()),
        // Someone made the terminal or pipe non-blocking.
        ErrorKind::WouldBlock => {
            let mut wanted = libc::pollfd { fd: descriptor, events: event, revents: 0 };
            // SAFETY: one such record is passed. The caller tries again whether it fails or not.
            unsafe { libc::poll(&raw mut wanted, 1, -1) };
            Ok(())
        }
        _ => Err(error),
    }
}
