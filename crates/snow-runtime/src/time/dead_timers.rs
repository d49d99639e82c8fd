//! Timers whose receiver has ended. Most that guard against something never fire: a connection that closes in time
//! leaves those behind that would have closed it, and without more ado they would stay until their moment comes. So a
//! worker looks at two timers for each that is set, as soon as there are twice as many as it found alive the last time.

use super::wheel::RECEIVERS_AT_ONCE;
use crate::scheduler::worker::Worker;

/// Fewer timers are not worth a look.
const FEW: usize = 1024;
/// Timers looked at in one go by a worker that is idle: some milliseconds.
const IDLE_LIMIT: usize = 1 << 16;

/// How far a worker has come in its table of timers.
pub struct Orphans {
    /// The next slot to be looked at, and the timers of living actors in those before it.
    from: usize,
    living: usize,
    /// Number of timers from which on the table is looked through.
    due: usize,
}

impl Default for Orphans {
    fn default() -> Orphans {
        Orphans { from: 0, living: 0, due: FEW }
    }
}

impl Worker {
    /// Drops some timers of ended actors, in proportion to those that have been set since the last call.
    pub fn drop_orphans(&mut self) {
        let mut timers = self.shared().timers.lock();
        let set = timers.take_set();
        if timers.len() >= self.orphans.due {
            drop(timers);
            self.look_for_orphans(2 * set);
        }
    }

    /// Drops those of actors that have ended since.
    pub fn drop_orphans_idle(&mut self) {
        self.orphans = Orphans::default();
        self.look_for_orphans(IDLE_LIMIT);
    }

    fn look_for_orphans(&mut self, slots: usize) {
        let timers = &self.shared().timers;
        let mut found = Vec::new();
        for _ in 0..slots.div_ceil(RECEIVERS_AT_ONCE) {
            found.clear();
            // Whoever sets a deadline takes the locks the other way round: not both are held here.
            let next = timers.lock().receivers(self.orphans.from, &mut found);
            for &(id, pid, _) in &found {
                if self.runtime().mailbox(pid).is_some() {
                    self.orphans.living += 1;
                } else {
                    drop(timers.lock().cancel(id));
                }
            }
            let Some(next) = next else {
                self.orphans = Orphans { due: FEW.max(2 * self.orphans.living), ..Orphans::default() };
                return;
            };
            self.orphans.from = next;
        }
    }
}
