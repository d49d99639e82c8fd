//! Joins blocks that follow each other, and drops those that nothing reaches.

use super::graph::Graph;
use crate::ir::{Block, BlockId, Function, Terminator, Value};

/// Joins straight lines and skips empty blocks.
pub fn tidy(function: &mut Function) -> bool {
    let mut changed = skip_empty(function);
    changed |= join(function);
    changed
}

/// A block whose only predecessor jumps to it becomes part of that one.
fn join(function: &mut Function) -> bool {
    let graph = Graph::of(function);
    let mut changed = false;
    let mut replaced: Vec<Option<Value>> = vec![None; function.values.len()];
    for index in 0..graph.order.len() {
        let block = graph.order[index];
        loop {
            let Terminator::Jump(next, arguments) = &function.blocks[block.0 as usize].terminator else {
                break;
            };
            let next = *next;
            if next == block || next == BlockId(0) || graph.predecessors[next.0 as usize].len() != 1 {
                break;
            }
            let arguments = arguments.clone();
            let mut taken = std::mem::take(&mut function.blocks[next.0 as usize]);
            taken
                .params
                .iter()
                .zip(arguments)
                .for_each(|(param, value)| replaced[param.0 as usize] = Some(value));
            let into = &mut function.blocks[block.0 as usize];
            into.instructions.append(&mut taken.instructions);
            into.terminator = taken.terminator;
            changed = true;
        }
    }
    if changed {
        replace_values(function, &replaced);
    }
    changed
}

/// Jumps to a block that only jumps on go there at once.
fn skip_empty(function: &mut Function) -> bool {
    let mut targets: Vec<Option<(BlockId, Vec<Value>)>> = vec![None; function.blocks.len()];
    for (index, block) in function.blocks.iter().enumerate().skip(1) {
        let Terminator::Jump(next, arguments) = &block.terminator else { continue };
        let own_params_stay_inside = block.params.is_empty();
        if block.instructions.is_empty() && next.0 as usize != index && own_params_stay_inside {
            targets[index] = Some((*next, arguments.clone()));
        }
    }
    let mut changed = false;
    for block in &mut function.blocks {
        let redirect = |edge: &mut (BlockId, Vec<Value>)| {
            let Some((next, arguments)) = &targets[edge.0.0 as usize] else { return false };
            *edge = (*next, arguments.clone());
            true
        };
        match &mut block.terminator {
            Terminator::Jump(next, arguments) => {
                let mut edge = (*next, std::mem::take(arguments));
                changed |= redirect(&mut edge);
                (*next, *arguments) = edge;
            }
            Terminator::Branch(_, then, otherwise) => {
                changed |= redirect(then);
                changed |= redirect(otherwise);
            }
            // The edges of a switch carry no arguments, and each keeps a target of its own.
            _ => {}
        }
    }
    changed
}

/// Replaces values everywhere, chains of replacements included.
pub fn replace_values(function: &mut Function, replaced: &[Option<Value>]) {
    let final_value = |mut value: Value| {
        while let Some(Some(next)) = replaced.get(value.0 as usize) {
            value = *next;
        }
        value
    };
    for block in &mut function.blocks {
        for instruction in &mut block.instructions {
            instruction.op.operands_mut(&mut |value| *value = final_value(*value));
        }
        block.terminator.operands_mut(&mut |value| *value = final_value(*value));
    }
}

/// Removes blocks that nothing reaches, and numbers the others in their order.
pub fn drop_unreachable(function: &mut Function) {
    let order = Graph::of(function).order;
    let mut numbers = vec![BlockId(u32::MAX); function.blocks.len()];
    order.iter().enumerate().for_each(|(index, block)| numbers[block.0 as usize] = BlockId(index as u32));
    let mut old: Vec<Block> = std::mem::take(&mut function.blocks);
    for block in order {
        let mut block = std::mem::take(&mut old[block.0 as usize]);
        block.terminator.successors_mut(&mut |next| *next = numbers[next.0 as usize]);
        function.blocks.push(block);
    }
}

/// Gives every edge of a switch a block of its own, so that it can carry arguments.
pub fn split_switch_edges(function: &mut Function) {
    let graph = Graph::of(function);
    for index in 0..function.blocks.len() {
        let Terminator::Switch(..) = function.blocks[index].terminator else { continue };
        let mut terminator = std::mem::take(&mut function.blocks[index].terminator);
        let cold: Vec<bool> = function.blocks.iter().map(|block| block.cold).collect();
        let mut new_blocks: Vec<Block> = Vec::new();
        let count = function.blocks.len();
        terminator.successors_mut(&mut |next| {
            if graph.predecessors[next.0 as usize].len() > 1 {
                new_blocks.push(Block {
                    terminator: Terminator::Jump(*next, vec![]),
                    cold: cold[next.0 as usize],
                    ..Block::default()
                });
                *next = BlockId((count + new_blocks.len() - 1) as u32);
            }
        });
        function.blocks[index].terminator = terminator;
        function.blocks.append(&mut new_blocks);
    }
}
