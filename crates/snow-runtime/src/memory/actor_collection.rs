//! Collecting the heap of an actor that stands still: which frames are the roots, and when it is worth it.

use crate::actor::Record;
use crate::arch;
use crate::code::Code;
use crate::heap::collect::{Mover, Purpose};
use crate::scheduler::worker::Worker;
use crate::stack::frames;

/// In torture mode every poll parks and every allocation collects, as long as that is little work. With a deep stack
/// or a large heap it is only one in as many as there are of these bytes: or else deep recursion would never end.
const TORTURED_EACH_TIME: usize = 4096;

/// Is it time to torture this actor again?
///
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

/// Where the walk of the frames of an actor begins that stands, parked or in a poll, on the worker's stack.
///
/// # Safety
/// It stands there, and has not been resumed since.
pub unsafe fn standing_frames(record: &Record) -> (usize, usize, usize) {
    let words = record.actor_stack.get() as *const usize;
    // SAFETY: the switch routines have left frame pointer and return address there.
    unsafe { (*words.add(arch::PARKED_FRAME), *words.add(arch::PARKED_RETURN), 0) }
}

/// Collects the heap of an actor that stands, parked or in a poll, on the worker's stack. If there is no memory for it,
/// the actor goes on without: if it needs it, its next allocation fails.
///
/// # Safety
/// As for `standing_frames`, and the actor is this worker's.
pub unsafe fn collect_standing(worker: &mut Worker, record: &Record, purpose: Purpose) {
    // SAFETY: promised by the caller.
    unsafe { collect(worker, record, purpose, standing_frames(record)) };
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
    // Of a parked stack, which is a copy, nobody wants to know how deep it is.
    let depth = worker.running.stack_top.get().saturating_sub(frame);
    let depth = if difference == 0 { depth } else { 0 };
    // SAFETY: the stack's slots and the arguments of an actor that has not started are all the roots.
    unsafe {
        record.heap().collect(&record.bump, &mut worker.spaces, purpose, |mover: &mut Mover| {
            mover.stack = depth;
            mover.visit(record.arguments.as_ptr());
            frames::roots(code, frame, ret, difference, &mut |slot| mover.visit(slot));
        })
    }
}
