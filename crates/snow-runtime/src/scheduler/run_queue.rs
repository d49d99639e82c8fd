//! The actors that wait for their turn at one worker: those that only it may run, and those that others may take.

use super::fairness::{Queue, Turns};
use crate::sync::{Deque, Steal, Stealer};
use std::collections::VecDeque;

/// The actors that wait for their turn at one worker.
pub struct RunQueue<T> {
    /// Those that only this worker may run.
    local: VecDeque<T>,
    /// The first of those that others may take, as long as it is the only one. No other thread sees it here, so that
    /// queuing it costs no fence.
    only: Option<T>,
    /// Those that others may take, when there are more.
    deque: Deque<T>,
    turns: Turns,
}

impl<T> RunQueue<T> {
    pub fn new() -> RunQueue<T> {
        RunQueue { local: VecDeque::new(), only: None, deque: Deque::new_fifo(), turns: Turns::default() }
    }

    /// The end at which others take.
    pub fn stealer(&self) -> Stealer<T> {
        self.deque.stealer()
    }

    /// For those that only this worker may run.
    pub fn local(&mut self) -> &mut VecDeque<T> {
        &mut self.local
    }

    /// Queues one that any worker may run. Returns whether there is more now than this worker can run next, so that a
    /// sleeping worker should be woken to help.
    #[must_use]
    pub fn push(&mut self, item: T) -> bool {
        match self.only.take() {
            None if self.deque.is_empty() => {
                self.only = Some(item);
                false
            }
            before => {
                if let Some(before) = before {
                    self.deque.push(before);
                }
                self.deque.push(item);
                true
            }
        }
    }

    /// Lets others take the only one. Returns whether there was one.
    #[must_use]
    pub fn share(&mut self) -> bool {
        match self.only.take() {
            Some(only) => {
                self.deque.push(only);
                true
            }
            None => false,
        }
    }

    /// The next one of this worker's own.
    pub fn next(&mut self) -> Option<T> {
        let first = self.turns.next();
        let second = if first == Queue::Local { Queue::Shared } else { Queue::Local };
        for queue in [first, second] {
            let item = match queue {
                Queue::Local => self.local.pop_front(),
                Queue::Shared => self.only.take().or_else(|| self.deque.pop()),
            };
            if item.is_some() {
                self.turns.took(queue);
                return item;
            }
        }
        None
    }

    /// Takes some of another worker's, the first of them to run now.
    pub fn steal(&mut self, victim: &Stealer<T>) -> Option<T> {
        loop {
            match victim.steal_batch_and_pop(&self.deque) {
                Steal::Success(item) => {
                    self.turns.took(Queue::Shared);
                    return Some(item);
                }
                Steal::Empty => return None,
                Steal::Retry => {}
            }
        }
    }

    /// The last slice did not end by itself.
    pub fn was_preempted(&mut self) {
        self.turns.was_preempted();
    }

    /// How many wait that no one else can see.
    pub fn unseen(&self) -> usize {
        self.local.len() + usize::from(self.only.is_some())
    }
}
