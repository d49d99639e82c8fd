//! Outboxes.

use super::signature::{Table, signatures};
use crate::types::names::*;

pub const LIBRARY: Table = signatures! {
    fn outbox_new(owner: Pid<T>, wake: T, bound: Int, control_bound: Int) -> Int;
    fn outbox_push(handle: Int, header: Bytes, payload: Bytes, class: Int) -> Int;
    fn outbox_flush(handle: Int, socket: Int) -> Int;
    fn outbox_waiting(handle: Int) -> Int;
    fn outbox_drop_oldest(handle: Int, free: Int) -> Int;
    fn outbox_close(handle: Int);
};
