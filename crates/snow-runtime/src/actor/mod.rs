//! Actors: their records, mailboxes, and what ties them to others.

pub mod address;
pub mod exit_reason;
pub mod mailbox;
pub mod names;
pub mod possessions;
pub mod record;
pub mod relations;
pub mod reply_place;
pub mod small_map;
mod waking;

use crate::handles::handle::{Pid, Reference};
use crate::handles::slab::Slab;
use crate::heap::block::Block;
use crate::heap::object::Ref;
use mailbox::{MailboxGuard, Status};
use names::Names;
use record::ActorRef;
pub use record::Record;
use std::sync::atomic::{AtomicI64, Ordering};

/// All actors of a program.
#[derive(Default)]
pub struct Actors {
    pub records: Slab<Record>,
    pub names: Names,
    /// The newest number of a monitor or question.
    references: AtomicI64,
}

impl Actors {
    /// The mailbox of a living actor, locked.
    #[inline]
    pub fn mailbox(&self, pid: Pid) -> Option<(&Record, MailboxGuard<'_>)> {
        let record = self.records.find(pid)?;
        let shared = record.shared.lock();
        shared.is(pid.generation()).then_some((record, shared))
    }

    #[inline]
    pub fn is_alive(&self, pid: Pid) -> bool {
        self.mailbox(pid).is_some()
    }

    /// A number that no other monitor or question has.
    #[inline]
    pub fn new_reference(&self) -> Reference {
        // Relaxed: only its being different counts.
        let number = self.references.fetch_add(1, Ordering::Relaxed) + 1;
        Reference::from_int(number).expect("so many are never asked for")
    }

    /// A new actor, active: the caller must queue it. `arguments` is a message, or null for none; `message_type` an
    /// object outside all heaps (`abi::message_type`). With `torture`, each of its allocations collects.
    ///
    /// # Safety
    /// `entry` is an entry stub of this program; the message belongs to the actor from now on.
    pub unsafe fn create(
        &self,
        entry: usize,
        arguments: *mut Block,
        message_type: Ref,
        torture: bool,
    ) -> ActorRef {
        let index = self.records.allocate();
        let record = self.records.get(index).expect("an allocated slot");
        let mut shared = record.shared.lock();
        shared.status = Status::Active;
        record.set_pid(Pid::new(index, shared.generation));
        // Under the lock: others read it there.
        record.message_type.set(message_type.0);
        drop(shared);
        record.entry.set(entry);
        // SAFETY: the slot was free, so no worker uses it; the message is the caller's.
        unsafe {
            record.heap().set_torture(torture);
            if !arguments.is_null() {
                record.arguments.set(record.heap().adopt(&record.bump, arguments).0);
            }
        }
        // SAFETY: it is new, and active.
        unsafe { ActorRef::new(record) }
    }
}
