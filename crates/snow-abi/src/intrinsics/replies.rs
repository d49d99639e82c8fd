//! Places for answers, beside the mailbox: an actor asks another one, and waits for its answer alone.

use super::signature::{Table, signatures};
use crate::library_types::{Awaited, ExitKind};
use crate::types::names::*;

pub const LIBRARY: Table = signatures! {
    fn reply_open(pid: Pid<M>) -> Int;
    fn reply_answer(pid: Pid, reference: Int, value: T);
    fn reply_take(reference: Int) -> T;
    fn reply_discard(reference: Int);
    fn reply_close(reference: Int) -> (String, Pid, ExitKind);
};

pub const COMPILED: Table = signatures! {
    fn reply_state(reference: Int, deadline: Int) -> Option<Awaited>;
};
