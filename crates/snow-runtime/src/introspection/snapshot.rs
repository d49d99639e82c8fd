//! What the runtime holds at a moment, counted when somebody asks: nothing is counted for it in between.

use crate::actor::mailbox::Status;
use crate::actor::record::Record;
use crate::handles::handle::Pid;
use crate::io::outbox_operations;
use crate::lifecycle::crash_report;
use crate::runtime::Runtime;
use crate::scheduler::SharedWorker;
use crate::time::live_timers;
use std::collections::BinaryHeap;
use std::fmt::Write;
use std::ptr;
use std::sync::atomic::Ordering;

/// Actors that are named when none of them can go on.
const LISTED: usize = 10;

/// One living actor.
pub struct Seen {
    pub pid: Pid,
    /// Does it run, or is it in a run queue?
    pub ready: bool,
    pub messages: u32,
    /// Bytes of its heap, bytes outside that it accounts for, collections; nothing of an actor that may be running.
    pub heap: Option<(usize, usize, u64)>,
}

/// Looks at every actor in turn. `own` is the one that asks, if one does.
pub fn for_each_actor(runtime: &Runtime, own: Option<&Record>, mut each: impl FnMut(Seen)) {
    for index in 0..runtime.actors.records.bound() {
        let Some(record) = runtime.actors.records.get(index) else { continue };
        let shared = record.shared.lock();
        if shared.status == Status::Dead {
            continue;
        }
        let ready = shared.status == Status::Active;
        // SAFETY: a worker that wants to run an actor that waits takes the lock first; the one that asks runs here.
        let heap = (!ready || own.is_some_and(|own| ptr::eq(record, own))).then(|| unsafe {
            let heap = record.heap();
            (heap.bytes(), heap.outside(), heap.collections())
        });
        // Relaxed: a count that its owner lowers.
        let messages = shared.len() + record.taken_count.load(Ordering::Relaxed);
        let pid = Pid::new(index, shared.generation);
        drop(shared);
        each(Seen { pid, ready, messages, heap });
    }
}

/// Actors that wait for their turn at each worker, its running one not counted.
pub fn queue_lengths(runtime: &Runtime) -> Vec<i64> {
    let length = |worker: &SharedWorker| {
        worker.unseen.load(Ordering::Relaxed) + worker.stealer.len() + worker.inbox.len()
    };
    runtime.scheduler.workers.iter().map(|worker| length(worker) as i64).collect()
}

/// In the order in which `stdlib/runtime.snow` reads them.
pub fn figures(runtime: &Runtime, own: Option<&Record>) -> Vec<i64> {
    let [mut actors, mut ready, mut messages, mut heaps, mut outside, mut collections, mut unread] = [0; 7];
    for_each_actor(runtime, own, |seen| {
        actors += 1;
        ready += i64::from(seen.ready);
        messages += i64::from(seen.messages);
        match seen.heap {
            Some((bytes, beside, times)) => {
                heaps += bytes as i64;
                outside += beside as i64;
                collections += times as i64;
            }
            None => unread += 1,
        }
    });
    let timers: usize = runtime.scheduler.workers.iter().map(|worker| worker.timers.lock().len()).sum();
    let live = |worker: &SharedWorker| live_timers::count(runtime, worker, usize::MAX);
    let live_timers: usize = runtime.scheduler.workers.iter().map(live).sum();
    let sockets = runtime.io.open_sockets.load(Ordering::Relaxed) as i64;
    let queued = outbox_operations::waiting_in_all(runtime) as i64;
    let uptime = runtime.clock.uptime();
    vec![
        actors,
        ready,
        messages,
        heaps,
        outside,
        collections,
        unread,
        timers as i64,
        live_timers as i64,
        sockets,
        queued,
        uptime as i64,
    ]
}

/// A line for each actor, up to a few: nothing happens any more.
pub fn who_waits(runtime: &Runtime) -> String {
    let (mut listed, mut left) = (Vec::new(), 0);
    for_each_actor(runtime, None, |seen| {
        if listed.len() < LISTED {
            listed.push(seen.pid);
        } else {
            left += 1;
        }
    });
    let mut text = String::new();
    for pid in listed {
        // Writing to a String does not fail.
        let _ = write!(text, "\n  #Pid({}) at {}", pid, place(runtime, pid));
    }
    if left > 0 {
        let _ = write!(text, "\n  and {left} more");
    }
    text
}

/// What an actor is and does, for people: its names, and where it waits, or that it is ready.
pub fn place(runtime: &Runtime, pid: Pid) -> String {
    let Some((record, shared)) = runtime.actors.mailbox(pid) else { return "it has ended".to_string() };
    let mut place = String::new();
    for name in shared.relations.iter().flat_map(|relations| &relations.names) {
        // Writing to a String does not fail.
        let _ = write!(place, "{name:?} ");
    }
    if shared.status == Status::Active {
        place.push_str("ready");
    } else {
        // SAFETY: a worker that wants to run an actor that waits takes the lock first: its frames are those of its
        // parked stack.
        let (file, line) = unsafe { crash_report::place(&runtime.code, record.parked().frames()) };
        let _ = write!(place, "{file}:{line}");
    }
    place
}

/// Pids of the actors with the longest mailboxes, or the largest heaps, each before its figure, greatest first.
pub fn greatest(runtime: &Runtime, own: Option<&Record>, heaps: bool, count: usize) -> Vec<(Pid, i64)> {
    // The smallest of those kept is on top.
    let mut kept = BinaryHeap::new();
    for_each_actor(runtime, own, |seen| {
        let figure = if heaps { seen.heap.map_or(0, |heap| heap.0 as i64) } else { i64::from(seen.messages) };
        if figure > 0 {
            kept.push((-figure, seen.pid));
            if kept.len() > count {
                kept.pop();
            }
        }
    });
    kept.into_sorted_vec().into_iter().map(|(figure, pid)| (pid, -figure)).collect()
}
