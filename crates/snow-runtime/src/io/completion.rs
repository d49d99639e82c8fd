//! How a blocking thread tells the runtime that a call is done: the runtime's side of `blocking::Host`.

use super::blocking::Host;
use super::streams::READER_GONE;
use crate::actor::reply_place::Waiter;
use crate::lifecycle::Ended;
use crate::runtime::Runtime;

impl Host for Runtime {
    fn complete(&self, waiter: Waiter) -> bool {
        // One at a time: they hold the link's lock.
        let member = self.scheduler.workers.len() + 1;
        // SAFETY: the thread that holds the link's lock is this member, and has found nothing yet.
        unsafe { self.epochs.quiescent(member) };
        let answered = self.actors.answer_place(waiter);
        if let Some(Some(actor)) = answered {
            self.scheduler.queue_from_outside(actor);
        }
        // SAFETY: what has been found is not used any more.
        unsafe { self.epochs.offline(member) };
        answered.is_some()
    }

    fn stop_without_reader(&self) {
        self.stop(Ended::Exit(READER_GONE));
    }

    fn reconsider(&self) {
        self.scheduler.wake(0);
    }
}
