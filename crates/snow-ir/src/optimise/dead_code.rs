//! Dead code elimination: removes operations without an effect whose result nobody reads.
//!
//! Which operations have no effect is said here, too (`removable`), and which may even be run where they
//! were not (`pure`). Costs one walk over the function: going backwards, whole chains vanish at once.

use crate::ir::{BinaryOp, Function, Op, UnaryOp};

/// Removes what nobody reads; was there any?
pub fn remove(function: &mut Function) -> bool {
    let mut uses = function.use_counts();
    let mut changed = false;
    // Uses mostly come behind their definitions: going backwards, one sweep removes whole chains.
    for block in function.blocks.values_mut().rev() {
        let mut kept = Vec::with_capacity(block.instructions.len());
        for instruction in std::mem::take(&mut block.instructions).into_iter().rev() {
            let unused = instruction.result.is_none_or(|result| uses[result] == 0);
            if unused && removable(&instruction.op) {
                instruction.op.each_operand(|value| uses[value] -= 1);
                changed = true;
            } else {
                kept.push(instruction);
            }
        }
        kept.reverse();
        block.instructions = kept;
    }
    changed
}

/// Has it no effect but its result?
pub fn removable(op: &Op) -> bool {
    pure(op)
        || matches!(
            op,
            // Its check stands before it, so that it does not fault when it is run.
            Op::Binary(BinaryOp::Divide | BinaryOp::Remainder, ..)
                | Op::Unary(UnaryOp::HeaderTag, _)
                | Op::New { .. }
                | Op::NewArray { .. }
                | Op::Load { .. }
                | Op::LoadMutable { .. }
                | Op::ArrayGet { .. }
                | Op::LoadBytes { .. }
                | Op::LoadVector { .. }
                | Op::Address(_)
                | Op::Record { .. }
        )
}

/// Does it depend on its operands alone, and may it run anywhere?
pub fn pure(op: &Op) -> bool {
    use crate::ir::BinaryOp::{Divide, Remainder};
    match op {
        // A division by zero is a fault of the machine: it stays behind its check.
        Op::Binary(Divide | Remainder, ..) => false,
        // It reads the object's header: an immediate has none.
        Op::Unary(UnaryOp::HeaderTag, _) => false,
        Op::Int(_)
        | Op::Float(_)
        | Op::Bool(_)
        | Op::Immediate(_)
        | Op::Static(_)
        | Op::VectorConst(_)
        | Op::FunctionAddress(_)
        | Op::Unary(..)
        | Op::Binary(..)
        | Op::VectorShiftRight(..)
        | Op::VectorAlign(..)
        | Op::Select(..) => true,
        _ => false,
    }
}
