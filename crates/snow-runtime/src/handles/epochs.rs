//! Tells when memory that has been taken out of a slab's table can be unmapped: when no thread can still hold a
//! reference that it found there before.
//!
//! This is reclamation by quiescent states, as read-copy-update knows it. Each thread that looks into slabs is a member:
//! the workers, the thread that ends time slices, and the one that completes blocking calls. A member tells from time to
//! time that it is quiescent, which means that it holds no reference into a slab, or that it goes offline until it tells
//! so again. A worker does so between two slices, and before it waits for events. So a look into a slab costs nothing.
//!
//! Time is counted in epochs. The next epoch begins only when every member has been quiescent in the present one, or is
//! offline. A thread that took a reference before the memory left its table is therefore done with it when two more
//! epochs have begun.
//!
//! A third epoch is for `SharedWorker::current`, a pointer to an actor that stays behind when its slice is over. Each
//! worker clears it before it is quiescent, and a thread that had read it before that is done with it one epoch later.

use crate::sync::{AtomicU64, Mutex, MutexGuard, fence};
use std::sync::atomic::Ordering;

/// So many epochs must begin after the one in which memory left its table.
pub const GRACE: u64 = 3;

/// The epoch of a member that is offline.
const OFFLINE: u64 = 0;

/// The present epoch, and in which one each member was quiescent last.
pub struct Epochs {
    now: AtomicU64,
    seen: Box<[AtomicU64]>,
    /// Held by the thread that takes memory out of tables and begins epochs.
    changing: Mutex<()>,
}

impl Epochs {
    /// All members are offline.
    pub fn new(members: usize) -> Epochs {
        Epochs {
            now: AtomicU64::new(1),
            seen: (0..members).map(|_| AtomicU64::new(OFFLINE)).collect(),
            changing: Mutex::new(()),
        }
    }

    /// The present epoch, for a member that wants to know whether it should tell that it is quiescent.
    #[inline]
    pub fn current(&self) -> u64 {
        // Relaxed: nothing is read because of it. A new epoch that is missed now is noticed after the next slice.
        self.now.load(Ordering::Relaxed)
    }

    /// The member holds no reference at this moment, but may take some from now on. Returns the epoch.
    ///
    /// # Safety
    /// The calling thread is this member, and holds no reference that it has found in a slab, unless it knows the slot
    /// to be in use.
    pub unsafe fn quiescent(&self, member: usize) -> u64 {
        // SeqCst, both: in one order with the loads and stores of `Change::advance`.
        let now = self.now.load(Ordering::SeqCst);
        self.seen[member].store(now, Ordering::SeqCst);
        // SeqCst fence, paired with those of `Change`: the thread that clears an entry of a table has a fence behind
        // that. Either this member's next look into the table finds the entry cleared, or that thread sees the epoch
        // stored here, and so waits. Without it, both could miss the other, and the memory would be unmapped under
        // the member's reference.
        fence(Ordering::SeqCst);
        now
    }

    /// The member holds no reference, and takes none before it calls `quiescent`.
    ///
    /// # Safety
    /// As for `quiescent`.
    pub unsafe fn offline(&self, member: usize) {
        // SeqCst, and so a release for `Change::advance`: the member's last use of a reference happens before the
        // memory is unmapped.
        self.seen[member].store(OFFLINE, Ordering::SeqCst);
    }

    /// The right to take memory out of tables and to begin epochs; `None` while someone else does.
    pub fn change(&self) -> Option<Change<'_>> {
        Some(Change { epochs: self, _held: self.changing.try_lock()? })
    }
}

/// The right to take memory out of tables and to begin epochs.
pub struct Change<'a> {
    epochs: &'a Epochs,
    _held: MutexGuard<'a, ()>,
}

impl Change<'_> {
    /// The epoch in which what has just been taken out of its table left it.
    pub fn epoch(&self) -> u64 {
        // The fence that `Epochs::quiescent` is paired with.
        fence(Ordering::SeqCst);
        self.epochs.now.load(Ordering::SeqCst)
    }

    /// Begins an epoch, if every member has been quiescent in this one or is offline. Returns whether it has begun.
    pub fn advance(&self) -> bool {
        // The fence that `Epochs::quiescent` is paired with, for entries cleared since `epoch` was asked.
        fence(Ordering::SeqCst);
        let now = self.epochs.now.load(Ordering::SeqCst);
        let passed = self.epochs.seen.iter().all(|seen| {
            // SeqCst, and so an acquire: what the member did before it was quiescent happens before the unmapping
            // that follows here.
            let seen = seen.load(Ordering::SeqCst);
            seen == OFFLINE || seen == now
        });
        if passed {
            self.epochs.now.store(now + 1, Ordering::SeqCst);
        }
        passed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_waits_for_every_member_that_is_online() {
        let epochs = Epochs::new(2);
        let change = epochs.change().expect("nobody else changes them");
        assert!(change.advance(), "both are offline");
        // SAFETY: there is no slab.
        unsafe { epochs.quiescent(0) };
        assert!(change.advance(), "it was quiescent in the newest");
        assert!(!change.advance(), "now it has not");
        // SAFETY: there is no slab.
        unsafe { epochs.quiescent(1) };
        assert!(!change.advance());
        // SAFETY: there is no slab.
        unsafe { epochs.quiescent(0) };
        assert!(change.advance());
        // SAFETY: there is no slab.
        unsafe { epochs.offline(0) };
        // SAFETY: there is no slab.
        unsafe { epochs.offline(1) };
        assert!(change.advance() && change.advance());
        assert!(epochs.change().is_none(), "one at a time");
        assert_eq!(epochs.current(), 6);
    }
}
