//! TCP and in-memory pipes.

use super::context::*;
use super::define::define;
use crate::abi;
use crate::handles::handle::SocketHandle;
use crate::heap::message::Message;
use crate::io::error;
use crate::io::socket::Readiness;
use crate::io::socket_operations as socket;
use crate::scheduler::worker::SCRATCH;
use std::io::IoSlice;

define! {
    fn tcp_listen(context, host: Ref, port: Int, backlog: Int) -> Int = "fn(String, Int, Int) -> Int" {
        if context.refuses_sockets() {
            return 0;
        }
        let host = context.text(host);
        number_or_error(socket::listen(context.worker(), context.record, &host, port, backlog).map(SocketHandle::to_int))
    }

    fn tcp_port(context, handle: Int) -> Int = "fn(Int) -> Int" {
        number_or_error(socket::local_port(context.worker(), context.record, SocketHandle::from_int(handle)).map(i64::from))
    }

    fn tcp_peer(context, handle: Int) -> Ref = "fn(Int) -> String" {
        context.new_bytes(socket::peer(context.worker(), context.record, SocketHandle::from_int(handle)).as_bytes())
    }

    fn tcp_accept(context, handle: Int) -> Int = "fn(Int) -> Int" {
        number_or_error(socket::accept(context.worker(), context.record, SocketHandle::from_int(handle)).map(SocketHandle::to_int))
    }

    fn tcp_connect(context, host: Ref, port: Int) -> Int = "fn(String, Int) -> Int" {
        if context.refuses_sockets() {
            return 0;
        }
        let host = context.text(host);
        number_or_error(socket::connect(context.worker(), context.record, &host, port).map(SocketHandle::to_int))
    }

    fn tcp_connect_result(context, handle: Int) -> Int = "fn(Int) -> Int" {
        number_or_error(socket::connect_result(context.worker(), context.record, SocketHandle::from_int(handle)).map(|()| 0))
    }

    fn tcp_read(context, handle: Int, max: Int) -> Ref = "fn(Int, Int) -> Bytes" {
        let worker = context.worker();
        if worker.scratch.capacity() < SCRATCH {
            worker.scratch.reserve_exact(SCRATCH);
        }
        let scratch = worker.scratch.as_mut_ptr();
        let max = (max.max(0) as usize).min(SCRATCH);
        // SAFETY: the scratch area has that capacity, and is used by no one else meanwhile.
        let received = unsafe { socket::receive(worker, context.record, SocketHandle::from_int(handle), scratch, max) };
        let (count, drained, number) = match received {
            Ok((count, drained)) => (count, drained, 0),
            Err(number) => (0, number == error::WOULD_BLOCK, number),
        };
        context.set_out(0, number);
        context.set_out(1, drained as i64);
        // SAFETY: so many bytes have been written.
        context.new_bytes(unsafe { std::slice::from_raw_parts(scratch, count) })
    }

    fn tcp_read_into(context, handle: Int, buffer: Ref, max: Int) -> Int = "fn(Int, Buffer, Int) -> Int" {
        // More than this no socket holds.
        let max = max.clamp(0, 16 << 20) as usize;
        context.reserve(buffer, max);
        // SAFETY: compiled code passes a Buffer, with the room just made.
        let received = unsafe {
            let length = buffer.word(abi::bytes::LENGTH);
            let end = (buffer.word(abi::bytes::ADDRESS) + length) as *mut u8;
            let received = socket::receive(context.worker(), context.record, SocketHandle::from_int(handle), end, max);
            if let Ok((count, _)) = received {
                buffer.set_word(abi::bytes::LENGTH, length + count as u64);
            }
            received
        };
        let drained = received.map_or_else(|number| number == error::WOULD_BLOCK, |(_, drained)| drained);
        context.set_out(1, drained as i64);
        number_or_error(received.map(|(count, _)| count as i64))
    }

    fn tcp_write(context, handle: Int, bytes: Ref) -> Int = "fn(Int, Bytes) -> Int" {
        let pieces = [IoSlice::new(context.bytes(bytes))];
        number_or_error(socket::send(context.worker(), context.record, SocketHandle::from_int(handle), &pieces).map(|count| count as i64))
    }

    fn tcp_notify_readable_ref(context, handle: Int, pid: Ref, message: Ref) -> Int =
        "fn(Int, Pid<T>, T) -> Int"
    {
        context.notify(handle, Readiness::Readable, pid, context.message_ref(pid, message))
    }

    fn tcp_notify_readable_raw(context, handle: Int, pid: Ref, message: Int) -> Int =
        "fn(Int, Pid<T>, T) -> Int"
    {
        context.notify(handle, Readiness::Readable, pid, context.message_raw(pid, message))
    }

    fn tcp_notify_writable_ref(context, handle: Int, pid: Ref, message: Ref) -> Int =
        "fn(Int, Pid<T>, T) -> Int"
    {
        context.notify(handle, Readiness::Writable, pid, context.message_ref(pid, message))
    }

    fn tcp_notify_writable_raw(context, handle: Int, pid: Ref, message: Int) -> Int =
        "fn(Int, Pid<T>, T) -> Int"
    {
        context.notify(handle, Readiness::Writable, pid, context.message_raw(pid, message))
    }

    fn tcp_give(context, handle: Int, pid: Ref) -> Int = "fn(Int, Pid<M>) -> Int" {
        let pid = context.actor(pid);
        number_or_error(socket::give(context.worker(), context.record, SocketHandle::from_int(handle), pid).map(|()| 0))
    }

    fn tcp_shutdown(context, handle: Int) -> Int = "fn(Int) -> Int" {
        number_or_error(socket::shut_down(context.worker(), context.record, SocketHandle::from_int(handle)).map(|()| 0))
    }

    fn tcp_close(context, handle: Int) -> Int = "fn(Int) -> ()" {
        socket::close(context.worker(), context.record, SocketHandle::from_int(handle));
        0
    }

    fn pipe_new(context) -> Int = "fn() -> Int" {
        let [one, other] = socket::new_pipe(context.worker(), context.record);
        context.set_out(0, other.to_int());
        one.to_int()
    }
}

impl Context<'_> {
    /// In deterministic mode, a real socket ends the actor.
    fn refuses_sockets(self) -> bool {
        let refuses = self.runtime().deterministic();
        if refuses {
            self.crash::<()>("real sockets cannot be used in deterministic mode: use an in-memory pipe, or say `test \"…\" with system`");
        }
        refuses
    }

    fn notify(self, handle: i64, readiness: Readiness, pid: Ref, message: Option<Message>) -> i64 {
        let Some(message) = message else { return 0 };
        let result = socket::notify(
            self.worker(),
            self.record,
            SocketHandle::from_int(handle),
            readiness,
            self.actor(pid),
            message,
        );
        number_or_error(result.map(|()| 0))
    }
}
