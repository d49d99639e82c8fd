//! When is memory that no table leads to any more out of everybody's hands?
//!
//! Each thread that looks into slabs is a member: the workers, and the ticker. Between two slices a worker holds
//! no reference into a slab; there it says which epoch it has seen, or that it rests, before it waits for events.
//! An epoch follows the last only when every member has seen that one or rests. So whoever took a reference
//! before the memory left its table is through with it once two epochs have followed.
//!
//! One more is for `SharedWorker::current`, a pointer that stays behind between slices: each worker clears it
//! before it says what it has seen, and whoever had read it before that is through with it one epoch later.

use crate::sync::{AtomicU64, Mutex, MutexGuard, fence};
use std::sync::atomic::Ordering;

/// Epochs that must follow the one in which memory left its table.
pub const GRACE: u64 = 3;

/// What a member has seen when it rests.
const OFFLINE: u64 = 0;

pub struct Epochs {
    now: AtomicU64,
    seen: Box<[AtomicU64]>,
    /// Whoever takes memory out of a table or begins an epoch.
    changing: Mutex<()>,
}

impl Epochs {
    /// All members rest.
    pub fn new(members: usize) -> Epochs {
        Epochs {
            now: AtomicU64::new(1),
            seen: (0..members).map(|_| AtomicU64::new(OFFLINE)).collect(),
            changing: Mutex::new(()),
        }
    }

    /// For a look without consequences: is there something to see?
    pub fn current(&self) -> u64 {
        // Relaxed: a new epoch that is missed now is seen after the next slice.
        self.now.load(Ordering::Relaxed)
    }

    /// The member holds no reference at this moment, but may take some from now on. Returns what it has seen.
    ///
    /// # Safety
    /// The calling thread is this member, and holds no reference that it has found in a slab, unless it knows the slot
    /// to be in use.
    pub unsafe fn quiescent(&self, member: usize) -> u64 {
        let now = self.now.load(Ordering::SeqCst);
        self.seen[member].store(now, Ordering::SeqCst);
        // Before every table that it reads from now on. Whoever clears a table has a fence behind that: either
        // the member sees the table cleared, or it is seen here.
        fence(Ordering::SeqCst);
        now
    }

    /// The member holds no reference, and takes none before it has called `quiescent`.
    ///
    /// # Safety
    /// As for `quiescent`.
    pub unsafe fn offline(&self, member: usize) {
        // SeqCst, so also released: what the member did with its references has been done.
        self.seen[member].store(OFFLINE, Ordering::SeqCst);
    }

    /// The right to take memory out of tables and to begin epochs; `None` while someone else does.
    pub fn change(&self) -> Option<Change<'_>> {
        Some(Change { epochs: self, _held: self.changing.try_lock()? })
    }
}

pub struct Change<'a> {
    epochs: &'a Epochs,
    _held: MutexGuard<'a, ()>,
}

impl Change<'_> {
    /// The epoch in which what has just been taken out of its table left it.
    pub fn epoch(&self) -> u64 {
        // See `Epochs::quiescent`.
        fence(Ordering::SeqCst);
        self.epochs.now.load(Ordering::SeqCst)
    }

    /// Begins an epoch, unless some member has not seen this one.
    pub fn advance(&self) -> bool {
        fence(Ordering::SeqCst);
        let now = self.epochs.now.load(Ordering::SeqCst);
        let passed = self.epochs.seen.iter().all(|seen| {
            // SeqCst, so also acquired: what the member did before happens before what follows here.
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
    fn an_epoch_waits_for_every_member_that_does_not_rest() {
        let epochs = Epochs::new(2);
        let change = epochs.change().expect("nobody else changes them");
        assert!(change.advance(), "both rest");
        // SAFETY: there is no slab.
        unsafe { epochs.quiescent(0) };
        assert!(change.advance(), "it has seen the newest");
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
