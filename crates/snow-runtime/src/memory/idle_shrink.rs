//! Memory of actors and workers that have been idle for a moment.

use super::allocator;
use crate::actor::mailbox::Status;
use crate::actor::record::Record;
use crate::heap::block;
use crate::heap::collect::Purpose;
use crate::scheduler::slice;
use crate::scheduler::worker::Worker;
use std::collections::VecDeque;
use std::sync::atomic::Ordering;

/// An actor that has not run for so long is idle (nanoseconds).
const IDLE_AFTER: u64 = 1_000_000_000;
/// Heaps up to this size are not worth a look.
const SMALL: usize = 512;
/// Actors looked at in one go, so that a thousand idle ones do not delay the next event.
const AT_ONCE: usize = 64;
/// Bytes given back by shrinking after which the allocator is asked to give its free pages back.
const TRIM_AFTER: usize = 1 << 20;

/// So long after the first has ended, at the latest, memory of ended actors goes back to the system (nanoseconds).
const TRIM_AT_LATEST: u64 = 3 * IDLE_AFTER;
/// Room that queues keep.
const ROOM_KEPT: usize = 64;

/// Actors of this worker whose memory may be shrunk when they have not run until then.
#[derive(Default)]
pub struct Idle {
    candidates: VecDeque<Candidate>,
    given_back: usize,
    /// When the allocator is asked to give its free pages back, if enough has been freed.
    trim_due: u64,
    /// When it is asked at the latest, though actors go on ending; 0 while nothing has been given back.
    trim_deadline: u64,
    /// Is there memory of slots to be given back, for which other workers had to go on first?
    slots_left: bool,
    tidied_at: u64,
    tidied_slices: u64,
}

struct Candidate {
    /// Number of the actor's slot. It may have ended, and another one be there, or no slot at all.
    slot: u32,
    /// Slices that it had run when it was listed.
    slices: u32,
    due: u64,
}

impl Idle {
    /// Lists an actor that parks now, if it holds more than it may need.
    ///
    /// # Safety
    /// The actor is the calling worker's.
    pub unsafe fn parked(&mut self, record: &Record, now: u64) {
        // SAFETY: promised by the caller.
        let heap = unsafe { record.heap() };
        let worth = heap.bytes() > SMALL.max(heap.live() + heap.live() / 4 + 128) || heap.outside() > SMALL;
        // Relaxed: the flag tells only whether some worker has the actor in its list.
        // Without memory for the list, the heap stays as it is.
        if worth && !record.shrink_listed.load(Ordering::Relaxed) && self.candidates.try_reserve(1).is_ok() {
            record.shrink_listed.store(true, Ordering::Relaxed);
            let slices = record.slices.get();
            self.candidates.push_back(Candidate { slot: record.number(), slices, due: now + IDLE_AFTER });
        }
    }

    /// An actor has ended, and so much of what it held is free.
    pub fn freed(&mut self, bytes: usize, now: u64) {
        self.given_back += bytes;
        if self.trim_deadline == 0 {
            self.trim_deadline = now + TRIM_AT_LATEST;
        }
        self.trim_due = self.trim_deadline.min(now + IDLE_AFTER);
    }
}

impl Worker {
    /// When to be tidy next.
    pub fn tidy_next(&self) -> Option<u64> {
        let Idle { candidates, given_back, slots_left, trim_due, tidied_at, .. } = &self.idle;
        let shrink = candidates.front().map(|candidate| candidate.due);
        let trim = (*given_back > TRIM_AFTER || *slots_left).then_some(*trim_due);
        let spare = self.spaces.has_spare().then_some(tidied_at + IDLE_AFTER);
        [shrink, trim, spare].into_iter().flatten().min()
    }

    /// Called when there is nothing to run.
    pub fn tidy(&mut self) {
        for _ in 0..AT_ONCE {
            match self.idle.candidates.front() {
                Some(candidate) if candidate.due <= self.now => {}
                _ => break,
            }
            let candidate = self.idle.candidates.pop_front().expect("it is there");
            self.look_at(candidate);
        }
        let has_run = self.idle.tidied_slices != self.slices || self.spaces.has_spare();
        if has_run && self.now >= self.idle.tidied_at + IDLE_AFTER {
            self.idle.tidied_at = self.now;
            self.idle.tidied_slices = self.slices;
            self.spaces.drop_spare();
            if let Some(stack) = &mut self.stack {
                stack.tidy();
            }
        }
        if self.idle.slots_left && self.idle.trim_due <= self.now {
            self.give_back_slots();
        }
        if self.idle.given_back > TRIM_AFTER && self.idle.trim_due <= self.now {
            self.idle.given_back = 0;
            self.idle.trim_deadline = 0;
            self.give_back_slots();
            self.drop_orphans_idle();
            self.idle.candidates.shrink_to(ROOM_KEPT);
            self.queue.local().shrink_to(ROOM_KEPT);
            self.shared().inbox.shrink_to(ROOM_KEPT);
            self.spaces.clear();
            block::clear_kept();
            allocator::give_back();
            self.ask_others_to_give_back();
        // Relaxed: whoever asks rings as well, which orders it.
        } else if self.shared().memory_due.swap(false, Ordering::Relaxed) {
            allocator::give_back_own();
        }
    }

    /// What has been freed here may lie in other threads' parts of the heap.
    fn ask_others_to_give_back(&self) {
        let workers = &self.runtime().workers;
        for (_, other) in workers.iter().enumerate().filter(|(index, _)| *index != self.index) {
            other.memory_due.store(true, Ordering::Relaxed);
            // One that cannot be rung gives back when it is idle the next time.
            let _ = other.waker.wake();
        }
    }

    fn give_back_slots(&mut self) {
        self.idle.slots_left = self.runtime().give_back_slots(self.index);
        if self.idle.slots_left {
            self.idle.trim_due = self.now + IDLE_AFTER;
        }
    }

    fn look_at(&mut self, candidate: Candidate) {
        let Some(record) = self.runtime().records.get(candidate.slot) else { return };
        let mut shared = record.shared.lock();
        let Status::Waiting { messages, until } = shared.status else {
            // It runs, or has ended and the next actor in its place is listed with it.
            if shared.status == Status::Dead {
                record.shrink_listed.store(false, Ordering::Relaxed);
            } else {
                drop(shared);
                let due = self.now + IDLE_AFTER;
                self.idle.candidates.push_back(Candidate { due, ..candidate });
            }
            return;
        };
        // Claims it: no one else runs it until it is settled again.
        shared.status = Status::Active;
        if record.slices.get() == candidate.slices {
            shared.shrink();
        }
        drop(shared);
        // SAFETY: claimed and parked; the frames are those of its parked stack.
        unsafe {
            if record.slices.get() == candidate.slices {
                let before = record.heap().bytes();
                let frames = record.parked().frames();
                slice::collect(self, record, Purpose::Shrink, frames);
                record.parked().shrink();
                self.idle.given_back += before.saturating_sub(record.heap().bytes());
                record.shrink_listed.store(false, Ordering::Relaxed);
            } else {
                let slices = record.slices.get();
                let due = self.now + IDLE_AFTER;
                self.idle.candidates.push_back(Candidate { slices, due, ..candidate });
            }
            self.settle(record, messages, until);
        }
    }
}
