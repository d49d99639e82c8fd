//! Stack slots for references: which slot each one has during safepoints, and where it must be stored.
//!
//! Two references share a slot when no safepoint has both live (a colouring of their interference, in the
//! order of their first use). A reference keeps its slot from the first safepoint to the last, and the
//! collector updates it there: so it is stored once on each path, not at each call.

use crate::stack_maps::bit_set::Bits;
use crate::stack_maps::liveness::Liveness;
use cranelift_entity::SecondaryMap;
use snow_ir::ir::{BlockId, Function, Value};
use std::collections::HashMap;

pub(crate) struct Slots {
    /// The slot of each reference that has one.
    pub slot: SecondaryMap<Value, Option<usize>>,
    pub count: usize,
    /// By block and safepoint, the live references that must be stored before the call.
    pub stores: SecondaryMap<BlockId, Vec<Vec<Value>>>,
}

impl Slots {
    pub fn of(function: &Function, liveness: &Liveness) -> Slots {
        let (slot, count) = colour(liveness);
        let stores = Stored::new(function, liveness).stores();
        Slots { slot, count, stores }
    }
}

fn colour(liveness: &Liveness) -> (SecondaryMap<Value, Option<usize>>, usize) {
    // By value, the safepoints it is live at; by safepoint, the slots in use.
    let mut places: HashMap<Value, Vec<usize>> = HashMap::new();
    let mut used: Vec<Vec<bool>> = Vec::new();
    let mut values = Vec::new();
    for &block in &liveness.order {
        for safepoint in &liveness.safepoints[block] {
            for &value in &safepoint.references {
                let list = places.entry(value).or_default();
                if list.is_empty() {
                    values.push(value);
                }
                list.push(used.len());
            }
            used.push(Vec::new());
        }
    }
    let mut slot = SecondaryMap::new();
    let mut count = 0;
    for value in values {
        let places = &places[&value];
        let taken = |slot: usize| places.iter().any(|&place| used[place].get(slot) == Some(&true));
        let free = (0..).find(|&slot| !taken(slot)).unwrap_or(count);
        for &place in places {
            if used[place].len() <= free {
                used[place].resize(free + 1, false);
            }
            used[place][free] = true;
        }
        slot[value] = Some(free);
        count = count.max(free + 1);
    }
    (slot, count)
}

/// Forward dataflow: the values that lie in their slots on every path. Definitions need no care: one of
/// the paths to a definition comes from the start of the function and has stored nothing yet.
struct Stored<'a> {
    liveness: &'a Liveness,
    bit: HashMap<Value, usize>,
    at_end: SecondaryMap<BlockId, Bits>,
    predecessors: SecondaryMap<BlockId, Vec<BlockId>>,
}

impl<'a> Stored<'a> {
    fn new(function: &'a Function, liveness: &'a Liveness) -> Stored<'a> {
        let bit: HashMap<Value, usize> =
            liveness.crossing.iter().enumerate().map(|(bit, value)| (value, bit)).collect();
        let mut predecessors: SecondaryMap<BlockId, Vec<BlockId>> = SecondaryMap::new();
        for &block in &liveness.order {
            for next in function.blocks[block].terminator.successors() {
                predecessors[next].push(block);
            }
        }
        let mut at_end = SecondaryMap::with_default(Bits::all(bit.len()));
        at_end.resize(function.blocks.len());
        Stored { liveness, bit, at_end, predecessors }
    }

    fn stores(mut self) -> SecondaryMap<BlockId, Vec<Vec<Value>>> {
        let mut stores: SecondaryMap<BlockId, Vec<Vec<Value>>> = SecondaryMap::new();
        if self.bit.is_empty() {
            for &block in &self.liveness.order {
                stores[block] = vec![Vec::new(); self.liveness.safepoints[block].len()];
            }
            return stores;
        }
        let mut changed = true;
        while changed {
            changed = false;
            for &block in &self.liveness.order {
                let (end, needed) = self.through(block);
                if end != self.at_end[block] {
                    self.at_end[block] = end;
                    changed = true;
                }
                stores[block] = needed;
            }
        }
        stores
    }

    /// What is stored at the end of the block, and what each of its safepoints must store.
    fn through(&self, block: BlockId) -> (Bits, Vec<Vec<Value>>) {
        let mut stored =
            if block == BlockId::ENTRY { Bits::none(self.bit.len()) } else { Bits::all(self.bit.len()) };
        for &predecessor in &self.predecessors[block] {
            stored.intersect(&self.at_end[predecessor]);
        }
        let mut needed = Vec::new();
        for safepoint in &self.liveness.safepoints[block] {
            let missing = |value: &&Value| !stored.contains(self.bit[*value]);
            needed.push(safepoint.references.iter().filter(missing).copied().collect());
            if !safepoint.cold {
                safepoint.references.iter().for_each(|value| stored.insert(self.bit[value]));
            }
        }
        (stored, needed)
    }
}
