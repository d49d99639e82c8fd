//! Addresses of actors: adapters, names, and messages for either.

use super::signature::{Table, signatures};
use crate::library_types::RegisterError;
use crate::types::names::*;

pub const LIBRARY: Table = signatures! {
    fn pid_to_int(pid: Pid<M>) -> Int;
    fn pid_from_int(number: Int) -> Pid;
    fn pid_shown(number: Int) -> String;
    fn pid_adapt(to: Pid<A>, function: Fun<B, C>, message_type: MessageType) -> Pid<D>;
    fn pid_takes(pid: Pid, message_type: MessageType) -> Bool;
    fn actor_alive(pid: Int) -> Bool;
    fn actor_mailbox_length(pid: Int) -> Option<Int>;
    fn name_register(name: String, pid: Pid<M>, message_type: MessageType) -> Result<(), RegisterError>;
    fn name_unregister(name: String) -> Bool;
    fn name_find(name: String) -> Option<Pid>;
    fn name_find_typed(name: String, message_type: MessageType) -> Option<Pid<M>>;
};
