//! Outboxes: bounded queues of bytes to be written.

use super::signature::{Table, signatures};
use crate::library_types::{EntryKind, NetError, Pushed};
use crate::types::names::*;

pub const LIBRARY: Table = signatures! {
    fn outbox_new(owner: Pid<T>, wake: T, bound: Int, control_bound: Int) -> Int;
    fn outbox_push(outbox: Int, header: Bytes, payload: Bytes, kind: EntryKind) -> Pushed;
    fn outbox_flush(outbox: Int, socket: Int) -> Result<Int, NetError>;
    fn outbox_waiting(outbox: Int) -> Int;
    fn outbox_is_ready(outbox: Int, most: Int) -> Bool;
    fn outbox_pause(outbox: Int);
    fn outbox_resume(outbox: Int);
    fn outbox_when_drained(outbox: Int, pid: Pid<T>, message: T);
    fn outbox_written(outbox: Int) -> Int;
    fn outbox_counts(outbox: Int) -> (Int, Int, Int);
    fn outbox_count_into(outbox: Int, counters: Bytes, first: Int);
    fn outbox_note_drops(outbox: Int, count: Int) -> Bool;
    fn outbox_has_dropped(outbox: Int) -> Bool;
    fn outbox_mark(outbox: Int, place: Int) -> Option<Int>;
    fn outbox_set_mark(outbox: Int, place: Int, number: Int);
    fn outbox_raise_mark(outbox: Int, place: Int, number: Int);
    fn outbox_last(outbox: Int) -> Option<Bytes>;
    fn outbox_join_small(outbox: Int);
    fn outbox_hold(outbox: Int);
    fn outbox_release(outbox: Int, first: Bytes);
    fn outbox_end_with(outbox: Int, last: Bytes);
    fn outbox_drop_oldest(outbox: Int, bytes: Int) -> Int;
    fn outbox_close(outbox: Int);
};
