//! The operands of operations, and the edges that lead out of blocks: visitors, to read and to replace them.

use crate::ir::{BlockId, Function, Op, Terminator, Value};
use cranelift_entity::SecondaryMap;

/// Visits the operands of an operation in order: references to them, mutable ones where the operation is.
macro_rules! visit_operation {
    ($operation:expr, $visit:ident) => {
        match $operation {
            Op::Int(_)
            | Op::Float(_)
            | Op::Bool(_)
            | Op::Immediate(_)
            | Op::Static(_)
            | Op::VectorConst(_)
            | Op::FunctionAddress(_)
            | Op::Record { .. }
            | Op::Park
            | Op::Poll => {}
            Op::Unary(_, a)
            | Op::VectorShiftRight(a, _)
            | Op::Address(a)
            | Op::NewArray { capacity: a, .. }
            | Op::Load { object: a, .. }
            | Op::LoadMutable { object: a, .. } => $visit(a),
            Op::Binary(_, a, b)
            | Op::VectorAlign(a, b, _)
            | Op::Store { object: a, value: b, .. }
            | Op::ArrayGet { array: a, index: b, .. }
            | Op::LoadBytes { address: a, offset: b, .. }
            | Op::LoadVector { address: a, offset: b } => {
                $visit(a);
                $visit(b);
            }
            Op::Select(a, b, c)
            | Op::ArraySet { array: a, index: b, value: c }
            | Op::StoreBytes { address: a, offset: b, value: c, .. }
            | Op::StoreVector { address: a, offset: b, value: c } => {
                $visit(a);
                $visit(b);
                $visit(c);
            }
            Op::New { fields: values, .. }
            | Op::Call { arguments: values, .. }
            | Op::Runtime { arguments: values, .. } => values.into_iter().for_each($visit),
            Op::CallClosure { closure, arguments, .. } => {
                $visit(closure);
                arguments.into_iter().for_each($visit);
            }
        }
    };
}

/// The same for a terminator, arguments of blocks included.
macro_rules! visit_terminator {
    ($terminator:expr, $visit:ident) => {
        match $terminator {
            Terminator::Jump(_, values) | Terminator::TailCall { arguments: values, .. } => {
                values.into_iter().for_each($visit);
            }
            Terminator::Branch(condition, (_, then), (_, otherwise)) => {
                $visit(condition);
                then.into_iter().chain(otherwise).for_each($visit);
            }
            Terminator::Switch(value, ..)
            | Terminator::Return(value)
            | Terminator::PanicWith { message: value, .. } => $visit(value),
            Terminator::TailCallClosure { closure, arguments, .. } => {
                $visit(closure);
                arguments.into_iter().for_each($visit);
            }
            Terminator::Panic { .. } | Terminator::Unreachable => {}
        }
    };
}

impl Op {
    /// Visits each operand, and may replace it.
    pub fn operands_mut(&mut self, visit: &mut dyn FnMut(&mut Value)) {
        visit_operation!(self, visit);
    }

    /// Visits each operand, in order.
    pub fn each_operand(&self, mut visit: impl FnMut(Value)) {
        let mut visit = |value: &Value| visit(*value);
        visit_operation!(self, visit);
    }

    /// The operands in order.
    pub fn operands(&self) -> Vec<Value> {
        let mut found = Vec::new();
        self.each_operand(|value| found.push(value));
        found
    }
}

impl Terminator {
    /// Visits each operand, arguments of blocks included, and may replace it.
    pub fn operands_mut(&mut self, visit: &mut dyn FnMut(&mut Value)) {
        visit_terminator!(self, visit);
    }

    /// Visits each operand, arguments of blocks included, in order.
    pub fn each_operand(&self, mut visit: impl FnMut(Value)) {
        let mut visit = |value: &Value| visit(*value);
        visit_terminator!(self, visit);
    }

    /// The operands in order.
    pub fn operands(&self) -> Vec<Value> {
        let mut found = Vec::new();
        self.each_operand(|value| found.push(value));
        found
    }

    /// Visits each edge: the block, and the arguments that it is given.
    pub fn each_edge<'a>(&'a self, mut visit: impl FnMut(BlockId, &'a [Value])) {
        match self {
            Terminator::Jump(block, arguments) => visit(*block, arguments),
            Terminator::Branch(_, (then, then_arguments), (otherwise, other_arguments)) => {
                visit(*then, then_arguments);
                visit(*otherwise, other_arguments);
            }
            Terminator::Switch(_, cases, otherwise) => {
                cases.iter().for_each(|(_, block)| visit(*block, &[]));
                visit(*otherwise, &[]);
            }
            _ => {}
        }
    }

    /// Visits each edge that carries arguments: those of switches carry none.
    pub fn edges_mut(&mut self, mut visit: impl FnMut(&mut BlockId, &mut Vec<Value>)) {
        match self {
            Terminator::Jump(block, arguments) => visit(block, arguments),
            Terminator::Branch(_, (then, then_arguments), (otherwise, other_arguments)) => {
                visit(then, then_arguments);
                visit(otherwise, other_arguments);
            }
            _ => {}
        }
    }

    /// Visits each successor, one visit for each edge, and may replace it.
    pub fn successors_mut(&mut self, visit: &mut dyn FnMut(&mut BlockId)) {
        match self {
            Terminator::Jump(block, _) => visit(block),
            Terminator::Branch(_, (then, _), (otherwise, _)) => {
                visit(then);
                visit(otherwise);
            }
            Terminator::Switch(_, cases, otherwise) => {
                cases.iter_mut().for_each(|(_, block)| visit(block));
                visit(otherwise);
            }
            Terminator::Return(_)
            | Terminator::TailCall { .. }
            | Terminator::TailCallClosure { .. }
            | Terminator::Panic { .. }
            | Terminator::PanicWith { .. }
            | Terminator::Unreachable => {}
        }
    }

    /// How many edges lead out of the block: one may lead where another one leads, too.
    pub fn successor_count(&self) -> usize {
        match self {
            Terminator::Jump(..) => 1,
            Terminator::Branch(..) => 2,
            Terminator::Switch(_, cases, _) => cases.len() + 1,
            _ => 0,
        }
    }

    /// Where the edge of this number leads.
    ///
    /// # Panics
    ///
    /// When there are fewer edges.
    pub fn successor(&self, edge: usize) -> BlockId {
        match (self, edge) {
            (Terminator::Jump(block, _), 0) => *block,
            (Terminator::Branch(_, (then, _), _), 0) => *then,
            (Terminator::Branch(_, _, (otherwise, _)), 1) => *otherwise,
            (Terminator::Switch(_, cases, otherwise), _) => {
                cases.get(edge).map_or(*otherwise, |(_, block)| *block)
            }
            _ => panic!("there is no edge {edge}"),
        }
    }

    /// One entry for each edge: a block may occur twice.
    pub fn successors(&self) -> impl Iterator<Item = BlockId> + '_ {
        (0..self.successor_count()).map(|edge| self.successor(edge))
    }
}

impl Function {
    /// How often each value is an operand.
    pub fn use_counts(&self) -> SecondaryMap<Value, u32> {
        let mut uses = SecondaryMap::with_capacity(self.values.len());
        uses.resize(self.values.len());
        for block in self.blocks.values() {
            let mut count = |value: Value| uses[value] += 1;
            block.instructions.iter().for_each(|instruction| instruction.op.each_operand(&mut count));
            block.terminator.each_operand(&mut count);
        }
        uses
    }
}
