//! Standard output, gathered: a program that prints many lines does not make a system call for each.
//!
//! What goes to a pipe or a terminal is written by a blocking thread, in the order in which it was printed, standard
//! error with it: a reader that does not read stops nobody but the actors that print more than `MOST_WAITING`.
//!
//! So an actor may have gone on long before what it printed turns out to be lost, on a full disk for example. The next
//! actor that prints or flushes is told. From then on each waits for what becomes of its own text, until one is written.
//! What nobody was told while the program ran makes its exit code 1. A reader that has gone ends the program, and what
//! goes to standard error is dropped when it cannot be written.

use super::blocking::{Blocking, Link};
use super::streams::{self, ERRORS, OUTPUT};
use crate::actor::reply_place::Waiter;
use crate::memory::emergency;
use parking_lot::{Condvar, Mutex, MutexGuard};
use std::collections::VecDeque;
use std::io::{self, ErrorKind, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Written at once when this much has been gathered.
const GATHERED: usize = 16 << 10;
/// Bytes that may wait to be written before an actor that prints has to wait.
const MOST_WAITING: usize = 64 << 10;

/// Standard output and standard error of a program.
pub struct Output {
    shared: Arc<Shared>,
    blocking: Blocking,
    /// A person is watching.
    immediate: bool,
    /// Writing cannot block, or may: the thread that prints also writes.
    in_place: bool,
}

struct Shared {
    state: Mutex<State>,
    written: Condvar,
    /// Bytes in `State::pieces`, or on their way to the system. Relaxed throughout: it is changed under the lock of
    /// `state`, but for a subtraction behind a write, and read without as a hint.
    waiting: AtomicUsize,
    link: Arc<Link>,
}

#[derive(Default)]
struct State {
    gathered: Vec<u8>,
    /// Descriptors, and what goes to them.
    pieces: VecDeque<(i32, Vec<u8>)>,
    writing: bool,
    /// Those that wait until less is waiting.
    waiters: Vec<Waiter>,
    /// Pieces that were ever handed over, and how many of them have been dealt with.
    handed: u64,
    done: u64,
    /// Those that wait until so many pieces have been dealt with.
    flushing: Vec<(u64, Waiter)>,
    failure: Option<Failure>,
    /// Text was lost, and the actor that was told ended by it.
    lost: bool,
    /// A reader has gone, and the program ends.
    reader_gone: bool,
}

/// The last text for standard output was not written.
struct Failure {
    why: String,
    /// Has an actor been told?
    told: bool,
}

/// How it went with standard output, all in all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Written {
    All,
    /// Some of it is lost, and no error value has told the program.
    Lost,
    ReaderGone,
}

/// What is to be done behind a text that was printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    GoOn,
    /// Wait until there is room.
    AwaitRoom,
    /// Wait until all is written, and look how that went.
    AwaitOutcome,
}

impl Output {
    /// In deterministic mode nothing may depend on when another thread is done: all is written in place.
    pub fn new(blocking: Blocking, link: Arc<Link>, deterministic: bool) -> Output {
        // Standard output that was closed from the beginning is a failure, but a program that prints nothing need not be
        // told.
        let failure = streams::closed(OUTPUT).map(|why| Failure { why: why.to_string(), told: true });
        let shared = Shared {
            state: Mutex::new(State { failure, ..State::default() }),
            written: Condvar::new(),
            waiting: AtomicUsize::new(0),
            link,
        };
        Output {
            shared: Arc::new(shared),
            blocking,
            immediate: std::io::stdout().is_terminal(),
            in_place: deterministic || streams::is_file(OUTPUT) && streams::is_file(ERRORS),
        }
    }

    /// # Errors
    /// Why earlier text was lost, if nobody was told: then this one is not printed.
    pub fn print(&self, bytes: &[u8]) -> Result<Next, String> {
        let mut state = self.shared.state.lock();
        if state.failure.is_some() {
            if let Some(why) = state.tell_loss(false) {
                return Err(why);
            }
            state.gather(bytes);
            self.hand_over(&mut state);
            return Ok(Next::AwaitOutcome);
        }
        state.gather(bytes);
        if self.immediate || state.gathered.len() >= GATHERED {
            self.hand_over(&mut state);
        }
        Ok(if self.is_full() { Next::AwaitRoom } else { Next::GoOn })
    }

    /// As `print`, and goes out at once, whatever was lost before.
    pub fn print_all(&self, bytes: &[u8]) {
        let mut state = self.shared.state.lock();
        state.gather(bytes);
        self.hand_over(&mut state);
    }

    /// Goes out at once, after everything printed before it.
    pub fn print_error(&self, bytes: &[u8]) {
        emergency::expect_bytes(bytes.len());
        let mut state = self.shared.state.lock();
        self.hand_over(&mut state);
        self.put(&mut state, ERRORS, bytes.to_vec());
    }

    /// Called by each worker before it sleeps.
    pub fn flush(&self) {
        self.hand_over(&mut self.shared.state.lock());
    }

    /// Why the last text was lost; nothing when it was written. The actor that asks ends by it.
    pub fn outcome(&self) -> Option<String> {
        self.shared.state.lock().tell_loss(true)
    }

    /// Why text was lost, as an error value.
    pub fn take_failure(&self) -> Option<String> {
        let mut state = self.shared.state.lock();
        let failure = state.failure.as_mut()?;
        failure.told = true;
        Some(failure.why.clone())
    }

    /// Waits until everything has been written. Called at the end, when no worker runs any more.
    pub fn finish(&self) -> Written {
        let mut state = self.shared.state.lock();
        self.hand_over(&mut state);
        while state.writing {
            self.shared.written.wait(&mut state);
        }
        if state.reader_gone {
            return Written::ReaderGone;
        }
        if let Some(why) = state.tell_loss(false) {
            streams::complain(&format!("Snow: {}", not_written(&why)));
        }
        if state.lost { Written::Lost } else { Written::All }
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

    /// Has an actor told when everything printed so far has been written, or is lost. False when that is so already.
    pub fn wait_for_all(&self, waiter: Waiter) -> bool {
        let mut state = self.shared.state.lock();
        self.hand_over(&mut state);
        let handed = state.handed;
        let waits = state.done < handed;
        if waits {
            state.flushing.push((handed, waiter));
        }
        waits
    }

    pub fn waiters(&self) -> Vec<Waiter> {
        let state = self.shared.state.lock();
        let flushing = state.flushing.iter().map(|(_, waiter)| waiter);
        state.waiters.iter().chain(flushing).copied().collect()
    }

    fn hand_over(&self, state: &mut State) {
        if state.gathered.is_empty() {
            return;
        }
        if self.in_place {
            let written = streams::write(OUTPUT, &state.gathered);
            state.gathered.clear();
            state.gathered.shrink_to(GATHERED);
            self.shared.note(state, OUTPUT, written);
        } else {
            let bytes = std::mem::take(&mut state.gathered);
            self.put(state, OUTPUT, bytes);
        }
    }

    fn put(&self, state: &mut State, descriptor: i32, bytes: Vec<u8>) {
        if self.in_place {
            self.shared.note(state, descriptor, streams::write(descriptor, &bytes));
            return;
        }
        self.shared.waiting.fetch_add(bytes.len(), Ordering::Relaxed);
        state.pieces.push_back((descriptor, bytes));
        state.handed += 1;
        if !std::mem::replace(&mut state.writing, true) {
            let shared = self.shared.clone();
            if !self.blocking.run(move || write_all(&shared)) {
                while let Some((descriptor, bytes)) = state.pieces.pop_front() {
                    if !bytes.is_empty() {
                        self.shared.note(state, descriptor, streams::write(descriptor, &bytes));
                    }
                }
                self.shared.waiting.store(0, Ordering::Relaxed);
                state.done = state.handed;
                state.writing = false;
            }
        }
    }
}

impl State {
    fn gather(&mut self, bytes: &[u8]) {
        emergency::expect_room(self.gathered.try_reserve(bytes.len()), bytes.len());
        self.gathered.extend_from_slice(bytes);
    }

    /// Why text was lost, if no actor has been told yet; with `again`, also if one has.
    fn tell_loss(&mut self, again: bool) -> Option<String> {
        let failure = self.failure.as_mut().filter(|failure| again || !failure.told)?;
        failure.told = true;
        self.lost = true;
        Some(failure.why.clone())
    }
}

impl Shared {
    /// Notes how it went with a piece. Behind one that is lost, what waits for the same descriptor is lost as well:
    /// output has no holes in its middle.
    fn note(&self, state: &mut State, descriptor: i32, written: io::Result<()>) {
        match written {
            Ok(()) if descriptor == OUTPUT => {
                if state.failure.as_ref().is_some_and(|failure| failure.told) {
                    state.failure = None;
                }
            }
            Ok(()) => {}
            Err(error) => {
                if error.kind() == ErrorKind::BrokenPipe {
                    state.reader_gone = true;
                    self.link.tell(|host| host.stop_without_reader());
                } else if descriptor == OUTPUT {
                    state.failure = Some(Failure { why: error.to_string(), told: false });
                }
                for (other, bytes) in &mut state.pieces {
                    if *other == descriptor {
                        self.waiting.fetch_sub(bytes.len(), Ordering::Relaxed);
                        bytes.clear();
                    }
                }
            }
        }
    }

    /// Tells those that wait for what is so by now.
    fn tell<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let done = state.done;
        let has_room = self.waiting.load(Ordering::Relaxed) <= MOST_WAITING / 2;
        let mut told: Vec<Waiter> = if has_room { state.waiters.clone() } else { Vec::new() };
        told.extend(state.flushing.iter().filter(|(until, _)| *until <= done).map(|(_, waiter)| *waiter));
        if told.is_empty() {
            return state;
        }
        drop(state);
        // They stay in the lists until they are queued, so that the program is not taken for finished.
        for waiter in &told {
            self.link.tell(|host| host.complete(*waiter));
        }
        state = self.state.lock();
        state.waiters.retain(|waiter| !told.contains(waiter));
        state.flushing.retain(|(_, waiter)| !told.contains(waiter));
        state
    }
}

/// The sentence for a person.
pub fn not_written(why: &str) -> String {
    format!("standard output cannot be written: {why}")
}

/// Writes until nothing is left.
fn write_all(shared: &Shared) {
    let mut state = shared.state.lock();
    while let Some((descriptor, bytes)) = state.pieces.pop_front() {
        // One without bytes was lost with an earlier one.
        if !bytes.is_empty() {
            drop(state);
            let written = streams::write(descriptor, &bytes);
            shared.waiting.fetch_sub(bytes.len(), Ordering::Relaxed);
            state = shared.state.lock();
            shared.note(&mut state, descriptor, written);
        }
        state.done += 1;
        state = shared.tell(state);
    }
    state.writing = false;
    drop(state);
    shared.written.notify_all();
    shared.link.tell(|host| host.reconsider());
}
