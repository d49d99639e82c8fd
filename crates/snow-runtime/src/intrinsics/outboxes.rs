//! Outboxes: bounded queues of bytes to be written.

use super::context::*;
use super::counters::counters_of;
use super::define::define;
use crate::abi::{EntryKind, NetError, Pushed};
use crate::handles::handle::{OutboxHandle, Pid, SocketHandle};
use crate::heap::counters::Counters;
use crate::heap::message::Message;
use crate::io::outbox::Source;
use crate::io::outbox_operations as outbox;

define! {
    fn outbox_new_ref(context, owner: Ref, wake: Ref, bound: Int, control_bound: Int) -> OutboxHandle {
        match context.kept_message_ref(owner, wake) {
            Some(wake) => context.new_outbox(context.actor(owner), wake, bound, control_bound),
            None => OutboxHandle::NONE,
        }
    }

    fn outbox_new_raw(context, owner: Ref, wake: Int, bound: Int, control_bound: Int) -> OutboxHandle {
        match context.message_raw(owner, wake) {
            Some(wake) => context.new_outbox(context.actor(owner), wake, bound, control_bound),
            None => OutboxHandle::NONE,
        }
    }

    fn outbox_push(context, outbox: OutboxHandle, header: Ref, payload: Ref, kind: EntryKind) -> Pushed {
        let (header, payload) = (context.source(header), context.source(payload));
        outbox::push(context.worker(), context.pid(), outbox, header, payload, kind)
    }

    fn outbox_flush(context, outbox: OutboxHandle, socket: SocketHandle) -> Result<Int, NetError> {
        outbox::flush(context.worker(), context.record, outbox, socket).map(|bytes| bytes as i64)
    }

    fn outbox_when_drained_ref(context, outbox: OutboxHandle, pid: Ref, message: Ref) {
        if let Some(message) = context.message_ref(pid, message) {
            outbox::when_drained(context.worker(), outbox, context.actor(pid), message)
        }
    }

    fn outbox_when_drained_raw(context, outbox: OutboxHandle, pid: Ref, message: Int) {
        if let Some(message) = context.message_raw(pid, message) {
            outbox::when_drained(context.worker(), outbox, context.actor(pid), message)
        }
    }

    fn outbox_written(context, outbox: OutboxHandle) -> Int {
        outbox::written(context.runtime(), outbox) as i64
    }

    fn outbox_counts(context, outbox: OutboxHandle) -> (Int, Int, Int) {
        let counts = outbox::counts(context.worker(), outbox);
        (counts.taken as i64, counts.dropped as i64, counts.written as i64)
    }

    fn outbox_count_into(context, outbox: OutboxHandle, counters: Ref, first: Int) {
        let counters = Counters::clone(&counters_of(counters));
        outbox::count_into(context.runtime(), outbox, counters, first as u32)
    }

    fn outbox_note_drops(context, outbox: OutboxHandle, count: Int) -> Bool {
        outbox::note_drops(context.runtime(), outbox, count.max(0) as u64)
    }

    fn outbox_last(context, outbox: OutboxHandle) -> Option<Ref> {
        outbox::last(context.runtime(), outbox).map(|payload| context.new_bytes(&payload))
    }

    fn outbox_release(context, outbox: OutboxHandle, first: Ref) {
        outbox::release(context.runtime(), outbox, context.source(first))
    }

    fn outbox_end_with(context, outbox: OutboxHandle, last: Ref) {
        outbox::end_with(context.worker(), outbox, context.source(last))
    }

    fn outbox_drop_oldest(context, outbox: OutboxHandle, bytes: Int) -> Int {
        outbox::drop_oldest(context.worker(), outbox, bytes.max(0) as usize) as i64
    }

    fn outbox_close(context, outbox: OutboxHandle) {
        outbox::close(context.worker(), outbox)
    }

    leaf {
        fn outbox_waiting(context, outbox: OutboxHandle) -> Int {
            outbox::waiting(context.runtime(), outbox) as i64
        }

        fn outbox_is_ready(context, outbox: OutboxHandle, most: Int) -> Bool {
            outbox::is_ready(context.runtime(), outbox, most.max(0) as usize)
        }

        fn outbox_pause(context, outbox: OutboxHandle) {
            outbox::pause(context.runtime(), outbox)
        }

        fn outbox_resume(context, outbox: OutboxHandle) {
            outbox::resume(context.runtime(), outbox)
        }

        fn outbox_mark(context, outbox: OutboxHandle, place: Int) -> Option<Int> {
            outbox::mark(context.runtime(), outbox, place)
        }

        fn outbox_set_mark(context, outbox: OutboxHandle, place: Int, number: Int) {
            outbox::set_mark(context.runtime(), outbox, place, number)
        }

        fn outbox_raise_mark(context, outbox: OutboxHandle, place: Int, number: Int) {
            outbox::raise_mark(context.runtime(), outbox, place, number)
        }

        fn outbox_join_small(context, outbox: OutboxHandle) {
            outbox::join_small(context.runtime(), outbox)
        }

        fn outbox_hold(context, outbox: OutboxHandle) {
            outbox::hold(context.runtime(), outbox)
        }

        fn outbox_has_dropped(context, outbox: OutboxHandle) -> Bool {
            outbox::has_dropped(context.runtime(), outbox)
        }
    }
}

impl<'a> Context<'a> {
    /// For an owner that has ended, a handle that names no outbox: pushes find it shut.
    fn new_outbox(self, owner: Pid, wake: Message, bound: i64, control_bound: i64) -> OutboxHandle {
        let (bound, control) = (bound.max(0) as usize, control_bound.max(0) as usize);
        outbox::create(self.runtime(), owner, wake, bound, control).unwrap_or(OutboxHandle::NONE)
    }

    pub fn source(self, bytes: Ref) -> Source<'a> {
        Source { bytes: self.bytes(bytes), blob: self.blob_of(bytes) }
    }
}
