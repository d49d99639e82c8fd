//! What actors do with groups of outboxes: joining, leaving, listening. Pushing is in `group_pushes`.

use super::group::{Group, Listener, Member, Members, copy_of};
use super::group_pushes::spread_waiting;
use super::outbox::Membership;
use crate::abi::{GroupChange, Joined};
use crate::actor::possessions::Owned;
use crate::handles::handle::{GroupHandle, OutboxHandle, Pid, next_generation};
use crate::heap::message::Message;
use crate::memory::emergency;
use crate::runtime::Runtime;
use crate::scheduler::worker::Worker;
use parking_lot::MutexGuard;
use std::collections::VecDeque;

/// The names of groups that may be gone keep no more room than this times those that are there.
const ROOM_KEPT: usize = 4;

/// The group of this name.
pub fn find(runtime: &Runtime, name: &str) -> Option<GroupHandle> {
    runtime.io.group_names.lock().get(name).copied()
}

/// How many there are.
pub fn count(runtime: &Runtime) -> usize {
    runtime.io.group_names.lock().len()
}

/// All of them.
pub fn all(runtime: &Runtime) -> Vec<GroupHandle> {
    let groups = &runtime.io.groups;
    let in_slot = |index| {
        let members = groups.get(index)?.members.lock();
        members.open.then(|| GroupHandle::new(index, members.generation))
    };
    (0..groups.bound()).filter_map(in_slot).collect()
}

/// The group of this name, which is made if there is none. It may be closed again as long as it is deserted.
fn find_or_make(runtime: &Runtime, name: &str, bound: usize) -> GroupHandle {
    let mut names = runtime.io.group_names.lock();
    if let Some(handle) = names.get(name) {
        return *handle;
    }
    emergency::expect_room(names.try_reserve(1), name.len());
    let index = runtime.io.groups.allocate();
    let group = runtime.io.groups.get(index).expect("an allocated slot");
    let mut members = group.members.lock();
    members.open = true;
    members.name = name.into();
    group.queue.lock().bound = bound;
    let handle = GroupHandle::new(index, members.generation);
    names.insert(name.into(), handle);
    handle
}

/// The group of this name with its members, made if there is none.
fn enter<'a>(
    runtime: &'a Runtime,
    name: &str,
    bound: usize,
) -> (GroupHandle, &'a Group, MutexGuard<'a, Members>) {
    loop {
        let handle = find_or_make(runtime, name, bound);
        let Some(group) = runtime.io.groups.find(handle) else { continue };
        let members = group.members.lock();
        // It may have been closed meanwhile.
        if members.is(handle) {
            return (handle, group, members);
        }
    }
}

/// The members of a group, if it is still there.
pub fn members(runtime: &Runtime, handle: GroupHandle) -> Option<MutexGuard<'_, Members>> {
    let members = runtime.io.groups.find(handle)?.members.lock();
    members.is(handle).then_some(members)
}

/// Puts an outbox into the group of this name, which is made if there is none. What was pushed before does not reach it.
pub fn join(worker: &mut Worker, name: &str, outbox: OutboxHandle, card: Message, bound: usize) -> Joined {
    let runtime = worker.runtime();
    let (handle, group, mut members) = enter(runtime, name, bound);
    let is_in = members.places.contains_key(&outbox);
    if !may_join(runtime, outbox, handle, is_in) {
        drop(members);
        close_if_deserted(worker, handle);
        return Joined::Shut;
    }
    if !is_in {
        spread_waiting(worker, group, &members);
        tell(worker, &mut members, GroupChange::Came, &card);
        let place = members.list.len();
        emergency::expect_room(members.list.try_reserve(1), size_of::<Member>());
        emergency::expect_room(members.places.try_reserve(1), size_of::<Member>());
        members.list.push(Member { outbox, card });
        members.places.insert(outbox, place);
    }
    let tender = group.queue.lock().tender;
    drop(members);
    if runtime.actors.is_alive(tender) { Joined::Member } else { Joined::Untended }
}

/// Is an outbox open to groups? If it is, it notes the group, unless it has.
fn may_join(runtime: &Runtime, outbox: OutboxHandle, handle: GroupHandle, is_noted: bool) -> bool {
    let Some(found) = runtime.io.outboxes.find(outbox) else { return false };
    let mut queue = found.queue.lock();
    let takes = queue.generation == outbox.generation() && queue.open && !queue.parted;
    let Some(membership) = queue.membership_mut().filter(|_| takes) else { return false };
    if !is_noted {
        emergency::expect_room(membership.groups.try_reserve(1), size_of::<GroupHandle>());
        membership.groups.push(handle);
    }
    true
}

/// Tells the listeners of a change.
fn tell(worker: &mut Worker, members: &mut Members, change: GroupChange, card: &Message) {
    for listener in &mut members.listeners {
        // SAFETY: cards and wake messages are used under the lock of the members only.
        unsafe {
            if listener.log.is_empty() {
                worker.deliver(listener.pid, copy_of(&listener.wake).into_block());
            }
            listener.log.push_back((change, copy_of(card)));
        }
    }
}

/// What an outbox shall do, as a member, with what its bound keeps out.
pub fn set_membership(runtime: &Runtime, outbox: OutboxHandle, membership: impl FnOnce() -> Membership) {
    let Some(found) = runtime.io.outboxes.find(outbox) else { return };
    let mut queue = found.queue.lock();
    if queue.generation == outbox.generation() && queue.membership().is_none() {
        queue.seldom().membership = Some(membership());
    }
}

/// The groups that an outbox is in, in the order in which it joined them.
pub fn groups_of(runtime: &Runtime, outbox: OutboxHandle) -> Vec<GroupHandle> {
    let Some(found) = runtime.io.outboxes.find(outbox) else { return Vec::new() };
    let queue = found.queue.lock();
    let membership = queue.membership().filter(|_| queue.generation == outbox.generation());
    membership.map_or(Vec::new(), |membership| membership.groups.clone())
}

/// Their names, in the same order.
pub fn names_of(runtime: &Runtime, outbox: OutboxHandle) -> Vec<Box<str>> {
    groups_of(runtime, outbox)
        .into_iter()
        .filter_map(|handle| Some(members(runtime, handle)?.name.clone()))
        .collect()
}

/// Takes an outbox out of a group. What was pushed before still reaches it. Returns whether it was in.
pub fn leave(worker: &mut Worker, handle: GroupHandle, outbox: OutboxHandle) -> bool {
    let runtime = worker.runtime();
    let Some(group) = runtime.io.groups.find(handle) else { return false };
    let mut members = group.members.lock();
    if !members.is(handle) || !members.places.contains_key(&outbox) {
        return false;
    }
    spread_waiting(worker, group, &members);
    if let Some(found) = runtime.io.outboxes.find(outbox) {
        let mut queue = found.queue.lock();
        if queue.generation == outbox.generation()
            && let Some(membership) = queue.membership_mut()
        {
            membership.groups.retain(|known| *known != handle);
        }
    }
    let left = members.take(outbox).expect("it is a member");
    tell(worker, &mut members, GroupChange::Went, &left.card);
    drop(members);
    close_if_deserted(worker, handle);
    true
}

/// Takes an outbox out of all its groups. It joins none any more.
pub fn leave_all(worker: &mut Worker, outbox: OutboxHandle) {
    let Some(found) = worker.runtime().io.outboxes.find(outbox) else { return };
    let groups = {
        let mut queue = found.queue.lock();
        if queue.generation != outbox.generation() {
            return;
        }
        queue.parted = true;
        queue.membership_mut().map_or(Vec::new(), |membership| std::mem::take(&mut membership.groups))
    };
    for handle in groups {
        leave(worker, handle, outbox);
    }
}

/// Makes an actor a listener of the group of this name, which is made if there is none. It is told of those who are in as
/// of those who come. `None` when it has ended.
pub fn listen(worker: &mut Worker, name: &str, pid: Pid, wake: Message, bound: usize) -> Option<GroupHandle> {
    let runtime = worker.runtime();
    let (handle, _, mut members) = enter(runtime, name, bound);
    // SAFETY: cards and wake messages are used under the lock of the members only.
    let card = |member: &Member| unsafe { copy_of(&member.card) };
    let log: VecDeque<_> = members.list.iter().map(|member| (GroupChange::Came, card(member))).collect();
    if !log.is_empty() {
        // SAFETY: as above.
        unsafe { worker.deliver(pid, copy_of(&wake).into_block()) };
    }
    members.listeners.push(Listener { pid, wake, log });
    let lives = match runtime.actors.mailbox(pid) {
        Some((_, mut shared)) => {
            shared.owned.add(Owned::Listener(handle));
            true
        }
        None => false,
    };
    drop(members);
    if !lives {
        unlisten(worker, handle, pid);
    }
    lives.then_some(handle)
}

/// The next change that a listener has not taken.
pub fn next_change(runtime: &Runtime, handle: GroupHandle, pid: Pid) -> GroupChange {
    let members = members(runtime, handle);
    let listener = members.as_ref().and_then(|members| members.listeners.iter().find(|one| one.pid == pid));
    listener.and_then(|listener| listener.log.front()).map_or(GroupChange::Unchanged, |(change, _)| *change)
}

/// Takes it; the card of the member.
pub fn take_change(runtime: &Runtime, handle: GroupHandle, pid: Pid) -> Option<Message> {
    let mut members = members(runtime, handle)?;
    let listener = members.listeners.iter_mut().find(|listener| listener.pid == pid)?;
    let (_, card) = listener.log.pop_front()?;
    if listener.log.is_empty() {
        listener.log.shrink_to(ROOM_KEPT);
    }
    Some(card)
}

/// An actor listens no more.
pub fn unlisten(worker: &mut Worker, handle: GroupHandle, pid: Pid) {
    if let Some(mut members) = members(worker.runtime(), handle) {
        members.listeners.retain(|listener| listener.pid != pid);
    }
    close_if_deserted(worker, handle);
}

/// Ends a group that has neither members nor listeners; its tender is woken to see that.
pub fn close_if_deserted(worker: &mut Worker, handle: GroupHandle) {
    let runtime = worker.runtime();
    let Some(group) = runtime.io.groups.find(handle) else { return };
    let mut names: MutexGuard<_> = runtime.io.group_names.lock();
    let mut members = group.members.lock();
    if !members.is(handle) || !members.is_deserted() {
        return;
    }
    names.remove(&members.name);
    let kept = names.len() * ROOM_KEPT;
    if names.capacity() > kept.max(64) {
        names.shrink_to(kept / 2);
    }
    let generation = next_generation(members.generation);
    *members = Members { generation, ..Members::default() };
    let mut queue = group.queue.lock();
    let old = std::mem::take(&mut *queue);
    queue.generation = generation;
    drop((queue, members, names));
    if let Some(wake) = old.wake {
        // SAFETY: the message is ours.
        unsafe { worker.deliver(old.tender, wake.into_block()) };
    }
    runtime.io.groups.free(handle.index());
}
