//! Monitors: an actor is told when another one has ended. The same is how a question learns that nobody will answer.
//!
//! Why each end is told exactly once: see `links`.

pub use super::exit_report::{is_report, template};

use super::exit_report::complete;
use crate::actor::exit_reason::{Cause, Reason};
use crate::actor::record::ActorRef;
use crate::actor::relations::{Notice, Reply, Watcher};
use crate::handles::handle::{Pid, Reference};
use crate::scheduler::worker::Worker;

/// Tells `watcher` when the actor has ended, under the reference that this returns: at once, if it has.
pub fn watch(worker: &mut Worker, watcher: Pid, watched: Pid, notice: Notice) -> Reference {
    let actors = &worker.runtime().actors;
    let reference = actors.new_reference();
    let Some((_, mut shared)) = actors.mailbox(watcher) else { return reference };
    let relations = shared.relations();
    relations.watching.insert(reference, watched);
    if matches!(notice, Notice::Reply) {
        relations.replies.insert(reference, Reply::Open);
    }
    drop(shared);
    let watcher = Watcher { pid: watcher, notice };
    match actors.mailbox(watched) {
        Some((_, mut shared)) => {
            shared.relations().watchers.insert(reference, watcher);
        }
        None => tell_watcher(worker, watcher, reference, watched, &Cause::NoActor.into()),
    }
    reference
}

/// The contrary. Afterwards nothing is told any more; what was told already, if it is an answer, is returned.
pub fn unwatch(worker: &mut Worker, watcher: Pid, reference: Reference) -> Option<Reply> {
    let actors = &worker.runtime().actors;
    let (_, mut shared) = actors.mailbox(watcher)?;
    let relations = shared.relations.as_mut()?;
    let reply = relations.replies.remove(reference);
    let Some(watched) = relations.watching.remove(reference) else { return reply };
    drop(shared);
    if let Some((_, mut shared)) = actors.mailbox(watched)
        && let Some(relations) = &mut shared.relations
    {
        relations.watchers.remove(reference);
    }
    reply
}

/// Tells one that watches, unless it has stopped to.
pub fn tell_watcher(
    worker: &mut Worker,
    watcher: Watcher,
    reference: Reference,
    ended: Pid,
    reason: &Reason,
) {
    let Some((record, mut shared)) = worker.runtime().actors.mailbox(watcher.pid) else { return };
    let relations = shared.relations();
    if relations.watching.remove(reference).is_none() {
        return;
    }
    match watcher.notice {
        Notice::Down(template) => {
            // SAFETY: the template is a complete message of a report, and ours.
            unsafe {
                let message = template.into_block();
                complete(message, ended, reason, Some(reference));
                worker.put(record, shared, message);
            }
        }
        Notice::Reply => {
            let wakes = shared.answer(reference, Reply::Closed(reason.clone()));
            drop(shared);
            if wakes {
                // SAFETY: it has just been made active.
                worker.enqueue(unsafe { ActorRef::new(record) });
            }
        }
    }
}
