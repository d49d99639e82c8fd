use super::*;
use crate::handles::epochs::Epochs;
use std::cell::RefCell;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize};

/// A page and a half would be too much for a test of thousands; a chunk of these is some whole pages.
#[derive(Default)]
struct Thing {
    generation: AtomicU32,
    /// Its own index and generation while it is used, else 0.
    value: AtomicU64,
}

static DROPPED: AtomicUsize = AtomicUsize::new(0);

impl Drop for Thing {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, Ordering::Relaxed);
    }
}

impl Slot for Thing {
    type Of = ();

    fn generation(&self) -> u32 {
        self.generation.load(Ordering::Relaxed)
    }

    fn set_generation(&mut self, generation: u32) {
        *self.generation.get_mut() = generation;
    }
}

fn take(slab: &Slab<Thing>) -> (u32, u32) {
    let index = slab.allocate();
    let thing = slab.get(index).expect("an allocated slot");
    let generation = thing.generation();
    let before = thing.value.swap(value_of(index, generation), Ordering::Relaxed);
    assert_eq!(before, 0, "the slot was in use");
    (index, generation)
}

fn give(slab: &Slab<Thing>, index: u32) {
    let thing = slab.get(index).expect("a used slot");
    thing.value.store(0, Ordering::Relaxed);
    thing.generation.store(crate::handles::handle::next_generation(thing.generation()), Ordering::Relaxed);
    slab.free(index);
}

fn value_of(index: u32, generation: u32) -> u64 {
    (generation as u64) << 32 | index as u64 | 1 << 63
}

/// Does the handle still mean something?
fn lives(slab: &Slab<Thing>, handle: (u32, u32)) -> bool {
    slab.get(handle.0).is_some_and(|thing| {
        let value = thing.value.load(Ordering::Relaxed);
        value == value_of(handle.0, handle.1)
    })
}

/// Nobody else uses the slab.
fn tidy(slab: &Slab<Thing>, epochs: &Epochs) {
    let change = epochs.change().expect("nobody else changes them");
    slab.retire(&change);
    for _ in 0..GRACE {
        assert!(change.advance());
    }
    slab.unmap_retired(&change);
}

thread_local! {
    /// What this thread has unmapped: another thread may map the same addresses at once, so the system cannot be asked.
    static UNMAPPED: RefCell<Vec<Range<usize>>> = const { RefCell::new(Vec::new()) };
}

pub(super) fn note_unmapped(start: usize, bytes: usize) {
    UNMAPPED.with_borrow_mut(|all| all.push(start..start + bytes));
}

/// Has this thread unmapped the address since it was asked last?
fn take_unmapped() -> impl Fn(usize) -> bool {
    let all = UNMAPPED.take();
    move |address| all.iter().any(|range| range.contains(&address))
}

#[test]
fn slots_are_used_again_lowest_first() {
    let slab = Slab::new();
    let handles: Vec<_> = (0..600).map(|_| take(&slab)).collect();
    assert!(handles.iter().enumerate().all(|(at, handle)| handle.0 as usize == at));
    for index in [599, 300, 7] {
        give(&slab, index);
    }
    assert_eq!([(); 4].map(|()| take(&slab)), [(7, 2), (300, 2), (599, 2), (600, 1)]);
    assert!(!lives(&slab, handles[300]) && lives(&slab, handles[301]));
}

#[test]
fn empty_chunks_are_unmapped_and_their_handles_never_come_back() {
    let (slab, epochs) = (Slab::new(), Epochs::new(0));
    let mut seen = HashSet::new();
    let mut stale = Vec::new();
    for round in 0..5 {
        let handles: Vec<_> = (0..4 * CHUNK).map(|_| take(&slab)).collect();
        assert!(handles.iter().all(|handle| seen.insert(*handle)), "a handle means two things");
        assert!(stale.iter().all(|handle| !lives(&slab, *handle)));
        let places: Vec<usize> = (0..4)
            .map(|chunk| std::ptr::from_ref(slab.get((chunk * CHUNK) as u32).expect("it is used")) as usize)
            .collect();
        // The chunks have aged differently, and one of them stays in use.
        for turn in 0..round {
            give(&slab, (3 * CHUNK + turn) as u32);
            seen.insert(take(&slab));
        }
        let kept = handles[CHUNK];
        for (index, _) in handles.iter().filter(|handle| **handle != kept) {
            give(&slab, *index);
        }
        UNMAPPED.take();
        tidy(&slab, &epochs);
        let is_unmapped = take_unmapped();
        assert!(lives(&slab, kept));
        assert_eq!(
            places.iter().map(|place| is_unmapped(*place)).collect::<Vec<_>>(),
            [false, false, true, true],
            "the lowest empty one and the one in use are left"
        );
        assert!(slab.get(3 * CHUNK as u32).is_none());
        assert!(!slab.has_surplus());
        give(&slab, kept.0);
        assert!(slab.has_surplus());
        stale.extend(handles);
    }
}

#[test]
fn a_retired_chunk_stays_while_someone_may_look_at_it() {
    let (slab, epochs) = (Slab::new(), Epochs::new(1));
    let handles: Vec<_> = (0..2 * CHUNK).map(|_| take(&slab)).collect();
    // SAFETY: this thread holds no reference.
    unsafe { epochs.quiescent(0) };
    let thing = slab.get(CHUNK as u32).expect("it is used");
    let place = std::ptr::from_ref(thing) as usize;
    for (index, _) in handles {
        give(&slab, index);
    }
    let change = epochs.change().expect("nobody else changes them");
    slab.retire(&change);
    while change.advance() {}
    slab.unmap_retired(&change);
    assert_eq!(thing.generation(), 2);
    assert!(!take_unmapped()(place) && slab.has_surplus());
    // SAFETY: this thread holds no reference.
    unsafe { epochs.offline(0) };
    for _ in 0..GRACE {
        assert!(change.advance());
    }
    slab.unmap_retired(&change);
    assert!(take_unmapped()(place) && !slab.has_surplus());
}

#[test]
fn threads_that_take_give_look_and_tidy_at_once_see_whole_slots_only() {
    const THREADS: usize = 4;
    const ROUNDS: usize = 60;
    let before = DROPPED.load(Ordering::Relaxed);
    let slab: Slab<Thing> = Slab::new();
    let epochs = Epochs::new(THREADS + 1);
    let done = AtomicBool::new(false);
    let published: Vec<AtomicU64> = (0..THREADS).map(|_| AtomicU64::new(0)).collect();
    std::thread::scope(|scope| {
        let looker = scope.spawn(|| {
            let mut looks = 0usize;
            while !done.load(Ordering::Relaxed) {
                // SAFETY: this thread holds no reference.
                unsafe { epochs.quiescent(THREADS) };
                for handle in &published {
                    let handle = handle.load(Ordering::Relaxed);
                    for near in [0, 256, 512, 1024] {
                        if let Some(thing) = slab.get((handle as u32).wrapping_add(near)) {
                            let value = thing.value.load(Ordering::Relaxed);
                            let index = (handle as u32).wrapping_add(near);
                            assert!(value == 0 || value as u32 == index, "another slot's value");
                            looks += 1;
                        }
                    }
                }
                // SAFETY: this thread holds no reference.
                unsafe { epochs.offline(THREADS) };
                std::thread::yield_now();
            }
            looks
        });
        let workers: Vec<_> = (0..THREADS)
            .map(|member| {
                let (slab, epochs, published) = (&slab, &epochs, &published);
                scope.spawn(move || {
                    let mut stale = Vec::new();
                    for round in 0..ROUNDS {
                        // SAFETY: this thread holds no reference.
                        unsafe { epochs.quiescent(member) };
                        let count = 50 + (round * 37 + member * 211) % 900;
                        let handles: Vec<_> = (0..count).map(|_| take(slab)).collect();
                        for handle in &handles {
                            published[member].store(handle.0 as u64, Ordering::Relaxed);
                            assert!(lives(slab, *handle));
                        }
                        assert!(!stale.iter().any(|handle| lives(slab, *handle)));
                        for handle in handles {
                            give(slab, handle.0);
                            stale.push(handle);
                        }
                        if let Some(change) = epochs.change() {
                            slab.retire(&change);
                            // SAFETY: this thread holds no reference.
                            unsafe { epochs.quiescent(member) };
                            change.advance();
                            slab.unmap_retired(&change);
                        }
                        let from = stale.len().saturating_sub(2000);
                        stale.drain(..from);
                    }
                    // SAFETY: this thread holds no reference.
                    unsafe { epochs.offline(member) };
                })
            })
            .collect();
        for worker in workers {
            worker.join().expect("the worker's own assertions");
        }
        done.store(true, Ordering::Relaxed);
        looker.join().expect("the looker's own assertions");
    });
    assert!(DROPPED.load(Ordering::Relaxed) > before, "chunks were unmapped meanwhile");
    tidy(&slab, &epochs);
    assert!(!slab.has_surplus());
}
