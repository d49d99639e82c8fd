//! Standard output, gathered: a program that prints many lines does not make a system call for each.
//!
//! What goes to a pipe or a terminal is written by a blocking thread, in the order in which it was printed, standard
//! error with it: a reader that does not read stops nobody but the actors that print more than `MOST_WAITING`.

use super::blocking::{Blocking, Link, Waiter};
use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{ErrorKind, IsTerminal, Write};
use std::mem::ManuallyDrop;
use std::os::fd::FromRawFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Written at once when this much has been gathered.
const GATHERED: usize = 16 << 10;
/// Bytes that may wait to be written before an actor that prints has to wait.
const MOST_WAITING: usize = 64 << 10;

pub struct Output {
    shared: Arc<Shared>,
    blocking: Blocking,
    /// A person is watching.
    immediate: bool,
    /// Nothing that is written can block, or it may: all is written by whoever prints.
    in_place: bool,
}

struct Shared {
    state: Mutex<State>,
    written: Condvar,
    /// Bytes in `State::pieces`; written under its lock, read without as a hint.
    waiting: AtomicUsize,
    link: Arc<Link>,
}

#[derive(Default)]
struct State {
    gathered: Vec<u8>,
    /// Descriptors, and what goes to them.
    pieces: VecDeque<(i32, Vec<u8>)>,
    writing: bool,
    waiters: Vec<Waiter>,
}

impl Output {
    /// In deterministic mode nothing may depend on when another thread is done: all is written in place.
    pub fn new(blocking: Blocking, link: Arc<Link>, deterministic: bool) -> Output {
        let shared =
            Shared { state: Mutex::default(), written: Condvar::new(), waiting: AtomicUsize::new(0), link };
        Output {
            shared: Arc::new(shared),
            blocking,
            immediate: std::io::stdout().is_terminal(),
            in_place: deterministic || is_file(1) && is_file(2),
        }
    }

    pub fn print(&self, bytes: &[u8]) {
        let mut state = self.shared.state.lock();
        state.gathered.extend_from_slice(bytes);
        if self.immediate || state.gathered.len() >= GATHERED {
            self.hand_over(&mut state);
        }
    }

    /// Goes out at once, after everything printed before it.
    pub fn print_error(&self, bytes: &[u8]) {
        let mut state = self.shared.state.lock();
        self.hand_over(&mut state);
        self.put(&mut state, 2, bytes.to_vec());
    }

    /// Called by each worker before it sleeps.
    pub fn flush(&self) {
        self.hand_over(&mut self.shared.state.lock());
    }

    /// Waits until everything has been written. Called at the end, when no worker runs any more.
    pub fn finish(&self) {
        let mut state = self.shared.state.lock();
        self.hand_over(&mut state);
        while state.writing {
            self.shared.written.wait(&mut state);
        }
    }

    /// Does so much wait that who prints should wait, too?
    pub fn is_full(&self) -> bool {
        // Relaxed: a hint; `wait` looks under the lock.
        self.shared.waiting.load(Ordering::Relaxed) > MOST_WAITING
    }

    /// Has an actor told when less waits. False when that is so already, and nobody will be told.
    pub fn wait(&self, waiter: Waiter) -> bool {
        let mut state = self.shared.state.lock();
        let full = self.is_full();
        if full {
            state.waiters.push(waiter);
        }
        full
    }

    pub fn waiters(&self) -> Vec<Waiter> {
        self.shared.state.lock().waiters.clone()
    }

    fn hand_over(&self, state: &mut State) {
        if state.gathered.is_empty() {
            return;
        }
        if self.in_place {
            write(1, &state.gathered);
            state.gathered.clear();
            state.gathered.shrink_to(GATHERED);
        } else {
            let bytes = std::mem::take(&mut state.gathered);
            self.put(state, 1, bytes);
        }
    }

    fn put(&self, state: &mut State, descriptor: i32, bytes: Vec<u8>) {
        if self.in_place {
            write(descriptor, &bytes);
            return;
        }
        self.shared.waiting.fetch_add(bytes.len(), Ordering::Relaxed);
        state.pieces.push_back((descriptor, bytes));
        if !std::mem::replace(&mut state.writing, true) {
            let shared = self.shared.clone();
            if !self.blocking.run(move || write_all(&shared)) {
                for (descriptor, bytes) in state.pieces.drain(..) {
                    write(descriptor, &bytes);
                }
                self.shared.waiting.store(0, Ordering::Relaxed);
                state.writing = false;
            }
        }
    }
}

/// Writes until nothing is left.
fn write_all(shared: &Shared) {
    let mut state = shared.state.lock();
    while let Some((descriptor, bytes)) = state.pieces.pop_front() {
        drop(state);
        write(descriptor, &bytes);
        let left = shared.waiting.fetch_sub(bytes.len(), Ordering::Relaxed) - bytes.len();
        state = shared.state.lock();
        if left <= MOST_WAITING / 2 && !state.waiters.is_empty() {
            let waiters = state.waiters.clone();
            drop(state);
            // They stay in the list until they are queued, so that the program is not taken for finished.
            for waiter in &waiters {
                shared.link.complete(*waiter);
            }
            state = shared.state.lock();
            state.waiters.retain(|waiter| !waiters.contains(waiter));
        }
    }
    state.writing = false;
    drop(state);
    shared.written.notify_all();
    shared.link.reconsider();
}

/// Writing to a file takes its time, but not for ever.
fn is_file(descriptor: i32) -> bool {
    // SAFETY: the descriptor is open for as long as the process runs, and is not closed here.
    let file = ManuallyDrop::new(unsafe { File::from_raw_fd(descriptor) });
    file.metadata().is_ok_and(|metadata| metadata.is_file())
}

/// Writes all of it. What cannot be written (the reader has gone) is dropped.
fn write(descriptor: i32, mut bytes: &[u8]) {
    // SAFETY: as above.
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
