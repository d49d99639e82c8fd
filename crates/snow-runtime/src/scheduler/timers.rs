//! Timers of one worker: a heap ordered by time whose entries know their place, so that a cancelled timer
//! leaves at once.

use crate::heap::block::Block;

/// What happens when the time has come.
pub enum Action {
    /// Wakes an actor whose deadline this may be.
    Wake { pid: i64 },
    /// Delivers a message.
    Send { pid: i64, message: Message },
}

/// A message that is freed if it is never delivered.
pub struct Message(*mut Block);

// SAFETY: a message is self-contained and has one owner.
unsafe impl Send for Message {}

impl Message {
    /// # Safety
    /// The block is a message and belongs to the result from now on.
    pub unsafe fn new(block: *mut Block) -> Message {
        Message(block)
    }

    /// The block, which is the caller's to deliver or release.
    pub fn into_block(self) -> *mut Block {
        let block = self.0;
        std::mem::forget(self);
        block
    }

    pub fn block(&self) -> *mut Block {
        self.0
    }
}

impl Drop for Message {
    fn drop(&mut self) {
        // SAFETY: the message belongs to this value.
        unsafe { Block::release(self.0) }
    }
}

/// Names a timer of one worker until it has fired or been cancelled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TimerId {
    pub slot: u32,
    pub generation: u32,
}

struct Slot {
    at: u64,
    /// Timers of equal time fire in the order in which they were set.
    order: u64,
    /// Index in `heap`; meaningless while the slot is free.
    place: u32,
    generation: u32,
    action: Option<Action>,
}

#[derive(Default)]
pub struct Timers {
    slots: Vec<Slot>,
    free: Vec<u32>,
    /// Slot numbers; each parent is before its four children.
    heap: Vec<u32>,
    set: u64,
    /// Entries other than `Action::Wake`.
    sends: usize,
}

const CHILDREN: usize = 4;
/// Generations have 24 bits, so that a handle has room for the worker's number.
const GENERATIONS: u32 = (1 << 24) - 1;

impl Timers {
    /// Nanoseconds of the runtime's clock at which the next timer fires.
    pub fn next(&self) -> Option<u64> {
        self.heap.first().map(|slot| self.slots[*slot as usize].at)
    }

    pub fn insert(&mut self, at: u64, action: Action) -> TimerId {
        self.sends += matches!(action, Action::Send { .. }) as usize;
        self.set += 1;
        let order = self.set;
        let place = self.heap.len() as u32;
        let slot = match self.free.pop() {
            Some(slot) => {
                let entry = &mut self.slots[slot as usize];
                *entry = Slot { at, order, place, generation: entry.generation, action: Some(action) };
                slot
            }
            None => {
                self.slots.push(Slot { at, order, place, generation: 0, action: Some(action) });
                self.slots.len() as u32 - 1
            }
        };
        self.heap.push(slot);
        self.move_up(place as usize);
        TimerId { slot, generation: self.slots[slot as usize].generation }
    }

    /// Takes a timer out again; `None` when it has fired or been cancelled.
    pub fn cancel(&mut self, id: TimerId) -> Option<Action> {
        let slot = self.slots.get(id.slot as usize)?;
        if slot.generation != id.generation || slot.action.is_none() {
            return None;
        }
        Some(self.remove(slot.place as usize))
    }

    /// The next timer that is due.
    pub fn pop(&mut self, now: u64) -> Option<(u64, Action)> {
        let at = self.next()?;
        (at <= now).then(|| (at, self.remove(0)))
    }

    /// Messages still to be sent.
    pub fn sends(&self) -> usize {
        self.sends
    }

    /// Actors that some entry may wake.
    pub fn wakes(&self) -> impl Iterator<Item = i64> {
        self.slots.iter().filter_map(|slot| match slot.action {
            Some(Action::Wake { pid }) => Some(pid),
            _ => None,
        })
    }

    fn remove(&mut self, place: usize) -> Action {
        let slot = self.heap.swap_remove(place);
        if place < self.heap.len() {
            self.slots[self.heap[place] as usize].place = place as u32;
            self.move_up(place);
            self.move_down(place);
        }
        let entry = &mut self.slots[slot as usize];
        entry.generation = (entry.generation + 1) & GENERATIONS;
        self.free.push(slot);
        let action = entry.action.take().expect("a timer in the heap has an action");
        self.sends -= matches!(action, Action::Send { .. }) as usize;
        action
    }

    fn key(&self, place: usize) -> (u64, u64) {
        let slot = &self.slots[self.heap[place] as usize];
        (slot.at, slot.order)
    }

    fn swap(&mut self, a: usize, b: usize) {
        self.heap.swap(a, b);
        self.slots[self.heap[a] as usize].place = a as u32;
        self.slots[self.heap[b] as usize].place = b as u32;
    }

    fn move_up(&mut self, mut place: usize) {
        while place > 0 {
            let parent = (place - 1) / CHILDREN;
            if self.key(parent) <= self.key(place) {
                return;
            }
            self.swap(parent, place);
            place = parent;
        }
    }

    fn move_down(&mut self, mut place: usize) {
        loop {
            let first = place * CHILDREN + 1;
            let children = first..(first + CHILDREN).min(self.heap.len());
            let Some(least) = children.min_by_key(|child| self.key(*child)) else { return };
            if self.key(place) <= self.key(least) {
                return;
            }
            self.swap(place, least);
            place = least;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wake(pid: i64) -> Action {
        Action::Wake { pid }
    }

    fn fired(timers: &mut Timers, now: u64) -> Vec<i64> {
        std::iter::from_fn(|| timers.pop(now))
            .map(|(_, action)| match action {
                Action::Wake { pid } | Action::Send { pid, .. } => pid,
            })
            .collect()
    }

    #[test]
    fn timers_fire_in_order_of_time_then_of_setting() {
        let mut timers = Timers::default();
        for (at, pid) in [(30, 1), (10, 2), (20, 3), (10, 4), (40, 5)] {
            timers.insert(at, wake(pid));
        }
        assert_eq!(timers.next(), Some(10));
        assert_eq!(fired(&mut timers, 9), []);
        assert_eq!(fired(&mut timers, 30), [2, 4, 3, 1]);
        assert_eq!(fired(&mut timers, 99), [5]);
        assert_eq!(timers.next(), None);
    }

    #[test]
    fn a_cancelled_timer_does_not_fire_and_is_cancelled_once() {
        let mut timers = Timers::default();
        let ids: Vec<TimerId> = (0..1000).map(|n| timers.insert(n * 7919 % 1000, wake(n as i64))).collect();
        for id in ids.iter().step_by(2) {
            assert!(timers.cancel(*id).is_some());
            assert!(timers.cancel(*id).is_none());
        }
        let left = fired(&mut timers, 1000);
        assert_eq!(left.len(), 500);
        assert!(left.iter().all(|pid| pid % 2 == 1));
        assert!(left.is_sorted_by_key(|pid| pid * 7919 % 1000));
        assert!(timers.cancel(ids[1]).is_none(), "it has fired");
    }

    #[test]
    fn a_reused_slot_has_another_name() {
        let mut timers = Timers::default();
        let old = timers.insert(1, wake(1));
        fired(&mut timers, 1);
        timers.insert(2, wake(2));
        assert!(timers.cancel(old).is_none());
        assert_eq!(fired(&mut timers, 2), [2]);
    }
}
