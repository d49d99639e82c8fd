//! TCP, Unix domain sockets and in-memory pipes.

use super::context::*;
use super::define::define;
use crate::abi::{self, Arrival, NetError};
use crate::actor::address;
use crate::handles::handle::SocketHandle;
use crate::heap::message::Message;
use crate::io::socket::Readiness;
use crate::io::socket_operations as socket;
use crate::scheduler::worker::SCRATCH;
use std::io::IoSlice;

define! {
    fn tcp_listen(context, host: Ref, port: Int, backlog: Int) -> Result<SocketHandle, NetError> {
        if context.refuses_sockets() {
            return Part::NOTHING;
        }
        let host = context.text(host);
        socket::listen(context.worker(), context.record, &host, port, backlog)
    }

    fn tcp_inherit(context, descriptor: Int) -> Result<SocketHandle, NetError> {
        if context.refuses_sockets() {
            return Part::NOTHING;
        }
        socket::inherit(context.worker(), context.record, descriptor)
    }

    fn tcp_port(context, socket: SocketHandle) -> Result<Int, NetError> {
        socket::local_port(context.worker(), context.record, socket).map(Int::from)
    }

    fn tcp_peer(context, socket: SocketHandle) -> Ref {
        context.new_bytes(socket::peer(context.worker(), context.record, socket).as_bytes())
    }

    fn tcp_accept(context, listener: SocketHandle) -> Result<SocketHandle, NetError> {
        socket::accept(context.worker(), context.record, listener)
    }

    fn tcp_connect(context, host: Ref, port: Int) -> Result<SocketHandle, NetError> {
        if context.refuses_sockets() {
            return Part::NOTHING;
        }
        let host = context.text(host);
        socket::connect(context.worker(), context.record, &host, port)
    }

    fn tcp_connect_result(context, socket: SocketHandle) -> Result<(), NetError> {
        socket::connect_result(context.worker(), context.record, socket)
    }

    fn tcp_read(context, socket: SocketHandle, most: Int) -> Result<Ref, NetError> {
        let worker = context.worker();
        if worker.scratch.capacity() < SCRATCH {
            worker.scratch.reserve_exact(SCRATCH);
        }
        let scratch = worker.scratch.as_mut_ptr();
        let most = (most.max(0) as usize).min(SCRATCH);
        // SAFETY: the scratch area has that capacity, and is used by no one else meanwhile.
        let (count, _) = unsafe { socket::receive(worker, context.record, socket, scratch, most)? };
        // SAFETY: so many bytes have been written.
        Ok(context.new_bytes(unsafe { std::slice::from_raw_parts(scratch, count) }))
    }

    fn tcp_read_into(context, socket: SocketHandle, buffer: Ref, most: Int) -> Arrival {
        // More than this no socket holds.
        let most = most.clamp(0, 16 << 20) as usize;
        context.reserve(buffer, most);
        // SAFETY: compiled code passes a Buffer, with the room just made.
        let received = unsafe {
            let length = buffer.word(abi::bytes::LENGTH);
            let end = (buffer.word(abi::bytes::ADDRESS) + length) as *mut u8;
            let received = socket::receive(context.worker(), context.record, socket, end, most);
            if let Ok((count, _)) = received {
                buffer.set_word(abi::bytes::LENGTH, length + count as u64);
            }
            received
        };
        match received {
            Ok((count, true)) => Arrival::Drained(count as i64),
            Ok((count, false)) => Arrival::Unfinished(count as i64),
            Err(error) => Arrival::ReadFailed(error),
        }
    }

    fn tcp_write(context, socket: SocketHandle, bytes: Ref) -> Result<Int, NetError> {
        let pieces = [IoSlice::new(context.bytes(bytes))];
        socket::send(context.worker(), context.record, socket, &pieces).map(|sent| sent.taken as i64)
    }

    fn tcp_send_file(context, socket: SocketHandle, path: Ref, first: Int, count: Int) -> Result<Int, NetError> {
        let path = context.text(path);
        socket::send_file(context.worker(), context.record, socket, &path, first, count).map(|taken| taken as i64)
    }

    fn tcp_notify_readable_ref(context, socket: SocketHandle, pid: Ref, message: Ref) -> Result<(), NetError> {
        context.notify(socket, Readiness::Readable, pid, context.kept_message_ref(pid, message))
    }

    fn tcp_notify_readable_raw(context, socket: SocketHandle, pid: Ref, message: Int) -> Result<(), NetError> {
        context.notify(socket, Readiness::Readable, pid, context.message_raw(pid, message))
    }

    fn tcp_notify_writable_ref(context, socket: SocketHandle, pid: Ref, message: Ref) -> Result<(), NetError> {
        context.notify(socket, Readiness::Writable, pid, context.kept_message_ref(pid, message))
    }

    fn tcp_notify_writable_raw(context, socket: SocketHandle, pid: Ref, message: Int) -> Result<(), NetError> {
        context.notify(socket, Readiness::Writable, pid, context.message_raw(pid, message))
    }

    fn tcp_give(context, socket: SocketHandle, pid: Ref) -> Result<(), NetError> {
        socket::give(context.worker(), context.record, socket, context.actor(pid))
    }

    fn tcp_unacknowledged(context, socket: SocketHandle) -> Result<Int, NetError> {
        socket::unacknowledged(context.worker(), socket).map(|count| count as i64)
    }

    fn tcp_shutdown(context, socket: SocketHandle) -> Result<(), NetError> {
        socket::shut_down(context.worker(), context.record, socket)
    }

    fn tcp_close(context, socket: SocketHandle) {
        socket::close(context.worker(), context.record, socket)
    }

    fn unix_listen(context, path: Ref, backlog: Int) -> Result<SocketHandle, NetError> {
        if context.refuses_sockets() {
            return Part::NOTHING;
        }
        let path = context.text(path);
        socket::listen_in_file(context.worker(), context.record, &path, backlog)
    }

    fn unix_connect(context, path: Ref) -> Result<SocketHandle, NetError> {
        if context.refuses_sockets() {
            return Part::NOTHING;
        }
        let path = context.text(path);
        socket::connect_to_file(context.worker(), context.record, &path)
    }

    fn pipe_new(context) -> (SocketHandle, SocketHandle) {
        let [one, other] = socket::new_pipe(context.worker(), context.record);
        (one, other)
    }

    fn pipe_other_owner(context, socket: SocketHandle) -> Option<Ref> {
        socket::other_owner(context.worker(), context.record, socket).map(address::of_actor)
    }

    leaf {
        fn tcp_received(context, socket: SocketHandle) -> Int {
            socket::received(context.runtime(), socket) as i64
        }
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

    fn notify(
        self,
        socket: SocketHandle,
        readiness: Readiness,
        pid: Ref,
        message: Option<Message>,
    ) -> Result<(), NetError> {
        let Some(message) = message else { return Ok(()) };
        socket::notify(self.worker(), self.record, socket, readiness, self.actor(pid), message)
    }
}
