//! Which actors are asked to shut down when the first actor has returned and nothing can happen any more: those that
//! still wait and would notice, one after the other, each when the last one has had its time. First come those that
//! trap exits, so that supervisors stop their children in order, then those with a `terminate` block.

use crate::actor::Record;
use crate::actor::mailbox::Status;
use crate::handles::handle::Pid;
use crate::handles::slab::Slab;

/// How far the asking has come.
#[derive(Default)]
pub struct Closing {
    /// Those that trap exits have been asked, and it is the turn of the others.
    trapping_done: bool,
    /// The slot to look at next: each is looked at twice, so what is asked cannot keep the program from ending.
    next: u32,
}

impl Closing {
    /// The next actor to be asked.
    pub fn next(&mut self, records: &Slab<Record>) -> Option<Pid> {
        loop {
            while self.next < records.bound() {
                let index = self.next;
                self.next += 1;
                let Some(record) = records.get(index) else { continue };
                let shared = record.shared.lock();
                let waits = matches!(shared.status, Status::Waiting { .. });
                if waits && if self.trapping_done { terminates(record) } else { shared.traps_exits() } {
                    return Some(Pid::new(index, shared.generation));
                }
            }
            if self.trapping_done {
                return None;
            }
            *self = Closing { trapping_done: true, next: 0 };
        }
    }
}

/// Of an actor that waits, with its mailbox locked.
fn terminates(record: &Record) -> bool {
    record.terminate.get() != 0
}
