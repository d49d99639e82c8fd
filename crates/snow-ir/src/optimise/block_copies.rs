//! Copies of instructions and blocks, with values of their own.

use super::hash::Table;
use crate::ir::{Block, BlockId, Function, Value};

/// What values are called in a copy.
pub type Renamed = Table<Value, Value>;

/// Copies a block, parameters included, and adds what its values are called in the copy. What is
/// renamed already has its new name in the copy too.
pub fn copy_block(function: &mut Function, block: BlockId, renamed: &mut Renamed) -> BlockId {
    let mut copy = function.blocks[block.0 as usize].clone();
    for param in &mut copy.params {
        *param = fresh(function, *param, renamed);
    }
    for instruction in &mut copy.instructions {
        instruction.op.operands_mut(&mut |value| *value = *renamed.get(value).unwrap_or(value));
        if let Some(result) = &mut instruction.result {
            *result = fresh(function, *result, renamed);
        }
    }
    copy.terminator.operands_mut(&mut |value| *value = *renamed.get(value).unwrap_or(value));
    function.blocks.push(copy);
    BlockId(function.blocks.len() as u32 - 1)
}

/// A new value of the same class, which stands for this one in a copy.
pub fn fresh(function: &mut Function, value: Value, renamed: &mut Renamed) -> Value {
    let new = Value(function.values.len() as u32);
    function.values.push(function.values[value.0 as usize]);
    renamed.insert(value, new);
    new
}

/// Copies blocks of `source` behind those of `function`: values and blocks get new numbers.
/// Returns the number of the first.
pub fn append_blocks(function: &mut Function, source: &Function) -> u32 {
    let (first_block, first_value) = (function.blocks.len() as u32, function.values.len() as u32);
    function.values.extend(&source.values);
    for block in &source.blocks {
        let mut block: Block = block.clone();
        block.params.iter_mut().for_each(|value| value.0 += first_value);
        for instruction in &mut block.instructions {
            instruction.op.operands_mut(&mut |value| value.0 += first_value);
            if let Some(result) = &mut instruction.result {
                result.0 += first_value;
            }
        }
        block.terminator.operands_mut(&mut |value| value.0 += first_value);
        block.terminator.successors_mut(&mut |next| next.0 += first_block);
        function.blocks.push(block);
    }
    first_block
}
