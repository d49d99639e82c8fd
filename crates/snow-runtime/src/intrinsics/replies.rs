//! Places for answers, beside the mailbox: an actor asks another one, and waits for its answer alone.

use super::context::*;
use super::define::define;
use crate::abi::{Awaited, ExitKind};
use crate::actor::exit_reason::{Cause, Reason};
use crate::actor::mailbox::Deadline;
use crate::actor::record::{ActorRef, Wait};
use crate::actor::relations::{Notice, Reply};
use crate::handles::handle::{Pid, Reference};
use crate::heap::message::Message;
use crate::lifecycle::monitors;

define! {
    fn reply_open(context, pid: Ref) -> Int {
        monitors::watch(context.worker(), context.pid(), context.actor(pid), Notice::Reply).to_int()
    }

    fn reply_answer_ref(context, pid: Ref, reference: Int, value: Ref) {
        if let Some(message) = context.copy_message(value) {
            context.answer(context.actor(pid), reference, message);
        }
    }

    fn reply_answer_raw(context, pid: Ref, reference: Int, value: Int) {
        context.answer(context.actor(pid), reference, context.raw_message(value));
    }

    /// `None`: it shall park, and ask again.
    fn reply_state(context, reference: Int, deadline: Int) -> Option<Awaited> {
        let record = context.record;
        record.awaits.set(None);
        let Some(reference) = Reference::from_int(reference) else { return Some(Awaited::Closed) };
        let shared = record.shared.lock();
        match shared.relations.as_ref().and_then(|relations| relations.replies.get(reference)) {
            Some(Reply::Answered(_)) => return Some(Awaited::Answered),
            Some(Reply::Closed(_)) | None => return Some(Awaited::Closed),
            Some(Reply::Open) => {}
        }
        let until = u64::try_from(deadline).ok();
        // Time as the timers have it: once the deadline's has fired, it has come.
        if until.is_some_and(|until| context.worker().now >= until) {
            return Some(Awaited::Late);
        }
        record.wait.set(Wait::Reply(until.and_then(Deadline::new)));
        record.awaits.set(Some(reference));
        None
    }

    fn reply_take_ref(context, reference: Int) -> Ref {
        match context.take_answer(reference) {
            Some(message) => context.adopt(message),
            None => context.crash("an answer is taken that is not there"),
        }
    }

    fn reply_take_raw(context, reference: Int) -> Int {
        match context.take_answer(reference) {
            Some(message) => {
                // SAFETY: the message is a raw word.
                let word = unsafe { (*message.block()).root };
                context.adopt(message);
                word as i64
            }
            None => context.crash("an answer is taken that is not there"),
        }
    }

    fn reply_discard(context, reference: Int) {
        if let Some(reference) = Reference::from_int(reference) {
            context.record.shared.lock().relations().replies.remove(reference);
        }
    }

    fn reply_close(context, reference: Int) -> (Ref, Ref, ExitKind) {
        let reason = match context.unwatch(reference) {
            Some(Reply::Closed(reason)) => reason,
            _ => Reason::from(Cause::NoActor),
        };
        context.reason_words(&reason)
    }
}

impl Context<'_> {
    fn answer(self, pid: Pid, reference: i64, message: Message) {
        let Some(reference) = Reference::from_int(reference) else { return };
        let Some((record, mut shared)) = self.runtime().actors.mailbox(pid) else { return };
        let wakes = shared.answer(reference, Reply::Answered(message));
        drop(shared);
        if wakes {
            // SAFETY: it has just been made active.
            self.worker().enqueue(unsafe { ActorRef::new(record) });
        }
    }

    fn take_answer(self, reference: i64) -> Option<Message> {
        match self.unwatch(reference) {
            Some(Reply::Answered(message)) => Some(message),
            _ => None,
        }
    }

    fn unwatch(self, reference: i64) -> Option<Reply> {
        monitors::unwatch(self.worker(), self.pid(), Reference::from_int(reference)?)
    }
}
