//! A socket: what it is, who owns it, and what it is ready for.
//!
//! A socket is registered with a poller once, edge-triggered, when its owner first asks to be notified: with
//! that of the worker on which the owner runs. From then on its events wake the owner there, without another
//! thread. The flags `readable` and `writable` remember edges; a short read clears the first, because it
//! emptied the kernel's buffer, unless the peer has closed, which makes no further edge.
//!
//! System calls on a socket happen under its lock: an edge that arrives meanwhile is counted afterwards.

use super::error::net_error;
use super::pipe::Pipe;
use super::system_calls;
use super::tls::session::Session;
use super::unix_sockets::SocketFile;
use crate::abi::NetError;
use crate::handles::handle::{ASocket, Pid, SocketHandle};
use crate::handles::slab::Slot;
use crate::heap::message::Message;
use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use parking_lot::Mutex;
use std::io::IoSlice;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::AsRawFd;

#[derive(Default)]
pub struct Socket(pub Mutex<State>);

#[derive(Default)]
pub struct State {
    pub generation: u32,
    pub kind: Kind,
    /// What goes over it are encrypted records.
    pub tls: Option<Box<Session>>,
    pub owner: Pid,
    /// Worker with whose poller it is registered.
    pub registered: Option<u16>,
    pub readable: bool,
    pub writable: bool,
    /// The peer has closed: reads do not block any more.
    pub read_closed: bool,
    /// Bytes that have been read from it.
    pub received: u64,
    pub on_readable: Option<Notification>,
    pub on_writable: Option<Notification>,
}

// A server has one for each of its connections.
const _: () = assert!(size_of::<Socket>() <= 96);

impl Slot for Socket {
    type Of = ASocket;

    fn generation(&self) -> u32 {
        self.0.lock().generation
    }

    fn set_generation(&mut self, generation: u32) {
        self.0.get_mut().generation = generation;
    }
}

/// What became of bytes that were to be written.
#[derive(Clone, Copy)]
pub struct Sent {
    /// So many of them need not be given again.
    pub taken: usize,
    /// So many bytes that were made of them, or of earlier ones, wait for room.
    pub unsent: usize,
}

#[derive(Default)]
pub enum Kind {
    #[default]
    Closed,
    /// Of any family: Rust's types for TCP only own the descriptor here.
    Listener(TcpListener),
    /// A listener of this process in the file system.
    InFile(Box<SocketFile>),
    /// Of any family, too.
    Stream(TcpStream),
    Pipe(Box<Pipe>),
}

/// The message by which the owner wants to be told, once, that the socket is ready.
pub struct Notification {
    pub pid: Pid,
    pub message: Message,
}

/// Which readiness is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Readiness {
    Readable,
    Writable,
}

/// A result, or the number of an error.
pub type Outcome<T> = Result<T, NetError>;

impl Kind {
    /// Reads once. 0 at the end of the stream.
    ///
    /// # Safety
    /// `to` has room for `max` bytes.
    #[inline]
    pub unsafe fn receive(&self, to: *mut u8, max: usize) -> Outcome<usize> {
        // SAFETY: promised by the caller.
        unsafe {
            match self {
                Kind::Stream(stream) => system_calls::receive(stream, to, max).map_err(net_error),
                Kind::Pipe(pipe) => pipe.receive(to, max),
                _ => Err(NetError::NotConnected),
            }
        }
    }

    /// Writes once. How many bytes were taken.
    #[inline]
    pub fn send(&self, pieces: &[IoSlice]) -> Outcome<usize> {
        match self {
            Kind::Stream(stream) => system_calls::send(stream, pieces).map_err(net_error),
            Kind::Pipe(pipe) => pipe.send(pieces),
            _ => Err(NetError::NotConnected),
        }
    }

    /// Writes no more.
    pub fn finish(&self) -> Outcome<()> {
        match self {
            Kind::Stream(stream) => stream.shutdown(Shutdown::Write).map_err(net_error),
            Kind::Pipe(pipe) => {
                pipe.finish();
                Ok(())
            }
            _ => Err(NetError::NotConnected),
        }
    }
}

impl State {
    #[inline]
    pub fn is_readable(&self) -> bool {
        let arrived = match &self.kind {
            Kind::Pipe(pipe) => pipe.is_readable(),
            _ => self.readable,
        };
        arrived || self.tls.as_ref().is_some_and(|session| session.is_readable())
    }

    /// Is it told that it is readable only when its turn has come?
    pub fn takes_turns(&self) -> bool {
        self.tls.as_ref().is_some_and(|session| !session.is_open() && session.end().is_none())
    }

    pub fn is_writable(&self) -> bool {
        let has_room = match &self.kind {
            Kind::Pipe(pipe) => pipe.is_writable(),
            _ => self.writable,
        };
        has_room && self.tls.as_ref().is_none_or(|session| session.is_writable())
    }

    pub fn pipe_peer(&self) -> Option<SocketHandle> {
        match &self.kind {
            Kind::Pipe(pipe) => pipe.peer(),
            _ => None,
        }
    }

    fn descriptor(&self) -> Option<i32> {
        match &self.kind {
            Kind::Listener(listener) => Some(listener.as_raw_fd()),
            Kind::InFile(file) => Some(file.as_raw_fd()),
            Kind::Stream(stream) => Some(stream.as_raw_fd()),
            _ => None,
        }
    }

    /// Registers it with the poller of the worker that is its owner's home. The poller reports at once what the socket
    /// is ready for.
    pub fn register(&mut self, registry: &Registry, home: u16, handle: SocketHandle) -> Outcome<()> {
        let Some(descriptor) = self.descriptor() else { return Ok(()) };
        let interest = match self.kind {
            Kind::Listener(_) | Kind::InFile(_) => Interest::READABLE,
            _ => Interest::READABLE | Interest::WRITABLE,
        };
        let token = Token(handle.to_int() as usize);
        registry.register(&mut SourceFd(&descriptor), token, interest).map_err(net_error)?;
        self.registered = Some(home);
        self.readable = false;
        self.writable = false;
        Ok(())
    }

    /// Takes it out of the poller with which it is registered.
    pub fn deregister(&mut self, registry: &Registry) {
        self.registered = None;
        if let Some(descriptor) = self.descriptor() {
            // It fails only when the descriptor is not registered, which is what is wanted.
            let _ = registry.deregister(&mut SourceFd(&descriptor));
        }
    }
}
