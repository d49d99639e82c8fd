//! Messages that are sent later.

use super::signature::{Table, signatures};
use crate::types::names::*;

pub const LIBRARY: Table = signatures! {
    fn timer_send_after(pid: Pid<T>, milliseconds: Int, message: T) -> Int;
    fn timer_every(pid: Pid<T>, milliseconds: Int, message: T) -> Int;
    fn timer_cancel(handle: Int) -> Bool;
};
