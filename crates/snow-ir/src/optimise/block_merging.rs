//! Joins blocks that follow each other, and drops those that nothing reaches.

use super::control_flow_graph::Graph;
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
        while let Terminator::Jump(next, arguments) = &function.blocks[block.0 as usize].terminator {
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
    let mut uses: Option<Vec<u32>> = None;
    for (index, block) in function.blocks.iter().enumerate().skip(1) {
        let Terminator::Jump(next, arguments) = &block.terminator else { continue };
        if !block.instructions.is_empty() || next.0 as usize == index {
            continue;
        }
        // What it is given must go nowhere else than where it passes it on.
        let passed = |param: &Value| arguments.iter().filter(|argument| *argument == param).count() as u32;
        let uses = uses.get_or_insert_with(|| count_uses(function));
        if block.params.iter().all(|param| uses[param.0 as usize] == passed(param)) {
            targets[index] = Some((*next, arguments.clone()));
        }
    }
    if targets.iter().all(Option::is_none) {
        return false;
    }
    let mut changed = false;
    for index in 0..function.blocks.len() {
        let mut terminator = std::mem::take(&mut function.blocks[index].terminator);
        if let Terminator::Switch(..) = &terminator {
            // Its edges carry no arguments.
            terminator.successors_mut(&mut |to| match &targets[to.0 as usize] {
                Some((next, arguments)) if arguments.is_empty() => {
                    *to = *next;
                    changed = true;
                }
                _ => {}
            });
        }
        terminator.edges_mut(|to, given| {
            let Some((next, arguments)) = &targets[to.0 as usize] else { return };
            let params = &function.blocks[to.0 as usize].params;
            let value = |argument: &Value| match params.iter().position(|param| param == argument) {
                Some(index) => given[index],
                None => *argument,
            };
            (*to, *given) = (*next, arguments.iter().map(value).collect());
            changed = true;
        });
        function.blocks[index].terminator = terminator;
    }
    changed
}

fn count_uses(function: &Function) -> Vec<u32> {
    let mut uses = vec![0; function.values.len()];
    for block in &function.blocks {
        let mut count = |value: Value| uses[value.0 as usize] += 1;
        block.instructions.iter().for_each(|instruction| instruction.op.each_operand(&mut count));
        block.terminator.each_operand(&mut count);
    }
    uses
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
        let mut new_blocks: Vec<Block> = Vec::new();
        let count = function.blocks.len();
        terminator.successors_mut(&mut |next| {
            if graph.predecessors[next.0 as usize].len() > 1 {
                new_blocks.push(Block {
                    terminator: Terminator::Jump(*next, vec![]),
                    cold: function.blocks[next.0 as usize].cold,
                    ..Block::default()
                });
                *next = BlockId((count + new_blocks.len() - 1) as u32);
            }
        });
        function.blocks[index].terminator = terminator;
        function.blocks.append(&mut new_blocks);
    }
}

#[cfg(test)]
mod tests {
    use crate::optimise::testing::{check_function, count};

    fn tidied(source: &str, rows: &[&[i64]]) -> String {
        check_function(source, rows, |function| {
            assert!(super::tidy(function));
            super::drop_unreachable(function);
        })
    }

    #[test]
    fn straight_lines_become_one_block() {
        let shown = tidied(
            "fn \"f\" -> int
            b0(v0: int):
              jump b1(v0)
            b1(v1: int):
              v2 = add v1, v0
              jump b2
            b2():
              return v2",
            &[&[3]],
        );
        assert!(!shown.contains("jump") && shown.contains("add v0, v0"), "{shown}");
    }

    #[test]
    fn a_block_that_only_passes_on_is_skipped() {
        let shown = tidied(
            "fn \"f\" -> int
            b0(v0: int, v1: int):
              v2 = less v0, v1
              branch v2, b1(v1), b1(v0)
            b1(v3: int):
              jump b2(v3, v0)
            b2(v4: int, v5: int):
              v6 = subtract v4, v5
              return v6",
            &[&[3, 5], &[5, 3]],
        );
        assert_eq!(count(&shown, "jump"), 0, "{shown}");
        assert!(shown.contains("(v1, v0)") && shown.contains("(v0, v0)"), "{shown}");
    }
}
