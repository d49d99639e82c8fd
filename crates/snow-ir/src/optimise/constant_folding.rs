//! Constant folding and algebraic simplification of one operation, when it is known how its operands were
//! made.
//!
//! Looks at an operation and its operands' operations only, and changes nothing: value numbering and jump
//! threading put the answer to use. Costs a fixed number of steps.

use crate::ir::{BinaryOp, Class, Op, Static, StaticWord, Statics, UnaryOp, Value};
use cranelift_entity::EntitySet;
use snow_abi::{array, bytes, tag_of};

/// What an operation amounts to.
#[derive(Debug, PartialEq)]
pub enum Folded {
    Same(Value),
    Becomes(Op),
    /// This operation of a value and a number.
    WithConstant(BinaryOp, Value, i64),
}

/// Folds one operation. `known` tells how an operand was made; `written` names the objects into which
/// something is stored after they are made.
pub fn fold<'a>(
    op: &Op,
    known: &dyn Fn(Value) -> Option<&'a Op>,
    statics: &Statics,
    written: &EntitySet<Value>,
) -> Option<Folded> {
    match op {
        Op::Load { object, word, class } => {
            fold_load(*object, *word, *class, known(*object)?, statics, written)
        }
        // An array that all share is never written to.
        Op::LoadMutable { object, word, class } => match known(*object)? {
            Op::Static(id) => fold_static(&statics[*id], *word, *class).map(Folded::Becomes),
            _ => None,
        },
        Op::ArrayGet { array, index, class } => match (known(*array)?, known(*index)?) {
            (Op::Static(id), Op::Int(index)) if (0..1 << 20).contains(index) => {
                let word = *index as u32 + array::BACK + 1;
                fold_static(&statics[*id], word, *class).map(Folded::Becomes)
            }
            _ => None,
        },
        Op::Unary(op, operand) => fold_unary(*op, known(*operand)?, statics),
        Op::Binary(op, a, b) => fold_binary(*op, (*a, known(*a)), (*b, known(*b)), known),
        Op::Select(condition, a, b) => match (known(*condition), known(*a), known(*b)) {
            (Some(Op::Bool(true)), ..) => Some(Folded::Same(*a)),
            (Some(Op::Bool(false)), ..) => Some(Folded::Same(*b)),
            (Some(Op::Unary(UnaryOp::BoolNot, inner)), ..) => {
                Some(Folded::Becomes(Op::Select(*inner, *b, *a)))
            }
            (_, Some(Op::Bool(true)), Some(Op::Bool(false))) => Some(Folded::Same(*condition)),
            (_, Some(Op::Bool(false)), Some(Op::Bool(true))) => {
                Some(Folded::Becomes(Op::Unary(UnaryOp::BoolNot, *condition)))
            }
            _ => (a == b).then_some(Folded::Same(*a)),
        },
        _ => None,
    }
}

fn fold_load(
    object: Value,
    word: u32,
    class: Class,
    made: &Op,
    statics: &Statics,
    written: &EntitySet<Value>,
) -> Option<Folded> {
    match made {
        Op::New { fields, .. } if !written.contains(object) => {
            fields.get(word as usize - 1).copied().map(Folded::Same)
        }
        Op::Static(id) => fold_static(&statics[*id], word, class).map(Folded::Becomes),
        _ => None,
    }
}

fn fold_static(object: &Static, word: u32, class: Class) -> Option<Op> {
    match object {
        Static::Object { words, .. } => match (words.get(word as usize - 1)?, class) {
            (StaticWord::Raw(word), Class::Int) => Some(Op::Int(*word as i64)),
            (StaticWord::Raw(word), Class::Bool) => Some(Op::Bool(*word != 0)),
            (StaticWord::Raw(word), Class::Float) => Some(Op::Float(*word)),
            (StaticWord::Static(id), Class::Ref) => Some(Op::Static(*id)),
            (StaticWord::Raw(word), Class::Ref) if word & 1 == 1 => Some(Op::Immediate((word >> 1) as u32)),
            _ => None,
        },
        Static::Bytes(bytes) if word == bytes::LENGTH && class == Class::Int => {
            Some(Op::Int(bytes.len() as i64))
        }
        Static::Bytes(_) => None,
    }
}

fn fold_unary(op: UnaryOp, operand: &Op, statics: &Statics) -> Option<Folded> {
    use UnaryOp::*;
    let float = |bits: &u64| f64::from_bits(*bits);
    Some(Folded::Becomes(match (op, operand) {
        (BoolNot, Op::Unary(BoolNot, inner)) => return Some(Folded::Same(*inner)),
        (IntToBool, Op::Unary(BoolToInt, inner)) => return Some(Folded::Same(*inner)),
        (FloatBits, Op::Unary(FloatFromBits, inner)) => return Some(Folded::Same(*inner)),
        (FloatFromBits, Op::Unary(FloatBits, inner)) => return Some(Folded::Same(*inner)),
        (SwapBytes, Op::Unary(SwapBytes, inner)) => return Some(Folded::Same(*inner)),
        (BoolNot, Op::Binary(compared, a, b)) => match compared {
            BinaryOp::Equal => Op::Binary(BinaryOp::NotEqual, *a, *b),
            BinaryOp::NotEqual => Op::Binary(BinaryOp::Equal, *a, *b),
            BinaryOp::Less => Op::Binary(BinaryOp::LessEqual, *b, *a),
            BinaryOp::LessEqual => Op::Binary(BinaryOp::Less, *b, *a),
            BinaryOp::LessUnsigned => Op::Binary(BinaryOp::LessEqualUnsigned, *b, *a),
            BinaryOp::LessEqualUnsigned => Op::Binary(BinaryOp::LessUnsigned, *b, *a),
            // Comparisons of floats have no opposite: NaN.
            _ => return None,
        },
        (IsImmediate, Op::Immediate(_)) => Op::Bool(true),
        (IsImmediate, Op::New { .. } | Op::Static(_)) => Op::Bool(false),
        (IsNull, Op::Immediate(_) | Op::New { .. } | Op::NewArray { .. } | Op::Static(_)) => Op::Bool(false),
        (ImmediateTag, Op::Immediate(tag)) => Op::Int(i64::from(*tag)),
        (HeaderTag, Op::New { header, .. }) => Op::Int(tag_of(*header).into()),
        (HeaderTag, Op::Static(id)) => match &statics[*id] {
            Static::Object { header, .. } => Op::Int(tag_of(*header).into()),
            Static::Bytes(_) => return None,
        },
        (Negate, Op::Int(number)) => Op::Int(number.wrapping_neg()),
        (BitNot, Op::Int(number)) => Op::Int(!number),
        (CountOnes, Op::Int(number)) => Op::Int(i64::from(number.count_ones())),
        (LeadingZeros, Op::Int(number)) => Op::Int(i64::from(number.leading_zeros())),
        (TrailingZeros, Op::Int(number)) => Op::Int(i64::from(number.trailing_zeros())),
        (SwapBytes, Op::Int(number)) => Op::Int(number.swap_bytes()),
        (BoolNot, Op::Bool(value)) => Op::Bool(!value),
        (BoolToInt, Op::Bool(value)) => Op::Int(i64::from(*value)),
        (IntToBool, Op::Int(number)) => Op::Bool(number & 1 == 1),
        (IntToFloat, Op::Int(number)) => Op::Float((*number as f64).to_bits()),
        (FloatToInt, Op::Float(bits)) => Op::Int(float(bits) as i64),
        (FloatNegate, Op::Float(bits)) => Op::Float((-float(bits)).to_bits()),
        (FloatBits, Op::Float(bits)) => Op::Int(*bits as i64),
        (FloatFromBits, Op::Int(number)) => Op::Float(*number as u64),
        _ => return None,
    }))
}

type Operand<'a> = (Value, Option<&'a Op>);

fn fold_binary<'a>(
    op: BinaryOp,
    (a, known_a): Operand<'a>,
    (b, known_b): Operand<'a>,
    known: &dyn Fn(Value) -> Option<&'a Op>,
) -> Option<Folded> {
    use BinaryOp::*;
    let (constant_a, constant_b) = (number(known_a), number(known_b));
    if let (Some(a), Some(b)) = (constant_a, constant_b) {
        return fold_ints(op, a, b).map(Folded::Becomes);
    }
    // Few forms: what compares the same has one way to be written.
    let mirrored = match op {
        Greater => Some(Less),
        GreaterEqual => Some(LessEqual),
        Add | Multiply | And | Or | Xor | Equal | NotEqual if constant_a.is_some() => Some(op),
        _ => None,
    };
    if let Some(op) = mirrored {
        return Some(Folded::Becomes(Op::Binary(op, b, a)));
    }
    if let Some(number) = constant_b {
        return fold_with_number(op, a, number, known_a, known);
    }
    match (known_a, known_b) {
        (Some(Op::Bool(a)), Some(Op::Bool(b))) => return fold_bools(op, *a, *b).map(Folded::Becomes),
        (Some(Op::Float(a)), Some(Op::Float(b))) => {
            return fold_floats(op, f64::from_bits(*a), f64::from_bits(*b)).map(Folded::Becomes);
        }
        (Some(Op::Bool(a)), None) => return fold_with_bool(op, b, *a),
        (_, Some(Op::Bool(b))) => return fold_with_bool(op, a, *b),
        (Some(Op::Bool(a)), _) => return fold_with_bool(op, b, *a),
        _ => {}
    }
    if let (Subtract, Some(Op::Binary(Add, inner, more))) = (op, known_a)
        && *inner == b
        && let Some(number) = number(known(*more))
    {
        return Some(Folded::Becomes(Op::Int(number)));
    }
    if a != b {
        return None;
    }
    match op {
        And | Or | BoolAnd | BoolOr | VectorAnd | VectorOr => Some(Folded::Same(a)),
        Subtract | Xor => Some(Folded::Becomes(Op::Int(0))),
        Equal | LessEqual | LessEqualUnsigned | Same | BoolEqual => Some(Folded::Becomes(Op::Bool(true))),
        NotEqual | Less | LessUnsigned => Some(Folded::Becomes(Op::Bool(false))),
        _ => None,
    }
}

fn number(known: Option<&Op>) -> Option<i64> {
    match known {
        Some(Op::Int(number)) => Some(*number),
        _ => None,
    }
}

/// An Int and a number behind it.
fn fold_with_number<'a>(
    op: BinaryOp,
    a: Value,
    number: i64,
    known_a: Option<&Op>,
    known: &dyn Fn(Value) -> Option<&'a Op>,
) -> Option<Folded> {
    use BinaryOp::*;
    let inner = |wanted| match known_a {
        Some(Op::Binary(inner, x, y)) if *inner == wanted => match known(*y) {
            Some(Op::Int(other)) => Some((*x, *other)),
            _ => None,
        },
        _ => None,
    };
    match (op, number) {
        (Add | Subtract | Or | Xor | ShiftLeft | ShiftRight | ShiftRightUnsigned, 0)
        | (Multiply, 1)
        | (And, -1) => Some(Folded::Same(a)),
        (Multiply | And, 0) => Some(Folded::Becomes(Op::Int(0))),
        (Or, -1) => Some(Folded::Becomes(Op::Int(-1))),
        (LessUnsigned, 0) => Some(Folded::Becomes(Op::Bool(false))),
        (Subtract, _) => Some(Folded::WithConstant(Add, a, number.wrapping_neg())),
        (Add, _) => inner(Add).map(|(x, other)| Folded::WithConstant(Add, x, other.wrapping_add(number))),
        (And, _) => inner(And).map(|(x, other)| Folded::WithConstant(And, x, other & number)),
        (Equal | NotEqual, _) => {
            inner(Add).map(|(x, other)| Folded::WithConstant(op, x, number.wrapping_sub(other)))
        }
        _ => None,
    }
}

/// A Bool and a known one, in either order.
fn fold_with_bool(op: BinaryOp, a: Value, known: bool) -> Option<Folded> {
    match (op, known) {
        (BinaryOp::BoolAnd | BinaryOp::BoolEqual, true) | (BinaryOp::BoolOr, false) => Some(Folded::Same(a)),
        (BinaryOp::BoolAnd, false) => Some(Folded::Becomes(Op::Bool(false))),
        (BinaryOp::BoolOr, true) => Some(Folded::Becomes(Op::Bool(true))),
        (BinaryOp::BoolEqual, false) => Some(Folded::Becomes(Op::Unary(UnaryOp::BoolNot, a))),
        _ => None,
    }
}

fn fold_ints(op: BinaryOp, a: i64, b: i64) -> Option<Op> {
    use BinaryOp::*;
    let count = (b & 63) as u32;
    Some(match op {
        Add => Op::Int(a.wrapping_add(b)),
        Subtract => Op::Int(a.wrapping_sub(b)),
        Multiply => Op::Int(a.wrapping_mul(b)),
        Divide => Op::Int(a.checked_div(b)?),
        Remainder => Op::Int(a.checked_rem(b)?),
        And => Op::Int(a & b),
        Or => Op::Int(a | b),
        Xor => Op::Int(a ^ b),
        ShiftLeft => Op::Int(a << count),
        ShiftRight => Op::Int(a >> count),
        ShiftRightUnsigned => Op::Int(((a as u64) >> count) as i64),
        Equal => Op::Bool(a == b),
        NotEqual => Op::Bool(a != b),
        Less => Op::Bool(a < b),
        LessEqual => Op::Bool(a <= b),
        Greater => Op::Bool(a > b),
        GreaterEqual => Op::Bool(a >= b),
        LessUnsigned => Op::Bool((a as u64) < b as u64),
        LessEqualUnsigned => Op::Bool(a as u64 <= b as u64),
        _ => return None,
    })
}

fn fold_floats(op: BinaryOp, a: f64, b: f64) -> Option<Op> {
    use BinaryOp::*;
    Some(match op {
        FloatAdd => Op::Float((a + b).to_bits()),
        FloatSubtract => Op::Float((a - b).to_bits()),
        FloatMultiply => Op::Float((a * b).to_bits()),
        FloatDivide => Op::Float((a / b).to_bits()),
        FloatEqual => Op::Bool(a == b),
        FloatLess => Op::Bool(a < b),
        FloatLessEqual => Op::Bool(a <= b),
        _ => return None,
    })
}

fn fold_bools(op: BinaryOp, a: bool, b: bool) -> Option<Op> {
    Some(Op::Bool(match op {
        BinaryOp::BoolAnd => a && b,
        BinaryOp::BoolOr => a || b,
        BinaryOp::BoolEqual => a == b,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use BinaryOp::*;
    use cranelift_entity::EntityRef;
    use snow_abi::{Kind, header};

    /// Folds `op` where the values v0, v1, … were made like this.
    fn folded(op: Op, made: &[Op]) -> Option<Folded> {
        let statics = Statics::from_iter([Static::Bytes(b"four".to_vec())]);
        fold(&op, &|value| made.get(value.index()), &statics, &EntitySet::new())
    }

    fn v(number: u32) -> Value {
        Value::from_u32(number)
    }

    #[test]
    fn constants_are_computed() {
        let of = |op, a, b| folded(Op::Binary(op, v(0), v(1)), &[Op::Int(a), Op::Int(b)]);
        assert_eq!(of(Add, i64::MAX, 1), Some(Folded::Becomes(Op::Int(i64::MIN))));
        assert_eq!(of(Divide, 7, 0), None, "the check before it decides");
        assert_eq!(of(Remainder, i64::MIN, -1), None);
        assert_eq!(of(ShiftLeft, 1, 65), Some(Folded::Becomes(Op::Int(2))));
        assert_eq!(of(LessUnsigned, -1, 1), Some(Folded::Becomes(Op::Bool(false))));
    }

    #[test]
    fn sums_with_constants_join() {
        // v2 = v9 + 3
        let made = [Op::Int(5), Op::Int(3), Op::Binary(Add, v(9), v(1))];
        let of = |op, a, b| folded(Op::Binary(op, a, b), &made);
        assert_eq!(of(Add, v(2), v(0)), Some(Folded::WithConstant(Add, v(9), 8)));
        assert_eq!(of(Add, v(0), v(2)), Some(Folded::Becomes(Op::Binary(Add, v(2), v(0)))));
        assert_eq!(of(Subtract, v(2), v(0)), Some(Folded::WithConstant(Add, v(2), -5)));
        assert_eq!(of(Equal, v(2), v(0)), Some(Folded::WithConstant(Equal, v(9), 2)));
        assert_eq!(of(Less, v(2), v(0)), None, "the sum may have wrapped around");
        assert_eq!(of(Subtract, v(2), v(9)), Some(Folded::Becomes(Op::Int(3))));
    }

    #[test]
    fn fields_of_new_objects_and_constants_are_known() {
        let new = Op::New { header: header(Kind::Fixed, 3, 1, 0), fields: vec![v(9)] };
        let load = Op::Load { object: v(0), word: 1, class: Class::Int };
        assert_eq!(folded(load.clone(), std::slice::from_ref(&new)), Some(Folded::Same(v(9))));
        let tag = folded(Op::Unary(UnaryOp::HeaderTag, v(0)), &[new]);
        assert_eq!(tag, Some(Folded::Becomes(Op::Int(3))));
        let text = Op::Static(crate::ir::StaticId::from_u32(0));
        assert_eq!(folded(load, &[text]), Some(Folded::Becomes(Op::Int(4))));
    }

    #[test]
    fn opposites_of_float_comparisons_stay() {
        let not = Op::Unary(UnaryOp::BoolNot, v(0));
        let of = |op| folded(not.clone(), &[Op::Binary(op, v(1), v(2))]);
        assert_eq!(of(FloatLess), None);
        assert_eq!(of(Less), Some(Folded::Becomes(Op::Binary(LessEqual, v(2), v(1)))));
    }
}
