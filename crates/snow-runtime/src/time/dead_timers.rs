//! Timers whose receiver has ended. Most that guard against something never fire: a connection that closes in time
//! leaves those behind that would have closed it, and they would stay until their moment comes. So a worker looks at
//! two timers for each that is set, as soon as there are twice as many as it found alive the last time.

use super::wheel::{RECEIVERS_AT_ONCE, Timers};
use crate::handles::handle::Pid;
use parking_lot::Mutex;

/// Fewer timers are not worth a look.
const FEW: usize = 1024;
/// Timers looked at in one go by a worker that is idle: some milliseconds.
const IDLE_LIMIT: usize = 1 << 16;

/// How far a worker has come in its table of timers.
pub struct DeadTimers {
    /// The next slot to be looked at, and the timers of living actors in those before it.
    from: usize,
    living: usize,
    /// Number of timers from which on the table is looked through.
    due: usize,
}

impl Default for DeadTimers {
    fn default() -> DeadTimers {
        DeadTimers { from: 0, living: 0, due: FEW }
    }
}

impl DeadTimers {
    /// Drops some timers of ended actors, in proportion to those that have been set since the last call.
    pub fn drop_some(&mut self, timers: &Mutex<Timers>, lives: impl Fn(Pid) -> bool) {
        let mut held = timers.lock();
        let set = held.take_set();
        if held.len() >= self.due {
            drop(held);
            self.look_for(2 * set, timers, lives);
        }
    }

    /// Drops those of actors that have ended since, for a worker that has nothing else to do.
    pub fn drop_idle(&mut self, timers: &Mutex<Timers>, lives: impl Fn(Pid) -> bool) {
        *self = DeadTimers::default();
        self.look_for(IDLE_LIMIT, timers, lives);
    }

    fn look_for(&mut self, slots: usize, timers: &Mutex<Timers>, lives: impl Fn(Pid) -> bool) {
        let mut found = Vec::new();
        for _ in 0..slots.div_ceil(RECEIVERS_AT_ONCE) {
            found.clear();
            // An actor that sets a deadline locks its mailbox first and then the timers, so both are never held here.
            let next = timers.lock().receivers(self.from, &mut found);
            for &(id, pid, _) in &found {
                if lives(pid) {
                    self.living += 1;
                } else {
                    drop(timers.lock().cancel(id));
                }
            }
            let Some(next) = next else {
                *self = DeadTimers { due: FEW.max(2 * self.living), ..DeadTimers::default() };
                return;
            };
            self.from = next;
        }
    }
}
