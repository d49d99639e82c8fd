//! Places for answers, beside the mailbox: an actor asks another one, and waits for its answer alone.

use super::context::*;
use super::define::define;
use crate::actor::exit_reason::{Cause, Reason};
use crate::actor::record::{ActorRef, Wait};
use crate::actor::relations::{Notice, Reply};
use crate::handles::handle::{Pid, Reference};
use crate::heap::message::Message;
use crate::lifecycle::monitors;

define! {
    fn reply_open(context, pid: Ref) -> Int = "fn(Pid<M>) -> Int" {
        monitors::watch(context.worker(), context.pid(), context.actor(pid), Notice::Reply).to_int()
    }

    fn reply_answer_ref(context, pid: Ref, reference: Int, value: Ref) -> Int = "fn(Pid, Int, T) -> ()" {
        if let Some(message) = context.copy_message(value) {
            context.answer(context.actor(pid), reference, message);
        }
        0
    }

    fn reply_answer_raw(context, pid: Ref, reference: Int, value: Int) -> Int = "fn(Pid, Int, T) -> ()" {
        context.answer(context.actor(pid), reference, context.raw_message(value));
        0
    }

    fn reply_wait(context, reference: Int, deadline: Int) -> Int = "fn(Int, Int) -> Int" {
        let record = context.record;
        let shared = record.shared.lock();
        let reference = Reference::from_int(reference);
        let replies = shared.relations.as_ref().map(|relations| &relations.replies);
        let answer = match replies.zip(reference).and_then(|(replies, reference)| replies.get(reference)) {
            Some(Reply::Open) => {
                let until = u64::try_from(deadline).ok();
                // Time as the timers have it: once the deadline's has fired, it has come.
                if until.is_some_and(|until| context.worker().now >= until) {
                    2
                } else {
                    record.wait.set(Wait::Reply(until));
                    1
                }
            }
            Some(Reply::Answered(_)) => 0,
            Some(Reply::Closed(_)) | None => 3,
        };
        record.awaits.set(reference.filter(|_| answer == 1));
        answer
    }

    fn reply_take_ref(context, reference: Int) -> Ref = "fn(Int) -> T" {
        match context.take_answer(reference) {
            Some(message) => context.adopt(message),
            None => context.crash("an answer is taken that is not there"),
        }
    }

    fn reply_take_raw(context, reference: Int) -> Int = "fn(Int) -> T" {
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

    fn reply_discard(context, reference: Int) -> Int = "fn(Int) -> ()" {
        if let Some(reference) = Reference::from_int(reference) {
            context.record.shared.lock().relations().replies.remove(reference);
        }
        0
    }

    fn reply_close(context, reference: Int) -> Ref = "fn(Int) -> (String, Pid, Int)" {
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
