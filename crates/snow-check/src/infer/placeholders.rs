//! Numbers in the typed tree that stand for what is not known yet.
//!
//! While a group is being inferred, every `Type` in its tree is `Param(n)`: the type with number n in
//! `Infer::types`. Expressions whose meaning hangs on types that come later (`x.name(…)`, `a <> b`, an
//! interpolated value) are calls of the constructor `OPEN + n`: the resolution with number n.
//! Nothing of this is left after `writeback`.

use crate::hir::{Callee, Expr, ExprKind, Target, Type};

const OPEN: usize = 1 << 40;

/// Type arguments of functions of the same group, whose parameters are not known yet.
pub const GROUP: u32 = u32::MAX;

pub fn type_number(number: usize) -> Type {
    Type::Param(number as u32)
}

pub fn number_of(ty: &Type) -> Option<usize> {
    match ty {
        Type::Param(number) if *number != GROUP => Some(*number as usize),
        _ => None,
    }
}

/// A call whose meaning is resolution `number`.
pub fn open_call(number: usize, arguments: Vec<Expr>) -> ExprKind {
    ExprKind::Call(Callee::Target(Target::Constructor(OPEN + number)), arguments)
}

/// A field access whose field is resolution `number`.
pub fn open_field(number: usize) -> usize {
    OPEN + number
}

pub fn open_number(index: usize) -> Option<usize> {
    index.checked_sub(OPEN)
}
