//! Which classes of values each operation takes and gives.

use crate::ir::{BinaryOp, Class, FuncId, Function, Op, UnaryOp};

impl UnaryOp {
    /// The class of the operand.
    pub fn operand(self) -> Class {
        use UnaryOp::*;
        match self {
            Negate | BitNot | CountOnes | LeadingZeros | TrailingZeros | SwapBytes | IntToFloat
            | FloatFromBits | IntToBool | VectorSplat => Class::Int,
            FloatNegate | FloatSqrt | FloatFloor | FloatCeil | FloatTruncate | FloatToInt | FloatBits => {
                Class::Float
            }
            BoolNot | BoolToInt => Class::Bool,
            IsNull | IsImmediate | ImmediateTag | HeaderTag => Class::Ref,
            VectorAnyTrue | VectorHighBits => Class::Vector,
        }
    }

    /// The class of the result.
    pub fn result(self) -> Class {
        use UnaryOp::*;
        match self {
            Negate | BitNot | CountOnes | LeadingZeros | TrailingZeros | SwapBytes | FloatToInt
            | FloatBits | BoolToInt | ImmediateTag | HeaderTag | VectorHighBits => Class::Int,
            FloatNegate | FloatSqrt | FloatFloor | FloatCeil | FloatTruncate | IntToFloat | FloatFromBits => {
                Class::Float
            }
            BoolNot | IntToBool | IsNull | IsImmediate | VectorAnyTrue => Class::Bool,
            VectorSplat => Class::Vector,
        }
    }
}

impl BinaryOp {
    /// The class of both operands.
    pub fn operand(self) -> Class {
        use BinaryOp::*;
        match self {
            Add | Subtract | Multiply | Divide | Remainder | And | Or | Xor | ShiftLeft | ShiftRight
            | ShiftRightUnsigned | Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual
            | LessUnsigned | LessEqualUnsigned => Class::Int,
            FloatAdd | FloatSubtract | FloatMultiply | FloatDivide | FloatEqual | FloatLess
            | FloatLessEqual => Class::Float,
            BoolAnd | BoolOr | BoolEqual => Class::Bool,
            Same => Class::Ref,
            VectorAnd
            | VectorOr
            | VectorXor
            | VectorAdd
            | VectorSubtract
            | VectorSubtractSaturating
            | VectorEqual
            | VectorGreater
            | VectorLookup => Class::Vector,
        }
    }

    /// The class of the result.
    pub fn result(self) -> Class {
        use BinaryOp::*;
        match self {
            Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual | LessUnsigned
            | LessEqualUnsigned | FloatEqual | FloatLess | FloatLessEqual | BoolAnd | BoolOr | BoolEqual
            | Same => Class::Bool,
            _ => self.operand(),
        }
    }
}

impl Op {
    /// The class of the result, if there is one; `callee` tells that of another function.
    pub fn class(&self, function: &Function, callee: impl FnOnce(FuncId) -> Option<Class>) -> Option<Class> {
        Some(match self {
            Op::Int(_) | Op::FunctionAddress(_) | Op::LoadBytes { .. } => Class::Int,
            Op::Float(_) => Class::Float,
            Op::Bool(_) => Class::Bool,
            Op::Immediate(_) | Op::Static(_) | Op::New { .. } | Op::NewArray { .. } => Class::Ref,
            Op::VectorConst(_) | Op::VectorShiftRight(..) | Op::VectorAlign(..) | Op::LoadVector { .. } => {
                Class::Vector
            }
            Op::Unary(op, _) => op.result(),
            Op::Binary(op, ..) => op.result(),
            Op::Load { class, .. }
            | Op::LoadMutable { class, .. }
            | Op::ArrayGet { class, .. }
            | Op::Record { class, .. } => *class,
            Op::CallClosure { result, .. } | Op::Runtime { result, .. } => *result,
            Op::Address(_) => Class::Address,
            Op::Call { function, .. } => callee(*function)?,
            Op::Select(_, a, _) => function.values[*a],
            Op::Store { .. }
            | Op::ArraySet { .. }
            | Op::StoreBytes { .. }
            | Op::StoreVector { .. }
            | Op::Park
            | Op::Poll => return None,
        })
    }
}
