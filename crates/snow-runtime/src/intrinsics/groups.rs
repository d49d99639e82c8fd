//! Groups of outboxes, under names.

use super::context::*;
use super::define::define;
use crate::abi::{GroupChange, Joined, Overflow, Posted};
use crate::actor::address;
use crate::handles::handle::{GroupHandle, OutboxHandle};
use crate::heap::message::Message;
use crate::io::group::copy_of;
use crate::io::outbox::Membership;
use crate::io::{group_operations, group_pushes};

define! {
    fn outbox_overflow(context, outbox: OutboxHandle, overflow: Overflow, header: Ref, payload: Ref) {
        let last = || (context.bytes(header).into(), context.bytes(payload).into());
        let membership = || Membership { groups: Vec::new(), overflow, last: last() };
        group_operations::set_membership(context.runtime(), outbox, membership)
    }

    fn outbox_groups(context, outbox: OutboxHandle) -> Ref {
        let names = group_operations::names_of(context.runtime(), outbox);
        let texts: Vec<Ref> = names.iter().map(|name| context.new_bytes(name.as_bytes())).collect();
        context.new_array(&texts)
    }

    fn outbox_leave_groups(context, outbox: OutboxHandle) {
        group_operations::leave_all(context.worker(), outbox)
    }

    fn group_join_ref(context, name: Ref, outbox: OutboxHandle, card: Ref, bound: Int) -> Joined {
        match context.copy_message(card) {
            Some(card) => context.join(name, outbox, card, bound),
            None => Joined::Shut,
        }
    }

    fn group_join_raw(context, name: Ref, outbox: OutboxHandle, card: Int, bound: Int) -> Joined {
        context.join(name, outbox, context.raw_message(card), bound)
    }

    fn group_leave(context, group: GroupHandle, outbox: OutboxHandle) -> Bool {
        group_operations::leave(context.worker(), group, outbox)
    }

    fn group_find(context, name: Ref) -> Option<Int> {
        group_operations::find(context.runtime(), &context.text(name)).map(|handle| handle.to_int())
    }

    fn group_count(context) -> Int {
        group_operations::count(context.runtime()) as i64
    }

    fn group_length(context, group: GroupHandle) -> Int {
        group_operations::members(context.runtime(), group).map_or(0, |members| members.list.len() as i64)
    }

    fn group_members_ref(context, group: GroupHandle) -> Ref {
        let cards: Vec<Ref> = context.cards(group).into_iter().map(|card| context.adopt(card)).collect();
        context.new_array(&cards)
    }

    fn group_members_raw(context, group: GroupHandle) -> Ref {
        let cards: Vec<i64> = context.cards(group).into_iter().map(|card| context.adopt_raw(card)).collect();
        context.new_numbers(&cards)
    }

    fn group_push(context, group: GroupHandle, header: Ref, payload: Ref, except: OutboxHandle) -> Posted {
        let (header, payload) = (context.source(header), context.source(payload));
        group_pushes::push(context.worker(), group, header, payload, except)
    }

    fn group_spread(context, group: GroupHandle) -> Bool {
        group_pushes::spread(context.worker(), group, context.pid())
    }

    fn group_tend_ref(context, group: GroupHandle, tender: Ref, wake: Ref) -> Bool {
        match context.message_ref(tender, wake) {
            Some(wake) => group_pushes::tend(context.worker(), group, context.actor(tender), wake),
            None => false,
        }
    }

    fn group_tend_raw(context, group: GroupHandle, tender: Ref, wake: Int) -> Bool {
        match context.message_raw(tender, wake) {
            Some(wake) => group_pushes::tend(context.worker(), group, context.actor(tender), wake),
            None => false,
        }
    }

    fn group_tender(context, group: GroupHandle) -> Option<Ref> {
        group_pushes::tender(context.runtime(), group).map(address::of_actor)
    }

    fn group_all(context) -> Ref {
        let groups = group_operations::all(context.runtime());
        context.new_numbers(&groups.iter().map(|handle| handle.to_int()).collect::<Vec<i64>>())
    }

    fn group_listen_ref(context, name: Ref, listener: Ref, wake: Ref, bound: Int) -> GroupHandle {
        match context.message_ref(listener, wake) {
            Some(wake) => context.listen(name, listener, wake, bound),
            None => GroupHandle::NONE,
        }
    }

    fn group_listen_raw(context, name: Ref, listener: Ref, wake: Int, bound: Int) -> GroupHandle {
        match context.message_raw(listener, wake) {
            Some(wake) => context.listen(name, listener, wake, bound),
            None => GroupHandle::NONE,
        }
    }

    fn group_change(context, group: GroupHandle) -> GroupChange {
        group_operations::next_change(context.runtime(), group, context.pid())
    }

    fn group_take_change_ref(context, group: GroupHandle) -> Ref {
        match group_operations::take_change(context.runtime(), group, context.pid()) {
            Some(card) => context.adopt(card),
            None => context.crash("a change of a group is taken that is not there"),
        }
    }

    fn group_take_change_raw(context, group: GroupHandle) -> Int {
        match group_operations::take_change(context.runtime(), group, context.pid()) {
            Some(card) => context.adopt_raw(card),
            None => context.crash("a change of a group is taken that is not there"),
        }
    }
}

impl Context<'_> {
    fn join(self, name: Ref, outbox: OutboxHandle, card: Message, bound: i64) -> Joined {
        group_operations::join(self.worker(), &self.text(name), outbox, card, bound.max(0) as usize)
    }

    fn listen(self, name: Ref, listener: Ref, wake: Message, bound: i64) -> GroupHandle {
        let (name, pid, bound) = (self.text(name), self.actor(listener), bound.max(0) as usize);
        group_operations::listen(self.worker(), &name, pid, wake, bound).unwrap_or_default()
    }

    /// A copy of each member's card.
    fn cards(self, group: GroupHandle) -> Vec<Message> {
        let members = group_operations::members(self.runtime(), group);
        // SAFETY: cards are used under the lock of the members only.
        let copy = |members: &_| unsafe { copy_of(members) };
        members.map_or(Vec::new(), |members| members.list.iter().map(|member| copy(&member.card)).collect())
    }

    /// Takes over a message that is a raw word.
    fn adopt_raw(self, message: Message) -> i64 {
        // SAFETY: the message is ours.
        let word = unsafe { (*message.block()).root };
        word as i64
    }
}
