//! One time slice of one actor, from resume to park or end.

use super::worker::Worker;
use crate::actor::exit_reason::{Cause, Reason};
use crate::actor::mailbox::{Owned, Status, release_messages};
use crate::actor::record::{
    self, ActorRef, NO_HOME, REASON_CRASHED, REASON_EXITED, REASON_PARK, REASON_POLL, REASON_STOPPED, Record,
    Wait,
};
use crate::arch;
use crate::handles::slab::next_generation;
use crate::heap::block;
use crate::heap::collect::{Mover, Purpose};
use crate::heap::object::Ref;
use crate::io::{outbox, socket};
use crate::lifecycle::crash_report;
use crate::loader::Code;
use crate::memory::emergency;
use crate::stack::frames;
use crate::stack::run_stack::RunStack;
use std::sync::atomic::Ordering;

/// Runs the actor until it parks, ends, or its slice is over.
///
/// # Safety
/// The actor is active and was taken from a run queue by this thread, to which the worker belongs. The
/// caller holds no reference into the worker.
#[inline(always)]
pub unsafe fn run(worker: *mut Worker, actor: ActorRef) {
    let record: &Record = &actor;
    // SAFETY: promised by the caller. References into the worker end before each `resume`, during which
    // the actor's intrinsics make their own.
    unsafe {
        {
            let w = &mut *worker;
            let home = record.home.load(Ordering::Relaxed);
            if home != NO_HOME && home as usize != w.index {
                // It got its home after it was queued here.
                w.runtime().queue_at(home as usize, actor);
                return;
            }
            // Relaxed: see the field.
            if record.exit_asked.load(Ordering::Relaxed) {
                end(w, record, REASON_EXITED);
                return;
            }
            prepare(w, record);
        }
        record.worker.set(worker);
        loop {
            record.reason.set(REASON_PARK);
            arch::resume(record);
            let w = &mut *worker;
            match record.reason.get() {
                REASON_POLL if record.exit_asked.load(Ordering::Relaxed) => end(w, record, REASON_EXITED),
                REASON_POLL => {
                    if goes_on(w, record) {
                        continue;
                    }
                    if !park(w, record) {
                        return end_without_memory(w, record);
                    }
                    w.queue.was_cut();
                    w.share();
                    // What has come meanwhile goes before an actor that has just used up its slice.
                    w.look_if_due();
                    w.enqueue(actor);
                    w.spend_virtual_time();
                }
                REASON_PARK => {
                    if record.heap().wants_collection() {
                        collect_standing(w, record, Purpose::Room(0));
                    }
                    if !park(w, record) {
                        return end_without_memory(w, record);
                    }
                    match record.wait.replace(Wait::Turn) {
                        Wait::Turn => w.enqueue(actor),
                        Wait::Message(until) => w.settle(record, true, until),
                        Wait::Sleep(until) => w.settle(record, false, Some(until)),
                        Wait::Reply(until) => w.settle(record, false, until),
                    }
                }
                reason => end(w, record, reason),
            }
            return;
        }
    }
}

unsafe fn prepare(worker: &mut Worker, record: &Record) {
    let shared = worker.shared();
    worker.slices += 1;
    if worker.runtime().torture() {
        // Another address each time.
        let spare = &mut worker.spare_stacks;
        let other = if spare.is_empty() { RunStack::map() } else { Some(spare.remove(0)) };
        if let Some(other) = other {
            spare.extend(worker.stack.replace(other));
        }
    }
    worker.drop_spare_stacks();
    // SAFETY: the actor is parked, and no one is on the worker's stack.
    unsafe {
        let pointer = record.parked().unpark(&mut worker.stack, &mut worker.spare_stacks);
        record.actor_stack.set(pointer);
    }
    record.slices.set(record.slices.get().wrapping_add(1));
    let stack = worker.stack.as_ref().expect("unpark leaves a stack");
    worker.running.record.set(record);
    worker.running.stack_bottom.set(stack.bottom());
    worker.running.stack_top.set(stack.top());
    record.preempt.store(first_preempt(worker), Ordering::Relaxed);
    // Relaxed slice, released pointer: the ticker reads the record's flag through it.
    shared.slice.store(worker.slices, Ordering::Relaxed);
    shared.current.store(std::ptr::from_ref(record).cast_mut(), Ordering::Release);
}

/// Where every poll is looked at, the flag is never clear.
fn first_preempt(worker: &Worker) -> u8 {
    let runtime = worker.runtime();
    let always = runtime.torture() || runtime.deterministic() || runtime.stopping();
    if always { record::PREEMPT_SLICE } else { 0 }
}

/// At a poll: collects if asked to; answers whether the slice goes on.
unsafe fn goes_on(worker: &mut Worker, record: &Record) -> bool {
    let torture = worker.runtime().torture();
    // SAFETY: the actor stands on the worker's stack.
    let tortured = torture && unsafe { is_tortured_here(worker, record) };
    // SAFETY: the actor stands on the worker's stack.
    unsafe {
        if record.heap().wants_collection() || tortured {
            let again = record.collected_in.replace(worker.slices) == worker.slices;
            let purpose = if again { Purpose::RoomAgain(0) } else { Purpose::Room(0) };
            collect_standing(worker, record, purpose);
        }
    }
    let was = record.preempt.swap(first_preempt(worker), Ordering::Relaxed);
    let over = was == record::PREEMPT_SLICE && if torture { tortured } else { worker.switches_here() };
    !over && !worker.runtime().stopping()
}

/// In torture mode every poll parks and every allocation collects, as long as that is little work. With a deep stack
/// or a large heap it is only one in as many as there are of these bytes: or else deep recursion would never end.
const TORTURED_EACH_TIME: usize = 4096;

/// # Safety
/// The actor stands on the worker's stack, in a poll or an intrinsic.
pub unsafe fn is_tortured_here(worker: &mut Worker, record: &Record) -> bool {
    let depth = worker.running.stack_top.get() - record.actor_stack.get();
    // SAFETY: the actor is this worker's; the reference ends at once.
    let weight = depth + unsafe { record.heap().live() };
    worker.spared += 1;
    let due = worker.spared > weight / TORTURED_EACH_TIME;
    if due {
        worker.spared = 0;
    }
    due
}

/// Takes the actor off the run stack. False when there is no memory for what it has there.
unsafe fn park(worker: &mut Worker, record: &Record) -> bool {
    // SAFETY: it has just parked there.
    unsafe {
        if record.heap().rests_on_garbage() {
            collect_standing(worker, record, Purpose::Room(0));
        }
        let pointer = record.actor_stack.get();
        if !record.parked().park(&mut worker.stack, &mut worker.spare_stacks, pointer) {
            return false;
        }
        worker.idle.parked(record, worker.now);
        true
    }
}

/// Ends an actor that stands on the worker's stack since there is no memory for it to wait.
unsafe fn end_without_memory(worker: &mut Worker, record: &Record) {
    // SAFETY: the stubs left frame pointer and return address there.
    unsafe {
        let (frame, ret, _) = standing_frames(record);
        record.caller_frame.set(frame);
        record.caller_return.set(ret);
        record.crash("out of memory: there is no room for the stack of an actor that waits");
        end(worker, record, REASON_CRASHED);
    }
}

/// Where the walk of the frames of an actor begins that stands, parked or in a poll, on the worker's stack.
unsafe fn standing_frames(record: &Record) -> (usize, usize, usize) {
    // SAFETY: the stubs left frame pointer and return address there.
    unsafe {
        let words = record.actor_stack.get() as *const usize;
        (*words.add(arch::PARKED_FRAME), *words.add(arch::PARKED_RETURN), 0)
    }
}

/// Collects the heap of an actor that stands, parked or in a poll, on the worker's stack. If there is no memory for it,
/// the actor goes on without: if it needs it, its next allocation fails.
unsafe fn collect_standing(worker: &mut Worker, record: &Record, purpose: Purpose) {
    // SAFETY: promised by the caller.
    unsafe {
        collect(worker, record, purpose, standing_frames(record));
    }
}

/// Collects the heap of an actor that does not run. `frames` is where the walk of its stack begins; see
/// `frames::roots`. False when there is no memory to collect into; then no object has moved.
///
/// # Safety
/// The actor is this worker's, and the frames are its own.
pub unsafe fn collect(
    worker: &mut Worker,
    record: &Record,
    purpose: Purpose,
    frames: (usize, usize, usize),
) -> bool {
    let code: &Code = &worker.runtime().code;
    let (frame, ret, difference) = frames;
    // SAFETY: the stack's slots and the arguments of an actor that has not started are all the roots.
    unsafe {
        record.heap().collect(&record.bump, &mut worker.spaces, purpose, |mover: &mut Mover| {
            mover.visit(record.arguments.as_ptr());
            frames::roots(code, frame, ret, difference, &mut |slot| mover.visit(slot));
        })
    }
}

/// What an actor holds beside its heap, roughly: stack bytes, messages, queues.
const ENDED_BESIDES: usize = 1024;

/// The actor has come to its end: its `terminate` block runs first, if there is one.
unsafe fn end(worker: &mut Worker, record: &Record, reason: u8) {
    // SAFETY: the actor's stack is as it was when it left, and the fields are this worker's.
    unsafe {
        let crash = (reason == REASON_CRASHED)
            .then(|| (*record.crash.get()).take().unwrap_or("stack overflow".into()));
        let report =
            crash.as_ref().map(|message| crash_report::report(&worker.runtime().code, record, message));
        let why = match crash {
            Some(message) => Reason::from(Cause::Error(message.into())),
            // Also of one that has returned since it was asked to end. Relaxed: see the field.
            None if reason == REASON_EXITED || record.exit_asked.load(Ordering::Relaxed) => {
                asked_reason(record)
            }
            None => Cause::Normal.into(),
        };
        let terminate = record.terminate.replace(0);
        if terminate != 0 && reason != REASON_STOPPED {
            print_crash(worker, record.pid(), report.as_deref());
            begin_terminate(worker, record, terminate, why);
            return;
        }
        if reason == REASON_CRASHED {
            // Since that may have been for want of memory.
            emergency::take_shortage();
            block::fill_spare();
        }
        let pid = record.pid();
        let earlier = (*record.ending.get()).take();
        let ended_twice = earlier.is_some();
        let why = earlier.map_or(why, |why| *why);
        // From here on the slot may be another actor's.
        release(worker, record, reason, &why);
        if worker.runtime().is_first(pid) && reason != REASON_STOPPED {
            let text = match why.cause {
                Cause::Normal => None,
                _ if report.is_some() && !ended_twice => report,
                _ => Some(format!("Snow: main was ended: {}", crash_report::one_line(&why.to_string()))),
            };
            worker.runtime().first_ended(text);
        } else {
            print_crash(worker, pid, report.as_deref());
        }
    }
}

/// Why somebody asked it to end.
fn asked_reason(record: &Record) -> Reason {
    let mut shared = record.shared.lock();
    record.exit_asked.store(false, Ordering::Relaxed);
    shared.exit.take().map_or(Cause::Normal.into(), |reason| *reason)
}

/// What the first actor's crash says is printed where the program ends.
fn print_crash(worker: &Worker, pid: i64, report: Option<&str>) {
    let runtime = worker.runtime();
    if let Some(report) = report
        && !runtime.is_first(pid)
    {
        runtime.output.print_error(format!("{report}\n").as_bytes());
    }
}

/// The actor goes on with its `terminate` block, on a new stack.
unsafe fn begin_terminate(worker: &mut Worker, record: &Record, entry: usize, why: Reason) {
    // SAFETY: the abandoned stack is never looked at again; see `end`.
    unsafe {
        *record.ending.get() = Some(Box::new(why));
        worker.spare_stacks.extend(record.parked().release());
        record.entry.set(entry);
        record.wait.set(Wait::Turn);
        record.awaits.set(0);
        let mut shared = record.shared.lock();
        shared.terminating = true;
        shared.exit = None;
        record.exit_asked.store(false, Ordering::Relaxed);
    }
    worker.enqueue(ActorRef::new(record));
}

/// Releases everything that the actor had, and tells whom it concerns.
unsafe fn release(worker: &mut Worker, record: &Record, reason: u8, why: &Reason) {
    let runtime = worker.runtime();
    let pid = record.pid();
    // SAFETY: the actor never runs again.
    unsafe {
        let mut shared = record.shared.lock();
        shared.status = Status::Dead;
        shared.generation = next_generation(shared.generation);
        shared.armed = None;
        shared.exit = None;
        shared.bound = None;
        shared.terminating = false;
        shared.awaits = 0;
        let (messages, _) = shared.take_all();
        record.pending.store(0, Ordering::Relaxed);
        record.exit_asked.store(false, Ordering::Relaxed);
        let owned = std::mem::take(&mut shared.owned);
        let relations = shared.relations.take();
        drop(shared);

        release_messages(messages);
        release_messages(record.taken.replace(std::ptr::null_mut()));
        record.taken_count.store(0, Ordering::Relaxed);
        record.arguments.set(Ref::immediate(0).0);
        let heap = record.heap();
        worker.idle.freed(heap.bytes() + heap.outside() + ENDED_BESIDES, worker.now);
        heap.release(&record.bump, &mut worker.spaces);
        worker.spare_stacks.extend(record.parked().release());
        record.wait.set(Wait::Turn);
        record.awaits.set(0);
        record.ties_spawned.set(None);
        record.terminate.set(0);
        for what in owned {
            match what {
                Owned::Socket(handle) => socket::close_orphan(worker, handle),
                Owned::Outbox(handle) => {
                    let freed = outbox::remove(runtime, handle);
                    worker.idle.freed(freed, worker.now);
                }
            }
        }
        record.home.store(NO_HOME, Ordering::Relaxed);
        runtime.records.free(record::index_of(pid));
        if let Some(relations) = relations
            && reason != REASON_STOPPED
        {
            worker.announce_end(pid, *relations, why);
        }
    }
}
