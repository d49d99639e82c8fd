//! Which timers will do something. Deadlines are not taken out when their actor gets its message in time, nor messages
//! when their receiver ends.

use crate::actor::mailbox::Status;
use crate::runtime::Runtime;
use crate::scheduler::SharedWorker;

/// How many timers of a worker will do something, counted up to `most`. Those whose receivers have ended are dropped.
pub fn count(runtime: &Runtime, worker: &SharedWorker, most: usize) -> usize {
    let (mut count, mut found, mut from) = (0, Vec::new(), Some(0));
    while let Some(start) = from {
        found.clear();
        // An actor that sets a deadline locks its mailbox first and then the timers, so both are never held here.
        from = worker.timers.lock().receivers(start, &mut found);
        for &(id, pid, deadline) in &found {
            match runtime.actors.mailbox(pid) {
                Some((_, shared)) => {
                    if !deadline || matches!(shared.status, Status::Waiting { until: Some(_), .. }) {
                        count += 1;
                    }
                }
                None => drop(worker.timers.lock().cancel(id)),
            }
            if count >= most {
                return count;
            }
        }
    }
    count
}
