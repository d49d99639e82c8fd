//! The echo of what TCP brings.

use crate::events::{READ_BUFFER, Service};
use crate::sockets::{self, Epoll};
use std::collections::HashMap;
use std::io::ErrorKind::WouldBlock;

pub struct Echo {
    buffer: Vec<u8>,
    /// What the kernel did not take yet: the bytes and how many of them are sent.
    unsent: HashMap<i32, (Vec<u8>, usize)>,
}

impl Echo {
    pub fn new() -> Echo {
        Echo { buffer: vec![0; READ_BUFFER], unsent: HashMap::new() }
    }

    fn close(&mut self, socket: i32) {
        self.unsent.remove(&socket);
        // SAFETY: the socket is this thread's and is not used again.
        unsafe { libc::close(socket) };
    }
}

impl Service for Echo {
    fn accepted(&mut self, _socket: i32) {}

    fn readable(&mut self, epoll: &Epoll, socket: i32) {
        let read = match sockets::receive(socket, &mut self.buffer) {
            Ok(0) => return self.close(socket),
            Ok(read) => read,
            Err(error) if error.kind() == WouldBlock => return,
            Err(_) => return self.close(socket),
        };
        let sent = sockets::send(socket, &self.buffer[..read]).unwrap_or(0);
        if sent < read {
            self.unsent.insert(socket, (self.buffer[sent..read].to_vec(), 0));
            epoll.await_room(socket);
        }
    }

    fn writable(&mut self, epoll: &Epoll, socket: i32) {
        let Some((bytes, sent)) = self.unsent.get_mut(&socket) else { return };
        match sockets::send(socket, &bytes[*sent..]) {
            Ok(taken) => *sent += taken,
            Err(error) if error.kind() == WouldBlock => return,
            Err(_) => return self.close(socket),
        }
        if *sent == bytes.len() {
            self.unsent.remove(&socket);
            epoll.await_input(socket);
        }
    }
}
