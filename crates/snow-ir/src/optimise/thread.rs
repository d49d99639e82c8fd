//! Jump threading: where a block only looks at a value that one of its predecessors
//! knows, that predecessor goes on directly to where the look would lead.
//!
//! This is what makes an `Option` or a tuple between two inlined functions disappear:
//! behind it, every use of the object sees the `New` that made it.

use super::blocks;
use super::duplicate::duplicate_for;
use super::fold::{Folded, fold_op};
use super::graph::Graph;
use crate::ir::{BlockId, Function, Op, Static, Terminator, Value};
use std::collections::HashMap;

/// Blocks with more instructions than this are not copied.
const MOST_INSTRUCTIONS: usize = 12;

/// So many copies in one function, at most, in one run.
const MOST_COPIES: usize = 64;

pub fn thread_jumps(function: &mut Function, statics: &[Static]) -> bool {
    blocks::split_switch_edges(function);
    let mut copies = 0;
    while copies < MOST_COPIES {
        let Some((from, block)) = find(function, statics) else { break };
        duplicate_for(function, from, block);
        copies += 1;
        // The copy's end is known: without this it would be found again.
        super::fold::fold(function, statics);
    }
    copies > 0
}

fn find(function: &Function, statics: &[Static]) -> Option<(BlockId, BlockId)> {
    let graph = Graph::of(function);
    let made = definitions(function);
    for block in graph.order.iter().skip(1) {
        if graph.predecessors[block.0 as usize].len() < 2 || !is_copyable(function, &graph, *block) {
            continue;
        }
        for from in &graph.predecessors[block.0 as usize] {
            // An edge of a loop back to its header stays: else loops would be unrolled here.
            if graph.dominates(*block, *from) {
                continue;
            }
            let Terminator::Jump(_, arguments) = &function.blocks[from.0 as usize].terminator else {
                continue;
            };
            if decides(function, *block, arguments, &made, statics) {
                return Some((*from, *block));
            }
        }
    }
    None
}

fn definitions(function: &Function) -> HashMap<Value, &Op> {
    function
        .blocks
        .iter()
        .flat_map(|block| &block.instructions)
        .filter_map(|instruction| Some((instruction.result?, &instruction.op)))
        .collect()
}

fn is_copyable(function: &Function, graph: &Graph, block: BlockId) -> bool {
    let content = &function.blocks[block.0 as usize];
    content.instructions.len() <= MOST_INSTRUCTIONS
        && matches!(content.terminator, Terminator::Branch(..) | Terminator::Switch(..))
        && content.instructions.iter().all(|instruction| super::dead::removable(&instruction.op))
        // Not a loop's header.
        && !graph.predecessors[block.0 as usize].iter().any(|from| graph.dominates(block, *from))
}

/// Is the block's last test decided when its parameters are these values?
fn decides(
    function: &Function,
    block: BlockId,
    arguments: &[Value],
    made: &HashMap<Value, &Op>,
    statics: &[Static],
) -> bool {
    let content = &function.blocks[block.0 as usize];
    let params: HashMap<Value, Value> =
        content.params.iter().copied().zip(arguments.iter().copied()).collect();
    // Results inside the block, folded under these arguments.
    let mut inside: HashMap<Value, Op> = HashMap::new();
    let mut same: HashMap<Value, Value> = params;
    let no_writes = vec![false; function.values.len()];
    for instruction in &content.instructions {
        let Some(result) = instruction.result else { return false };
        let mut op = instruction.op.clone();
        op.operands_mut(&mut |value| *value = *same.get(value).unwrap_or(value));
        let known = |value: Value| inside.get(&value).or_else(|| made.get(&value).copied());
        match fold_op(&op, &known, statics, &no_writes) {
            Some(Folded::Same(value)) => {
                same.insert(result, value);
            }
            Some(Folded::Becomes(op)) => {
                inside.insert(result, op);
            }
            None => {
                inside.insert(result, op);
            }
        }
    }
    let condition = match &content.terminator {
        Terminator::Branch(condition, ..) | Terminator::Switch(condition, ..) => *condition,
        _ => return false,
    };
    let condition = *same.get(&condition).unwrap_or(&condition);
    matches!(inside.get(&condition).or_else(|| made.get(&condition).copied()), Some(Op::Bool(_) | Op::Int(_)))
}
