//! Links: actors whose ends concern each other.
//!
//! Two actors' mailboxes are never locked at once. A link or a monitor stands in both. It is written into one after the
//! other, and the thread that takes it out of the mailbox of the actor to be told is the one that tells. So an end that
//! crosses with a link or a monitor is told exactly once.

use super::exit_signals::linked_ended;
use crate::actor::exit_reason::Cause;
use crate::actor::relations::Tie;
use crate::handles::handle::Pid;
use crate::scheduler::worker::Worker;

/// Ties two actors. Of one that has ended already, the other is told at once.
pub fn tie(worker: &mut Worker, pid: Pid, other: Pid, tie: Tie) {
    let theirs = match tie {
        Tie::Link => Tie::Link,
        Tie::Owns => Tie::OwnedBy,
        Tie::OwnedBy => Tie::Owns,
    };
    if pid == other {
        return;
    }
    let actors = &worker.runtime().actors;
    let Some((_, mut shared)) = actors.mailbox(pid) else { return };
    let tied_before = shared.ties.insert(other, tie) == Some(tie);
    drop(shared);
    match actors.mailbox(other) {
        Some((_, mut shared)) => {
            shared.ties.insert(pid, theirs);
        }
        // It is about to tell of its end, and why.
        None if tied_before => (),
        None => linked_ended(worker, pid, other, &Cause::NoActor.into()),
    }
}

/// Neither is told of the other's end any more.
pub fn untie(worker: &mut Worker, pid: Pid, other: Pid) {
    for (one, another) in [(pid, other), (other, pid)] {
        if let Some((_, mut shared)) = worker.runtime().actors.mailbox(one) {
            shared.ties.remove(another);
        }
    }
}
