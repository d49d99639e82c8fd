//! Outboxes.

use super::context::*;
use super::define::define;
use crate::handles::handle::{OutboxHandle, Pid, SocketHandle};
use crate::heap::message::Message;
use crate::io::outbox::{Class, Source};
use crate::io::outbox_operations::{self as outbox, Pushed};

define! {
    fn outbox_new_ref(context, owner: Ref, wake: Ref, bound: Int, control_bound: Int) -> Int =
        "fn(Pid<T>, T, Int, Int) -> Int"
    {
        match context.message_ref(owner, wake) {
            Some(wake) => context.new_outbox(context.actor(owner), wake, bound, control_bound),
            None => 0,
        }
    }

    fn outbox_new_raw(context, owner: Ref, wake: Int, bound: Int, control_bound: Int) -> Int =
        "fn(Pid<T>, T, Int, Int) -> Int"
    {
        match context.message_raw(owner, wake) {
            Some(wake) => context.new_outbox(context.actor(owner), wake, bound, control_bound),
            None => 0,
        }
    }

    fn outbox_push(context, handle: Int, header: Ref, payload: Ref, class: Int) -> Int =
        "fn(Int, Bytes, Bytes, Int) -> Int"
    {
        let class = match class {
            0 => Class::Data,
            1 => Class::Control,
            _ => Class::Last,
        };
        let (header, payload) = (context.source(header), context.source(payload));
        let handle = OutboxHandle::from_int(handle);
        match outbox::push(context.worker(), context.pid(), handle, header, payload, class) {
            Pushed::Waits(bytes) => bytes as i64,
            Pushed::Full => -1,
            Pushed::Closed => -2,
        }
    }

    fn outbox_flush(context, handle: Int, socket: Int) -> Int = "fn(Int, Int) -> Int" {
        let (handle, socket) = (OutboxHandle::from_int(handle), SocketHandle::from_int(socket));
        let left = outbox::flush(context.worker(), context.record, handle, socket);
        number_or_error(left.map(|bytes| bytes as i64))
    }

    fn outbox_waiting(context, handle: Int) -> Int = "fn(Int) -> Int" {
        outbox::waiting(context.runtime(), OutboxHandle::from_int(handle)) as i64
    }

    fn outbox_drop_oldest(context, handle: Int, free: Int) -> Int = "fn(Int, Int) -> Int" {
        outbox::drop_oldest(context.runtime(), OutboxHandle::from_int(handle), free.max(0) as usize) as i64
    }

    fn outbox_close(context, handle: Int) -> Int = "fn(Int) -> ()" {
        outbox::close(context.runtime(), OutboxHandle::from_int(handle));
        0
    }
}

impl<'a> Context<'a> {
    /// For an owner that has ended: a handle that names no outbox, so that pushes answer that it is closed.
    fn new_outbox(self, owner: Pid, wake: Message, bound: i64, control_bound: i64) -> i64 {
        let (bound, control) = (bound.max(0) as usize, control_bound.max(0) as usize);
        outbox::create(self.runtime(), owner, wake, bound, control).map_or(-1, OutboxHandle::to_int)
    }

    fn source(self, bytes: Ref) -> Source<'a> {
        Source { bytes: self.bytes(bytes), blob: self.blob_of(bytes) }
    }
}
