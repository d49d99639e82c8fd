//! Lines of standard input. One thread reads at a time, and only when an actor asks; who asks first is served first.

use super::blocking::{Blocking, Link, Waiter};
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;

pub struct Input {
    state: Arc<Mutex<State>>,
    blocking: Blocking,
    link: Arc<Link>,
}

#[derive(Default)]
struct State {
    /// Lines that nobody has taken yet; nothing at the end of the input.
    lines: VecDeque<Option<String>>,
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
        self.state.lock().lines.push_back(read());
    }

    /// The next line, if it is there.
    pub fn take(&self) -> Option<Option<String>> {
        self.state.lock().lines.pop_front()
    }

    pub fn waiters(&self) -> Vec<Waiter> {
        self.state.lock().waiters.iter().copied().collect()
    }
}

/// Reads lines until nobody waits.
fn serve(state: &Mutex<State>, link: &Link) {
    loop {
        let line = read();
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
            told = link.complete(first);
            state.lock().waiters.pop_front();
        };
        let mut held = state.lock();
        if !waits && held.waiters.is_empty() {
            held.reading = false;
            drop(held);
            link.reconsider();
            return;
        }
    }
}

/// Input that cannot be read, or is not UTF-8, ends it.
fn read() -> Option<String> {
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line).unwrap_or(0);
    let text = line.strip_suffix('\n').unwrap_or(&line);
    (read > 0).then(|| text.strip_suffix('\r').unwrap_or(text).to_string())
}
