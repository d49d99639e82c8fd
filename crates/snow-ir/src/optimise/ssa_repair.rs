//! Restores SSA form after blocks were copied: one value has several definitions then, and each use is led
//! to the one that reaches it, through new block parameters where several meet.
//!
//! (Matthias Braun et al., "Simple and efficient construction of static single assignment form", 2013.)
//! Costs one walk over the function, and for each value the blocks between its definitions and its uses.

use super::block_copies::fresh;
use crate::control_flow_graph::Graph;
use crate::ir::{BlockId, Class, Function, Instruction, Terminator, Value};
use cranelift_entity::{EntitySet, SecondaryMap};
use rustc_hash::FxHashMap;

/// The copies of a value: what it is called at the end of each block that defines it.
pub struct Copies {
    /// What its uses name.
    pub value: Value,
    /// The original among them. The names of the others are new.
    pub definitions: Vec<(BlockId, Value)>,
}

/// Rewrites the uses of each value, through new block parameters where several definitions meet.
/// (Braun et al., "Simple and Efficient Construction of SSA Form".) No block takes an address:
/// blocks that use one derive it anew.
///
/// Blocks that define a value use their own definition already. Switches whose targets have other
/// predecessors must have been split (`block_merging::split_switch_edges`).
pub fn repair(function: &mut Function, graph: &Graph, all: Vec<Copies>) {
    let is_address = |copies: &Copies| function.values[copies.value] == Class::Address;
    let (addresses, all): (Vec<Copies>, Vec<Copies>) = all.into_iter().partition(is_address);
    // First, because what the addresses are derived from may have copies too.
    derive_anew(function, graph, &addresses);
    let mut users: SecondaryMap<Value, Vec<BlockId>> = SecondaryMap::new();
    let mut wanted = EntitySet::with_capacity(function.values.len());
    all.iter().for_each(|copies| _ = wanted.insert(copies.value));
    for block in &graph.order {
        let content = &function.blocks[*block];
        let mut note = |value: Value| {
            let users = &mut users[value];
            if wanted.contains(value) && users.last() != Some(block) {
                users.push(*block);
            }
        };
        content.instructions.iter().for_each(|instruction| instruction.op.each_operand(&mut note));
        content.terminator.each_operand(&mut note);
    }
    for Copies { value, definitions } in all {
        let users = std::mem::take(&mut users[value]);
        let definitions = definitions.into_iter().collect();
        Repair { function, graph, value, definitions, at_start: FxHashMap::default() }.run(&users);
    }
}

/// Each block that uses one of these addresses, and does not define it, derives it itself.
fn derive_anew(function: &mut Function, graph: &Graph, addresses: &[Copies]) {
    if addresses.is_empty() {
        return;
    }
    let mut made: FxHashMap<Value, Instruction> = FxHashMap::default();
    let mut definers: FxHashMap<Value, Vec<BlockId>> = FxHashMap::default();
    for copies in addresses {
        definers.insert(copies.value, copies.definitions.iter().map(|(block, _)| *block).collect());
        let homes = copies.definitions.iter().flat_map(|(block, _)| &function.blocks[*block].instructions);
        made.extend(
            homes.filter(|one| one.result == Some(copies.value)).map(|one| (copies.value, one.clone())),
        );
    }
    for &block in &graph.order {
        let mut own = FxHashMap::default();
        let mut derived: Vec<Instruction> = Vec::new();
        let mut instructions = std::mem::take(&mut function.blocks[block].instructions);
        for instruction in &mut instructions {
            instruction.op.operands_mut(&mut |used| {
                let Some(made) = made.get(used) else { return };
                if definers[used].contains(&block) {
                    return;
                }
                if !own.contains_key(used) {
                    let result = Some(fresh(function, *used, &mut own));
                    derived.push(Instruction { result, ..made.clone() });
                }
                *used = own[used];
            });
        }
        derived.append(&mut instructions);
        function.blocks[block].instructions = derived;
    }
}

struct Repair<'a> {
    function: &'a mut Function,
    graph: &'a Graph,
    value: Value,
    definitions: FxHashMap<BlockId, Value>,
    at_start: FxHashMap<BlockId, Value>,
}

impl Repair<'_> {
    fn run(&mut self, users: &[BlockId]) {
        let value = self.value;
        for block in users {
            if self.definitions.contains_key(block) {
                continue;
            }
            let reaching = self.value_at_start(*block);
            let block = &mut self.function.blocks[*block];
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
            match self.graph.predecessors[at].as_slice() {
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
        let class = self.function.values[self.value];
        let param = self.function.values.push(class);
        self.at_start.insert(block, param);
        self.function.blocks[block].params.push(param);
        let mut predecessors = self.graph.predecessors[block].clone();
        predecessors.sort_unstable();
        predecessors.dedup();
        for predecessor in predecessors {
            let value = match self.definitions.get(&predecessor) {
                Some(value) => *value,
                None => self.value_at_start(predecessor),
            };
            let terminator = &mut self.function.blocks[predecessor].terminator;
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
