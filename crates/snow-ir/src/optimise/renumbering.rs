//! Gives what is left of a function dense numbers: passes keep tables by block and by value, which
//! are as long as the highest number, and inlining copies all values of a function.

use crate::control_flow_graph::reverse_postorder;
use crate::ir::{BlockId, Function, Value};
use cranelift_entity::packed_option::ReservedValue;
use cranelift_entity::{EntityRef, PrimaryMap, SecondaryMap};

/// Removes blocks that nothing reaches, and numbers the others in their order.
pub fn drop_unreachable(function: &mut Function) {
    let order = reverse_postorder(function);
    let mut numbers: SecondaryMap<BlockId, BlockId> = SecondaryMap::with_default(BlockId::ENTRY);
    order.iter().enumerate().for_each(|(index, block)| numbers[*block] = BlockId::new(index));
    let mut old = std::mem::take(&mut function.blocks);
    for block in order {
        let mut block = std::mem::take(&mut old[block]);
        block.terminator.successors_mut(&mut |next| *next = numbers[*next]);
        function.blocks.push(block);
    }
}

/// Forgets the values that no block defines. Each block must be reachable.
pub fn drop_undefined(function: &mut Function) {
    let defined = |function: &Function| -> usize {
        let blocks = function.blocks.values();
        blocks.map(|block| block.params.len() + block.instructions.len()).sum()
    };
    // Instructions without a result count, too: what is little is left.
    if function.values.len() <= defined(function) {
        return;
    }
    let mut numbers: SecondaryMap<Value, Value> = SecondaryMap::with_default(Value::reserved_value());
    numbers.resize(function.values.len());
    let classes = std::mem::replace(&mut function.values, PrimaryMap::new());
    let mut number = |value: &mut Value| {
        numbers[*value] = function.values.push(classes[*value]);
        *value = numbers[*value];
    };
    for block in function.blocks.values_mut() {
        block.params.iter_mut().for_each(&mut number);
        block.instructions.iter_mut().filter_map(|made| made.result.as_mut()).for_each(&mut number);
    }
    for block in function.blocks.values_mut() {
        let mut replace = |value: &mut Value| *value = numbers[*value];
        block.instructions.iter_mut().for_each(|instruction| instruction.op.operands_mut(&mut replace));
        block.terminator.operands_mut(&mut replace);
    }
}
