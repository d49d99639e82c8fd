//! What is pushed to a group of outboxes, and how it is spread over them.

use super::group::{Group, GroupQueue, Member, Members, Parcel, copy_of};
use super::group_operations::{close_if_deserted, groups_of};
use super::outbox::{Entry, Source, charge};
use super::outbox_operations::append;
use crate::abi::{EntryKind, Posted};
use crate::handles::handle::{GroupHandle, OutboxHandle, Pid};
use crate::heap::message::Message;
use crate::memory::emergency;
use crate::runtime::Runtime;
use crate::scheduler::worker::Worker;
use parking_lot::MutexGuard;

/// Queues an entry for all members but `except`, and wakes the tender if it has not been.
pub fn push(
    worker: &mut Worker,
    handle: GroupHandle,
    header: Source,
    payload: Source,
    except: OutboxHandle,
) -> Posted {
    let runtime = worker.runtime();
    let Some(mut queue) = queue(runtime, handle) else { return Posted::Closed };
    let length = charge(header.bytes.len() + payload.bytes.len());
    if queue.charged > 0 && length > queue.bound.saturating_sub(queue.charged) {
        return Posted::Full;
    }
    emergency::expect_room(queue.entries.try_reserve(1), size_of::<Parcel>());
    let entry = queue.chunk.entry(header, payload, EntryKind::Data);
    queue.entries.push(Parcel { entry, except });
    queue.charged += length;
    let tender = queue.tender;
    if !std::mem::replace(&mut queue.woken, true)
        && let Some(wake) = &queue.wake
    {
        // SAFETY: the wake message is used under the queue's lock only.
        let wake = unsafe { copy_of(wake) };
        drop(queue);
        // SAFETY: the copy is ours.
        unsafe { worker.deliver(tender, wake.into_block()) };
    }
    if runtime.actors.is_alive(tender) { Posted::Taken } else { Posted::Untended }
}

fn queue(runtime: &Runtime, handle: GroupHandle) -> Option<MutexGuard<'_, GroupQueue>> {
    let queue = runtime.io.groups.find(handle)?.queue.lock();
    (queue.generation == handle.generation()).then_some(queue)
}

/// Makes an actor the group's tender, who is woken when something waits from now on. The one before it is woken to see
/// that. Returns whether the group is still there.
pub fn tend(worker: &mut Worker, handle: GroupHandle, pid: Pid, wake: Message) -> bool {
    let Some(mut queue) = queue(worker.runtime(), handle) else { return false };
    let before = (std::mem::replace(&mut queue.tender, pid), queue.wake.replace(wake));
    queue.woken = false;
    drop(queue);
    if let (tender, Some(wake)) = before {
        // SAFETY: the message is ours.
        unsafe { worker.deliver(tender, wake.into_block()) };
    }
    true
}

/// The actor that tends the group.
pub fn tender(runtime: &Runtime, handle: GroupHandle) -> Option<Pid> {
    queue(runtime, handle).map(|queue| queue.tender).filter(|tender| runtime.actors.is_alive(*tender))
}

/// Hands what waits to the members, and ends a group that is deserted. Returns whether it is still there, and this actor
/// tends it.
pub fn spread(worker: &mut Worker, handle: GroupHandle, pid: Pid) -> bool {
    let runtime = worker.runtime();
    let Some(group) = runtime.io.groups.find(handle) else { return false };
    {
        let members = group.members.lock();
        if !members.is(handle) {
            return false;
        }
        spread_waiting(worker, group, &members);
    }
    close_if_deserted(worker, handle);
    queue(runtime, handle).is_some_and(|queue| queue.tender == pid)
}

/// Hands on what waits in the groups of an outbox: something shall stand behind it.
pub fn spread_for(worker: &mut Worker, outbox: OutboxHandle) {
    let runtime = worker.runtime();
    for handle in groups_of(runtime, outbox) {
        if let Some(group) = runtime.io.groups.find(handle) {
            let members = group.members.lock();
            if members.is(handle) {
                spread_waiting(worker, group, &members);
            }
        }
    }
}

/// Hands what waits to the members, whose lock is held, so that all get it in one order.
pub fn spread_waiting(worker: &mut Worker, group: &Group, members: &Members) {
    let parcels = {
        let mut queue = group.queue.lock();
        queue.woken = false;
        queue.charged = 0;
        queue.chunk = Default::default();
        std::mem::take(&mut queue.entries)
    };
    if parcels.is_empty() {
        return;
    }
    let all = joined(parcels.iter());
    let excepts: Vec<OutboxHandle> =
        parcels.iter().map(|parcel| parcel.except).filter(|except| *except != OutboxHandle::NONE).collect();
    for Member { outbox, .. } in &members.list {
        let theirs = parcels.iter().filter(|parcel| parcel.except != *outbox);
        if excepts.contains(outbox) {
            append(worker, *outbox, &joined(theirs.clone()), theirs.map(|parcel| &parcel.entry));
        } else {
            append(worker, *outbox, &all, theirs.map(|parcel| &parcel.entry));
        }
    }
}

/// The entries, neighbours in one chunk as one.
fn joined<'a>(parcels: impl Iterator<Item = &'a Parcel>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for parcel in parcels {
        if !entries.last_mut().is_some_and(|last| last.join(&parcel.entry)) {
            entries.push(parcel.entry.clone());
        }
    }
    entries
}
