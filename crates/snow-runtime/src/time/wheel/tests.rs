//! The wheel does what a sorted list does.

use super::*;
use crate::heap::block::Block;
use crate::random::seeded::Random;
use std::collections::BTreeMap;

fn wake(pid: i64) -> Action {
    let pid = Pid::from_int(pid);
    Action::Wake { pid }
}

fn fired(timers: &mut Timers, now: u64) -> Vec<i64> {
    std::iter::from_fn(|| timers.pop(now)).map(|due| due.action.pid().to_int()).collect()
}

const fn ms(milliseconds: u64) -> u64 {
    milliseconds * MILLISECOND
}

#[test]
fn timers_fire_in_order_of_time_then_of_setting() {
    let mut timers = Timers::default();
    for (at, pid) in [(30, 1), (10, 2), (20, 3), (10, 4), (40, 5)] {
        timers.insert(ms(at), wake(pid));
    }
    assert_eq!(timers.next(), Some(ms(10)));
    assert_eq!(fired(&mut timers, ms(10) - 1), []);
    assert_eq!(fired(&mut timers, ms(30)), [2, 4, 3, 1]);
    assert_eq!(fired(&mut timers, ms(99)), [5]);
    assert_eq!(timers.next(), None);
}

#[test]
fn times_between_milliseconds_are_rounded_up() {
    let mut timers = Timers::default();
    timers.insert(ms(5) + 1, wake(1));
    timers.insert(ms(5), wake(2));
    timers.insert(ms(4) + 7, wake(3));
    assert_eq!(fired(&mut timers, ms(5) + 2), [2, 3]);
    assert_eq!(fired(&mut timers, ms(6) - 1), []);
    assert_eq!(fired(&mut timers, ms(6)), [1]);
}

#[test]
fn a_cancelled_timer_does_not_fire_and_is_cancelled_once() {
    let mut timers = Timers::default();
    let ids: Vec<TimerId> = (0..1000).map(|n| timers.insert(ms(n * 7919 % 1000), wake(n as i64))).collect();
    for id in ids.iter().step_by(2) {
        assert!(timers.cancel(*id).is_some());
        assert!(timers.cancel(*id).is_none());
    }
    assert_eq!(timers.len(), 500);
    let left = fired(&mut timers, ms(1000));
    assert_eq!(left.len(), 500);
    assert!(left.iter().all(|pid| pid % 2 == 1));
    assert!(left.is_sorted_by_key(|pid| pid * 7919 % 1000));
    assert!(timers.cancel(ids[1]).is_none(), "it has fired");
}

#[test]
fn a_reused_slot_has_another_name() {
    let mut timers = Timers::default();
    let old = timers.insert(1, wake(1));
    fired(&mut timers, ms(1));
    timers.insert(2, wake(2));
    assert!(timers.cancel(old).is_none());
    assert_eq!(fired(&mut timers, ms(2)), [2]);
}

#[test]
fn memory_of_many_timers_is_given_back_and_old_names_stay_unknown() {
    let mut timers = Timers::default();
    let old: Vec<TimerId> = (0..100_000).map(|n| timers.insert(ms(n), wake(n as i64))).collect();
    for id in &old {
        assert!(timers.cancel(*id).is_some());
    }
    assert!(timers.slots.capacity() <= SLOTS_KEPT);
    for n in 0..10_000 {
        timers.insert(ms(n), wake(n as i64));
    }
    assert!(old.iter().all(|id| timers.cancel(*id).is_none()));
    assert_eq!(fired(&mut timers, ms(10_000)), (0..10_000).collect::<Vec<i64>>());
}

#[test]
fn the_end_of_time_is_a_moment_like_others() {
    let mut timers = Timers::default();
    timers.insert(u64::MAX, wake(2));
    timers.insert(i64::MAX as u64, wake(1));
    let mut order = Vec::new();
    let mut looks = 0;
    while let Some(next) = timers.next() {
        order.extend(fired(&mut timers, next));
        looks += 1;
    }
    assert_eq!(order, [1, 2]);
    assert!(looks < 2 * LEVELS + 2, "{looks} looks");
}

#[test]
fn an_interval_stays_in_step_and_keeps_its_name() {
    let mut timers = Timers::default();
    // SAFETY: a new block without objects.
    let message = unsafe { Message::new(Block::allocate(0, 7)) };
    let interval = Arc::new(Interval { message, period: ms(10), last: AtomicU64::new(0) });
    let id = timers.insert(ms(10), Action::Every { pid: Pid::from_int(1), interval });
    let ats = |timers: &mut Timers, now| -> Vec<u64> {
        std::iter::from_fn(|| timers.pop(now)).map(|due| due.at).collect()
    };
    assert_eq!(ats(&mut timers, ms(12)), [ms(10)]);
    // Two are missed: one tick tells of all.
    assert_eq!(ats(&mut timers, ms(47)), [ms(20)]);
    assert_eq!(timers.next(), Some(ms(50)));
    assert_eq!(ats(&mut timers, ms(50)), [ms(50)]);
    assert!(timers.cancel(id).is_some());
    assert_eq!(timers.next(), None);
    assert_eq!(timers.len(), 0);
}

/// What a sorted list would do.
#[derive(Default)]
struct Model {
    /// By millisecond and order.
    waiting: BTreeMap<(u64, u64), i64>,
    reached: u64,
    set: u64,
}

impl Model {
    fn insert(&mut self, at: u64, pid: i64) -> (u64, u64) {
        self.set += 1;
        let key = (at.div_ceil(MILLISECOND).min(END_OF_TIME).max(self.reached), self.set);
        self.waiting.insert(key, pid);
        key
    }

    fn pop(&mut self, now: u64) -> Vec<i64> {
        let due = self.waiting.range(..(now / MILLISECOND + 1, 0)).map(|(key, pid)| (*key, *pid));
        let due: Vec<_> = due.collect();
        for (key, _) in &due {
            self.waiting.remove(key);
        }
        self.reached = self.reached.max(now / MILLISECOND);
        due.into_iter().map(|(_, pid)| pid).collect()
    }
}

#[test]
fn the_wheel_does_what_a_sorted_list_does() {
    for seed in 0..60 {
        let mut random = Random::new(seed);
        let (mut timers, mut model) = (Timers::default(), Model::default());
        let mut now = if seed % 2 == 0 { 0 } else { random.next() >> 16 };
        let mut names = Vec::new();
        for pid in 0..4000 {
            match random.below(10) {
                0..5 => {
                    // Delays of all magnitudes, and some moments that are over.
                    let delay = random.next() >> (16 + random.below(48));
                    let at = if random.below(20) == 0 { now / 2 } else { now + delay };
                    names.push((timers.insert(at, wake(pid)), model.insert(at, pid)));
                }
                5..7 if !names.is_empty() => {
                    let (id, key) = names.swap_remove(random.below(names.len()));
                    let expected = model.waiting.remove(&key);
                    assert_eq!(timers.cancel(id).map(|action| action.pid().to_int()), expected);
                }
                7 => {
                    // As in deterministic mode: time jumps to the next look.
                    if let Some(next) = timers.next() {
                        let (first, _) = model.waiting.keys().next().expect("as many");
                        assert!(next <= first * MILLISECOND);
                        now = now.max(next);
                        assert_eq!(fired(&mut timers, now), model.pop(now));
                    }
                }
                _ => {
                    now += random.next() >> (24 + random.below(40));
                    assert_eq!(fired(&mut timers, now), model.pop(now), "seed {seed}");
                }
            }
            assert_eq!(timers.len(), model.waiting.len());
            assert_eq!(timers.next().is_some(), !model.waiting.is_empty());
        }
        let mut looks = 0;
        let many = model.waiting.len() * (LEVELS + 1) + 1;
        while let Some(next) = timers.next() {
            now = now.max(next);
            assert_eq!(fired(&mut timers, now), model.pop(now));
            looks += 1;
            assert!(looks <= many);
        }
        assert!(model.waiting.is_empty());
    }
}
