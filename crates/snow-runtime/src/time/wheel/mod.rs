//! A worker's timers, in a hierarchical timing wheel (Varghese and Lauck, 1987). Each level has 64 lists; a list of level
//! n holds the timers of 64ⁿ milliseconds, and is spread over the levels below when that time begins. So setting and
//! cancelling cost the same for any number of timers, and each timer moves at most `LEVELS - 1` times before it fires.
//!
//! Time is counted in milliseconds, rounded up: no timer fires early, and each at most one millisecond after its
//! moment. Timers of one millisecond fire in the order in which they were set. A timer takes 56 bytes, and its
//! message.

use crate::handles::handle::Pid;
use crate::heap::message::Message;
use crate::memory::emergency;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// So many deadlines find room when there is no more memory.
const SPARE_SLOTS: usize = 1024;

/// What happens when the time has come.
#[derive(Debug)]
pub enum Action {
    /// Wakes an actor whose deadline this may be.
    Wake { pid: Pid },
    /// Delivers a message.
    Send { pid: Pid, message: Message },
    /// Delivers a copy of a message, again and again.
    Every { pid: Pid, interval: Arc<Interval> },
}

impl Action {
    pub fn pid(&self) -> Pid {
        match self {
            Action::Wake { pid } | Action::Send { pid, .. } | Action::Every { pid, .. } => *pid,
        }
    }
}

/// A message that is sent at each tick.
#[derive(Debug)]
pub struct Interval {
    pub message: Message,
    /// Nanoseconds; at least a millisecond.
    pub period: u64,
    /// Where in the receiver's order of messages the last tick was put: see `Mailbox::pushed`.
    pub last: AtomicU64,
}

// SAFETY: the message is only read, by the worker that owns the timers.
unsafe impl Sync for Interval {}

/// Names a timer of one worker until it has fired or been cancelled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TimerId {
    pub slot: u32,
    pub generation: u32,
}

/// A timer whose time has come.
#[derive(Debug)]
pub struct Due {
    /// For which moment it was set.
    pub at: u64,
    /// Still the timer's name if it is an interval, which waits for its next tick already.
    pub id: TimerId,
    pub action: Action,
}

struct Slot {
    at: u64,
    /// Neighbours in the list; `next` leads through the free slots, too.
    previous: u32,
    next: u32,
    generation: u32,
    /// The list in which it is.
    list: u16,
    /// Nothing while the slot is free.
    action: Option<Action>,
}

const _: () = assert!(size_of::<Slot>() <= 56);

/// First and last of a list, or `NONE`.
#[derive(Clone, Copy)]
struct List {
    first: u32,
    last: u32,
}

const NONE: u32 = u32::MAX;
const EMPTY: List = List { first: NONE, last: NONE };

/// The timers of one worker.
pub struct Timers {
    slots: Vec<Slot>,
    free: u32,
    /// Generation of slots that are new.
    fresh: u32,
    lists: Box<[List; LEVELS * WIDTH]>,
    /// One bit for each list that is not empty.
    occupied: [u64; LEVELS],
    /// The millisecond that the wheel has reached: everything before it has fired, and the lists of higher levels
    /// that contain it have been spread.
    reached: u64,
    waiting: usize,
    /// Timers set since `take_set`.
    set: usize,
}

const BITS: u32 = 6;
const WIDTH: usize = 1 << BITS;
/// Enough for every number of milliseconds that 64 bits of nanoseconds can express.
const LEVELS: usize = 8;
const MILLISECOND: u64 = 1_000_000;
/// The last millisecond that begins within 64 bits of nanoseconds.
const END_OF_TIME: u64 = u64::MAX / MILLISECOND;
/// Generations have 24 bits, so that a handle has room for the worker's number.
const GENERATIONS: u32 = (1 << 24) - 1;

impl Default for Timers {
    fn default() -> Timers {
        Timers {
            slots: Vec::new(),
            free: NONE,
            fresh: 0,
            lists: Box::new([EMPTY; LEVELS * WIDTH]),
            occupied: [0; LEVELS],
            reached: 0,
            waiting: 0,
            set: 0,
        }
    }
}

impl Timers {
    /// Nanoseconds of the runtime's clock at which to look again: never later than the next timer fires, and
    /// earlier at most once for each level, to spread a list.
    pub fn next(&self) -> Option<u64> {
        let (_, start) = self.earliest()?;
        Some(start.saturating_mul(MILLISECOND))
    }

    /// Makes room for a timer that a program sets, and for deadlines behind it, which cannot be refused.
    ///
    /// # Panics
    /// When memory is exhausted: the actor that asked crashes.
    pub fn reserve(&mut self) {
        if self.free == NONE && self.slots.capacity() - self.slots.len() <= SPARE_SLOTS {
            let more = self.slots.len().max(2 * SPARE_SLOTS);
            emergency::expect_room(self.slots.try_reserve(more), more * size_of::<Slot>());
        }
    }

    pub fn insert(&mut self, at: u64, action: Action) -> TimerId {
        let slot = match self.free {
            NONE => {
                let slot = self.slots.len() as u32;
                assert!(slot != NONE, "too many timers");
                self.slots.push(Slot {
                    at,
                    previous: NONE,
                    next: NONE,
                    generation: self.fresh,
                    list: 0,
                    action: None,
                });
                slot
            }
            slot => {
                self.free = self.slots[slot as usize].next;
                slot
            }
        };
        let entry = &mut self.slots[slot as usize];
        entry.at = at;
        entry.action = Some(action);
        self.waiting += 1;
        self.set += 1;
        self.link(slot);
        TimerId { slot, generation: self.slots[slot as usize].generation }
    }

    /// Takes a timer out again; `None` when it has fired or been cancelled.
    pub fn cancel(&mut self, id: TimerId) -> Option<Action> {
        let slot = self.slots.get(id.slot as usize)?;
        if slot.generation != id.generation || slot.action.is_none() {
            return None;
        }
        self.unlink(id.slot);
        Some(self.free(id.slot))
    }

    /// The next timer that is due.
    pub fn pop(&mut self, now: u64) -> Option<Due> {
        // Rounded down here, and up where a timer is put: so none is early.
        let reached = now / MILLISECOND;
        loop {
            let (list, start) = match self.earliest() {
                Some((list, start)) if start <= reached => (list, start),
                _ => {
                    self.reached = self.reached.max(reached);
                    return None;
                }
            };
            self.reached = start;
            let slot = self.lists[list].first;
            if list < WIDTH {
                self.unlink(slot);
                return Some(self.fire(slot, now));
            }
            self.spread(list);
        }
    }

    /// Timers that wait.
    pub fn len(&self) -> usize {
        self.waiting
    }

    /// How many have been set since this was asked last.
    pub fn take_set(&mut self) -> usize {
        std::mem::take(&mut self.set)
    }

    /// Who gets something from the timers of some slots: their names, pids, and whether it is only a deadline.
    /// Returns where to go on, until there are no more.
    pub fn receivers(&self, from: usize, found: &mut Vec<(TimerId, Pid, bool)>) -> Option<usize> {
        let end = (from + RECEIVERS_AT_ONCE).min(self.slots.len());
        for (slot, entry) in self.slots.iter().enumerate().take(end).skip(from) {
            if let Some(action) = &entry.action {
                let id = TimerId { slot: slot as u32, generation: entry.generation };
                found.push((id, action.pid(), matches!(action, Action::Wake { .. })));
            }
        }
        (end < self.slots.len()).then_some(end)
    }

    fn fire(&mut self, slot: u32, now: u64) -> Due {
        let entry = &mut self.slots[slot as usize];
        let (at, generation) = (entry.at, entry.generation);
        let id = TimerId { slot, generation };
        match &entry.action {
            Some(Action::Every { pid, interval }) if at < u64::MAX => {
                let action = Action::Every { pid: *pid, interval: interval.clone() };
                // In step with the first tick, whatever was missed meanwhile.
                let missed = now.saturating_sub(at) / interval.period;
                entry.at = at.saturating_add(interval.period.saturating_mul(missed + 1));
                self.link(slot);
                Due { at, id, action }
            }
            _ => Due { at, id, action: self.free(slot) },
        }
    }

    fn free(&mut self, slot: u32) -> Action {
        self.waiting -= 1;
        let entry = &mut self.slots[slot as usize];
        entry.generation = (entry.generation + 1) & GENERATIONS;
        entry.next = self.free;
        self.free = slot;
        let action = entry.action.take().expect("a timer in a list has an action");
        if self.waiting == 0 && self.slots.len() > SLOTS_KEPT {
            self.forget_slots();
        }
        action
    }

    /// Gives memory back when a great many timers have gone. Their names must not come up again soon: so the
    /// generations go on behind the highest.
    fn forget_slots(&mut self) {
        let highest = self.slots.iter().map(|slot| slot.generation).max().unwrap_or(0);
        self.fresh = (highest + 1) & GENERATIONS;
        self.slots.truncate(SLOTS_KEPT);
        self.slots.shrink_to_fit();
        self.free = NONE;
        for (index, slot) in self.slots.iter_mut().enumerate() {
            slot.generation = self.fresh;
            slot.next = std::mem::replace(&mut self.free, index as u32);
        }
    }

    /// The list that comes up first, and the millisecond at which it begins.
    fn earliest(&self) -> Option<(usize, u64)> {
        let level = self.occupied.iter().position(|bits| *bits != 0)?;
        // A timer is on the level of the highest digit in which it differs from `reached`, and is later: so the
        // lower level is earlier, and in it the lower digit.
        let digit = self.occupied[level].trailing_zeros() as u64;
        let shift = level as u32 * BITS;
        let above = self.reached >> (shift + BITS) << (shift + BITS);
        Some((level * WIDTH + digit as usize, above | digit << shift))
    }

    fn link(&mut self, slot: u32) {
        let tick = self.slots[slot as usize].at.div_ceil(MILLISECOND).min(END_OF_TIME).max(self.reached);
        let differing = 63 - ((tick ^ self.reached) | 1).leading_zeros();
        let level = (differing / BITS) as usize;
        let digit = (tick >> (level as u32 * BITS)) as usize % WIDTH;
        let list = level * WIDTH + digit;
        let last = std::mem::replace(&mut self.lists[list].last, slot);
        match last {
            NONE => self.lists[list].first = slot,
            last => self.slots[last as usize].next = slot,
        }
        let entry = &mut self.slots[slot as usize];
        entry.previous = last;
        entry.next = NONE;
        entry.list = list as u16;
        self.occupied[level] |= 1 << digit;
    }

    fn unlink(&mut self, slot: u32) {
        let Slot { previous, next, list, .. } = self.slots[slot as usize];
        let list = list as usize;
        match previous {
            NONE => self.lists[list].first = next,
            previous => self.slots[previous as usize].next = next,
        }
        match next {
            NONE => self.lists[list].last = previous,
            next => self.slots[next as usize].previous = previous,
        }
        if self.lists[list].first == NONE {
            self.occupied[list / WIDTH] &= !(1 << (list % WIDTH));
        }
    }

    /// Puts the timers of a list, whose time has begun, into lists of lower levels, in their order.
    fn spread(&mut self, list: usize) {
        let mut slot = std::mem::replace(&mut self.lists[list], EMPTY).first;
        self.occupied[list / WIDTH] &= !(1 << (list % WIDTH));
        while slot != NONE {
            let next = self.slots[slot as usize].next;
            self.link(slot);
            slot = next;
        }
    }
}

/// Slots looked at in one go by `receivers`, with the lock held.
pub const RECEIVERS_AT_ONCE: usize = 1024;
/// Slots whose memory is not given back.
const SLOTS_KEPT: usize = 4096;

#[cfg(test)]
mod tests;
