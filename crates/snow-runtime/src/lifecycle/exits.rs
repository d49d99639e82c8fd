//! Exit signals, and what follows when an actor has ended.
//!
//! Two actors' mailboxes are never locked at once. Whatever is written into both, a link or a monitor, is
//! written into one after the other, and whoever takes it out of one of them decides what happens: so an
//! end that crosses with a link or a monitor is told exactly once.

use crate::abi::{adapted, bytes, parcel, report};
use crate::actor::address;
use crate::actor::exit_reason::{Cause, Reason};
use crate::actor::mailbox::MailboxGuard;
use crate::actor::record::{self, ActorRef, Record};
use crate::actor::relations::{Notice, Relations, Reply, Tie, Watcher};
use crate::heap::blob::Blob;
use crate::heap::block::{Block, Form};
use crate::heap::object::Ref;
use crate::runtime::Runtime;
use crate::scheduler::worker::Worker;
use crate::time::wheel::Message;
use std::sync::atomic::Ordering;

impl Runtime {
    /// The mailbox of a living actor.
    pub fn mailbox(&self, pid: i64) -> Option<(&Record, MailboxGuard<'_>)> {
        let record = self.records.get(record::index_of(pid))?;
        let shared = record.shared.lock();
        shared.is(record::generation_of(pid)).then_some((record, shared))
    }

    /// A number that no other monitor or question has.
    pub fn new_reference(&self) -> i64 {
        // Relaxed: only its being different counts.
        self.references.fetch_add(1, Ordering::Relaxed)
    }
}

impl Worker {
    /// Somebody asks an actor to end. One that traps exits gets a message instead, unless it is to be killed.
    /// A normal end is told to those that trap exits only.
    pub fn ask_to_exit(&mut self, pid: i64, from: i64, reason: Reason) {
        let Some((record, shared)) = self.runtime().mailbox(pid) else { return };
        let traps = shared.relations.as_ref().is_some_and(|relations| relations.trap.is_some());
        if traps && !reason.is_kill() {
            self.tell_trapper(record, shared, from, &reason);
        } else if reason.cause != Cause::Normal {
            self.end_soon(record, shared, reason);
        }
    }

    /// An actor that `pid` is linked to has ended.
    fn linked_ended(&mut self, pid: i64, from: i64, reason: &Reason) {
        let Some((record, mut shared)) = self.runtime().mailbox(pid) else { return };
        let Some(relations) = &mut shared.relations else { return };
        let Some(tie) = relations.ties.remove(from) else { return };
        if tie == Tie::Owns {
            return;
        }
        // An actor that belongs to one that was killed has nobody left to do anything for.
        let is_left = tie == Tie::OwnedBy && reason.cause == Cause::Killed;
        if relations.trap.is_some() && !is_left {
            // An owner takes along whatever its reason: `Normal` would say that nothing is to be done.
            let told = if tie == Tie::OwnedBy && reason.cause == Cause::Normal {
                Cause::Shutdown.into()
            } else {
                reason.clone()
            };
            self.tell_trapper(record, shared, from, &told);
        } else if reason.takes_along() {
            self.end_soon(record, shared, reason.because_of(from));
        } else if tie == Tie::OwnedBy {
            self.end_soon(record, shared, Cause::Shutdown.into());
        }
    }

    fn tell_trapper(&mut self, record: &Record, shared: MailboxGuard, from: i64, reason: &Reason) {
        let Some(trap) = shared.relations.as_ref().and_then(|relations| relations.trap.as_ref()) else {
            return;
        };
        // SAFETY: the template is a complete message, used under the lock only; the copy is ours.
        unsafe {
            let message = Block::duplicate(trap.block());
            complete(message, from, reason, 0);
            self.put(record, shared, message);
        }
    }

    /// Sees to it that the actor ends, wherever it is.
    pub fn end_soon(&mut self, record: &Record, mut shared: MailboxGuard, reason: Reason) {
        let wakes = record.ask_to_end(&mut shared, reason);
        drop(shared);
        if wakes {
            self.enqueue(ActorRef::new(record));
        }
    }

    /// Tells everyone concerned that an actor has ended.
    pub fn announce_end(&mut self, pid: i64, relations: Relations, reason: &Reason) {
        let Relations { ties, watchers, watching, names, .. } = relations;
        for name in names {
            self.runtime().names.forget(&name, pid);
        }
        for (reference, watched) in watching {
            if let Some((_, mut shared)) = self.runtime().mailbox(watched)
                && let Some(theirs) = &mut shared.relations
            {
                theirs.watchers.remove(reference);
            }
        }
        for (other, tie) in ties {
            match tie {
                Tie::Link | Tie::Owns => self.linked_ended(other, pid, reason),
                Tie::OwnedBy => {
                    if let Some((_, mut shared)) = self.runtime().mailbox(other)
                        && let Some(theirs) = &mut shared.relations
                    {
                        theirs.ties.remove(pid);
                    }
                }
            }
        }
        for (reference, watcher) in watchers {
            self.tell_watcher(watcher, reference, pid, reason);
        }
    }

    fn tell_watcher(&mut self, watcher: Watcher, reference: i64, ended: i64, reason: &Reason) {
        let Some((record, mut shared)) = self.runtime().mailbox(watcher.pid) else { return };
        let relations = shared.relations();
        if relations.watching.remove(reference).is_none() {
            return;
        }
        match watcher.notice {
            Notice::Down(template) => {
                // SAFETY: the template is a complete message of a report, and ours.
                unsafe {
                    let message = template.into_block();
                    complete(message, ended, reason, reference);
                    self.put(record, shared, message);
                }
            }
            Notice::Reply => {
                let wakes = shared.settle_reply(reference, Reply::Closed(reason.clone()));
                drop(shared);
                if wakes {
                    self.enqueue(ActorRef::new(record));
                }
            }
        }
    }

    // Links

    /// Ties two actors. Of one that has ended already, the other is told at once.
    pub fn tie(&mut self, pid: i64, other: i64, tie: Tie) {
        let theirs = match tie {
            Tie::Link => Tie::Link,
            Tie::Owns => Tie::OwnedBy,
            Tie::OwnedBy => Tie::Owns,
        };
        if pid == other {
            return;
        }
        let Some((_, mut shared)) = self.runtime().mailbox(pid) else { return };
        let tied_before = shared.relations().ties.insert(other, tie) == Some(tie);
        drop(shared);
        match self.runtime().mailbox(other) {
            Some((_, mut shared)) => {
                shared.relations().ties.insert(pid, theirs);
            }
            // It is about to tell of its end, and why.
            None if tied_before => (),
            None => self.linked_ended(pid, other, &Cause::NoActor.into()),
        }
    }

    pub fn untie(&mut self, pid: i64, other: i64) {
        for (one, another) in [(pid, other), (other, pid)] {
            if let Some((_, mut shared)) = self.runtime().mailbox(one)
                && let Some(relations) = &mut shared.relations
            {
                relations.ties.remove(another);
            }
        }
    }

    // Monitors

    /// Tells `watcher` when the actor has ended, under the reference that this answers: at once, if it has.
    pub fn watch(&mut self, watcher: i64, watched: i64, notice: Notice) -> i64 {
        let reference = self.runtime().new_reference();
        let Some((_, mut shared)) = self.runtime().mailbox(watcher) else { return reference };
        let relations = shared.relations();
        relations.watching.insert(reference, watched);
        if matches!(notice, Notice::Reply) {
            relations.replies.insert(reference, Reply::Open);
        }
        drop(shared);
        let watcher = Watcher { pid: watcher, notice };
        match self.runtime().mailbox(watched) {
            Some((_, mut shared)) => {
                shared.relations().watchers.insert(reference, watcher);
            }
            None => self.tell_watcher(watcher, reference, watched, &Cause::NoActor.into()),
        }
        reference
    }

    /// The contrary. Afterwards nothing is told any more; what was told already, if it is an answer, is returned.
    pub fn unwatch(&mut self, watcher: i64, reference: i64) -> Option<Reply> {
        let (_, mut shared) = self.runtime().mailbox(watcher)?;
        let relations = shared.relations.as_mut()?;
        let reply = relations.replies.remove(reference);
        let Some(watched) = relations.watching.remove(reference) else { return reply };
        drop(shared);
        if let Some((_, mut shared)) = self.runtime().mailbox(watched)
            && let Some(relations) = &mut shared.relations
        {
            relations.watchers.remove(reference);
        }
        reply
    }
}

/// Writes into a message how an actor has ended: what its receiver has asked to be told.
///
/// # Safety
/// The message has the form of a report, with an empty text, and no one else uses it.
unsafe fn complete(message: *mut Block, pid: i64, reason: &Reason, reference: i64) {
    // SAFETY: promised by the caller; see `abi` for the words.
    unsafe {
        (*message).promised = true;
        let report = report_of(&*message);
        report.set_word(report::PID, address::of_actor(pid).0);
        report.set_word(report::ORIGIN, address::of_actor(reason.origin.unwrap_or(0)).0);
        report.set_word(report::KIND, reason.kind() as u64);
        report.set_word(report::REFERENCE, reference as u64);
        let text = reason.text();
        // Without memory for its text, the reason is told without.
        if !text.is_empty()
            && let Some(blob) = Blob::try_copy_of(text.as_bytes())
        {
            // The place for it is in the message's list of what owns something outside.
            let place = Ref(report.word(report::TEXT));
            place.set_word(bytes::LENGTH, text.len() as u64);
            place.set_word(bytes::ADDRESS, Blob::data(blob) as u64);
            place.set_word(bytes::DATA, blob as u64);
        }
    }
}

unsafe fn report_of(message: &Block) -> Ref {
    // SAFETY: promised by the caller: the root is as in `abi::adapted`, its parcel holds the report.
    unsafe {
        let parcel = Ref(Ref(message.root).word(adapted::PARCEL));
        Ref(parcel.word(parcel::MESSAGE))
    }
}

/// Is this message the report of that monitor?
///
/// # Safety
/// The message is a complete one, and no one else uses it.
pub unsafe fn is_report(message: &Block, reference: i64) -> bool {
    // SAFETY: promised by the caller.
    message.form == Form::Report && unsafe { report_of(message).word(report::REFERENCE) as i64 == reference }
}

/// The template of a report for whoever it is later completed for.
pub fn template(message: Message) -> Message {
    // SAFETY: the message is the caller's own.
    unsafe { (*message.block()).form = Form::Report };
    message
}
