//! Liveness analysis of references and addresses: which of them are needed behind each safepoint.
//!
//! A safepoint is a place at which the collector may run or the actor may park: every call that returns.
//! References made of constants are left out: what they point to does not move. A backward dataflow
//! analysis over bit sets; costs a few walks over the function, more for deep nests of loops.

use crate::stack_maps::bit_set::Bits;
use cranelift_entity::{EntitySet, SecondaryMap};
use snow_ir::control_flow_graph::reverse_postorder;
use snow_ir::ir::{BlockId, Class, Function, Instruction, Op, Value};

/// With more values live, a call on a cold path is treated as one that is always made: the values
/// would have to be merged behind each such path, which takes time and space without bound.
const MOST_BESIDE: usize = 32;

pub(crate) struct Liveness {
    /// Blocks that can be reached, in reverse postorder: definitions come before their uses.
    pub order: Vec<BlockId>,
    /// Edges into each block from blocks that can be reached.
    pub incoming: SecondaryMap<BlockId, u32>,
    /// The safepoints of each block, in order.
    pub safepoints: SecondaryMap<BlockId, Vec<Safepoint>>,
    /// The references and addresses that the successors of each block need.
    pub live_out: SecondaryMap<BlockId, Vec<Value>>,
    /// What is live across some safepoint.
    pub crossing: EntitySet<Value>,
    /// What an address that may change was derived from.
    pub origin: SecondaryMap<Value, Option<Value>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Safepoint {
    /// Index of the instruction in its block.
    pub instruction: usize,
    /// The call is on a rarely taken path beside the instruction itself, and so are the stores and
    /// loads around it.
    pub cold: bool,
    /// Live references, in order of number.
    pub references: Vec<Value>,
    /// Live addresses; their origins are among the references.
    pub addresses: Vec<Value>,
}

impl Liveness {
    pub fn of(function: &Function) -> Liveness {
        let order = reverse_postorder(function);
        let mut incoming = SecondaryMap::new();
        for &block in &order {
            for next in function.blocks[block].terminator.successors() {
                incoming[next] += 1;
            }
        }
        let mut analysis = Analysis::new(function, &order);
        analysis.solve(&order);
        let mut crossing = EntitySet::new();
        let mut safepoints: SecondaryMap<BlockId, Vec<Safepoint>> = SecondaryMap::new();
        for &block in &order {
            safepoints[block] = analysis.safepoints(block);
            for safepoint in &safepoints[block] {
                for value in safepoint.references.iter().chain(&safepoint.addresses) {
                    crossing.insert(*value);
                }
            }
        }
        let mut live_out: SecondaryMap<BlockId, Vec<Value>> = SecondaryMap::new();
        for &block in &order {
            let live = analysis.needed_behind(block);
            live_out[block] = live.iter().map(|bit| analysis.values[bit]).collect();
        }
        Liveness { order, incoming, safepoints, live_out, crossing, origin: analysis.origin }
    }
}

/// Does the operation call, and if so, only on a cold path?
pub(crate) fn is_safepoint(op: &Op) -> Option<bool> {
    match op {
        Op::Call { .. } | Op::CallClosure { .. } | Op::Runtime { .. } | Op::Park => Some(false),
        Op::New { .. } | Op::NewArray { .. } | Op::Poll => Some(true),
        _ => None,
    }
}

struct Analysis<'f> {
    function: &'f Function,
    /// The bit of each reference and address that may change.
    bit: SecondaryMap<Value, Option<usize>>,
    /// The value of each bit.
    values: Vec<Value>,
    origin: SecondaryMap<Value, Option<Value>>,
    /// Live at the start of each block, parameters excluded.
    live_in: SecondaryMap<BlockId, Bits>,
}

impl<'f> Analysis<'f> {
    fn new(function: &'f Function, order: &[BlockId]) -> Analysis<'f> {
        let mut constant = EntitySet::new();
        let mut origin = SecondaryMap::with_capacity(function.values.len());
        for &block in order {
            for instruction in &function.blocks[block].instructions {
                let Some(result) = instruction.result else { continue };
                match &instruction.op {
                    Op::Static(_) | Op::Immediate(_) => _ = constant.insert(result),
                    Op::Address(object) if constant.contains(*object) => _ = constant.insert(result),
                    Op::Address(object) => origin[result] = Some(*object),
                    _ => {}
                }
            }
        }
        let mut bit = SecondaryMap::with_capacity(function.values.len());
        let mut values = Vec::new();
        for (value, class) in &function.values {
            if matches!(class, Class::Ref | Class::Address) && !constant.contains(value) {
                bit[value] = Some(values.len());
                values.push(value);
            }
        }
        let mut live_in = SecondaryMap::with_default(Bits::none(values.len()));
        live_in.resize(function.blocks.len());
        Analysis { function, bit, values, origin, live_in }
    }

    fn solve(&mut self, order: &[BlockId]) {
        let mut changed = true;
        while changed {
            changed = false;
            for &block in order.iter().rev() {
                let mut live = self.live_out(block);
                for instruction in self.function.blocks[block].instructions.iter().rev() {
                    self.define(&mut live, instruction.result);
                    instruction.op.each_operand(|value| self.use_value(&mut live, value));
                }
                for &parameter in &self.function.blocks[block].params {
                    self.define(&mut live, Some(parameter));
                }
                if live != self.live_in[block] {
                    self.live_in[block] = live;
                    changed = true;
                }
            }
        }
    }

    /// Live before the terminator.
    fn live_out(&self, block: BlockId) -> Bits {
        let mut live = self.needed_behind(block);
        let terminator = &self.function.blocks[block].terminator;
        terminator.each_operand(|value| self.use_value(&mut live, value));
        live
    }

    /// Live at the start of some successor.
    fn needed_behind(&self, block: BlockId) -> Bits {
        let mut live = Bits::none(self.values.len());
        for next in self.function.blocks[block].terminator.successors() {
            live.union(&self.live_in[next]);
        }
        live
    }

    fn define(&self, live: &mut Bits, value: Option<Value>) {
        if let Some(bit) = value.and_then(|value| self.bit[value]) {
            live.remove(bit);
        }
    }

    fn use_value(&self, live: &mut Bits, value: Value) {
        let Some(bit) = self.bit[value] else { return };
        live.insert(bit);
        // As long as the address is needed, so is the object it is derived from.
        if let Some(bit) = self.origin[value].and_then(|origin| self.bit[origin]) {
            live.insert(bit);
        }
    }

    fn safepoints(&self, block: BlockId) -> Vec<Safepoint> {
        let mut live = self.live_out(block);
        let mut safepoints = Vec::new();
        for (index, instruction) in self.function.blocks[block].instructions.iter().enumerate().rev() {
            self.define(&mut live, instruction.result);
            if let Some(cold) = is_safepoint(&instruction.op) {
                safepoints.push(self.safepoint(index, cold, &live, instruction));
            }
            instruction.op.each_operand(|value| self.use_value(&mut live, value));
        }
        safepoints.reverse();
        safepoints
    }

    fn safepoint(&self, index: usize, cold: bool, live: &Bits, instruction: &Instruction) -> Safepoint {
        let mut live = live.clone();
        if let Op::New { fields, .. } = &instruction.op {
            // The fields are stored behind the call that makes room for the object.
            fields.iter().for_each(|field| self.use_value(&mut live, *field));
        }
        let class = |value: &Value| self.function.values[*value];
        let values: Vec<Value> = live.iter().map(|bit| self.values[bit]).collect();
        let cold = cold && values.len() <= MOST_BESIDE;
        let (references, addresses) = values.into_iter().partition(|value| class(value) == Class::Ref);
        Safepoint { instruction: index, cold, references, addresses }
    }
}
