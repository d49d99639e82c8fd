//! Copies of blocks and of whole functions inside of a function, with values of their own: what
//! inlining, jump threading and the passes over loops build on.
//!
//! A copied block defines values that its original defines, too: `ssa_repair` leads their uses to the
//! right one afterwards. Costs the size of what is copied.

use crate::ir::{Block, BlockId, Function, Value};
use cranelift_entity::EntityRef;
use rustc_hash::FxHashMap;

/// What values are called in a copy.
pub type Renamed = FxHashMap<Value, Value>;

/// Copies a block, parameters included, and adds what its values are called in the copy. What is
/// renamed already has its new name in the copy too.
pub fn copy_block(function: &mut Function, block: BlockId, renamed: &mut Renamed) -> BlockId {
    let mut copy = function.blocks[block].clone();
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
    function.blocks.push(copy)
}

/// A new value of the same class, which stands for this one in a copy.
pub fn fresh(function: &mut Function, value: Value, renamed: &mut Renamed) -> Value {
    let new = function.values.push(function.values[value]);
    renamed.insert(value, new);
    new
}

/// Copies blocks of `source` behind those of `function`: values and blocks get new numbers.
/// Returns the copy of the first.
pub fn append_blocks(function: &mut Function, source: &Function) -> BlockId {
    let (blocks, values) = (function.blocks.len(), function.values.len());
    let moved_value = |value: &mut Value| *value = Value::new(value.index() + values);
    function.values.reserve(source.values.len());
    source.values.values().for_each(|class| _ = function.values.push(*class));
    for block in source.blocks.values() {
        let mut block: Block = block.clone();
        block.params.iter_mut().for_each(moved_value);
        for instruction in &mut block.instructions {
            instruction.op.operands_mut(&mut { moved_value });
            instruction.result.iter_mut().for_each(moved_value);
        }
        block.terminator.operands_mut(&mut { moved_value });
        block.terminator.successors_mut(&mut |next| *next = BlockId::new(next.index() + blocks));
        function.blocks.push(block);
    }
    BlockId::new(blocks)
}
