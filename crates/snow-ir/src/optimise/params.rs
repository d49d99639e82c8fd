//! Block parameters that always get the same value, or that nobody reads.

use super::blocks::replace_values;
use super::graph::Graph;
use crate::ir::{BlockId, Function, Terminator, Value};

pub fn remove_redundant(function: &mut Function) -> bool {
    let mut changed = false;
    // Removing one can make another redundant; a few rounds catch nearly all.
    for _ in 0..4 {
        if !remove_once(function) {
            break;
        }
        changed = true;
    }
    changed
}

fn remove_once(function: &mut Function) -> bool {
    let graph = Graph::of(function);
    let used = used_values(function);
    let mut replaced: Vec<Option<Value>> = vec![None; function.values.len()];
    let mut removed: Vec<Vec<usize>> = vec![Vec::new(); function.blocks.len()];
    for block in graph.order.iter().skip(1) {
        let incoming = incoming(function, &graph, *block);
        let params = &function.blocks[block.0 as usize].params;
        for (index, param) in params.iter().enumerate() {
            if !used[param.0 as usize] {
                removed[block.0 as usize].push(index);
                continue;
            }
            let mut others = incoming.iter().map(|arguments| arguments[index]).filter(|value| value != param);
            let Some(first) = others.next() else { continue };
            // A value that is itself going away now is looked at in the next round.
            if others.all(|value| value == first) && replaced[first.0 as usize].is_none() {
                replaced[param.0 as usize] = Some(first);
                removed[block.0 as usize].push(index);
            }
        }
    }
    if removed.iter().all(Vec::is_empty) {
        return false;
    }
    for (index, gone) in removed.iter().enumerate() {
        without(&mut function.blocks[index].params, gone);
    }
    for block in &mut function.blocks {
        match &mut block.terminator {
            Terminator::Jump(next, arguments) => without(arguments, &removed[next.0 as usize]),
            Terminator::Branch(_, (then, then_arguments), (otherwise, otherwise_arguments)) => {
                without(then_arguments, &removed[then.0 as usize]);
                without(otherwise_arguments, &removed[otherwise.0 as usize]);
            }
            _ => {}
        }
    }
    replace_values(function, &replaced);
    true
}

/// Is it read by an instruction, or handed to a parameter other than itself?
fn used_values(function: &Function) -> Vec<bool> {
    let mut used = vec![false; function.values.len()];
    let mut handed: Vec<(Value, Value)> = Vec::new();
    for block in &function.blocks {
        for instruction in &block.instructions {
            instruction.op.operands().iter().for_each(|value| used[value.0 as usize] = true);
        }
        let mut edge = |next: &BlockId, arguments: &[Value]| {
            let params = &function.blocks[next.0 as usize].params;
            handed.extend(params.iter().copied().zip(arguments.iter().copied()));
        };
        match &block.terminator {
            Terminator::Jump(next, arguments) => edge(next, arguments),
            Terminator::Branch(condition, then, otherwise) => {
                edge(&then.0, &then.1);
                edge(&otherwise.0, &otherwise.1);
                used[condition.0 as usize] = true;
            }
            other => other.operands().iter().for_each(|value| used[value.0 as usize] = true),
        }
    }
    // A value handed to a parameter is used when the parameter is.
    let mut changed = true;
    while changed {
        changed = false;
        for (param, value) in &handed {
            if used[param.0 as usize] && !used[value.0 as usize] {
                used[value.0 as usize] = true;
                changed = true;
            }
        }
    }
    used
}

/// The arguments of each edge into a block.
pub fn incoming(function: &Function, graph: &Graph, block: BlockId) -> Vec<Vec<Value>> {
    let mut found = Vec::new();
    let mut seen: Vec<BlockId> = Vec::new();
    for predecessor in &graph.predecessors[block.0 as usize] {
        // A predecessor with two edges stands in the list twice.
        if seen.contains(predecessor) {
            continue;
        }
        seen.push(*predecessor);
        match &function.blocks[predecessor.0 as usize].terminator {
            Terminator::Jump(_, arguments) => found.push(arguments.clone()),
            Terminator::Branch(_, then, otherwise) => {
                found.extend(
                    [then, otherwise].iter().filter(|edge| edge.0 == block).map(|edge| edge.1.clone()),
                );
            }
            _ => found.push(Vec::new()),
        }
    }
    found
}

fn without(values: &mut Vec<Value>, gone: &[usize]) {
    let mut index = 0;
    values.retain(|_| {
        index += 1;
        !gone.contains(&(index - 1))
    });
}
