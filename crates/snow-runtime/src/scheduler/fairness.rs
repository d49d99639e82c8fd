//! Which of a worker's two run queues is next. Each gets about half of the time, when both have actors.
//!
//! Counting slices alone would not do: an actor that computes uses up its slice, thousands of times what one
//! that deals with a message takes, and in turns with it every message would wait for a whole slice.

/// What a slice that was ended by force weighs, in slices that end by themselves.
const PREEMPTED: i32 = 1024;

/// A worker's two run queues.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Queue {
    /// Actors that only this worker may run.
    Local,
    /// Actors that others may take.
    Shared,
}

/// Whose turn it is.
pub struct Turns {
    /// How much more the local queue has had. Kept within one such slice, so that no queue saves up turns.
    balance: i32,
    last: Queue,
}

impl Default for Turns {
    fn default() -> Turns {
        Turns { balance: 0, last: Queue::Shared }
    }
}

impl Turns {
    /// The queue that is next if it has an actor.
    pub fn next(&self) -> Queue {
        if self.balance > 0 { Queue::Shared } else { Queue::Local }
    }

    /// An actor of this queue gets a slice.
    pub fn took(&mut self, queue: Queue) {
        self.last = queue;
        self.weigh(1);
    }

    /// The last slice did not end by itself.
    pub fn was_preempted(&mut self) {
        self.weigh(PREEMPTED - 1);
    }

    fn weigh(&mut self, weight: i32) {
        let weight = if self.last == Queue::Local { weight } else { -weight };
        self.balance = (self.balance + weight).clamp(-PREEMPTED, PREEMPTED);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Slices until the queue that had the first one is next again.
    fn slices_before(turns: &mut Turns, first: Queue) -> i32 {
        let mut count = 0;
        while turns.next() != first {
            let next = turns.next();
            turns.took(next);
            count += 1;
        }
        count
    }

    #[test]
    fn short_slices_alternate() {
        let mut turns = Turns::default();
        for expected in [Queue::Local, Queue::Shared, Queue::Local, Queue::Shared] {
            let next = turns.next();
            assert_eq!(next, expected);
            turns.took(next);
        }
    }

    #[test]
    fn a_preempted_slice_is_paid_back_by_many_short_ones() {
        for busy in [Queue::Local, Queue::Shared] {
            let mut turns = Turns::default();
            turns.took(busy);
            turns.was_preempted();
            assert!(slices_before(&mut turns, busy) >= PREEMPTED - 1, "{busy:?}");
        }
    }

    #[test]
    fn two_busy_queues_alternate() {
        let mut turns = Turns::default();
        let mut seen = Vec::new();
        for _ in 0..6 {
            let next = turns.next();
            turns.took(next);
            turns.was_preempted();
            seen.push(next);
        }
        assert!(seen.windows(2).all(|pair| pair[0] != pair[1]), "{seen:?}");
    }

    #[test]
    fn a_queue_that_was_alone_for_long_does_not_pay_for_all_of_it() {
        let mut turns = Turns::default();
        for _ in 0..1000 {
            turns.took(Queue::Shared);
            turns.was_preempted();
        }
        assert!(slices_before(&mut turns, Queue::Shared) <= PREEMPTED + 1);
    }
}
