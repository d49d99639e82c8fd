//! Removes redundant block parameters: those that get the same value on every edge, and those that nobody
//! reads. In SSA form with phi nodes these are redundant and dead phis.
//!
//! Costs a walk over the function for each round; one removal may uncover another, and a few rounds catch
//! nearly all.

use super::block_merging::{Replacements, replace_values};
use crate::ir::{BlockId, Function, Value};
use cranelift_entity::{EntitySet, SecondaryMap};

/// Removes parameters that are not needed; was there any?
pub fn remove_redundant(function: &mut Function) -> bool {
    let mut changed = false;
    // Removing one can make another redundant; a few rounds catch nearly all.
    for _ in 0..4 {
        if !remove_once(function) {
            break;
        }
        changed = true;
        // What only made values for parameters that are gone, maybe out of those same parameters.
        super::dead_code::remove(function);
    }
    changed
}

/// What the edges into a block pass for one of its parameters.
#[derive(Clone, Copy, PartialEq, Default)]
enum Given {
    #[default]
    Nothing,
    /// The same everywhere, apart from the parameter itself.
    One(Value),
    Several,
}

fn remove_once(function: &mut Function) -> bool {
    let used = used_values(function);
    let given = given_values(function);
    let mut replaced = Replacements::new();
    let mut any = false;
    // By block: which parameters go.
    let mut gone: SecondaryMap<BlockId, Vec<bool>> = SecondaryMap::new();
    // The parameters of the first block are the function's.
    for (id, block) in function.blocks.iter().skip(1) {
        for param in &block.params {
            let goes = match given[*param] {
                _ if !used.contains(*param) => true,
                // A value that is itself going away now is looked at in the next round.
                Given::One(value) if replaced[value].is_none() => {
                    replaced[*param] = Some(value);
                    true
                }
                _ => false,
            };
            any |= goes;
            gone[id].push(goes);
        }
    }
    if !any {
        return false;
    }
    for block in function.blocks.values_mut() {
        block.terminator.edges_mut(|next, arguments| without(arguments, &gone[*next]));
    }
    for (id, block) in function.blocks.iter_mut() {
        without(&mut block.params, &gone[id]);
    }
    replace_values(function, &replaced);
    true
}

fn given_values(function: &Function) -> SecondaryMap<Value, Given> {
    let mut given = SecondaryMap::new();
    given.resize(function.values.len());
    for block in function.blocks.values() {
        block.terminator.each_edge(|next, arguments| {
            let params = &function.blocks[next].params;
            for (param, argument) in params.iter().zip(arguments) {
                let slot = &mut given[*param];
                *slot = match *slot {
                    same if argument == param || same == Given::One(*argument) => same,
                    Given::Nothing => Given::One(*argument),
                    _ => Given::Several,
                };
            }
        });
    }
    given
}

/// Is it read by an instruction, or handed to a parameter that is?
fn used_values(function: &Function) -> EntitySet<Value> {
    let mut used = EntitySet::with_capacity(function.values.len());
    let mut waiting: Vec<Value> = Vec::new();
    // What is handed to each parameter.
    let mut handed: SecondaryMap<Value, Vec<Value>> = SecondaryMap::new();
    handed.resize(function.values.len());
    let mut mark = |value: Value, waiting: &mut Vec<Value>| {
        if used.insert(value) {
            waiting.push(value);
        }
    };
    for block in function.blocks.values() {
        for instruction in &block.instructions {
            // What only makes a value that nobody reads does not count.
            let counts = instruction.result.is_none() || !super::dead_code::removable(&instruction.op);
            if counts {
                instruction.op.each_operand(|value| mark(value, &mut waiting));
            } else if let Some(result) = instruction.result {
                instruction.op.each_operand(|value| handed[result].push(value));
            }
        }
        let mut on_edges = 0;
        block.terminator.each_edge(|next, arguments| {
            let params = &function.blocks[next].params;
            params.iter().zip(arguments).for_each(|(param, argument)| handed[*param].push(*argument));
            on_edges += arguments.len();
        });
        // The condition comes first, the arguments of edges behind it.
        let operands = block.terminator.operands();
        operands[..operands.len() - on_edges].iter().for_each(|value| mark(*value, &mut waiting));
    }
    while let Some(value) = waiting.pop() {
        for other in std::mem::take(&mut handed[value]) {
            mark(other, &mut waiting);
        }
    }
    used
}

fn without(values: &mut Vec<Value>, gone: &[bool]) {
    let mut index = 0;
    values.retain(|_| {
        index += 1;
        !gone.get(index - 1).copied().unwrap_or(false)
    });
}
