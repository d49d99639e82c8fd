//! Takes out of a loop what is the same in each turn.
//!
//! What may fault when it is run too early (a field of what might be another
//! constructor, an address of what might be no message) leaves only from places that
//! every turn comes by.

use super::dead;
use super::graph::{Graph, Loop};
use crate::ir::{BlockId, Function, Instruction, Op, Terminator};

pub fn hoist(function: &mut Function) {
    let graph = Graph::of(function);
    // Inner loops first: what leaves one may leave the next.
    for found in graph.loops().iter().rev() {
        if let Some(before) = preheader(function, &graph, found) {
            hoist_from(function, &graph, found, before);
        }
    }
}

/// The one block before the loop, which leads nowhere else.
pub fn preheader(function: &Function, graph: &Graph, found: &Loop) -> Option<BlockId> {
    let mut outside =
        graph.predecessors[found.header.0 as usize].iter().filter(|block| !found.blocks.contains(block));
    let only = outside.next()?;
    let leads_nowhere_else = matches!(function.blocks[only.0 as usize].terminator, Terminator::Jump(..));
    (outside.next().is_none() && leads_nowhere_else).then_some(*only)
}

/// What a loop may change.
#[derive(Default)]
struct Writes {
    words: bool,
    arrays: bool,
    bytes: bool,
}

fn hoist_from(function: &mut Function, graph: &Graph, found: &Loop, before: BlockId) {
    let mut inside = vec![false; function.values.len()];
    let mut member = vec![false; function.blocks.len()];
    found.blocks.iter().for_each(|block| member[block.0 as usize] = true);
    let mut writes = Writes::default();
    let mut written = vec![false; function.values.len()];
    // Blocks that lead out of the loop.
    let mut exits: Vec<BlockId> = Vec::new();
    for id in &found.blocks {
        let block = &function.blocks[id.0 as usize];
        block.params.iter().for_each(|param| inside[param.0 as usize] = true);
        for instruction in &block.instructions {
            note_writes(&instruction.op, &mut writes);
            if let Op::Store { object, .. } = instruction.op {
                written[object.0 as usize] = true;
            }
            if let Some(result) = instruction.result {
                inside[result.0 as usize] = true;
            }
        }
        block.terminator.each_edge(|next, _| {
            if !member[next.0 as usize] && !exits.contains(id) {
                exits.push(*id);
            }
        });
    }
    let every_turn =
        |block: BlockId| found.latches.iter().chain(&exits).all(|other| graph.dominates(block, *other));
    let mut moved: Vec<Instruction> = Vec::new();
    for &id in &found.blocks {
        let safe = every_turn(id);
        let block = &mut function.blocks[id.0 as usize];
        let mut kept = Vec::with_capacity(block.instructions.len());
        for instruction in std::mem::take(&mut block.instructions) {
            let mut same = true;
            instruction.op.each_operand(|value| same &= !inside[value.0 as usize]);
            let may_leave = match &instruction.op {
                Op::Load { object, .. } => safe && !written[object.0 as usize],
                Op::Address(_) => safe,
                Op::LoadMutable { .. } => safe && !writes.words,
                Op::ArrayGet { .. } => safe && !writes.arrays,
                Op::LoadBytes { .. } | Op::LoadVector { .. } => safe && !writes.bytes,
                op => dead::pure(op),
            };
            match instruction.result {
                Some(result) if same && may_leave => {
                    inside[result.0 as usize] = false;
                    moved.push(instruction);
                }
                _ => kept.push(instruction),
            }
        }
        block.instructions = kept;
    }
    function.blocks[before.0 as usize].instructions.append(&mut moved);
}

fn note_writes(op: &Op, writes: &mut Writes) {
    match op {
        Op::Store { .. } => writes.words = true,
        Op::ArraySet { .. } => writes.arrays = true,
        Op::StoreBytes { .. } | Op::StoreVector { .. } => writes.bytes = true,
        Op::Call { .. } | Op::CallClosure { .. } | Op::Runtime { .. } | Op::Park => {
            *writes = Writes { words: true, arrays: true, bytes: true };
        }
        _ => {}
    }
}
