//! Which actors of a worker may be idle by now, and how much has been freed: what `idle_shrink` works on.

use crate::actor::Record;
use std::collections::VecDeque;
use std::sync::atomic::Ordering;

/// An actor that has not run for so long is idle (nanoseconds).
pub const IDLE_AFTER: u64 = 1_000_000_000;
/// Heaps up to this size are not worth a look.
const SMALL: usize = 512;
/// So long after the first has ended, at the latest, memory of ended actors goes back to the system (nanoseconds).
const TRIM_AT_LATEST: u64 = 3 * IDLE_AFTER;

/// Actors of this worker whose memory may be shrunk when they have not run until then.
#[derive(Default)]
pub struct Idle {
    pub candidates: VecDeque<Candidate>,
    /// Bytes that have been freed since memory was last given back to the system.
    pub freed: usize,
    /// When the allocator is asked to give its free pages back, if enough has been freed.
    pub trim_due: u64,
    /// When it is asked at the latest, though actors go on ending; 0 while nothing has been freed.
    pub trim_deadline: u64,
    /// Is there memory of slots to be given back, for which other workers had to go on first?
    pub slots_left: bool,
    /// When this worker's own memory was last given back, and how many slices it had run then.
    pub tidied_at: u64,
    pub tidied_slices: u64,
}

/// An actor that parked with more memory than it may need.
pub struct Candidate {
    /// Number of the actor's slot. It may have ended, and another one be there, or no slot at all.
    pub slot: u32,
    /// Slices that it had run when it was listed.
    pub slices: u32,
    /// When it is idle, if it has run no more.
    pub due: u64,
}

impl Idle {
    /// Lists an actor that parks now, if it holds more than it may need.
    ///
    /// # Safety
    /// The actor is the calling worker's.
    #[inline]
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

    /// Blobs of so many bytes have been freed. While that goes on, malloc keeps their memory for the next ones.
    pub fn note_freed_blobs(&mut self, bytes: usize, now: u64) {
        if bytes > 0 {
            self.freed += bytes;
            let quiet = now + IDLE_AFTER;
            self.trim_due = if self.trim_deadline == 0 { quiet } else { self.trim_deadline.min(quiet) };
        }
    }

    /// An actor has ended, and so much of what it held is free.
    pub fn note_freed(&mut self, bytes: usize, now: u64) {
        self.freed += bytes;
        if self.trim_deadline == 0 {
            self.trim_deadline = now + TRIM_AT_LATEST;
        }
        self.trim_due = self.trim_deadline.min(now + IDLE_AFTER);
    }
}
