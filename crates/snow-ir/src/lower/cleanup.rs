//! Tidies a function as lowering left it: no unreachable blocks, no block that only
//! jumps on, no jump to a block that nothing else reaches.

use crate::ir::{Block, BlockId, Function, Terminator, Value};
use std::collections::HashMap;

pub(crate) fn clean(function: &mut Function) {
    skip_empty_blocks(function);
    remove_unreachable(function);
    join_chains(function);
    remove_unreachable(function);
}

/// Edges to a block that only jumps on, without arguments, lead to its target.
fn skip_empty_blocks(function: &mut Function) {
    let target = |block: BlockId| -> BlockId {
        let mut block = block;
        // So many steps only: empty blocks may form a circle.
        for _ in 0..function.blocks.len() {
            let found = &function.blocks[block.0 as usize];
            match &found.terminator {
                Terminator::Jump(next, arguments)
                    if arguments.is_empty() && found.instructions.is_empty() && found.params.is_empty() =>
                {
                    block = *next;
                }
                _ => break,
            }
        }
        block
    };
    let targets: Vec<BlockId> =
        (0..function.blocks.len() as u32).map(|block| target(BlockId(block))).collect();
    for block in &mut function.blocks {
        block.terminator.successors_mut(&mut |successor| *successor = targets[successor.0 as usize]);
    }
}

fn remove_unreachable(function: &mut Function) {
    let mut reached = vec![false; function.blocks.len()];
    let mut waiting = vec![BlockId(0)];
    while let Some(block) = waiting.pop() {
        if !std::mem::replace(&mut reached[block.0 as usize], true) {
            waiting.extend(function.blocks[block.0 as usize].terminator.successors());
        }
    }
    let mut numbers = Vec::new();
    let mut next = 0;
    for reached in &reached {
        numbers.push(BlockId(next));
        next += u32::from(*reached);
    }
    let mut index = 0;
    function.blocks.retain(|_| {
        index += 1;
        reached[index - 1]
    });
    for block in &mut function.blocks {
        block.terminator.successors_mut(&mut |successor| *successor = numbers[successor.0 as usize]);
    }
}

/// Appends a block to its only predecessor where that only jumps to it.
fn join_chains(function: &mut Function) {
    let mut predecessors = vec![0u32; function.blocks.len()];
    predecessors[0] = 1;
    for block in &function.blocks {
        block.terminator.successors().iter().for_each(|successor| predecessors[successor.0 as usize] += 1);
    }
    let mut replaced: HashMap<Value, Value> = HashMap::new();
    for index in 0..function.blocks.len() {
        loop {
            let next = match &function.blocks[index].terminator {
                Terminator::Jump(next, _)
                    if predecessors[next.0 as usize] == 1 && next.0 as usize != index =>
                {
                    *next
                }
                _ => break,
            };
            if next.0 == 0 {
                break;
            }
            let joined: Block = std::mem::take(&mut function.blocks[next.0 as usize]);
            let block = &mut function.blocks[index];
            let Terminator::Jump(_, arguments) = std::mem::replace(&mut block.terminator, joined.terminator)
            else {
                unreachable!("the terminator was a jump")
            };
            replaced.extend(joined.params.into_iter().zip(arguments));
            block.instructions.extend(joined.instructions);
            block.cold |= joined.cold && index != 0;
        }
    }
    if replaced.is_empty() {
        return;
    }
    let mut replace = |value: &mut Value| {
        while let Some(by) = replaced.get(value) {
            *value = *by;
        }
    };
    for block in &mut function.blocks {
        block.instructions.iter_mut().for_each(|instruction| instruction.op.operands_mut(&mut replace));
        block.terminator.operands_mut(&mut replace);
    }
}
