//! Takes out of a loop what is the same in each turn: addresses of byte storage, and
//! fields that nothing in the loop changes.
//!
//! Arithmetic on registers is left to Cranelift, which does this itself; memory it
//! does not know.

use super::fold::clobbers;
use super::graph::{Graph, Loop};
use crate::ir::{BlockId, Function, Instruction, Op, Terminator};

pub fn hoist(function: &mut Function) {
    let graph = Graph::of(function);
    // Inner loops first: what leaves one may leave the next.
    for found in graph.loops(function).iter().rev() {
        if let Some(before) = preheader(function, &graph, found) {
            hoist_from(function, found, before);
        }
    }
}

/// The one block before the loop, which leads nowhere else.
fn preheader(function: &Function, graph: &Graph, found: &Loop) -> Option<BlockId> {
    let mut outside =
        graph.predecessors[found.header.0 as usize].iter().filter(|block| !found.blocks.contains(block));
    let only = outside.next()?;
    let leads_nowhere_else = matches!(function.blocks[only.0 as usize].terminator, Terminator::Jump(..));
    (outside.next().is_none() && leads_nowhere_else).then_some(*only)
}

fn hoist_from(function: &mut Function, found: &Loop, before: BlockId) {
    let mut inside = vec![false; function.values.len()];
    let mut changes_fields = false;
    for block in &found.blocks {
        let block = &function.blocks[block.0 as usize];
        block.params.iter().for_each(|param| inside[param.0 as usize] = true);
        for instruction in &block.instructions {
            changes_fields |= clobbers(&instruction.op);
            if let Some(result) = instruction.result {
                inside[result.0 as usize] = true;
            }
        }
    }
    if changes_fields {
        return;
    }
    let mut moved: Vec<Instruction> = Vec::new();
    // The header runs in every turn: a field that it reads may be read before the loop.
    let header = &mut function.blocks[found.header.0 as usize];
    let mut kept = Vec::with_capacity(header.instructions.len());
    for instruction in std::mem::take(&mut header.instructions) {
        let movable = matches!(instruction.op, Op::Load { .. } | Op::LoadMutable { .. } | Op::Address(_))
            && instruction.op.operands().iter().all(|value| !inside[value.0 as usize]);
        match (movable, instruction.result) {
            (true, Some(result)) => {
                inside[result.0 as usize] = false;
                moved.push(instruction);
            }
            _ => kept.push(instruction),
        }
    }
    header.instructions = kept;
    function.blocks[before.0 as usize].instructions.append(&mut moved);
}
