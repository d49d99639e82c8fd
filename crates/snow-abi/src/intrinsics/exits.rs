//! Ending actors, and learning of their end, or of the program's.

use super::signature::{Table, signatures};
use crate::library_types::{ExitKind, SpawnTie, SystemSignal};
use crate::types::names::*;

pub const LIBRARY: Table = signatures! {
    fn actor_exit(pid: Pid<M>, kind: ExitKind, text: String, origin: Pid);
    fn actor_stop(kind: ExitKind, text: String, origin: Pid) -> Never;
    fn actor_ending() -> (String, Pid, ExitKind);
    fn actor_link(pid: Pid<M>);
    fn actor_unlink(pid: Pid<M>);
    fn actor_tie_spawned(tie: SpawnTie) -> SpawnTie;
    fn signal_watch(signal: SystemSignal, pid: Pid<T>, message: T);
    fn actor_trap(own: Pid<M>);
    fn actor_monitor(own: Pid<A>, pid: Pid<B>) -> Int;
    fn actor_demonitor(pid: Int, reference: Int);
};
