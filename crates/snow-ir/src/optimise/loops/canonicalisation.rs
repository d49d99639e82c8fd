//! Loop canonicalisation: each loop gets the form that the other passes over loops rely on. One block
//! before it that leads only there (the preheader), one block from which its turns begin again (the latch),
//! and a header that is not the function's first block.
//!
//! Only adds blocks that jump on; block merging removes them again. Costs one walk over the blocks.

use crate::control_flow_graph::Graph;
use crate::ir::{Block, BlockId, Function, Terminator};
use crate::optimise::block_copies::{Renamed, fresh};
use crate::optimise::block_merging;

pub fn canonicalise(function: &mut Function) {
    separate_entry(function);
    block_merging::split_switch_edges(function);
    let graph = Graph::of(function);
    for found in graph.loops() {
        let predecessors = &graph.predecessors[found.header];
        let is_latch = |block: &&BlockId| found.latches.contains(*block);
        let outside: Vec<BlockId> = predecessors.iter().filter(|block| !is_latch(block)).copied().collect();
        if !leads_only_here(function, &outside) {
            collect(function, &outside, found.header);
        }
        let inside: Vec<BlockId> = predecessors.iter().filter(is_latch).copied().collect();
        if inside.len() > 1 {
            collect(function, &inside, found.header);
        }
    }
}

fn leads_only_here(function: &Function, from: &[BlockId]) -> bool {
    match from {
        [only] => matches!(function.blocks[*only].terminator, Terminator::Jump(..)),
        _ => false,
    }
}

/// A self tail call jumps to the first block: what loops gets a block of its own behind it.
fn separate_entry(function: &mut Function) {
    let entry = BlockId::ENTRY;
    let mut is_target = false;
    for block in function.blocks.values() {
        block.terminator.each_edge(|next, _| is_target |= next == entry);
    }
    if !is_target {
        return;
    }
    let moved = function.blocks.next_key();
    for block in function.blocks.values_mut() {
        block.terminator.successors_mut(&mut |next| {
            if *next == entry {
                *next = moved;
            }
        });
    }
    let old = std::mem::take(&mut function.blocks[BlockId::ENTRY]);
    let mut renamed = Renamed::default();
    let params: Vec<_> = old.params.iter().map(|param| fresh(function, *param, &mut renamed)).collect();
    function.blocks[BlockId::ENTRY] =
        Block { terminator: Terminator::Jump(moved, params.clone()), params, ..Block::default() };
    function.blocks.push(old);
}

/// Leads the edges from these blocks to `to` through one new block.
fn collect(function: &mut Function, from: &[BlockId], to: BlockId) {
    let between = function.blocks.next_key();
    for block in from {
        function.blocks[*block].terminator.successors_mut(&mut |next| {
            if *next == to {
                *next = between;
            }
        });
    }
    let given = function.blocks[to].params.clone();
    let mut renamed = Renamed::default();
    let params: Vec<_> = given.iter().map(|param| fresh(function, *param, &mut renamed)).collect();
    let cold = function.blocks[to].cold;
    let terminator = Terminator::Jump(to, params.clone());
    function.blocks.push(Block { params, terminator, cold, ..Block::default() });
}
