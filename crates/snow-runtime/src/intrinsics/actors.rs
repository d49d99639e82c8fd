//! Spawning, sending, receiving, waiting.

use super::context::*;
use super::define;
use crate::actor::record::{Wait, generation_of, index_of};
use crate::heap::block::Block;
use std::ptr::null_mut;
use std::sync::atomic::Ordering;

define! {
    fn actor_spawn(context, entry: Int, arguments: Ref) -> Int = "" {
        let Some(message) = context.copy_message(arguments) else { return 0 };
        // SAFETY: compiled code passes an entry stub; the message is the new actor's.
        let actor = unsafe { context.runtime().create(entry as usize, message.into_block()) };
        let pid = actor.pid.get();
        context.worker().enqueue(actor);
        pid
    }

    fn actor_send_ref(context, pid: Int, message: Ref) -> Int = "" {
        if let Some(message) = context.copy_message(message) {
            context.deliver(pid, message);
        }
        0
    }

    fn actor_send_raw(context, pid: Int, message: Int) -> Int = "" {
        let message = context.raw_message(message);
        context.deliver(pid, message);
        0
    }

    fn actor_take_ref(context) -> Ref = "" {
        let block = context.take_message();
        if block.is_null() {
            return Ref(0);
        }
        // SAFETY: the message is this actor's, and of the kind that its mailbox is for.
        unsafe {
            if (*block).bytes == 0 {
                let root = Ref((*block).root);
                context.worker().give_node(block);
                root
            } else {
                context.record.heap().adopt(&context.record.bump, block)
            }
        }
    }

    fn actor_take_raw(context) -> Int = "" {
        let block = context.take_message();
        context.set_out(0, !block.is_null() as i64);
        if block.is_null() {
            return 0;
        }
        // SAFETY: as above.
        unsafe {
            let word = (*block).root;
            context.worker().give_node(block);
            word as i64
        }
    }

    fn actor_deadline(context, milliseconds: Int) -> Int = "" {
        let nanoseconds = (milliseconds.max(0) as u64).saturating_mul(1_000_000);
        let at = context.runtime().clock.now().saturating_add(nanoseconds);
        // -1 means none: the end of time stays below it.
        at.min(i64::MAX as u64) as i64
    }

    fn actor_wait(context, deadline: Int) -> Int = "" {
        let record = context.record;
        if !record.taken.get().is_null() || record.pending.load(Ordering::Relaxed) > 0 {
            return 0;
        }
        let until = u64::try_from(deadline).ok();
        if until.is_some_and(|until| context.runtime().clock.now() >= until) {
            return 2;
        }
        record.wait.set(Wait::Message(until));
        1
    }

    fn actor_sleep(context, deadline: Int) -> Int = "" {
        let until = deadline.max(0) as u64;
        if context.runtime().clock.now() >= until {
            return 2;
        }
        context.record.wait.set(Wait::Sleep(until));
        1
    }

    fn actor_alive(context, pid: Int) -> Bool = "fn(Int) -> Bool" {
        context.runtime().actor(pid).is_some()
    }

    fn actor_mailbox_length(context, pid: Int) -> Int = "fn(Int) -> Int" {
        let Some(record) = context.runtime().records.get(index_of(pid)) else { return -1 };
        let shared = record.shared.lock();
        if !shared.is(generation_of(pid)) {
            return -1;
        }
        // Relaxed: a length is out of date as soon as it is read.
        shared.len() as i64 + record.taken_count.load(Ordering::Relaxed) as i64
    }

    fn runtime_heap_bytes(context) -> Int = "fn() -> Int" {
        // SAFETY: the actor runs on this worker; the reference ends at once.
        unsafe { context.record.heap().bytes() as i64 }
    }

    fn runtime_collections(context) -> Int = "fn() -> Int" {
        // SAFETY: as above.
        unsafe { context.record.heap().collections() as i64 }
    }
}

impl Context<'_> {
    /// The oldest message, which is the caller's now, or null.
    fn take_message(self) -> *mut Block {
        let record = self.record;
        let mut block = record.taken.get();
        let mut count = record.taken_count.load(Ordering::Relaxed);
        if block.is_null() {
            // Relaxed: see the field. The lock orders what is taken.
            if record.pending.load(Ordering::Relaxed) == 0 {
                return null_mut();
            }
            let mut shared = record.shared.lock();
            (block, count) = shared.take_all();
            record.pending.store(0, Ordering::Relaxed);
        }
        // SAFETY: the list is this actor's own.
        unsafe {
            record.taken.set((*block).next);
            (*block).next = null_mut();
        }
        record.taken_count.store(count - 1, Ordering::Relaxed);
        block
    }
}
