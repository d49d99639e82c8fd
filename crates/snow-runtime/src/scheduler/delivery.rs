//! Delivers messages to mailboxes, puts the actors that they wake into run queues, and makes actors wait.

use super::worker::Worker;
use crate::abi::{MailboxPolicy, Sent};
use crate::actor::exit_reason::{Cause, Reason};
use crate::actor::mailbox::{Deadline, MailboxGuard};
use crate::actor::record::{ActorRef, NO_HOME, Record};
use crate::handles::handle::Pid;
use crate::heap::block::Block;
use crate::time::wheel::Action;
use std::sync::atomic::Ordering;

impl Worker {
    /// Delivers what the runtime owes an actor; to one that has ended, it is dropped. Returns how many messages the
    /// actor has been sent, this one included.
    ///
    /// # Safety
    /// The block is a message that belongs to the callee from now on.
    pub unsafe fn deliver(&mut self, pid: Pid, message: *mut Block) -> u64 {
        let record = self.runtime().actors.records.find(pid);
        if let Some(record) = record {
            let mut shared = record.shared.lock();
            if shared.is(pid.generation()) {
                // SAFETY: the message is ours.
                let wakes = unsafe {
                    (*message).promised = true;
                    record.put(&mut shared, message)
                };
                let pushed = shared.pushed();
                drop(shared);
                if wakes {
                    // SAFETY: it has just been made active.
                    self.enqueue(unsafe { ActorRef::new(record) });
                }
                return pushed;
            }
        }
        // SAFETY: no one has it.
        unsafe { Block::release(message) };
        0
    }

    /// Delivers what another actor sends, as far as the receiver's bound allows.
    ///
    /// # Safety
    /// As for `deliver`.
    #[inline]
    pub unsafe fn send(&mut self, pid: Pid, message: *mut Block) -> Sent {
        let Some((record, mut shared)) = self.runtime().actors.mailbox(pid) else {
            // SAFETY: no one has it.
            unsafe { Block::release(message) };
            return Sent::ActorEnded;
        };
        let waiting = shared.len() + record.taken_count.load(Ordering::Relaxed);
        let mut sent = Sent::Delivered;
        if let Some(relations) = &mut shared.relations
            && let Some(bound) = &mut relations.bound
            && waiting >= bound.limit
        {
            bound.dropped += 1;
            sent = Sent::MailboxFull;
            let policy = bound.policy;
            // The one that the actor is looking at cannot be dropped any more: it may hold one more then.
            let dropped = if policy == MailboxPolicy::DropOldest {
                shared.take_first(|old| !old.promised)
            } else {
                message
            };
            if !dropped.is_null() {
                // SAFETY: it has just been taken out, or is ours.
                unsafe { Block::release(dropped) };
            }
            match policy {
                MailboxPolicy::DropOldest => {}
                MailboxPolicy::DropNewest => return sent,
                MailboxPolicy::EndActor => {
                    let text = format!("its mailbox is full: {waiting} messages wait");
                    self.end_soon(record, shared, Cause::Error(text.into()).into());
                    return sent;
                }
            }
        }
        // SAFETY: the message is ours.
        unsafe { self.put(record, shared, message) };
        sent
    }

    /// Appends a message to a mailbox, and queues the actor if it was waiting for one.
    ///
    /// # Safety
    /// As for `Record::put`.
    #[inline]
    pub unsafe fn put(&mut self, record: &Record, mut shared: MailboxGuard, message: *mut Block) {
        // SAFETY: promised by the caller.
        let wakes = unsafe { record.put(&mut shared, message) };
        drop(shared);
        if wakes {
            // SAFETY: it has just been made active.
            self.enqueue(unsafe { ActorRef::new(record) });
        }
    }

    /// Sees to it that the actor ends, wherever it is.
    pub fn end_soon(&mut self, record: &Record, mut shared: MailboxGuard, reason: Reason) {
        let wakes = record.ask_to_end(&mut shared, reason);
        drop(shared);
        if wakes {
            // SAFETY: it has just been made active.
            self.enqueue(unsafe { ActorRef::new(record) });
        }
    }

    /// Queues an actor that has just become active.
    #[inline]
    pub fn enqueue(&mut self, actor: ActorRef) {
        let home = actor.home.load(Ordering::Relaxed);
        if self.random.is_some() || home as usize == self.index {
            self.queue.local().push_back(actor);
        } else if home != NO_HOME {
            self.runtime().scheduler.queue_at(home as usize, actor);
        } else if self.queue.push(actor) {
            self.runtime().scheduler.wake_thief();
        }
    }

    /// Puts a parked actor out of all queues, unless what it waits for is there already.
    ///
    /// # Safety
    /// The actor is this worker's, parked completely, and not used by the caller afterwards.
    #[inline]
    pub unsafe fn wait_unless_woken(&mut self, record: &Record, messages: bool, until: Option<Deadline>) {
        let pid = record.pid();
        let timers = &self.shared().timers;
        let waits = record.wait_unless_woken(messages, until, |until| {
            timers.lock().insert(until, Action::Wake { pid });
        });
        if !waits {
            // SAFETY: it has stayed active, and is this worker's.
            self.enqueue(unsafe { ActorRef::new(record) });
        }
    }
}
