//! Outboxes: bounded queues of bytes to be written, filled by any actor and emptied by their owner.
//!
//! The owner takes the queue's entries over into `sending` before it writes, so that whoever pushes
//! meanwhile does not wait for the system call. `waiting` counts the bytes of both.
//!
//! Why no wake-up is lost: a push from another actor wakes the owner when `waiting` was 0 before it. While
//! the owner flushes, `waiting` is not 0 until its last subtraction; it reads what is left from that very
//! subtraction and goes on while something is, so a push either sees 0 and wakes, or is seen.

use super::{error, socket};
use crate::actor::mailbox::Owned;
use crate::actor::record::{self, Record};
use crate::handles::slab::{Slot, next_generation};
use crate::heap::blob::Blob;
use crate::heap::block::Block;
use crate::memory::emergency;
use crate::runtime::Runtime;
use crate::scheduler::worker::Worker;
use crate::time::wheel::Message;
use parking_lot::Mutex;
use smallvec::SmallVec;
use std::collections::VecDeque;
use std::io::IoSlice;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Entries up to this size are copied, one behind the other, into chunks.
const JOINED: usize = 1024;
const CHUNK: usize = 4096;
/// Pieces of one gathering write.
const PIECES: usize = 256;
/// Entries for which a drained outbox keeps room.
const ROOM_KEPT: usize = 4;

pub const FULL: i64 = -1;
pub const CLOSED: i64 = -2;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Data,
    Control,
    /// Nothing is taken after it.
    Last,
}

/// Bytes in a blob of which a share is held. Static bytes have no blob.
struct Piece {
    address: *const u8,
    length: usize,
    blob: *mut Blob,
}

// SAFETY: blobs are shared between threads by count, and their bytes do not change any more.
unsafe impl Send for Piece {}

impl Drop for Piece {
    fn drop(&mut self) {
        // SAFETY: the share is this piece's own.
        unsafe { Blob::release(self.blob) }
    }
}

struct Entry {
    class: Class,
    /// What is left to be written.
    head: Piece,
    body: Option<Piece>,
}

impl Entry {
    fn len(&self) -> usize {
        self.head.length + self.body.as_ref().map_or(0, |body| body.length)
    }
}

#[derive(Default)]
pub struct Outbox {
    queue: Mutex<Queue>,
    sending: Mutex<Sending>,
    /// Bytes in both. SeqCst throughout: see the top of this file.
    waiting: AtomicUsize,
}

#[derive(Default)]
struct Queue {
    generation: u32,
    open: bool,
    owner: i64,
    wake: Option<Message>,
    bound: usize,
    control_bound: usize,
    control_waiting: usize,
    entries: VecDeque<Entry>,
    chunk: Chunk,
}

#[derive(Default)]
struct Sending {
    entries: VecDeque<Entry>,
    /// Has the first entry been written in part?
    started: bool,
}

impl Slot for Outbox {
    fn generation(&self) -> u32 {
        self.queue.lock().generation
    }

    fn set_generation(&mut self, generation: u32) {
        self.queue.get_mut().generation = generation;
    }
}

/// Where small entries are joined.
struct Chunk {
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
    /// The bytes of both, one behind the other.
    fn join(&mut self, first: &[u8], second: &[u8]) -> Piece {
        let length = first.len() + second.len();
        if self.blob.is_null() || self.used + length > CHUNK {
            *self = Chunk { blob: Blob::allocate(CHUNK), used: 0 };
        }
        // SAFETY: the room behind `used` is ours.
        unsafe {
            let address = Blob::data(self.blob).add(self.used);
            std::ptr::copy_nonoverlapping(first.as_ptr(), address, first.len());
            std::ptr::copy_nonoverlapping(second.as_ptr(), address.add(first.len()), second.len());
            self.used += length;
            Blob::retain(self.blob);
            Piece { address, length, blob: self.blob }
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

/// The outbox is removed when `owner` ends; `None` when it has ended already.
pub fn create(
    runtime: &Runtime,
    owner: i64,
    wake: Message,
    bound: usize,
    control_bound: usize,
) -> Option<i64> {
    let record = runtime.records.get(record::index_of(owner))?;
    let index = runtime.outboxes.allocate();
    let outbox = runtime.outboxes.get(index).expect("an allocated slot");
    let handle = {
        let mut queue = outbox.queue.lock();
        let generation = queue.generation;
        *queue = Queue {
            generation,
            open: true,
            owner,
            wake: Some(wake),
            bound,
            control_bound,
            ..Queue::default()
        };
        record::make_pid(index, generation)
    };
    let mut shared = record.shared.lock();
    if shared.is(record::generation_of(owner)) {
        shared.owned.push(Owned::Outbox(handle));
        return Some(handle);
    }
    drop(shared);
    remove(runtime, handle);
    None
}

/// Bytes waiting, `FULL` or `CLOSED`.
pub fn push(
    worker: &mut Worker,
    pusher: i64,
    handle: i64,
    header: Source,
    payload: Source,
    class: Class,
) -> i64 {
    let Some(outbox) = worker.runtime().outboxes.get(record::index_of(handle)) else { return CLOSED };
    let mut queue = outbox.queue.lock();
    if queue.generation != record::generation_of(handle) || !queue.open {
        return CLOSED;
    }
    let length = header.bytes.len() + payload.bytes.len();
    let waiting = outbox.waiting.load(Ordering::SeqCst);
    let data_waiting = waiting - queue.control_waiting.min(waiting);
    let fits = match class {
        // One entry may be larger than the bound: the bound is for what waits behind it.
        Class::Data => data_waiting == 0 || length <= queue.bound.saturating_sub(data_waiting),
        Class::Control => length <= queue.control_bound.saturating_sub(queue.control_waiting),
        Class::Last => true,
    };
    if !fits {
        return FULL;
    }
    if queue.entries.len() == queue.entries.capacity() {
        let more = queue.entries.len().max(4);
        emergency::expect_room(queue.entries.try_reserve(more), more * size_of::<Entry>());
    }
    let entry = queue.entry(header, payload, class);
    queue.entries.push_back(entry);
    if class != Class::Data {
        queue.control_waiting += length;
    }
    if class == Class::Last {
        queue.open = false;
    }
    let before = outbox.waiting.fetch_add(length, Ordering::SeqCst);
    let mut wake = None;
    if before == 0 && length > 0 && queue.owner != pusher {
        wake = queue.wake.as_ref().map(|message| (queue.owner, copy_of(message)));
    }
    drop(queue);
    if let Some((owner, message)) = wake {
        // SAFETY: the copy is ours.
        unsafe { worker.deliver(owner, message) };
    }
    (before + length) as i64
}

/// Writes what waits, as much as the socket takes. Answers the bytes that still wait, or an error's number.
pub fn flush(worker: &mut Worker, owner: &Record, handle: i64, socket: i64) -> Result<i64, i64> {
    let runtime = worker.runtime();
    let outbox = runtime.outboxes.get(record::index_of(handle)).ok_or(error::CLOSED_HANDLE)?;
    let mut sending = outbox.sending.lock();
    loop {
        {
            let mut queue = outbox.queue.lock();
            if queue.generation != record::generation_of(handle) {
                return Err(error::CLOSED_HANDLE);
            }
            if queue.owner != owner.pid() {
                return Err(error::NOT_OWNER);
            }
            if sending.entries.is_empty() {
                std::mem::swap(&mut sending.entries, &mut queue.entries);
            } else {
                sending.entries.append(&mut queue.entries);
            }
            if sending.entries.is_empty() {
                return Ok(0);
            }
            // The bytes of a chunk in use stay; a chunk for what comes next is taken when it comes.
            queue.chunk = Chunk::default();
        }
        let pieces = gather(&sending.entries);
        let offered: usize = pieces.iter().map(|piece| piece.len()).sum();
        let written = match socket::send(worker, owner, socket, &pieces) {
            Ok(written) => written,
            Err(error::WOULD_BLOCK) => return Ok(outbox.waiting.load(Ordering::SeqCst) as i64),
            Err(number) => return Err(number),
        };
        drop(pieces);
        let control = sending.advance(written);
        let drained = sending.entries.is_empty().then(|| std::mem::take(&mut sending.entries));
        // Both counts change under one lock: in between, control entries that are gone would count as data.
        let queue = (control > 0 || drained.is_some()).then(|| outbox.queue.lock());
        let left = outbox.waiting.fetch_sub(written, Ordering::SeqCst) - written;
        if let Some(mut queue) = queue {
            queue.control_waiting -= control;
            // One of the two keeps room for the next turn, not both.
            if let Some(drained) = drained
                && drained.capacity() <= ROOM_KEPT
                && queue.entries.capacity() == 0
            {
                queue.entries = drained;
            }
        }
        if left == 0 || written < offered {
            return Ok(left as i64);
        }
    }
}

/// Bytes that wait.
pub fn waiting(runtime: &Runtime, handle: i64) -> i64 {
    let Some(outbox) = runtime.outboxes.get(record::index_of(handle)) else { return 0 };
    if outbox.queue.lock().generation != record::generation_of(handle) {
        return 0;
    }
    outbox.waiting.load(Ordering::SeqCst) as i64
}

/// Drops data entries, oldest first, until `free` bytes of the bound are free. Answers the bytes dropped.
pub fn drop_oldest(runtime: &Runtime, handle: i64, free: usize) -> i64 {
    let Some(outbox) = runtime.outboxes.get(record::index_of(handle)) else { return 0 };
    let mut sending = outbox.sending.lock();
    let mut queue = outbox.queue.lock();
    if queue.generation != record::generation_of(handle) {
        return 0;
    }
    let waiting = outbox.waiting.load(Ordering::SeqCst);
    let data = waiting - queue.control_waiting.min(waiting);
    let mut excess = (data + free).saturating_sub(queue.bound);
    let mut dropped = 0;
    let started = sending.started as usize;
    let mut discard = |entries: &mut VecDeque<Entry>, from: usize| {
        let mut at = 0;
        entries.retain(|entry| {
            let stays = at < from || excess == 0 || entry.class != Class::Data;
            at += 1;
            if !stays {
                excess = excess.saturating_sub(entry.len());
                dropped += entry.len();
            }
            stays
        });
    };
    discard(&mut sending.entries, started);
    discard(&mut queue.entries, 0);
    outbox.waiting.fetch_sub(dropped, Ordering::SeqCst);
    dropped as i64
}

/// Later pushes are refused; what waits can still be flushed.
pub fn close(runtime: &Runtime, handle: i64) {
    if let Some(outbox) = runtime.outboxes.get(record::index_of(handle)) {
        let mut queue = outbox.queue.lock();
        if queue.generation == record::generation_of(handle) {
            queue.open = false;
        }
    }
}

/// Its owner has ended. Answers how many bytes waited.
pub fn remove(runtime: &Runtime, handle: i64) -> usize {
    let Some(outbox) = runtime.outboxes.get(record::index_of(handle)) else { return 0 };
    let mut sending = outbox.sending.lock();
    let mut queue = outbox.queue.lock();
    if queue.generation != record::generation_of(handle) {
        return 0;
    }
    let generation = next_generation(queue.generation);
    let old = (
        std::mem::replace(&mut *queue, Queue { generation, ..Queue::default() }),
        std::mem::take(&mut *sending),
    );
    let freed = outbox.waiting.swap(0, Ordering::SeqCst);
    drop(queue);
    drop(sending);
    drop(old);
    runtime.outboxes.free(record::index_of(handle));
    freed
}

impl Queue {
    fn entry(&mut self, header: Source, payload: Source, class: Class) -> Entry {
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
                Entry { class, head, body: Some(body) }
            }
            _ => Entry { class, head: self.copy(header.bytes, payload.bytes), body: None },
        }
    }

    fn copy(&mut self, first: &[u8], second: &[u8]) -> Piece {
        let length = first.len() + second.len();
        if length <= JOINED {
            return self.chunk.join(first, second);
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
}

impl Sending {
    /// Takes so many written bytes off the front. Answers how many of them were not data.
    fn advance(&mut self, mut written: usize) -> usize {
        let mut control = 0;
        // Entries without bytes go with the one before them.
        while let Some(entry) = self.entries.front_mut() {
            let taken = written.min(entry.len());
            if entry.class != Class::Data {
                control += taken;
            }
            written -= taken;
            if taken == entry.len() {
                self.entries.pop_front();
                self.started = false;
                continue;
            }
            let of_head = taken.min(entry.head.length);
            entry.head.skip(of_head);
            if let Some(body) = &mut entry.body {
                body.skip(taken - of_head);
            }
            self.started |= taken > 0;
            break;
        }
        control
    }
}

impl Piece {
    fn skip(&mut self, count: usize) {
        self.address = self.address.wrapping_add(count);
        self.length -= count;
    }
}

/// The front of the queue as one write; neighbours in one chunk become one piece.
fn gather(entries: &VecDeque<Entry>) -> SmallVec<[IoSlice<'_>; 8]> {
    let mut ranges: SmallVec<[(*const u8, usize); 8]> = SmallVec::new();
    let pieces = entries.iter().flat_map(|entry| std::iter::once(&entry.head).chain(&entry.body));
    for piece in pieces.filter(|piece| piece.length > 0) {
        let full = ranges.len() == PIECES;
        match ranges.last_mut() {
            Some((address, length)) if address.wrapping_add(*length) == piece.address => {
                *length += piece.length
            }
            _ if full => break,
            _ => ranges.push((piece.address, piece.length)),
        }
    }
    // SAFETY: the pieces hold shares of the blobs for as long as the entries are borrowed. Two pieces that
    // touch are parts of one chunk: blobs have headers between their bytes.
    ranges
        .into_iter()
        .map(|(at, length)| IoSlice::new(unsafe { std::slice::from_raw_parts(at, length) }))
        .collect()
}

/// The wake message is sent again and again.
fn copy_of(message: &Message) -> *mut Block {
    // SAFETY: the queue's lock is held, so no one else uses the message.
    unsafe {
        let block = message.block();
        Block::duplicate(block)
    }
}
