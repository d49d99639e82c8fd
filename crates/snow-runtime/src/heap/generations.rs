//! Two generations, for heaps in which more lives than a small one copies in no time.
//!
//! New objects are made in a *nursery* of fixed size. A collection of the young copies what survives there behind the old
//! objects in the heap's space and looks at nothing else; a collection of all (`collect`) copies both generations into
//! another space.
//!
//! Values do not change, so that an old object can refer to a young one only if it is an array, and somebody has written
//! into it since: compiled code tells that by `snow_remember`, if the array's header says that it is old.
//!
//! Where nearly all that is made survives, to copy it out of a nursery gains nothing. Then the nursery is left, and what
//! is made lies behind the old objects at once, until the next collection of all finds that it does not survive any more.
//! The same holds for a deep stack, all of which each collection goes through.

use super::collect::{Mover, Swept};
use super::object::{self, Ref, WORD};
use super::spaces::{Space, Spaces};
use super::{Bump, Heap, OUTSIDE_ALLOWED};
use crate::abi::{self, OLD_BIT};

/// From so many living bytes on a heap has two generations.
pub const FROM: usize = 256 << 10;
/// The same in torture mode, where heaps stay small.
const FROM_IN_TORTURE: usize = 1 << 10;

/// The nursery has a quarter of what lives in the heap, but no less and no more than this: more of it dies in a larger one,
/// but the cache of a core should hold much of it.
const NURSERY_SHARE: usize = 4;
const SMALLEST_NURSERY: usize = 256 << 10;
const LARGEST_NURSERY: usize = 2 << 20;
const NURSERY_IN_TORTURE: usize = 1 << 10;

/// An object of more than this share of the nursery is no reason to collect it: it gets a block of its own.
const APART_SHARE: usize = 4;

/// So many collections of the young in a row from which nearly all has survived, and the nursery is left.
const FULL_SURVIVALS: u32 = 2;

/// So many slots are remembered before those that are remembered twice are looked for.
const REMEMBERED_AT_FIRST: usize = 1 << 10;
/// So many different ones are reason for a collection.
const REMEMBERED_AT_MOST: usize = 1 << 17;

/// What a heap has in addition while it has a nursery: the bump pointer moves there.
pub struct Generations {
    pub nursery: Space,
    /// Where the old objects end in the heap's space. There are no gaps between them.
    pub filled: usize,
    /// Old objects beyond this are reason for a collection of all.
    pub full_at: usize,
    /// Those of the old objects that own something outside the heap.
    pub owning: Ref,
    /// Slots of old objects into which references were written.
    remembered: Vec<u64>,
    /// So many remembered slots are tidied.
    tidy_at: usize,
    /// There was no memory to remember a slot: only a collection of all can find what it refers to.
    forgetful: bool,
    /// What lay outside the heap after the last collection of all.
    pub outside_kept: usize,
    full_survivals: u32,
}

impl Generations {
    fn new(nursery: Space, filled: usize, full_at: usize, outside_kept: usize) -> Box<Generations> {
        Box::new(Generations {
            nursery,
            filled,
            full_at,
            owning: Ref(0),
            remembered: Vec::new(),
            tidy_at: REMEMBERED_AT_FIRST,
            forgetful: false,
            outside_kept,
            full_survivals: 0,
        })
    }

    /// Notes a slot. True when there are so many that a collection is due.
    fn remember(&mut self, slot: u64) -> bool {
        // Loops write the same cell again and again.
        if self.remembered.last() == Some(&slot) {
            return false;
        }
        if self.remembered.len() >= self.tidy_at {
            self.remembered.sort_unstable();
            self.remembered.dedup();
            self.tidy_at = (2 * self.remembered.len()).max(REMEMBERED_AT_FIRST);
        }
        if self.remembered.try_reserve(1).is_err() {
            self.forgetful = true;
            return true;
        }
        self.remembered.push(slot);
        self.remembered.len() > REMEMBERED_AT_MOST
    }

    fn forget(&mut self) {
        self.remembered.clear();
        self.remembered.shrink_to(REMEMBERED_AT_FIRST);
        self.tidy_at = REMEMBERED_AT_FIRST;
    }
}

impl Heap {
    /// From so many living bytes on this heap has two generations.
    pub(super) fn generations_from(&self) -> usize {
        if self.torture { FROM_IN_TORTURE } else { FROM }
    }

    /// Compiled code has written a reference into a slot of an old array.
    ///
    /// # Safety
    /// The slot is one of this heap's.
    pub unsafe fn remember(&mut self, bump: &Bump, slot: u64) {
        let Some(generations) = &mut self.generations else { return };
        // SAFETY: promised by the caller.
        let written = unsafe { Ref(slot).word(0) };
        let old = self.space as usize..generations.filled;
        if Ref(written).is_object() && !old.contains(&(written as usize)) && generations.remember(slot) {
            self.request_collection(bump);
        }
    }

    /// Is an object of so many bytes made apart, without a collection?
    pub fn makes_apart(&self, bytes: usize) -> bool {
        let large = |generations: &Generations| bytes > generations.nursery.size / APART_SHARE;
        !self.torture && !self.wants_collection && self.generations.as_deref().is_some_and(large)
    }

    /// Gives the heap a nursery behind a collection of all, if it is large enough. `before` is what lived in it before,
    /// and `used` what was made since, in its space.
    pub(super) fn begin_generations(
        &mut self,
        bump: &Bump,
        spaces: &mut Spaces,
        full_at: usize,
        stack: usize,
        (before, used): (usize, usize),
    ) {
        let crowded = self.leaves_nurseries && nearly_all(self.live.saturating_sub(before), used);
        self.leaves_nurseries = false;
        if self.live < self.generations_from() || is_deep(stack) && !self.torture {
            return;
        }
        if crowded && !self.torture {
            self.leaves_nurseries = true;
            return;
        }
        let size = (self.live / NURSERY_SHARE).next_power_of_two().clamp(SMALLEST_NURSERY, LARGEST_NURSERY);
        // Without memory for it, the heap goes on as a small one does.
        let Some(nursery) = spaces.take(if self.torture { NURSERY_IN_TORTURE } else { size }) else { return };
        let mut generations = Generations::new(nursery, bump.next.get(), full_at, self.outside);
        generations.owning = std::mem::take(&mut self.owning);
        self.generations = Some(generations);
        self.begin_nursery(bump);
    }

    /// The nursery is empty: compiled code goes on at its beginning.
    fn begin_nursery(&mut self, bump: &Bump) {
        let Some(generations) = &self.generations else { return };
        let start = generations.nursery.start as usize;
        bump.next.set(start);
        bump.limit.set(if self.torture { start } else { start + generations.nursery.size });
    }

    /// Leaves the nursery, of which nothing is used any more: what is made from now on lies behind the old objects.
    fn leave_nursery(&mut self, bump: &Bump, spaces: &mut Spaces) {
        let Some(generations) = self.generations.take() else { return };
        bump.next.set(generations.filled);
        bump.limit.set(generations.full_at.max(generations.filled));
        self.leaves_nurseries = true;
        // What the young own has been listed with the old: there are no others.
        self.owning = generations.owning;
        // SAFETY: it came from `take`, and is empty.
        unsafe { spaces.give(generations.nursery) };
    }

    /// Bytes of objects that have been made since the last collection.
    fn young_bytes(&self, bump: &Bump) -> usize {
        let start = self.generations.as_ref().map_or(self.space, |generations| generations.nursery.start);
        bump.next.get() - start as usize + self.fragment_bytes
    }

    /// Is it enough to collect the young? There is room for all of them, and the old are not due.
    pub(super) fn young_suffice(&self, bump: &Bump) -> bool {
        self.generations.as_ref().is_some_and(|generations| {
            let room = self.space as usize + self.size - generations.filled;
            !generations.forgetful
                && generations.filled < generations.full_at
                && self.young_bytes(bump) <= room
        })
    }

    /// Collects the young. Says whether that was enough: what the old hold outside the heap may be reason to collect all.
    ///
    /// # Safety
    /// As for `collect`, and `young_suffice`.
    pub(super) unsafe fn collect_young(
        &mut self,
        bump: &Bump,
        spaces: &mut Spaces,
        roots: &mut impl FnMut(&mut Mover),
    ) -> bool {
        let young = self.young_bytes(bump);
        let torture = self.torture;
        let Some(generations) = &mut self.generations else { return false };
        let (start, from) = (self.space as usize, generations.filled);
        if torture {
            // SAFETY: old objects lie one behind the other up to there.
            unsafe { expect_remembered(start, from, &generations.remembered) };
        }
        // What has been moved stays, too, as a slot may be remembered twice.
        let mut mover = Mover::among(from, start..start + self.size, OLD_BIT);
        roots(&mut mover);
        // SAFETY: they are slots of old arrays, which have not moved since they were remembered.
        generations.remembered.iter().for_each(|slot| unsafe { mover.visit(*slot as *mut u64) });
        generations.forget();
        // SAFETY: whole objects lie there; there is room for all, as promised.
        let filled = unsafe { mover.scan(from) };
        generations.filled = filled;
        let survived = filled - from;
        let full = nearly_all(survived, young);
        generations.full_survivals = if full { generations.full_survivals + 1 } else { 0 };
        let leaves = (generations.full_survivals >= FULL_SURVIVALS || is_deep(mover.stack)) && !torture;
        let outside_before = generations.outside_kept;

        let mut swept = Swept { owning: generations.owning, ..Swept::default() };
        // SAFETY: the survivors have moved, and the others are still there.
        unsafe {
            swept.list(std::mem::take(&mut self.owning));
            generations.owning = swept.owning;
            self.free_fragments();
        }
        self.outside = self.outside.saturating_sub(swept.released);
        self.live = filled - start;
        self.collections = self.collections.wrapping_add(1);
        self.wants_collection = false;
        self.outside_kept = self.outside;
        self.begin_nursery(bump);
        if leaves {
            self.leave_nursery(bump, spaces);
        }
        self.outside <= OUTSIDE_ALLOWED.max(2 * outside_before).max(outside_before + self.live)
    }
}

/// Would each collection of the young take longer for so many bytes of a stack than for its objects?
fn is_deep(stack: usize) -> bool {
    stack > SMALLEST_NURSERY
}

/// Has so much survived that to copy it was in vain?
fn nearly_all(survived: usize, made: usize) -> bool {
    survived > made / 4 * 3
}

/// For torture mode: no old object may refer to a young one by a slot that is not remembered.
///
/// # Safety
/// Whole objects lie between the two addresses.
unsafe fn expect_remembered(start: usize, end: usize, remembered: &[u64]) {
    let mut known = remembered.to_vec();
    known.sort_unstable();
    let mut at = start;
    while at < end {
        let object = Ref(at as u64);
        // SAFETY: promised by the caller.
        unsafe {
            let header = object.header();
            assert!(header & OLD_BIT != 0, "an old object says that it is young");
            let (first, count) = object::references(object, header);
            for index in first..first + count {
                let target = Ref(object.word(index as u32));
                let inside = (start..end).contains(&(target.0 as usize));
                if target.is_object() && !inside && !abi::is_static(target.header()) {
                    let slot = object.0 + (index * WORD) as u64;
                    assert!(
                        known.binary_search(&slot).is_ok(),
                        "an old object refers to a young one, and nobody knows"
                    );
                }
            }
            at += object::size_in_words(object, header) * WORD;
        }
    }
}
