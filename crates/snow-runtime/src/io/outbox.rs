//! An outbox: a bounded queue of bytes to be written, filled by any actor and emptied by its owner.
//!
//! The owner takes the queue's entries over into `sending` before it writes, so that whoever pushes
//! meanwhile does not wait for the system call. `waiting` counts what the entries of both are charged, and what the socket
//! holds back of those that it has encrypted.
//!
//! Why no wake-up is lost: a push from another actor wakes the owner when `waiting` was 0 before it. While
//! the owner flushes, `waiting` is not 0 until its last subtraction; it reads what is left from that very
//! subtraction and goes on while something is, so a push either sees 0 and wakes, or is seen.

use crate::abi::{EntryKind, Overflow};
use crate::handles::handle::{AnOutbox, GroupHandle, Pid};
use crate::handles::slab::Slot;
use crate::heap::blob::Blob;
use crate::heap::counters::Counters;
use crate::heap::message::Message;
use parking_lot::Mutex;
use smallvec::SmallVec;
use std::collections::VecDeque;
use std::io::IoSlice;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicUsize, Ordering};

/// Entries up to this size are copied, one behind the other, into chunks.
const JOINED: usize = 1024;
const CHUNK: usize = 4096;
/// Pieces of one gathering write.
const PIECES: usize = 256;
/// What an entry is charged beside its bytes, because it costs memory even when it is empty: itself, and its place in
/// the queue.
const ENTRY_CHARGE: usize = 64;
/// Numbers beside the queue.
pub const MARKS: usize = 4;

/// Bytes in a blob of which a share is held. Static bytes have no blob.
struct Piece {
    address: *const u8,
    length: usize,
    blob: *mut Blob,
}

// SAFETY: blobs are shared between threads by count, and their bytes do not change any more.
unsafe impl Send for Piece {}

impl Clone for Piece {
    fn clone(&self) -> Piece {
        // SAFETY: this piece holds a share.
        unsafe { Blob::retain(self.blob) };
        Piece { address: self.address, length: self.length, blob: self.blob }
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        // SAFETY: the share is this piece's own.
        unsafe { Blob::release(self.blob) }
    }
}

#[derive(Clone)]
pub struct Entry {
    pub kind: EntryKind,
    /// How many pushes are in it: each is charged.
    pub pushes: u32,
    /// What is left to be written.
    head: Piece,
    body: Option<Piece>,
}

impl Entry {
    /// Bytes that are left to be written.
    pub fn len(&self) -> usize {
        self.head.length + self.body.as_ref().map_or(0, |body| body.length)
    }

    /// Takes so many bytes off its front; there are as many.
    fn skip(&mut self, count: usize) {
        let of_head = count.min(self.head.length);
        self.head.skip(of_head);
        if let Some(body) = &mut self.body {
            body.skip(count - of_head);
        }
    }

    /// What it counts for in `waiting`: its bytes and `ENTRY_CHARGE`.
    pub fn charge(&self) -> usize {
        self.len() + ENTRY_CHARGE * self.pushes as usize
    }

    /// Adds an entry to this one's end, if its bytes lie behind this one's in one chunk. Returns whether it did.
    pub fn join(&mut self, next: &Entry) -> bool {
        let neighbours = self.body.is_none()
            && next.body.is_none()
            && !self.head.blob.is_null()
            && self.head.blob == next.head.blob
            && self.head.address.wrapping_add(self.head.length) == next.head.address;
        if neighbours {
            self.head.length += next.head.length;
            self.pushes += next.pushes;
        }
        neighbours
    }
}

/// What an entry of so many bytes counts for.
pub fn charge(bytes: usize) -> usize {
    bytes + ENTRY_CHARGE
}

#[derive(Default)]
pub struct Outbox {
    pub queue: Mutex<Queue>,
    pub sending: Mutex<Sending>,
    /// What the entries of both are charged, and `unsent`. SeqCst throughout: see the top of this file.
    pub waiting: AtomicUsize,
    /// Are there watchers? Set before `waiting` is read for one that has come, and read behind the subtraction from it:
    /// so either sees the other.
    pub watched: AtomicBool,
    /// The generation while entries are taken and it is not paused, or 0: for a look without the lock, under which it is
    /// changed. SeqCst, as `waiting`.
    ready: AtomicU32,
    /// Has anything been dropped since somebody asked? Changed under the queue's lock, and read without. Relaxed: it
    /// orders nothing.
    pub has_dropped: AtomicBool,
    /// What the owner and others leave for each other to see, without a message. Changed under the queue's lock.
    pub marks: [AtomicI64; MARKS],
}

// A server has one for each of its connections.
const _: () = assert!(size_of::<Outbox>() <= 280);

/// Somebody who waits for room.
pub struct Watcher {
    pub pid: Pid,
    pub message: Message,
}

#[derive(Default)]
pub struct Queue {
    pub generation: u32,
    /// Are entries taken?
    pub open: bool,
    /// Is nothing written yet?
    pub held: bool,
    /// Are small entries added to the one before them? They are dropped together then.
    pub joins: bool,
    /// It joins no group any more.
    pub parted: bool,
    /// So many times more has it been paused than resumed.
    pub pauses: u32,
    /// What most outboxes do not have, or not until they end.
    pub seldom: Option<Box<Seldom>>,
    /// `NONE` while the slot is free.
    pub owner: Pid,
    pub wake: Option<Message>,
    pub bound: usize,
    pub control_bound: usize,
    pub control_waiting: usize,
    pub entries: VecDeque<Entry>,
    pub chunk: Chunk,
    /// How many data entries have been taken, and how many pushed ones will not be sent for want of room.
    pub taken: u64,
    pub dropped: u64,
}

#[derive(Default)]
pub struct Seldom {
    pub watchers: Vec<Watcher>,
    /// The payload of the last entry, if that has been pushed.
    pub last: Option<Box<[u8]>>,
    /// Of one that has joined a group.
    pub membership: Option<Membership>,
}

/// What an outbox is to groups.
pub struct Membership {
    pub groups: Vec<GroupHandle>,
    /// What becomes of an entry that is pushed to a group, where the bound keeps it out.
    pub overflow: Overflow,
    /// A header and a payload: the last entry for `Overflow::End`.
    pub last: (Box<[u8]>, Box<[u8]>),
}

#[derive(Default)]
pub struct Sending {
    pub entries: VecDeque<Entry>,
    /// Has the first entry been written in part?
    pub started: bool,
    /// Bytes that sockets have taken, from the beginning on.
    pub written: u64,
    /// Encrypted bytes that the last socket has made of entries that are gone from here, and that wait for room there.
    pub unsent: usize,
    pub meter: Option<Meter>,
}

/// Counters for many outboxes, and how much of what this one has counted they know.
pub struct Meter {
    counters: Counters,
    /// The first of four: entries taken, bytes written, entries dropped, and the most that has waited behind a write.
    first: u32,
    /// The lower halves: it is brought up to date behind each write, which takes less than 4 GiB.
    taken: u32,
    written: u32,
    dropped: u64,
}

impl Meter {
    pub fn new(counters: Counters, first: u32) -> Meter {
        Meter { counters, first, taken: 0, written: 0, dropped: 0 }
    }

    /// Brings the counters up to date, from this worker.
    fn tell(&mut self, worker: usize, taken: u64, written: u64, dropped: u64) {
        let more = |now: u64, known: u32| i64::from((now as u32).wrapping_sub(known));
        let news = [more(taken, self.taken), more(written, self.written), (dropped - self.dropped) as i64];
        (self.taken, self.written, self.dropped) = (taken as u32, written as u32, dropped);
        self.counters.add(worker, self.first as usize, news);
    }
}

impl Outbox {
    /// Is it of this generation, and are entries taken, and is it not paused?
    #[inline]
    pub fn is_ready(&self, generation: u32) -> bool {
        self.ready.load(Ordering::SeqCst) == generation
    }

    /// To be called when one of these has changed, with the lock held.
    pub fn show_ready(&self, queue: &Queue) {
        let is_ready = queue.open && queue.pauses == 0;
        self.ready.store(if is_ready { queue.generation } else { 0 }, Ordering::SeqCst);
    }
}

impl Slot for Outbox {
    type Of = AnOutbox;

    fn generation(&self) -> u32 {
        self.queue.lock().generation
    }

    fn set_generation(&mut self, generation: u32) {
        self.queue.get_mut().generation = generation;
    }
}

/// Where small entries are joined.
pub struct Chunk {
    blob: *mut Blob,
    used: usize,
}

// SAFETY: the chunk owns its share; bytes behind `used` are seen by no one else.
unsafe impl Send for Chunk {}

impl Default for Chunk {
    fn default() -> Chunk {
        Chunk { blob: std::ptr::null_mut(), used: 0 }
    }
}

impl Chunk {
    /// An entry that may lie in a chunk of somebody else's, as one that does not keep that chunk in memory.
    pub fn own(&mut self, entry: &Entry) -> Entry {
        // SAFETY: the entry holds a share of what its pieces are in.
        let head = unsafe { std::slice::from_raw_parts(entry.head.address, entry.head.length) };
        if head.len() > JOINED {
            return entry.clone();
        }
        Entry { kind: entry.kind, pushes: entry.pushes, head: self.join(head, &[]), body: entry.body.clone() }
    }

    /// Adds a header and a payload to an entry, if that is small data like them and ends where the chunk does. Returns
    /// whether it did.
    pub fn extend(&mut self, last: &mut Entry, header: &[u8], payload: &[u8]) -> bool {
        let length = header.len() + payload.len();
        let extends = last.kind == EntryKind::Data
            && last.body.is_none()
            && last.head.blob == self.blob
            && !self.blob.is_null()
            && length <= JOINED
            && self.used + length <= CHUNK
            && last.head.address.wrapping_add(last.head.length)
                == Blob::data(self.blob).wrapping_add(self.used);
        if extends {
            self.fill(header, payload);
            last.head.length += length;
            last.pushes += 1;
        }
        extends
    }

    /// What is to be written of a header and a payload. Large ones are shared, small ones copied into the chunk.
    pub fn entry(&mut self, header: Source, payload: Source, kind: EntryKind) -> Entry {
        let length = header.bytes.len() + payload.bytes.len();
        match payload.blob {
            Some(blob) if length > JOINED => {
                // SAFETY: the pusher's object holds a share.
                unsafe { Blob::retain(blob) };
                let body = Piece { address: payload.bytes.as_ptr(), length: payload.bytes.len(), blob };
                let head = match header.blob {
                    Some(blob) if header.bytes.len() > JOINED => {
                        // SAFETY: as above.
                        unsafe { Blob::retain(blob) };
                        Piece { address: header.bytes.as_ptr(), length: header.bytes.len(), blob }
                    }
                    _ => self.copy(header.bytes, &[]),
                };
                Entry { kind, pushes: 1, head, body: Some(body) }
            }
            _ => Entry { kind, pushes: 1, head: self.copy(header.bytes, payload.bytes), body: None },
        }
    }

    fn copy(&mut self, first: &[u8], second: &[u8]) -> Piece {
        let length = first.len() + second.len();
        if length <= JOINED {
            return self.join(first, second);
        }
        let blob = Blob::allocate(length);
        let address = Blob::data(blob);
        // SAFETY: the blob has room for both and is ours.
        unsafe {
            std::ptr::copy_nonoverlapping(first.as_ptr(), address, first.len());
            std::ptr::copy_nonoverlapping(second.as_ptr(), address.add(first.len()), second.len());
        }
        Piece { address, length, blob }
    }

    /// The bytes of both, one behind the other.
    fn join(&mut self, first: &[u8], second: &[u8]) -> Piece {
        let length = first.len() + second.len();
        if self.blob.is_null() || self.used + length > CHUNK {
            *self = Chunk { blob: Blob::allocate(CHUNK), used: 0 };
        }
        let address = self.fill(first, second);
        // SAFETY: the chunk has a share.
        unsafe { Blob::retain(self.blob) };
        Piece { address, length, blob: self.blob }
    }

    /// Copies both behind what is used; there is room for them. Returns where they begin.
    fn fill(&mut self, first: &[u8], second: &[u8]) -> *const u8 {
        debug_assert!(self.used + first.len() + second.len() <= CHUNK);
        // SAFETY: the room behind `used` is ours.
        unsafe {
            let address = Blob::data(self.blob).add(self.used);
            std::ptr::copy_nonoverlapping(first.as_ptr(), address, first.len());
            std::ptr::copy_nonoverlapping(second.as_ptr(), address.add(first.len()), second.len());
            self.used += first.len() + second.len();
            address
        }
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        // SAFETY: the share is this chunk's own.
        unsafe { Blob::release(self.blob) }
    }
}

/// Bytes to be pushed: the bytes, and the blob in which they lie if they may be shared.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    pub bytes: &'a [u8],
    /// `None`: must be copied. Null: static.
    pub blob: Option<*mut Blob>,
}

impl Source<'_> {
    pub const EMPTY: Source<'static> = Source { bytes: &[], blob: None };

    /// Bytes that must be copied.
    pub fn copied(bytes: &[u8]) -> Source<'_> {
        Source { bytes, blob: None }
    }
}

impl Queue {
    pub fn seldom(&mut self) -> &mut Seldom {
        self.seldom.get_or_insert_default()
    }

    /// What it is to groups, if it has joined one.
    pub fn membership(&self) -> Option<&Membership> {
        self.seldom.as_ref()?.membership.as_ref()
    }

    pub fn membership_mut(&mut self) -> Option<&mut Membership> {
        self.seldom.as_mut()?.membership.as_mut()
    }

    /// Is less than half of the bound taken, by what is charged so much?
    pub fn has_room(&self, waiting: usize) -> bool {
        waiting == 0 || waiting < self.bound.div_ceil(2)
    }
}

impl Sending {
    /// Takes over what waits. Where nothing does, the queue keeps its room, which it gives back when it is idle.
    pub fn take_over(&mut self, waiting: &mut VecDeque<Entry>) {
        if self.entries.is_empty() && !waiting.is_empty() {
            std::mem::swap(&mut self.entries, waiting);
        } else {
            self.entries.append(waiting);
        }
    }

    /// Brings the counters up to date that it shares with others, from this worker; `left` waits behind a write.
    #[inline]
    pub fn tell_meter(&mut self, worker: usize, queue: &Queue, left: usize) {
        if let Some(meter) = &mut self.meter {
            meter.tell(worker, queue.taken, self.written, queue.dropped);
            if left > 0 {
                meter.counters.raise(worker, meter.first as usize + 3, left as i64);
            }
        }
    }

    /// Takes so many written bytes off the front. Returns how much less waits for it in all, and of what is not data.
    pub fn advance(&mut self, mut written: usize) -> (usize, usize) {
        self.written += written as u64;
        let (mut all, mut control) = (0, 0);
        // Entries without bytes go with the one before them.
        while let Some(entry) = self.entries.front_mut() {
            let length = entry.len();
            let is_done = length <= written;
            let charged = if is_done { entry.charge() } else { written };
            all += charged;
            if entry.kind != EntryKind::Data {
                control += charged;
            }
            if !is_done {
                entry.skip(written);
                self.started |= written > 0;
                break;
            }
            written -= length;
            self.entries.pop_front();
            self.started = false;
        }
        (all, control)
    }
}

impl Piece {
    fn skip(&mut self, count: usize) {
        self.address = self.address.wrapping_add(count);
        self.length -= count;
    }
}

/// The front of the queue as one write; neighbours in one chunk become one piece.
pub fn gather(entries: &VecDeque<Entry>) -> SmallVec<[IoSlice<'_>; 8]> {
    let mut gathered = SmallVec::new();
    for entry in entries {
        for piece in [Some(&entry.head), entry.body.as_ref()].into_iter().flatten() {
            if piece.length > 0 && !add_piece(&mut gathered, piece) {
                return gathered;
            }
        }
    }
    gathered
}

/// Whether there was room for it.
#[inline]
fn add_piece<'a>(gathered: &mut SmallVec<[IoSlice<'a>; 8]>, piece: &'a Piece) -> bool {
    // SAFETY: the pieces hold shares of the blobs for as long as the entries are borrowed. Two pieces that touch are
    // parts of one chunk: blobs have headers between their bytes.
    let bytes = |address, length| IoSlice::new(unsafe { std::slice::from_raw_parts(address, length) });
    let full = gathered.len() == PIECES;
    match gathered.last_mut() {
        Some(last) if last.as_ptr_range().end == piece.address => {
            *last = bytes(last.as_ptr(), last.len() + piece.length)
        }
        _ if full => return false,
        _ => gathered.push(bytes(piece.address, piece.length)),
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Chunk::default().entry(Source::copied(b"a"), Source::EMPTY, EntryKind::Data)
    }

    #[test]
    fn what_waits_is_taken_over_in_its_order() {
        let mut sending = Sending::default();
        for step in 1..=3 {
            let mut waiting = VecDeque::from([entry(), entry()]);
            sending.take_over(&mut waiting);
            assert_eq!((sending.entries.len(), waiting.len()), (2 * step, 0));
        }
    }

    /// A flush with nothing to write carried the room to where nobody gives it back.
    #[test]
    fn an_empty_queue_keeps_its_room() {
        let mut sending = Sending::default();
        let mut waiting = VecDeque::with_capacity(4);
        sending.take_over(&mut waiting);
        assert_eq!((sending.entries.capacity(), waiting.capacity()), (0, 4));
    }
}
