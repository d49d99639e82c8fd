//! Whose handshake goes on: a few at a time, in the order in which they could.
//!
//! A step of a handshake takes a worker a fraction of a millisecond, a thousand times what a message takes. When many
//! clients come at once, their actors would all stand in the workers' queues, and whoever has a message to answer behind
//! them. So the owner of a socket is told that its handshake can go on only when its turn has come.

use crate::handles::handle::SocketHandle;
use parking_lot::Mutex;
use std::collections::VecDeque;

/// Whoever does not take its turn within this time (nanoseconds) has had it.
const PATIENCE: u64 = 100_000_000;

/// Sockets whose handshakes can go on.
#[derive(Default)]
pub struct Turns(Mutex<Queue>);

#[derive(Default)]
struct Queue {
    waiting: VecDeque<SocketHandle>,
    /// Those whose turn it is, and since when.
    going_on: Vec<(SocketHandle, u64)>,
}

impl Turns {
    /// The socket waits for its turn. It does so once at a time.
    pub fn wait(&self, socket: SocketHandle) {
        self.0.lock().waiting.push_back(socket);
    }

    /// The next one, if it is not the turn of `most` others.
    pub fn next(&self, most: usize, now: u64) -> Option<SocketHandle> {
        let mut queue = self.0.lock();
        if queue.waiting.is_empty() {
            return None;
        }
        if queue.going_on.len() >= most {
            queue.going_on.retain(|(_, since)| now.saturating_sub(*since) < PATIENCE);
        }
        if queue.going_on.len() >= most {
            return None;
        }
        let next = queue.waiting.pop_front()?;
        queue.going_on.push((next, now));
        Some(next)
    }

    /// It has had its turn.
    pub fn pass(&self, socket: SocketHandle) {
        self.0.lock().going_on.retain(|(one, _)| *one != socket);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn socket(number: u32) -> SocketHandle {
        SocketHandle::new(number, 1)
    }

    #[test]
    fn a_few_go_on_at_a_time_and_in_their_order() {
        let turns = Turns::default();
        (1..=4).for_each(|number| turns.wait(socket(number)));
        assert_eq!(turns.next(2, 0), Some(socket(1)));
        assert_eq!(turns.next(2, 0), Some(socket(2)));
        assert_eq!(turns.next(2, 0), None);
        turns.pass(socket(2));
        assert_eq!(turns.next(2, 0), Some(socket(3)));
        assert_eq!(turns.next(2, 0), None);
        turns.pass(socket(1));
        turns.pass(socket(3));
        assert_eq!(turns.next(2, 0), Some(socket(4)));
        assert_eq!(turns.next(2, 0), None, "nobody waits");
    }

    #[test]
    fn who_does_not_take_its_turn_does_not_keep_it() {
        let turns = Turns::default();
        turns.wait(socket(1));
        turns.wait(socket(2));
        assert_eq!(turns.next(1, 5), Some(socket(1)));
        assert_eq!(turns.next(1, 5 + PATIENCE - 1), None);
        assert_eq!(turns.next(1, 5 + PATIENCE), Some(socket(2)));
    }
}
