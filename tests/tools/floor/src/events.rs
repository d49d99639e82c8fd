//! The loop of a thread: what epoll tells, and who is to do something about it.

use crate::sockets::{self, Epoll};

const EVENTS: usize = 1024;

/// As large as uWebSockets' receive buffer, so that the floor reads no more often than the fastest peer.
pub const READ_BUFFER: usize = 512 * 1024;

/// What is done with the sockets of a thread.
pub trait Service {
    /// A client has come.
    fn accepted(&mut self, socket: i32);
    /// There is something to read, or an end. What cannot be sent at once waits until the socket is writable: while it
    /// does, nothing is read.
    fn readable(&mut self, epoll: &Epoll, socket: i32);
    /// There is room for what could not be sent before.
    fn writable(&mut self, epoll: &Epoll, socket: i32);
}

/// Serves all who come, for ever.
pub fn serve(listener: i32, mut service: impl Service) {
    let epoll = Epoll::new();
    epoll.add(listener);
    let mut events = vec![libc::epoll_event { events: 0, u64: 0 }; EVENTS];
    loop {
        for event in epoll.wait(&mut events) {
            let (socket, ready) = (event.u64 as i32, event.events);
            if socket == listener {
                while let Some(socket) = sockets::accept(listener) {
                    service.accepted(socket);
                    epoll.add(socket);
                }
            } else if ready & libc::EPOLLOUT as u32 != 0 {
                service.writable(&epoll, socket);
            } else {
                service.readable(&epoll, socket);
            }
        }
    }
}
