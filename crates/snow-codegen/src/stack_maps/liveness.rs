//! Which references and addresses are needed behind each safepoint.
//!
//! A safepoint is a place at which the collector may run or the actor may be parked:
//! every call that returns. References made of constants are left out: what they
//! point to does not move.

use crate::stack_maps::bit_set::Bits;
use snow_ir::ir::{Class, Function, Instruction, Op, Value};

/// With more values live, a call on a cold path is treated as one that is always made: the values
/// would have to be merged behind each such path, which takes time and space without bound.
const MOST_BESIDE: usize = 32;

pub(crate) struct Liveness {
    /// Blocks that can be reached, in reverse postorder: definitions come before their uses.
    pub order: Vec<usize>,
    /// Edges into each block from blocks that can be reached.
    pub incoming: Vec<u32>,
    /// By block, its safepoints in order.
    pub safepoints: Vec<Vec<Safepoint>>,
    /// By block, the references and addresses that its successors need.
    pub live_out: Vec<Vec<Value>>,
    /// Indexed by value: it is live across some safepoint.
    pub crossing: Vec<bool>,
    /// Indexed by value: what an address that may change was derived from.
    pub origin: Vec<Option<Value>>,
}

#[derive(Debug)]
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
        let mut incoming = vec![0; function.blocks.len()];
        for &block in &order {
            for next in function.blocks[block].terminator.successors() {
                incoming[next.0 as usize] += 1;
            }
        }
        let mut analysis = Analysis::new(function, &order);
        analysis.solve(&order);
        let mut crossing = vec![false; function.values.len()];
        let mut safepoints: Vec<Vec<Safepoint>> = function.blocks.iter().map(|_| Vec::new()).collect();
        for &block in &order {
            safepoints[block] = analysis.safepoints(block);
            for safepoint in &safepoints[block] {
                for value in safepoint.references.iter().chain(&safepoint.addresses) {
                    crossing[value.0 as usize] = true;
                }
            }
        }
        let mut live_out = vec![Vec::new(); function.blocks.len()];
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
        Op::Call { .. } | Op::CallClosure { .. } | Op::Runtime { .. } | Op::NewArray { .. } | Op::Park => {
            Some(false)
        }
        Op::New { .. } | Op::Poll => Some(true),
        _ => None,
    }
}

fn reverse_postorder(function: &Function) -> Vec<usize> {
    let mut order = Vec::with_capacity(function.blocks.len());
    let mut seen = vec![false; function.blocks.len()];
    // A block, and its successors that were not visited yet.
    let mut stack = vec![(0, function.blocks[0].terminator.successors())];
    seen[0] = true;
    while let Some((block, rest)) = stack.last_mut() {
        match rest.pop() {
            Some(next) => {
                let next = next.0 as usize;
                if !std::mem::replace(&mut seen[next], true) {
                    stack.push((next, function.blocks[next].terminator.successors()));
                }
            }
            None => {
                order.push(*block);
                stack.pop();
            }
        }
    }
    order.reverse();
    order
}

struct Analysis<'f> {
    function: &'f Function,
    /// Indexed by value: its bit, for references and addresses that may change.
    bit: Vec<Option<usize>>,
    /// The value of each bit.
    values: Vec<Value>,
    origin: Vec<Option<Value>>,
    /// Indexed by block: live at its start, parameters excluded.
    live_in: Vec<Bits>,
}

impl<'f> Analysis<'f> {
    fn new(function: &'f Function, order: &[usize]) -> Analysis<'f> {
        let mut constant = vec![false; function.values.len()];
        let mut origin = vec![None; function.values.len()];
        for &block in order {
            for instruction in &function.blocks[block].instructions {
                let Some(result) = instruction.result else { continue };
                match &instruction.op {
                    Op::Static(_) | Op::Immediate(_) => constant[result.0 as usize] = true,
                    Op::Address(object) if constant[object.0 as usize] => constant[result.0 as usize] = true,
                    Op::Address(object) => origin[result.0 as usize] = Some(*object),
                    _ => {}
                }
            }
        }
        let mut bit = vec![None; function.values.len()];
        let mut values = Vec::new();
        for (index, class) in function.values.iter().enumerate() {
            if matches!(class, Class::Ref | Class::Address) && !constant[index] {
                bit[index] = Some(values.len());
                values.push(Value(index as u32));
            }
        }
        let live_in = vec![Bits::none(values.len()); function.blocks.len()];
        Analysis { function, bit, values, origin, live_in }
    }

    fn solve(&mut self, order: &[usize]) {
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
    fn live_out(&self, block: usize) -> Bits {
        let mut live = self.needed_behind(block);
        let terminator = &self.function.blocks[block].terminator;
        terminator.each_operand(|value| self.use_value(&mut live, value));
        live
    }

    /// Live at the start of some successor.
    fn needed_behind(&self, block: usize) -> Bits {
        let mut live = Bits::none(self.values.len());
        for next in self.function.blocks[block].terminator.successors() {
            live.union(&self.live_in[next.0 as usize]);
        }
        live
    }

    fn define(&self, live: &mut Bits, value: Option<Value>) {
        if let Some(bit) = value.and_then(|value| self.bit[value.0 as usize]) {
            live.remove(bit);
        }
    }

    fn use_value(&self, live: &mut Bits, value: Value) {
        let Some(bit) = self.bit[value.0 as usize] else { return };
        live.insert(bit);
        // As long as the address is needed, so is the object it is derived from.
        if let Some(bit) = self.origin[value.0 as usize].and_then(|origin| self.bit[origin.0 as usize]) {
            live.insert(bit);
        }
    }

    fn safepoints(&self, block: usize) -> Vec<Safepoint> {
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
        let class = |value: &Value| self.function.values[value.0 as usize];
        let values: Vec<Value> = live.iter().map(|bit| self.values[bit]).collect();
        let cold = cold && values.len() <= MOST_BESIDE;
        let (references, addresses) = values.into_iter().partition(|value| class(value) == Class::Ref);
        Safepoint { instruction: index, cold, references, addresses }
    }
}
