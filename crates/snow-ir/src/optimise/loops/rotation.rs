//! Loop rotation: a loop that tests at its head gets the test at its end, and a copy of it before the first
//! turn. A turn then has one jump less, and what the test says holds in the whole body.
//!
//! Relies on canonical loops. Copies headers of a few instructions only, and restores SSA form by
//! `ssa_repair`.

use crate::control_flow_graph::{Graph, Loop};
use crate::ir::{BlockId, Function, Terminator};
use crate::optimise::block_copies::{Renamed, copy_block};
use crate::optimise::block_merging;
use crate::optimise::ssa_repair::{Copies, repair};

/// Headers with more instructions than this are not copied.
const MOST_INSTRUCTIONS: usize = 16;

pub fn rotate_loops(function: &mut Function) -> bool {
    block_merging::split_switch_edges(function);
    let graph = Graph::of(function);
    let found: Vec<(BlockId, BlockId)> =
        graph.loops().iter().filter_map(|found| Some((candidate(function, found)?, found.header))).collect();
    if found.is_empty() {
        return false;
    }
    let mut all: Vec<Copies> = Vec::new();
    for (latch, header) in found {
        let mut renamed = Renamed::default();
        let copy = copy_block(function, header, &mut renamed);
        function.blocks[latch].terminator.successors_mut(&mut |next| *next = copy);
        let original = &function.blocks[header];
        let results = original.instructions.iter().filter_map(|instruction| instruction.result);
        all.extend(
            original
                .params
                .iter()
                .copied()
                .chain(results)
                .map(|value| Copies { value, definitions: vec![(header, value), (copy, renamed[&value])] }),
        );
    }
    let graph = Graph::of(function);
    repair(function, &graph, all);
    true
}

/// The one block that ends the loop's turns, when the header is what leaves the loop, and small.
fn candidate(function: &Function, found: &Loop) -> Option<BlockId> {
    let header = &function.blocks[found.header];
    let [latch] = found.latches[..] else { return None };
    let Terminator::Branch(_, then, otherwise) = &header.terminator else { return None };
    let leaves = found.blocks.contains(&then.0) != found.blocks.contains(&otherwise.0);
    let jumps = matches!(function.blocks[latch].terminator, Terminator::Jump(..));
    let small = header.instructions.len() <= MOST_INSTRUCTIONS;
    (leaves && jumps && small && latch != found.header && found.header != BlockId::ENTRY).then_some(latch)
}
