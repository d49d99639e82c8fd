//! The values that operations read, and where control goes next.

use crate::ir::{BlockId, Op, Terminator, Value};

impl Op {
    /// Visits each operand, and may replace it.
    pub fn operands_mut(&mut self, visit: &mut dyn FnMut(&mut Value)) {
        match self {
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
            | Op::LoadMutable { object: a, .. } => visit(a),
            Op::Binary(_, a, b)
            | Op::VectorAlign(a, b, _)
            | Op::Store { object: a, value: b, .. }
            | Op::ArrayGet { array: a, index: b, .. }
            | Op::LoadBytes { address: a, offset: b, .. }
            | Op::LoadVector { address: a, offset: b } => {
                visit(a);
                visit(b);
            }
            Op::Select(a, b, c)
            | Op::ArraySet { array: a, index: b, value: c }
            | Op::StoreBytes { address: a, offset: b, value: c, .. }
            | Op::StoreVector { address: a, offset: b, value: c } => {
                visit(a);
                visit(b);
                visit(c);
            }
            Op::New { fields: values, .. }
            | Op::Call { arguments: values, .. }
            | Op::Runtime { arguments: values, .. } => values.iter_mut().for_each(visit),
            Op::CallClosure { closure, arguments, .. } => {
                visit(closure);
                arguments.iter_mut().for_each(visit);
            }
        }
    }

    /// The operands in order.
    pub fn operands(&self) -> Vec<Value> {
        let mut found = Vec::new();
        self.clone().operands_mut(&mut |value| found.push(*value));
        found
    }
}

impl Terminator {
    /// Visits each operand, arguments of blocks included, and may replace it.
    pub fn operands_mut(&mut self, visit: &mut dyn FnMut(&mut Value)) {
        match self {
            Terminator::Jump(_, values) | Terminator::TailCall { arguments: values, .. } => {
                values.iter_mut().for_each(visit);
            }
            Terminator::Branch(condition, (_, then), (_, otherwise)) => {
                visit(condition);
                then.iter_mut().chain(otherwise).for_each(visit);
            }
            Terminator::Switch(value, ..)
            | Terminator::Return(value)
            | Terminator::PanicWith { message: value, .. } => visit(value),
            Terminator::TailCallClosure { closure, arguments, .. } => {
                visit(closure);
                arguments.iter_mut().for_each(visit);
            }
            Terminator::Panic { .. } | Terminator::Unreachable => {}
        }
    }

    /// The operands in order.
    pub fn operands(&self) -> Vec<Value> {
        let mut found = Vec::new();
        self.clone().operands_mut(&mut |value| found.push(*value));
        found
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

    /// One entry for each edge: a block may occur twice.
    pub fn successors(&self) -> Vec<BlockId> {
        let mut found = Vec::new();
        self.clone().successors_mut(&mut |block| found.push(*block));
        found
    }
}
