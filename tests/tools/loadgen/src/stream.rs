//! What a connection's bytes travel by. The modes are compiled once for each kind, so that the plain one costs nothing.
use crate::sockets;

/// One connection to the server, whose socket does not block. Dropping it closes the socket.
pub trait Stream: Send + 'static {
    /// What all connections of a run have in common.
    type Common;
    fn common() -> Self::Common;

    /// Takes over a socket whose connection may still be under way.
    fn new(fd: i32, common: &Self::Common) -> Self;

    fn fd(&self) -> i32;

    /// Does what must be done before the first byte of the user's, as far as it goes now; is it done? To be called when
    /// the socket is connected, and when something has come.
    fn establish(&mut self) -> bool;

    /// None: would block. Some(0): closed by the peer.
    fn recv(&mut self, buf: &mut [u8]) -> Option<usize>;

    /// Is there nothing more for now behind a `recv` that brought `read` bytes and had room for `room`?
    fn is_drained(&self, read: usize, room: usize) -> bool;

    /// How many bytes are taken; None: would block.
    fn send(&mut self, buf: &[u8]) -> Option<usize>;

    /// Sends what is still to be sent of bytes that have been taken; is nothing of them left?
    fn push(&mut self) -> bool;
}

/// TCP alone.
pub struct Plain(i32);

impl Stream for Plain {
    type Common = ();
    fn common() {}

    fn new(fd: i32, _common: &()) -> Plain {
        Plain(fd)
    }

    #[inline]
    fn fd(&self) -> i32 {
        self.0
    }

    fn establish(&mut self) -> bool {
        true
    }

    #[inline]
    fn recv(&mut self, buf: &mut [u8]) -> Option<usize> {
        sockets::recv(self.0, buf)
    }

    #[inline]
    fn is_drained(&self, read: usize, room: usize) -> bool {
        read < room
    }

    #[inline]
    fn send(&mut self, buf: &[u8]) -> Option<usize> {
        sockets::send(self.0, buf)
    }

    #[inline]
    fn push(&mut self) -> bool {
        true
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        // SAFETY: the descriptor is ours, and not used any more.
        unsafe { libc::close(self.0) };
    }
}
