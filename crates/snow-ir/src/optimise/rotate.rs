//! Loop rotation: a loop that tests at its head gets the test at its end, behind a
//! test before the first turn. One jump less a turn, and what the test implies holds
//! in the whole body.

use super::blocks;
use super::duplicate::duplicate_for;
use super::graph::Graph;
use crate::ir::{BlockId, Function, Terminator};

/// Headers with more instructions than this are not copied.
const MOST_INSTRUCTIONS: usize = 16;

pub fn rotate_loops(function: &mut Function) -> bool {
    blocks::split_switch_edges(function);
    let mut done: Vec<BlockId> = Vec::new();
    while let Some((latch, header)) = find(function, &done) {
        duplicate_for(function, latch, header);
        done.push(header);
    }
    !done.is_empty()
}

fn find(function: &Function, done: &[BlockId]) -> Option<(BlockId, BlockId)> {
    let graph = Graph::of(function);
    graph.loops(function).into_iter().find_map(|found| {
        let header = &function.blocks[found.header.0 as usize];
        let [latch] = found.latches.as_slice() else { return None };
        let Terminator::Branch(_, then, otherwise) = &header.terminator else { return None };
        let leaves = found.blocks.contains(&then.0) != found.blocks.contains(&otherwise.0);
        let small = header.instructions.len() <= MOST_INSTRUCTIONS;
        let fresh = !done.contains(&found.header) && *latch != found.header && found.header != BlockId(0);
        (leaves && small && fresh).then_some((*latch, found.header))
    })
}
