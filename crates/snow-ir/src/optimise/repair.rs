//! Puts a function in order again after blocks were copied: one value has several
//! definitions then, and each use is to get the one that reaches it.

use super::graph::Graph;
use super::hash::Table;
use crate::ir::{BlockId, Function, Terminator, Value};

/// The copies of a value: what it is called at the end of each block that defines it.
pub struct Copies {
    /// What its uses name.
    pub value: Value,
    /// The original among them. The names of the others are new.
    pub definitions: Vec<(BlockId, Value)>,
}

/// Rewrites the uses of each value, through new block parameters where several definitions meet.
/// (Braun et al., "Simple and Efficient Construction of SSA Form".)
///
/// Blocks that define a value use their own definition already. Switches whose targets have other
/// predecessors must have been split (`blocks::split_switch_edges`).
pub fn repair(function: &mut Function, graph: &Graph, all: Vec<Copies>) {
    let mut users: Vec<Vec<BlockId>> = vec![Vec::new(); function.values.len()];
    let mut wanted = vec![false; function.values.len()];
    all.iter().for_each(|copies| wanted[copies.value.0 as usize] = true);
    for block in &graph.order {
        let content = &function.blocks[block.0 as usize];
        let mut note = |value: Value| {
            let users = &mut users[value.0 as usize];
            if wanted[value.0 as usize] && users.last() != Some(block) {
                users.push(*block);
            }
        };
        content.instructions.iter().for_each(|instruction| instruction.op.each_operand(&mut note));
        content.terminator.each_operand(&mut note);
    }
    for Copies { value, definitions } in all {
        let users = std::mem::take(&mut users[value.0 as usize]);
        let definitions = definitions.into_iter().collect();
        Repair { function, graph, value, definitions, at_start: Table::default() }.run(&users);
    }
}

struct Repair<'a> {
    function: &'a mut Function,
    graph: &'a Graph,
    value: Value,
    definitions: Table<BlockId, Value>,
    at_start: Table<BlockId, Value>,
}

impl Repair<'_> {
    fn run(&mut self, users: &[BlockId]) {
        let value = self.value;
        for block in users {
            if self.definitions.contains_key(block) {
                continue;
            }
            let reaching = self.value_at_start(*block);
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

    fn value_at_start(&mut self, block: BlockId) -> Value {
        // Straight lines are followed in a loop: they may be long.
        let mut line = Vec::new();
        let mut at = block;
        let value = loop {
            if let Some(value) = self.at_start.get(&at) {
                break *value;
            }
            line.push(at);
            match self.graph.predecessors[at.0 as usize].as_slice() {
                [only] => match self.definitions.get(only) {
                    Some(value) => break *value,
                    None => at = *only,
                },
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
        let class = self.function.values[self.value.0 as usize];
        self.function.values.push(class);
        self.at_start.insert(block, param);
        self.function.blocks[block.0 as usize].params.push(param);
        let mut predecessors = self.graph.predecessors[block.0 as usize].clone();
        predecessors.sort_unstable();
        predecessors.dedup();
        for predecessor in predecessors {
            let value = match self.definitions.get(&predecessor) {
                Some(value) => *value,
                None => self.value_at_start(predecessor),
            };
            let terminator = &mut self.function.blocks[predecessor.0 as usize].terminator;
            debug_assert!(!matches!(terminator, Terminator::Switch(..)), "a switch carries no arguments");
            terminator.edges_mut(|next, arguments| {
                if *next == block {
                    arguments.push(value);
                }
            });
        }
        param
    }
}
