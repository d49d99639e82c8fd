//! Spawning, sending, receiving, waiting.

use super::context::*;
use super::define::define;
use super::message_type::MessageType;
use crate::abi::{MailboxPolicy, MessageWait, Sent};
use crate::actor::address;
use crate::actor::mailbox::Deadline;
use crate::actor::record::Wait;
use crate::actor::relations::Bound;
use crate::heap::block::{Block, Form};
use crate::heap::message::Message;
use crate::lifecycle::links;
use std::ptr::null_mut;
use std::sync::atomic::Ordering;

define! {
    fn actor_spawn(context, entry: Int, arguments: Ref, message_type: Ref) -> Ref {
        let Some(message) = context.copy_message(arguments) else { return Part::NOTHING };
        // SAFETY: compiled code passes an entry stub; the message is the new actor's.
        let actor = unsafe { context.runtime().actors.create(entry as usize, message.into_block(), message_type, context.runtime().torture()) };
        let pid = actor.pid();
        if let Some(tie) = context.record.ties_spawned.get() {
            links::tie(context.worker(), context.pid(), pid, tie);
        }
        context.worker().enqueue(actor);
        address::of_actor(pid)
    }

    fn actor_takes(context, message_type: Ref) {
        // Under the lock: others read it there.
        let _shared = context.record.shared.lock();
        context.record.message_type.set(message_type.0);
    }

    fn actor_send_ref(context, pid: Ref, message: Ref) {
        if let Some(message) = context.message_ref(pid, message) {
            context.send(pid, message);
        }
    }

    fn actor_send_raw(context, pid: Ref, message: Int) {
        if let Some(message) = context.message_raw(pid, message) {
            context.send(pid, message);
        }
    }

    fn actor_try_send_ref(context, pid: Ref, message: Ref) -> Sent {
        context.message_ref(pid, message).map_or(Part::NOTHING, |message| context.send(pid, message))
    }

    fn actor_try_send_raw(context, pid: Ref, message: Int) -> Sent {
        context.message_raw(pid, message).map_or(Part::NOTHING, |message| context.send(pid, message))
    }

    fn actor_bound(context, limit: Int, policy: MailboxPolicy) {
        let limit = limit.clamp(1, u32::MAX as i64) as u32;
        let mut shared = context.record.shared.lock();
        let bound = &mut shared.relations().bound;
        let dropped = bound.as_ref().map_or(0, |before| before.dropped);
        *bound = Some(Bound { limit, policy, dropped });
    }

    fn actor_dropped(context) -> Int {
        let mut shared = context.record.shared.lock();
        shared.relations().bound.as_ref().map_or(0, |bound| bound.dropped as i64)
    }

    fn actor_check_type(context, pid: Ref, message_type: Ref) {
        // To one that has ended, anything may be sent.
        let given = MessageType(message_type);
        if let Some(takes) = context.takes(pid)
            && takes != given
        {
            let (given, takes) = context.told_apart(given, takes);
            return context.crash(format!("a message of type {given} is sent to an actor that takes {takes}"));
        }
    }

    fn actor_take_ref(context) -> Ref {
        let block = context.take_message();
        if block.is_null() {
            return Ref(0);
        }
        // SAFETY: the message is this actor's, and of the kind that its mailbox is for.
        context.adopt(unsafe { Message::new(block) })
    }

    fn actor_take_adapted(context) -> Ref {
        let Some(block) = context.next_message() else { return Part::NOTHING };
        context.remove_message(block);
        // SAFETY: as above.
        context.adopt(unsafe { Message::new(block) })
    }

    fn actor_take_raw(context) -> Option<Int> {
        let block = context.take_message();
        if block.is_null() {
            return None;
        }
        // SAFETY: as above.
        unsafe {
            let word = (*block).root;
            Block::free(block);
            Some(word as i64)
        }
    }

    fn actor_deadline(context, milliseconds: Int) -> Int {
        let nanoseconds = (milliseconds.max(0) as u64).saturating_mul(1_000_000);
        let at = context.runtime().clock.now().saturating_add(nanoseconds);
        // -1 means none: the end of time stays below it.
        at.min(i64::MAX as u64) as i64
    }

    fn actor_wait(context, deadline: Int) -> MessageWait {
        let record = context.record;
        if let Some(block) = context.next_message() {
            // SAFETY: the message is this actor's.
            return match unsafe { (*block).form } {
                Form::Plain => MessageWait::Arrived,
                _ => MessageWait::Adapted,
            };
        }
        let until = u64::try_from(deadline).ok();
        if until.is_some_and(|until| context.runtime().clock.now() >= until) {
            return MessageWait::Late;
        }
        record.wait.set(Wait::Message(until.and_then(Deadline::new)));
        MessageWait::NotYet
    }

    fn actor_sleep(context, deadline: Int) -> Bool {
        let until = Deadline::new(deadline.max(0) as u64).filter(|until| context.runtime().clock.now() < until.get());
        if let Some(until) = until {
            context.record.wait.set(Wait::Sleep(until));
        }
        until.is_some()
    }

    fn runtime_heap_bytes(context) -> Int {
        // SAFETY: the actor runs on this worker; the reference ends at once.
        unsafe { context.record.heap().bytes() as i64 }
    }

    fn runtime_collections(context) -> Int {
        // SAFETY: as above.
        unsafe { context.record.heap().collections() as i64 }
    }

    leaf {
        fn actor_terminate(context, entry: Int, arguments: Ref) {
            context.record.terminate.set(entry as usize);
            // A root of the heap until then.
            context.record.arguments.set(arguments.0);
        }
    }
}

impl Context<'_> {
    /// The oldest message, which is the caller's now; null when there is none, or when it came through an adapter.
    fn take_message(self) -> *mut Block {
        match self.next_message() {
            // SAFETY: the message is this actor's.
            Some(block) if unsafe { (*block).form } == Form::Plain => {
                self.remove_message(block);
                block
            }
            _ => null_mut(),
        }
    }

    /// The oldest message, where it is.
    fn next_message(self) -> Option<*mut Block> {
        let record = self.record;
        if record.taken.get().is_null() {
            if !record.has_pending() {
                return None;
            }
            let (block, count) = record.take_over();
            record.taken.set(block);
            record.taken_count.store(count, Ordering::Relaxed);
        }
        let block = record.taken.get();
        (!block.is_null()).then_some(block)
    }

    fn remove_message(self, block: *mut Block) {
        let record = self.record;
        // SAFETY: the list is this actor's own, and this is its first.
        unsafe {
            record.taken.set((*block).next);
            (*block).next = null_mut();
        }
        let count = record.taken_count.load(Ordering::Relaxed);
        record.taken_count.store(count - 1, Ordering::Relaxed);
    }
}
