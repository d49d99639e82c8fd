//! Groups of outboxes, under names.

use super::signature::{Table, signatures};
use crate::library_types::{GroupChange, Joined, Overflow, Posted};
use crate::types::names::*;

pub const LIBRARY: Table = signatures! {
    fn outbox_overflow(outbox: Int, overflow: Overflow, header: Bytes, payload: Bytes);
    fn outbox_groups(outbox: Int) -> Array<String>;
    fn outbox_leave_groups(outbox: Int);
    fn group_join(name: String, outbox: Int, card: T, bound: Int) -> Joined;
    fn group_leave(group: Int, outbox: Int) -> Bool;
    fn group_find(name: String) -> Option<Int>;
    fn group_count() -> Int;
    fn group_length(group: Int) -> Int;
    fn group_members(group: Int) -> Array<T>;
    fn group_push(group: Int, header: Bytes, payload: Bytes, except: Int) -> Posted;
    fn group_spread(group: Int) -> Bool;
    fn group_tend(group: Int, tender: Pid<T>, wake: T) -> Bool;
    fn group_tender(group: Int) -> Option<Pid>;
    fn group_all() -> Array<Int>;
    fn group_listen(name: String, listener: Pid<T>, wake: T, bound: Int) -> Int;
    fn group_change(group: Int) -> GroupChange;
    fn group_take_change(group: Int) -> T;
};
