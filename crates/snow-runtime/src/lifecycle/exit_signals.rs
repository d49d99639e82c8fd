//! Exit signals: somebody asks an actor to end, or one to which it is linked has ended.

use super::exit_report::complete;
use crate::actor::Record;
use crate::actor::exit_reason::{Cause, Reason};
use crate::actor::mailbox::MailboxGuard;
use crate::actor::relations::Tie;
use crate::handles::handle::Pid;
use crate::heap::block::Block;
use crate::scheduler::worker::Worker;

/// Somebody asks an actor to end. One that traps exits gets a message instead, unless it is to be killed.
/// A normal end is told to those that trap exits only.
pub fn ask_to_exit(worker: &mut Worker, pid: Pid, from: Pid, reason: Reason) {
    let Some((record, shared)) = worker.runtime().actors.mailbox(pid) else { return };
    if shared.traps_exits() && !reason.is_kill() {
        tell_trapper(worker, record, shared, from, &reason);
    } else if reason.cause != Cause::Normal {
        worker.end_soon(record, shared, reason);
    }
}

/// An actor that `pid` is linked to has ended.
pub fn linked_ended(worker: &mut Worker, pid: Pid, from: Pid, reason: &Reason) {
    let Some((record, mut shared)) = worker.runtime().actors.mailbox(pid) else { return };
    let Some(tie) = shared.ties.remove(from) else { return };
    if tie == Tie::Owns {
        return;
    }
    // An actor that belongs to one that was killed has nobody left to do anything for.
    let is_left = tie == Tie::OwnedBy && reason.cause == Cause::Killed;
    if shared.traps_exits() && !is_left {
        // An owner takes along whatever its reason: `Normal` would say that nothing is to be done.
        let told = if tie == Tie::OwnedBy && reason.cause == Cause::Normal {
            Cause::Shutdown.into()
        } else {
            reason.clone()
        };
        tell_trapper(worker, record, shared, from, &told);
    } else if reason.takes_along() {
        worker.end_soon(record, shared, reason.because_of(from));
    } else if tie == Tie::OwnedBy {
        worker.end_soon(record, shared, Cause::Shutdown.into());
    }
}

fn tell_trapper(worker: &mut Worker, record: &Record, shared: MailboxGuard, from: Pid, reason: &Reason) {
    let Some(trap) = shared.relations.as_ref().and_then(|relations| relations.trap.as_ref()) else {
        return;
    };
    // SAFETY: the template is a complete message, used under the lock only; the copy is ours.
    unsafe {
        let message = Block::duplicate(trap.block());
        complete(message, from, reason, None);
        worker.put(record, shared, message);
    }
}
