//! Copies a block for one of its predecessors, and puts the form in order again.

use super::blocks::split_switch_edges;
use super::graph::Graph;
use crate::ir::{Block, BlockId, Function, Terminator, Value};
use std::collections::HashMap;

/// Gives the edges from `from` to `block` a copy of `block` of their own. Returns the copy.
///
/// Switches must have their edges split before (`blocks::split_switch_edges`).
pub fn duplicate_for(function: &mut Function, from: BlockId, block: BlockId) -> BlockId {
    let copy_id = BlockId(function.blocks.len() as u32);
    let mut renamed: HashMap<Value, Value> = HashMap::new();
    let original = function.blocks[block.0 as usize].clone();
    let mut copy = original.clone();
    for param in &mut copy.params {
        *param = fresh(function, *param, &mut renamed);
    }
    for instruction in &mut copy.instructions {
        instruction.op.operands_mut(&mut |value| *value = *renamed.get(value).unwrap_or(value));
        if let Some(result) = &mut instruction.result {
            *result = fresh(function, *result, &mut renamed);
        }
    }
    copy.terminator.operands_mut(&mut |value| *value = *renamed.get(value).unwrap_or(value));
    function.blocks.push(copy);
    function.blocks[from.0 as usize].terminator.successors_mut(&mut |next| {
        if *next == block {
            *next = copy_id;
        }
    });
    // The targets of a copied switch have two predecessors now.
    split_switch_edges(function);
    let graph = Graph::of(function);
    let mut defined: Vec<Value> = original.params.clone();
    defined.extend(original.instructions.iter().filter_map(|instruction| instruction.result));
    for value in defined {
        Repair {
            function,
            graph: &graph,
            original: (block, value),
            copy: (copy_id, renamed[&value]),
            at_start: HashMap::new(),
        }
        .run();
    }
    copy_id
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

fn fresh(function: &mut Function, value: Value, renamed: &mut HashMap<Value, Value>) -> Value {
    let new = Value(function.values.len() as u32);
    function.values.push(function.values[value.0 as usize]);
    renamed.insert(value, new);
    new
}

/// One value that has two definitions now: each use gets the one that reaches it, through new block
/// parameters where both do. (Braun et al., "Simple and Efficient Construction of SSA Form".)
struct Repair<'a> {
    function: &'a mut Function,
    graph: &'a Graph,
    original: (BlockId, Value),
    copy: (BlockId, Value),
    at_start: HashMap<BlockId, Value>,
}

impl Repair<'_> {
    fn run(&mut self) {
        let value = self.original.1;
        for index in 0..self.graph.order.len() {
            let block = self.graph.order[index];
            if block == self.original.0 || block == self.copy.0 || !self.uses(block) {
                continue;
            }
            let reaching = self.value_at_start(block);
            let block = &mut self.function.blocks[block.0 as usize];
            let mut replace = |used: &mut Value| {
                if *used == value {
                    *used = reaching;
                }
            };
            block.instructions.iter_mut().for_each(|instruction| instruction.op.operands_mut(&mut replace));
            block.terminator.operands_mut(&mut replace);
        }
    }

    fn uses(&self, block: BlockId) -> bool {
        let block = &self.function.blocks[block.0 as usize];
        let value = self.original.1;
        block.instructions.iter().any(|instruction| instruction.op.operands().contains(&value))
            || block.terminator.operands().contains(&value)
    }

    fn value_at_end(&mut self, block: BlockId) -> Value {
        if block == self.original.0 {
            self.original.1
        } else if block == self.copy.0 {
            self.copy.1
        } else {
            self.value_at_start(block)
        }
    }

    fn value_at_start(&mut self, block: BlockId) -> Value {
        // Straight lines are followed in a loop: they may be long.
        let mut line = Vec::new();
        let mut at = block;
        let value = loop {
            if let Some(value) = self.at_start.get(&at) {
                break *value;
            }
            line.push(at);
            let predecessors = &self.graph.predecessors[at.0 as usize];
            match predecessors.as_slice() {
                [only] if *only == self.original.0 => break self.original.1,
                [only] if *only == self.copy.0 => break self.copy.1,
                [only] => at = *only,
                _ => break self.merge(at),
            }
        };
        for block in line {
            self.at_start.insert(block, value);
        }
        value
    }

    /// A new parameter of a block where several ways meet.
    fn merge(&mut self, block: BlockId) -> Value {
        let param = Value(self.function.values.len() as u32);
        let class = self.function.values[self.original.1.0 as usize];
        self.function.values.push(class);
        self.at_start.insert(block, param);
        self.function.blocks[block.0 as usize].params.push(param);
        let mut predecessors = self.graph.predecessors[block.0 as usize].clone();
        predecessors.dedup();
        for predecessor in predecessors {
            let value = self.value_at_end(predecessor);
            match &mut self.function.blocks[predecessor.0 as usize].terminator {
                Terminator::Jump(_, arguments) => arguments.push(value),
                Terminator::Branch(_, then, otherwise) => {
                    for (next, arguments) in [then, otherwise] {
                        if *next == block {
                            arguments.push(value);
                        }
                    }
                }
                _ => {}
            }
        }
        param
    }
}
