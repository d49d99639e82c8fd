//! Merges blocks: one whose only predecessor jumps to it becomes part of that one, and jumps to a block
//! that does nothing but jump on go on at once.
//!
//! Relies on nothing. Leaves empty blocks that nothing reaches (`renumbering` drops them). Costs one walk
//! over the function, and a second one when something was merged.

use crate::control_flow_graph::{predecessor_counts, reverse_postorder};
use crate::ir::{Block, BlockId, Function, Terminator, Value};
use cranelift_entity::SecondaryMap;

/// Joins straight lines and skips empty blocks; was there anything to do?
pub fn merge_blocks(function: &mut Function) -> bool {
    let mut changed = skip_empty(function);
    changed |= join(function);
    changed
}

/// A block whose only predecessor jumps to it becomes part of that one.
fn join(function: &mut Function) -> bool {
    let order = reverse_postorder(function);
    let predecessors = predecessor_counts(function, &order);
    let mut changed = false;
    let mut replaced = Replacements::new();
    for block in order {
        while let Terminator::Jump(next, arguments) = &function.blocks[block].terminator {
            let next = *next;
            if next == block || next == BlockId::ENTRY || predecessors[next] != 1 {
                break;
            }
            let arguments = arguments.clone();
            let mut taken = std::mem::take(&mut function.blocks[next]);
            taken.params.iter().zip(arguments).for_each(|(param, value)| replaced[*param] = Some(value));
            let into = &mut function.blocks[block];
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
    let mut targets: SecondaryMap<BlockId, Option<(BlockId, Vec<Value>)>> = SecondaryMap::new();
    let mut uses: Option<SecondaryMap<Value, u32>> = None;
    for (id, block) in function.blocks.iter().skip(1) {
        let Terminator::Jump(next, arguments) = &block.terminator else { continue };
        if !block.instructions.is_empty() || *next == id {
            continue;
        }
        // What it is given must go nowhere else than where it passes it on.
        let passed = |param: &Value| arguments.iter().filter(|argument| *argument == param).count() as u32;
        let uses = uses.get_or_insert_with(|| function.use_counts());
        if block.params.iter().all(|param| uses[*param] == passed(param)) {
            targets[id] = Some((*next, arguments.clone()));
        }
    }
    if targets.values().all(Option::is_none) {
        return false;
    }
    let mut changed = false;
    for id in function.blocks.keys() {
        let mut terminator = std::mem::take(&mut function.blocks[id].terminator);
        if let Terminator::Switch(..) = &terminator {
            // Its edges carry no arguments.
            terminator.successors_mut(&mut |to| match &targets[*to] {
                Some((next, arguments)) if arguments.is_empty() => {
                    *to = *next;
                    changed = true;
                }
                _ => {}
            });
        }
        terminator.edges_mut(|to, given| {
            let Some((next, arguments)) = &targets[*to] else { return };
            let params = &function.blocks[*to].params;
            let value = |argument: &Value| match params.iter().position(|param| param == argument) {
                Some(index) => given[index],
                None => *argument,
            };
            (*to, *given) = (*next, arguments.iter().map(value).collect());
            changed = true;
        });
        function.blocks[id].terminator = terminator;
    }
    changed
}

/// What stands for each value that is gone.
pub type Replacements = SecondaryMap<Value, Option<Value>>;

/// Replaces values everywhere, chains of replacements included.
pub fn replace_values(function: &mut Function, replaced: &Replacements) {
    let mut replaced = replaced.clone();
    // The chain is shortened on the way, so that no part of it is gone through again and again.
    let mut final_value = |value: Value| {
        let mut last = value;
        while let Some(next) = replaced[last] {
            last = next;
        }
        let mut passed = value;
        while let Some(next) = replaced[passed] {
            replaced[passed] = Some(last);
            passed = if next == last { break } else { next };
        }
        last
    };
    for block in function.blocks.values_mut() {
        for instruction in &mut block.instructions {
            instruction.op.operands_mut(&mut |value| *value = final_value(*value));
        }
        block.terminator.operands_mut(&mut |value| *value = final_value(*value));
    }
}

/// Gives every edge of a switch a block of its own, so that it can carry arguments.
pub fn split_switch_edges(function: &mut Function) {
    if !function.blocks.values().any(|block| matches!(block.terminator, Terminator::Switch(..))) {
        return;
    }
    let predecessors = predecessor_counts(function, &reverse_postorder(function));
    for id in function.blocks.keys() {
        let Terminator::Switch(..) = function.blocks[id].terminator else { continue };
        let mut terminator = std::mem::take(&mut function.blocks[id].terminator);
        terminator.successors_mut(&mut |next| {
            if predecessors[*next] > 1 {
                let cold = function.blocks[*next].cold;
                let terminator = Terminator::Jump(*next, vec![]);
                *next = function.blocks.push(Block { terminator, cold, ..Block::default() });
            }
        });
        function.blocks[id].terminator = terminator;
    }
}
