//! Removes what has no effect and no user.

use crate::ir::{Function, Op};

pub fn remove(function: &mut Function) -> bool {
    let mut uses = vec![0u32; function.values.len()];
    for block in &function.blocks {
        block
            .instructions
            .iter()
            .flat_map(|instruction| instruction.op.operands())
            .for_each(|v| uses[v.0 as usize] += 1);
        block.terminator.operands().iter().for_each(|v| uses[v.0 as usize] += 1);
    }
    let mut changed = false;
    // Uses mostly come behind their definitions: going backwards, one sweep removes whole chains.
    for block in function.blocks.iter_mut().rev() {
        let mut kept = Vec::with_capacity(block.instructions.len());
        for instruction in std::mem::take(&mut block.instructions).into_iter().rev() {
            let unused = instruction.result.is_none_or(|result| uses[result.0 as usize] == 0);
            if unused && removable(&instruction.op) {
                instruction.op.operands().iter().for_each(|v| uses[v.0 as usize] -= 1);
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
            Op::New { .. }
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
