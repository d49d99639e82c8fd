//! The values that operations read, and where control goes next.

use snow_ir::ir::{BlockId, Op, Terminator, Value};

pub(crate) fn of_op(op: &Op, visit: &mut dyn FnMut(Value)) {
    match op {
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
        Op::Unary(_, a) | Op::VectorShiftRight(a, _) | Op::Address(a) => visit(*a),
        Op::NewArray { capacity, .. } => visit(*capacity),
        Op::Load { object, .. } | Op::LoadMutable { object, .. } => visit(*object),
        Op::Binary(_, a, b) | Op::VectorAlign(a, b, _) => [*a, *b].into_iter().for_each(visit),
        Op::Select(a, b, c) => [*a, *b, *c].into_iter().for_each(visit),
        Op::New { fields, .. } => fields.iter().copied().for_each(visit),
        Op::Store { object, value, .. } => [*object, *value].into_iter().for_each(visit),
        Op::ArrayGet { array, index, .. } => [*array, *index].into_iter().for_each(visit),
        Op::ArraySet { array, index, value } => [*array, *index, *value].into_iter().for_each(visit),
        Op::LoadBytes { address, offset, .. } | Op::LoadVector { address, offset } => {
            [*address, *offset].into_iter().for_each(visit);
        }
        Op::StoreBytes { address, offset, value, .. } | Op::StoreVector { address, offset, value } => {
            [*address, *offset, *value].into_iter().for_each(visit);
        }
        Op::Call { arguments, .. } | Op::Runtime { arguments, .. } => {
            arguments.iter().copied().for_each(visit);
        }
        Op::CallClosure { closure, arguments, .. } => {
            visit(*closure);
            arguments.iter().copied().for_each(visit);
        }
    }
}

pub(crate) fn of_terminator(terminator: &Terminator, visit: &mut dyn FnMut(Value)) {
    match terminator {
        Terminator::Jump(_, arguments) => arguments.iter().copied().for_each(visit),
        Terminator::Branch(condition, (_, then), (_, otherwise)) => {
            visit(*condition);
            then.iter().chain(otherwise).copied().for_each(visit);
        }
        Terminator::Switch(value, ..) | Terminator::Return(value) => visit(*value),
        Terminator::TailCall { arguments, .. } => arguments.iter().copied().for_each(visit),
        Terminator::TailCallClosure { closure, arguments, .. } => {
            visit(*closure);
            arguments.iter().copied().for_each(visit);
        }
        Terminator::PanicWith { message, .. } => visit(*message),
        Terminator::Panic { .. } | Terminator::Unreachable => {}
    }
}

/// One entry for each edge: a block may occur twice.
pub(crate) fn successors(terminator: &Terminator) -> Vec<BlockId> {
    match terminator {
        Terminator::Jump(block, _) => vec![*block],
        Terminator::Branch(_, (then, _), (otherwise, _)) => vec![*then, *otherwise],
        Terminator::Switch(_, cases, otherwise) => {
            cases.iter().map(|(_, block)| *block).chain([*otherwise]).collect()
        }
        Terminator::Return(_)
        | Terminator::TailCall { .. }
        | Terminator::TailCallClosure { .. }
        | Terminator::Panic { .. }
        | Terminator::PanicWith { .. }
        | Terminator::Unreachable => Vec::new(),
    }
}
