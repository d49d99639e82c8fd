//! Spawning, sending, receiving, waiting.

use super::signature::{Table, signatures};
use crate::library_types::{MailboxPolicy, MessageWait, Sent};
use crate::types::names::*;

pub const LIBRARY: Table = signatures! {
    fn actor_try_send(pid: Pid<T>, message: T) -> Sent;
    fn actor_bound(limit: Int, policy: MailboxPolicy);
    fn actor_dropped() -> Int;
    fn actor_deadline(milliseconds: Int) -> Int;
    fn runtime_heap_bytes() -> Int;
    fn runtime_collections() -> Int;
};

pub const COMPILED: Table = signatures! {
    fn actor_spawn(entry: Int, arguments: Ref, message_type: Ref) -> Ref;
    fn actor_takes(message_type: Ref);
    fn actor_terminate(entry: Int, arguments: Ref);
    fn actor_send_ref(pid: Ref, message: Ref);
    fn actor_send_raw(pid: Ref, message: Int);
    fn actor_check_type(pid: Ref, message_type: Ref);
    fn actor_take_ref() -> Ref;
    fn actor_take_adapted() -> Ref;
    fn actor_take_raw() -> Option<Int>;
    fn actor_wait(deadline: Int) -> MessageWait;
    fn actor_sleep(deadline: Int) -> Bool;
};
