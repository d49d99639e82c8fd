//! What actors do with outboxes, each known by its handle.

use super::outbox::{Chunk, Entry, Meter, Outbox, Queue, Sending, Source, Watcher, charge, gather};
use super::socket::{Outcome, Sent};
use super::socket_operations;
use super::{group_operations, group_pushes};
use crate::abi::{EntryKind, NetError, Overflow, Pushed};
use crate::actor::possessions::Owned;
use crate::actor::record::Record;
use crate::handles::handle::{OutboxHandle, Pid, SocketHandle, next_generation};
use crate::heap::block::Block;
use crate::heap::counters::Counters;
use crate::heap::message::Message;
use crate::memory::emergency;
use crate::runtime::Runtime;
use crate::scheduler::worker::Worker;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};

/// Entries for which a drained outbox keeps room.
const ROOM_KEPT: usize = 4;

/// The outbox is removed when `owner` ends; `None` when it has ended already.
pub fn create(
    runtime: &Runtime,
    owner: Pid,
    wake: Message,
    bound: usize,
    control_bound: usize,
) -> Option<OutboxHandle> {
    let index = runtime.io.outboxes.allocate();
    let outbox = runtime.io.outboxes.get(index).expect("an allocated slot");
    let handle = {
        let mut queue = outbox.queue.lock();
        let generation = queue.generation;
        // Relaxed: whoever has the handle has seen the lock.
        outbox.marks.iter().for_each(|mark| mark.store(0, Ordering::Relaxed));
        *queue = Queue {
            generation,
            open: true,
            owner,
            wake: Some(wake),
            bound,
            control_bound,
            ..Queue::default()
        };
        outbox.show_ready(&queue);
        OutboxHandle::new(index, generation)
    };
    match runtime.actors.mailbox(owner) {
        Some((_, mut shared)) => {
            shared.owned.add(Owned::Outbox(handle));
            Some(handle)
        }
        None => {
            take_out(runtime, handle);
            None
        }
    }
}

/// Appends an entry, and wakes the owner if nothing has waited before. The last one stands behind all that has been
/// pushed to the outbox's groups.
pub fn push(
    worker: &mut Worker,
    pusher: Pid,
    handle: OutboxHandle,
    header: Source,
    payload: Source,
    kind: EntryKind,
) -> Pushed {
    if kind == EntryKind::Last {
        group_pushes::spread_for(worker, handle);
    }
    let Some(outbox) = worker.runtime().io.outboxes.find(handle) else { return Pushed::Shut };
    let mut queue = outbox.queue.lock();
    if queue.generation != handle.generation() || !queue.open {
        return Pushed::Shut;
    }
    let length = charge(header.bytes.len() + payload.bytes.len());
    let waiting = outbox.waiting.load(Ordering::SeqCst);
    let data_waiting = waiting - queue.control_waiting.min(waiting);
    let fits = match kind {
        // One entry may be larger than the bound: the bound is for what waits behind it. The owner takes on something
        // to answer only while half of the bound is free, and may answer that, however long the answer is.
        EntryKind::Data => {
            let own_answer = queue.owner == pusher && data_waiting <= queue.bound / 2;
            data_waiting == 0 || own_answer || length <= queue.bound.saturating_sub(data_waiting)
        }
        EntryKind::Control => length <= queue.control_bound.saturating_sub(queue.control_waiting),
        EntryKind::Last => true,
    };
    if !fits {
        return Pushed::Full;
    }
    if !(kind == EntryKind::Data && extend_last(&mut queue, header.bytes, payload.bytes)) {
        reserve_entry(&mut queue);
        let entry = queue.chunk.entry(header, payload, kind);
        queue.entries.push_back(entry);
    }
    match kind {
        EntryKind::Data => queue.taken += 1,
        EntryKind::Control | EntryKind::Last => queue.control_waiting += length,
    }
    if kind == EntryKind::Last {
        end(outbox, &mut queue, payload.bytes);
    }
    let before = outbox.waiting.fetch_add(length, Ordering::SeqCst);
    let mut wake = None;
    if before == 0 && queue.owner != pusher {
        wake = queue.wake.as_ref().map(|message| (queue.owner, copy_of(message)));
    }
    drop(queue);
    if let Some((owner, message)) = wake {
        // SAFETY: the copy is ours.
        unsafe { worker.deliver(owner, message) };
    }
    if kind == EntryKind::Last {
        tell_watchers(worker, handle);
    }
    Pushed::Waiting((before + length) as i64)
}

/// Adds to the entry that was pushed last; whether it could.
fn extend_last(queue: &mut Queue, header: &[u8], payload: &[u8]) -> bool {
    let Queue { entries, chunk, joins, .. } = queue;
    *joins && entries.back_mut().is_some_and(|last| chunk.extend(last, header, payload))
}

/// Appends entries that a group has for all its members: `whole`; or where the bound does not take all of them, the same
/// ones as single pushes, as far as the overflow lets them in.
pub fn append<'a>(
    worker: &mut Worker,
    handle: OutboxHandle,
    whole: &[Entry],
    singles: impl Iterator<Item = &'a Entry>,
) {
    let runtime = worker.runtime();
    let Some(outbox) = runtime.io.outboxes.find(handle) else { return };
    let mut queue = outbox.queue.lock();
    let takes = |queue: &Queue| queue.generation == handle.generation() && queue.open;
    if !takes(&queue) {
        return;
    }
    let overflow = queue.membership().map_or(Overflow::Refuse, |membership| membership.overflow);
    let charged: usize = whole.iter().map(Entry::charge).sum();
    let (mut wakes, mut ends) = (false, false);
    // Where old entries shall be dropped one by one, they are kept one by one.
    if overflow != Overflow::DropOldest && fits(outbox, &queue, charged) {
        let is_empty = outbox.waiting.load(Ordering::SeqCst) == 0;
        for entry in whole {
            queue.taken += u64::from(entry.pushes);
            // What will not be written soon does not keep the group's chunks.
            let entry = if is_empty { entry.clone() } else { queue.chunk.own(entry) };
            reserve_entry(&mut queue);
            queue.entries.push_back(entry);
        }
        wakes = outbox.waiting.fetch_add(charged, Ordering::SeqCst) == 0;
    } else {
        for entry in singles {
            if overflow == Overflow::DropOldest && !fits(outbox, &queue, entry.charge()) {
                drop(queue);
                drop_oldest(worker, handle, entry.len());
                queue = outbox.queue.lock();
                if !takes(&queue) {
                    break;
                }
            }
            let mut entry = queue.chunk.own(entry);
            let is_data_empty = data_waiting(outbox, &queue) == 0;
            if !is_data_empty && !fits(outbox, &queue, entry.charge()) {
                note_dropped(outbox, &mut queue, 1);
                let Some(last) = last_for_overflow(outbox, &mut queue) else { continue };
                queue.control_waiting += last.charge();
                entry = last;
            }
            ends = entry.kind == EntryKind::Last;
            queue.taken += u64::from(!ends);
            let charged = entry.charge();
            reserve_entry(&mut queue);
            queue.entries.push_back(entry);
            wakes |= outbox.waiting.fetch_add(charged, Ordering::SeqCst) == 0 || ends;
            if ends {
                break;
            }
        }
    }
    let wake = queue.wake.as_ref().filter(|_| wakes).map(|message| (queue.owner, copy_of(message)));
    drop(queue);
    if let Some((owner, message)) = wake {
        // SAFETY: the copy is ours.
        unsafe { worker.deliver(owner, message) };
    }
    if ends {
        tell_watchers(worker, handle);
    }
}

/// What waits, beside the protocol's own.
fn data_waiting(outbox: &Outbox, queue: &Queue) -> usize {
    let waiting = outbox.waiting.load(Ordering::SeqCst);
    waiting - queue.control_waiting.min(waiting)
}

/// Does the bound take so much more?
fn fits(outbox: &Outbox, queue: &Queue, charged: usize) -> bool {
    charged <= queue.bound.saturating_sub(data_waiting(outbox, queue))
}

/// The entry that ends an outbox whose bound has kept something of a group out, if it shall be ended. Nothing is taken
/// behind it.
fn last_for_overflow(outbox: &Outbox, queue: &mut Queue) -> Option<Entry> {
    let membership = queue.membership().filter(|membership| membership.overflow == Overflow::End)?;
    let (header, payload) = membership.last.clone();
    let entry = queue.chunk.entry(Source::copied(&header), Source::copied(&payload), EntryKind::Last);
    end(outbox, queue, &payload);
    Some(entry)
}

/// # Panics
/// When memory is exhausted: see `emergency::expect_room`.
fn reserve_entry(queue: &mut Queue) {
    if queue.entries.len() == queue.entries.capacity() {
        let more = queue.entries.len().max(4);
        emergency::expect_room(queue.entries.try_reserve(more), more * size_of::<Entry>());
    }
}

/// Nothing is taken behind what has this payload.
fn end(outbox: &Outbox, queue: &mut Queue, payload: &[u8]) {
    queue.open = false;
    outbox.show_ready(queue);
    queue.seldom().last = Some(payload.into());
}

/// From now on small entries may be added to the one before them.
pub fn join_small(runtime: &Runtime, handle: OutboxHandle) {
    let Some(outbox) = runtime.io.outboxes.find(handle) else { return };
    let mut queue = outbox.queue.lock();
    if queue.generation == handle.generation() {
        queue.joins = true;
    }
}

/// Nothing is written until `release`, or `end_with`.
pub fn hold(runtime: &Runtime, handle: OutboxHandle) {
    let Some(outbox) = runtime.io.outboxes.find(handle) else { return };
    let mut queue = outbox.queue.lock();
    if queue.generation == handle.generation() {
        queue.held = true;
    }
}

/// Ends a hold: what waits may be written, behind `first`.
pub fn release(runtime: &Runtime, handle: OutboxHandle, first: Source) {
    let Some(outbox) = runtime.io.outboxes.find(handle) else { return };
    let mut queue = outbox.queue.lock();
    if queue.generation == handle.generation() {
        queue.held = false;
        reserve_entry(&mut queue);
        let entry = queue.chunk.entry(first, Source::EMPTY, EntryKind::Control);
        queue.control_waiting += entry.charge();
        outbox.waiting.fetch_add(entry.charge(), Ordering::SeqCst);
        queue.entries.push_front(entry);
    }
}

/// Drops all that has not been written in part; `last` is written in its place, and nothing behind it.
pub fn end_with(worker: &mut Worker, handle: OutboxHandle, last: Source) {
    let Some(outbox) = worker.runtime().io.outboxes.find(handle) else { return };
    let mut sending = outbox.sending.lock();
    let mut queue = outbox.queue.lock();
    if queue.generation == handle.generation() {
        queue.held = false;
        let started = sending.started as usize;
        sending.entries.truncate(started);
        queue.entries.clear();
        reserve_entry(&mut queue);
        let entry = queue.chunk.entry(last, Source::EMPTY, EntryKind::Last);
        queue.entries.push_back(entry);
        end(outbox, &mut queue, last.bytes);
        let left = sending.entries.iter().chain(&queue.entries);
        let all = sending.unsent + left.clone().map(Entry::charge).sum::<usize>();
        let control = left.filter(|entry| entry.kind != EntryKind::Data).map(Entry::charge).sum();
        queue.control_waiting = control;
        outbox.waiting.store(all, Ordering::SeqCst);
    }
    drop((queue, sending));
    tell_watchers(worker, handle);
}

/// Sends `message` once less than half of the bound waits, or nothing more is taken: at once if that is so already.
pub fn when_drained(worker: &mut Worker, handle: OutboxHandle, pid: Pid, message: Message) {
    if let Some(outbox) = worker.runtime().io.outboxes.find(handle) {
        let mut queue = outbox.queue.lock();
        if queue.generation == handle.generation() {
            let watchers = &mut queue.seldom().watchers;
            emergency::expect_room(watchers.try_reserve(1), size_of::<Watcher>());
            watchers.push(Watcher { pid, message });
            outbox.watched.store(true, Ordering::SeqCst);
            drop(queue);
            return tell_watchers(worker, handle);
        }
    }
    tell(worker, vec![Watcher { pid, message }]);
}

/// Tells those who wait for room, if there is some, or will never be.
fn tell_watchers(worker: &mut Worker, handle: OutboxHandle) {
    let Some(outbox) = worker.runtime().io.outboxes.find(handle) else { return };
    if !outbox.watched.load(Ordering::SeqCst) {
        return;
    }
    let mut queue = outbox.queue.lock();
    if queue.generation == handle.generation()
        && (!queue.open || queue.has_room(outbox.waiting.load(Ordering::SeqCst)))
    {
        let watchers = unwatch(outbox, &mut queue);
        drop(queue);
        tell(worker, watchers);
    }
}

fn unwatch(outbox: &Outbox, queue: &mut Queue) -> Vec<Watcher> {
    outbox.watched.store(false, Ordering::SeqCst);
    queue.seldom.as_mut().map_or(Vec::new(), |seldom| std::mem::take(&mut seldom.watchers))
}

fn tell(worker: &mut Worker, watchers: Vec<Watcher>) {
    for watcher in watchers {
        // SAFETY: the message is ours.
        unsafe { worker.deliver(watcher.pid, watcher.message.into_block()) };
    }
}

/// From now on it is not ready, until it has been resumed as often as it was paused.
pub fn pause(runtime: &Runtime, handle: OutboxHandle) {
    let Some(outbox) = runtime.io.outboxes.find(handle) else { return };
    let mut queue = outbox.queue.lock();
    if queue.generation == handle.generation() {
        queue.pauses = queue.pauses.saturating_add(1);
        outbox.show_ready(&queue);
    }
}

/// Takes one pause back.
pub fn resume(runtime: &Runtime, handle: OutboxHandle) {
    let Some(outbox) = runtime.io.outboxes.find(handle) else { return };
    let mut queue = outbox.queue.lock();
    if queue.generation == handle.generation() {
        queue.pauses = queue.pauses.saturating_sub(1);
        outbox.show_ready(&queue);
    }
}

/// Writes what waits, as much as the socket takes. Returns how much still waits.
pub fn flush(
    worker: &mut Worker,
    owner: &Record,
    handle: OutboxHandle,
    socket: SocketHandle,
) -> Outcome<usize> {
    let outcome = write_out(worker, owner, handle, socket);
    tell_watchers(worker, handle);
    outcome
}

fn write_out(
    worker: &mut Worker,
    owner: &Record,
    handle: OutboxHandle,
    socket: SocketHandle,
) -> Outcome<usize> {
    let runtime = worker.runtime();
    let outbox = runtime.io.outboxes.find(handle).ok_or(NetError::ClosedHere)?;
    let mut sending = outbox.sending.lock();
    let sending = &mut *sending;
    loop {
        {
            let mut queue = outbox.queue.lock();
            if queue.generation != handle.generation() {
                return Err(NetError::ClosedHere);
            }
            if queue.owner != owner.pid() {
                return Err(NetError::NotOwner);
            }
            if queue.held {
                return Ok(outbox.waiting.load(Ordering::SeqCst));
            }
            sending.take_over(&mut queue.entries);
            if sending.entries.is_empty() && sending.unsent == 0 {
                return Ok(0);
            }
            // The bytes of a chunk in use stay; a chunk for what comes next is taken when it comes.
            queue.chunk = Chunk::default();
        }
        let pieces = gather(&sending.entries);
        let offered: usize = pieces.iter().map(|piece| piece.len()).sum();
        let sent = socket_operations::send(worker, owner, socket, &pieces);
        let Sent { taken: written, unsent } = match sent {
            Err(NetError::WouldBlock) => Sent { taken: 0, unsent: sending.unsent },
            sent => sent?,
        };
        drop(pieces);
        let (all, control) = sending.advance(written);
        let drained = sending.entries.is_empty().then(|| std::mem::take(&mut sending.entries));
        // Both counts change under one lock: in between, control entries that are gone would count as data.
        let mut queue = outbox.queue.lock();
        let mut less = all;
        if unsent != sending.unsent {
            // Added first: it must not seem that nothing waits in between.
            outbox.waiting.fetch_add(unsent, Ordering::SeqCst);
            less += std::mem::replace(&mut sending.unsent, unsent);
        }
        let left = outbox.waiting.fetch_sub(less, Ordering::SeqCst) - less;
        queue.control_waiting -= control;
        // One of the two keeps room for the next turn, not both.
        if let Some(drained) = drained
            && drained.capacity() <= ROOM_KEPT
            && queue.entries.capacity() == 0
        {
            queue.entries = drained;
        }
        let ends = left == 0 || written < offered || unsent > 0;
        sending.tell_meter(worker.index, &queue, if ends { left } else { 0 });
        if ends {
            return Ok(left);
        }
    }
}

/// Its owner is idle: keeps no room for entries that do not come.
pub fn shrink(runtime: &Runtime, handle: OutboxHandle) {
    let Some(outbox) = runtime.io.outboxes.find(handle) else { return };
    let mut queue = outbox.queue.lock();
    if queue.generation == handle.generation() {
        queue.entries.shrink_to_fit();
    }
}

/// What the entries that wait are charged.
pub fn waiting(runtime: &Runtime, handle: OutboxHandle) -> usize {
    let Some(outbox) = runtime.io.outboxes.find(handle) else { return 0 };
    if outbox.queue.lock().generation != handle.generation() {
        return 0;
    }
    outbox.waiting.load(Ordering::SeqCst)
}

/// The same for all outboxes together.
pub fn waiting_in_all(runtime: &Runtime) -> usize {
    let outboxes = &runtime.io.outboxes;
    // Relaxed is enough for what is only shown.
    let waiting = |index| outboxes.get(index).map_or(0, |outbox| outbox.waiting.load(Ordering::Relaxed));
    (0..outboxes.bound()).map(waiting).sum()
}

/// Are entries taken, does no more wait than this, and is it not paused? Without a lock: it is asked for every message.
pub fn is_ready(runtime: &Runtime, handle: OutboxHandle, most: usize) -> bool {
    let Some(outbox) = runtime.io.outboxes.find(handle) else { return false };
    outbox.is_ready(handle.generation()) && outbox.waiting.load(Ordering::SeqCst) <= most
}

/// The payload of the last entry, once that has been pushed.
pub fn last(runtime: &Runtime, handle: OutboxHandle) -> Option<Box<[u8]>> {
    let outbox = runtime.io.outboxes.find(handle)?;
    let queue = outbox.queue.lock();
    let seldom = queue.seldom.as_ref().filter(|_| queue.generation == handle.generation());
    seldom?.last.clone()
}

/// Bytes that sockets have taken from it, from the beginning on.
pub fn written(runtime: &Runtime, handle: OutboxHandle) -> u64 {
    let Some(outbox) = runtime.io.outboxes.find(handle) else { return 0 };
    let sending = outbox.sending.lock();
    if outbox.queue.lock().generation == handle.generation() { sending.written } else { 0 }
}

/// What has become of an outbox's entries, from the beginning on.
#[derive(Default)]
pub struct Counts {
    /// Data entries that were taken.
    pub taken: u64,
    /// Those that were dropped, or not taken and given up.
    pub dropped: u64,
    /// Bytes that sockets have taken.
    pub written: u64,
}

/// The counts so far. The meter is brought up to date, from this worker.
pub fn counts(worker: &mut Worker, handle: OutboxHandle) -> Counts {
    let Some(outbox) = worker.runtime().io.outboxes.find(handle) else { return Counts::default() };
    let mut sending = outbox.sending.lock();
    let queue = outbox.queue.lock();
    if queue.generation != handle.generation() {
        return Counts::default();
    }
    sending.tell_meter(worker.index, &queue, 0);
    Counts { taken: queue.taken, dropped: queue.dropped, written: sending.written }
}

/// Counts what becomes of its entries in counters that it shares with others: see `Meter`.
pub fn count_into(runtime: &Runtime, handle: OutboxHandle, counters: Counters, first: u32) {
    let Some(outbox) = runtime.io.outboxes.find(handle) else { return };
    let mut sending = outbox.sending.lock();
    if outbox.queue.lock().generation == handle.generation() {
        sending.meter = Some(Meter::new(counters, first));
    }
}

/// Whoever has pushed entries that were not taken gives so many of them up. Are they the first, or those that `drop_oldest`
/// has dropped, since somebody asked `has_dropped`?
pub fn note_drops(runtime: &Runtime, handle: OutboxHandle, count: u64) -> bool {
    let Some(outbox) = runtime.io.outboxes.find(handle) else { return false };
    let mut queue = outbox.queue.lock();
    queue.generation == handle.generation() && note_dropped(outbox, &mut queue, count)
}

/// Counts entries as dropped; whether that is news.
fn note_dropped(outbox: &Outbox, queue: &mut Queue, count: u64) -> bool {
    queue.dropped += count;
    !outbox.has_dropped.swap(true, Ordering::Relaxed)
}

/// Has anything been dropped since this was last asked?
pub fn has_dropped(runtime: &Runtime, handle: OutboxHandle) -> bool {
    let Some(outbox) = runtime.io.outboxes.find(handle) else { return false };
    outbox.has_dropped.load(Ordering::Relaxed) && {
        let queue = outbox.queue.lock();
        queue.generation == handle.generation() && outbox.has_dropped.swap(false, Ordering::Relaxed)
    }
}

/// Drops data entries, oldest first, until an entry of `bytes` fits under the bound. Returns what the dropped ones were
/// charged.
pub fn drop_oldest(worker: &mut Worker, handle: OutboxHandle, bytes: usize) -> usize {
    let Some(outbox) = worker.runtime().io.outboxes.find(handle) else { return 0 };
    let mut sending = outbox.sending.lock();
    let mut queue = outbox.queue.lock();
    if queue.generation != handle.generation() {
        return 0;
    }
    let waiting = outbox.waiting.load(Ordering::SeqCst);
    let data = waiting - queue.control_waiting.min(waiting);
    let mut excess = (data + charge(bytes)).saturating_sub(queue.bound);
    let (mut dropped, mut count) = (0, 0);
    let started = sending.started as usize;
    let mut discard = |entries: &mut VecDeque<Entry>, from: usize| {
        let mut at = 0;
        entries.retain(|entry| {
            let stays = at < from || excess == 0 || entry.kind != EntryKind::Data;
            at += 1;
            if !stays {
                excess = excess.saturating_sub(entry.charge());
                dropped += entry.charge();
                count += u64::from(entry.pushes);
            }
            stays
        });
    };
    discard(&mut sending.entries, started);
    discard(&mut queue.entries, 0);
    queue.dropped += count;
    outbox.waiting.fetch_sub(dropped, Ordering::SeqCst);
    drop((queue, sending));
    tell_watchers(worker, handle);
    dropped
}

/// One of its marks; `None` once its owner has ended, or where there is no such mark.
pub fn mark(runtime: &Runtime, handle: OutboxHandle, place: i64) -> Option<i64> {
    // Relaxed: the lock orders it.
    with_mark(runtime, handle, place, |mark| mark.load(Ordering::Relaxed))
}

/// Sets one of its marks.
pub fn set_mark(runtime: &Runtime, handle: OutboxHandle, place: i64, number: i64) {
    with_mark(runtime, handle, place, |mark| mark.store(number, Ordering::Relaxed));
}

/// Adds to one of its marks.
pub fn raise_mark(runtime: &Runtime, handle: OutboxHandle, place: i64, number: i64) {
    with_mark(runtime, handle, place, |mark| mark.fetch_add(number, Ordering::Relaxed));
}

fn with_mark<R>(
    runtime: &Runtime,
    handle: OutboxHandle,
    place: i64,
    change: impl FnOnce(&AtomicI64) -> R,
) -> Option<R> {
    let outbox = runtime.io.outboxes.find(handle)?;
    let mark = outbox.marks.get(usize::try_from(place).ok()?)?;
    let queue = outbox.queue.lock();
    (queue.generation == handle.generation() && queue.owner != Pid::NONE).then(|| change(mark))
}

/// Later pushes are refused; what waits can still be flushed.
pub fn close(worker: &mut Worker, handle: OutboxHandle) {
    if let Some(outbox) = worker.runtime().io.outboxes.find(handle) {
        let mut queue = outbox.queue.lock();
        if queue.generation == handle.generation() {
            queue.open = false;
            outbox.show_ready(&queue);
        }
        drop(queue);
        tell_watchers(worker, handle);
    }
}

/// Its owner has ended: it leaves its groups. Returns what the entries that waited were charged.
pub fn remove(worker: &mut Worker, handle: OutboxHandle) -> usize {
    group_operations::leave_all(worker, handle);
    counts(worker, handle);
    let (freed, watchers) = take_out(worker.runtime(), handle);
    tell(worker, watchers);
    freed
}

/// What the entries that waited were charged, and who waited for room.
fn take_out(runtime: &Runtime, handle: OutboxHandle) -> (usize, Vec<Watcher>) {
    let Some(outbox) = runtime.io.outboxes.find(handle) else { return (0, Vec::new()) };
    let mut sending = outbox.sending.lock();
    let mut queue = outbox.queue.lock();
    if queue.generation != handle.generation() {
        return (0, Vec::new());
    }
    let watchers = unwatch(outbox, &mut queue);
    let generation = next_generation(queue.generation);
    let old = (
        std::mem::replace(&mut *queue, Queue { generation, ..Queue::default() }),
        std::mem::take::<Sending>(&mut sending),
    );
    let freed = outbox.waiting.swap(0, Ordering::SeqCst);
    outbox.show_ready(&queue);
    outbox.has_dropped.store(false, Ordering::Relaxed);
    drop(queue);
    drop(sending);
    drop(old);
    runtime.io.outboxes.free(handle.index());
    (freed, watchers)
}

/// The wake message is sent again and again.
fn copy_of(message: &Message) -> *mut Block {
    // SAFETY: the queue's lock is held, so no one else uses the message.
    unsafe { message.copy_block() }
}
