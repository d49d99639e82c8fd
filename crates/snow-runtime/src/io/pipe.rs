//! Pairs of sockets in memory: the same readiness as real ones, for tests with virtual time.

use crate::abi::NetError;
use crate::handles::handle::SocketHandle;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::io::IoSlice;
use std::sync::Arc;

/// Bytes on their way in one direction: small enough that tests meet a full pipe.
const CAPACITY: usize = 64 << 10;

/// One of the two sockets of a pair.
pub struct Pipe {
    pair: Arc<Mutex<Pair>>,
    side: usize,
}

#[derive(Default)]
struct Pair {
    ends: [End; 2],
}

#[derive(Default)]
struct End {
    /// Bytes that this end will read.
    incoming: VecDeque<u8>,
    handle: Option<SocketHandle>,
    /// It writes no more.
    finished: bool,
    closed: bool,
}

impl Pipe {
    pub fn new_pair() -> [Pipe; 2] {
        let pair = Arc::new(Mutex::new(Pair::default()));
        [Pipe { pair: pair.clone(), side: 0 }, Pipe { pair, side: 1 }]
    }

    /// Tells the pair by which handle this end is known.
    pub fn set_handle(&self, handle: SocketHandle) {
        self.pair.lock().ends[self.side].handle = Some(handle);
    }

    /// Handle of the other end, unless it is closed.
    pub fn peer(&self) -> Option<SocketHandle> {
        let pair = self.pair.lock();
        let peer = &pair.ends[1 - self.side];
        if peer.closed { None } else { peer.handle }
    }

    pub fn is_readable(&self) -> bool {
        let pair = self.pair.lock();
        let peer = &pair.ends[1 - self.side];
        !pair.ends[self.side].incoming.is_empty() || peer.finished || peer.closed
    }

    pub fn is_writable(&self) -> bool {
        let pair = self.pair.lock();
        let peer = &pair.ends[1 - self.side];
        peer.incoming.len() < CAPACITY || peer.closed
    }

    /// Bytes taken, 0 at the end of the stream, or why not.
    ///
    /// # Safety
    /// `to` has room for `max` bytes.
    pub unsafe fn receive(&self, to: *mut u8, max: usize) -> Result<usize, NetError> {
        let mut pair = self.pair.lock();
        let ended = pair.ends[1 - self.side].finished || pair.ends[1 - self.side].closed;
        let incoming = &mut pair.ends[self.side].incoming;
        if incoming.is_empty() {
            return if ended { Ok(0) } else { Err(NetError::WouldBlock) };
        }
        let count = incoming.len().min(max);
        let (first, second) = incoming.as_slices();
        let from_first = first.len().min(count);
        // SAFETY: promised by the caller.
        unsafe {
            std::ptr::copy_nonoverlapping(first.as_ptr(), to, from_first);
            std::ptr::copy_nonoverlapping(second.as_ptr(), to.add(from_first), count - from_first);
        }
        incoming.drain(..count);
        Ok(count)
    }

    /// Bytes taken, or why not.
    pub fn send(&self, pieces: &[IoSlice]) -> Result<usize, NetError> {
        let mut pair = self.pair.lock();
        if pair.ends[self.side].finished || pair.ends[1 - self.side].closed {
            return Err(NetError::Reset);
        }
        let incoming = &mut pair.ends[1 - self.side].incoming;
        let mut sent = 0;
        for piece in pieces {
            let count = piece.len().min(CAPACITY - incoming.len());
            incoming.extend(&piece[..count]);
            sent += count;
        }
        if sent == 0 && pieces.iter().any(|piece| !piece.is_empty()) {
            return Err(NetError::WouldBlock);
        }
        Ok(sent)
    }

    /// Bytes that have been written and not read.
    pub fn unacknowledged(&self) -> usize {
        self.pair.lock().ends[1 - self.side].incoming.len()
    }

    /// No more writes.
    pub fn finish(&self) {
        self.pair.lock().ends[self.side].finished = true;
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        let mut pair = self.pair.lock();
        let end = &mut pair.ends[self.side];
        end.closed = true;
        end.incoming = VecDeque::new();
    }
}
