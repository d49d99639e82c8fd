//! Conditions on an induction variable, the counter of a loop: for which values of the counter a comparison
//! holds, as bounds that can be tested before the loop.
//!
//! Understands sums of the counter, one other value that stays the same, and a number.

use crate::ir::{BinaryOp, Op, UnaryOp, Value};
use cranelift_entity::EntitySet;
use rustc_hash::FxHashMap;

/// Numbers in conditions are at most this large, so that nothing here overflows as long as counters and
/// bounds lie within ± 2^62.
const MOST: i64 = 1 << 31;

/// `counter * (-1, 0 or 1) + sign * base + number`
#[derive(Clone, Copy, Debug, PartialEq)]
struct Sum {
    counter: i64,
    base: Option<(i64, Value)>,
    number: i64,
}

/// What must hold of the counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// counter >= number
    AtLeast(i64),
    /// counter + number < base; the base is 0 if there is none.
    Below { base: Option<Value>, number: i64 },
}

/// Reads conditions of a loop whose counter is `counter`. Values that `made` does not know are made
/// outside the loop, and stay the same in it; values made inside have their operation there.
pub struct Reader<'a> {
    pub counter: Value,
    pub made: &'a FxHashMap<Value, &'a Op>,
    /// Constants made anywhere.
    pub numbers: &'a FxHashMap<Value, i64>,
    /// Parameters of the loop's blocks: they change.
    pub params: &'a EntitySet<Value>,
}

impl Reader<'_> {
    /// Bounds on the counter of which it follows that the condition is `holds`. `None` when there are no
    /// such bounds, or when the condition has nothing to do with the counter.
    pub fn bounds(&self, condition: Value, holds: bool) -> Option<Vec<Bound>> {
        match (self.made.get(&condition)?, holds) {
            (Op::Unary(UnaryOp::BoolNot, inner), _) => self.bounds(*inner, !holds),
            (Op::Binary(BinaryOp::BoolAnd, a, b), true) | (Op::Binary(BinaryOp::BoolOr, a, b), false) => {
                let mut all = self.bounds(*a, holds)?;
                all.extend(self.bounds(*b, holds)?);
                Some(all)
            }
            (Op::Binary(op, a, b), _) => self.comparison(*op, *a, *b, holds),
            _ => None,
        }
    }

    fn comparison(&self, op: BinaryOp, a: Value, b: Value, holds: bool) -> Option<Vec<Bound>> {
        use BinaryOp::*;
        let (a, b) = (self.sum(a)?, self.sum(b)?);
        match (op, holds) {
            (Less, true) | (GreaterEqual, false) => below(a, b, 0),
            (LessEqual, true) | (Greater, false) => below(a, b, -1),
            (Greater, true) | (LessEqual, false) => below(b, a, 0),
            (GreaterEqual, true) | (Less, false) => below(b, a, -1),
            // Far enough from it, a counter does not meet its end.
            (NotEqual, true) | (Equal, false) if a.counter == 1 && b.counter == 0 => below(a, b, 0),
            (NotEqual, true) | (Equal, false) if b.counter == 1 && a.counter == 0 => below(b, a, 0),
            (NotEqual, true) | (Equal, false) if a.counter == -1 && b.counter == 0 => below(b, a, 0),
            (NotEqual, true) | (Equal, false) if b.counter == -1 && a.counter == 0 => below(a, b, 0),
            // Between 0 and the bound, which is positive then.
            (LessUnsigned, true) if a.counter == 1 && a.base.is_none() && b.counter == 0 => {
                let mut bounds = below(a, b, 0)?;
                bounds.push(Bound::AtLeast(-a.number));
                Some(bounds)
            }
            (LessEqualUnsigned, false) if b.counter == 1 && b.base.is_none() && a.counter == 0 => {
                let mut bounds = below(b, a, 0)?;
                bounds.push(Bound::AtLeast(-b.number));
                Some(bounds)
            }
            _ => None,
        }
    }

    fn sum(&self, value: Value) -> Option<Sum> {
        let sum = self.sum_of(value)?;
        (-MOST..=MOST).contains(&sum.number).then_some(sum)
    }

    fn sum_of(&self, value: Value) -> Option<Sum> {
        if value == self.counter {
            return Some(Sum { counter: 1, base: None, number: 0 });
        }
        if let Some(number) = self.numbers.get(&value) {
            return Some(Sum { counter: 0, base: None, number: *number });
        }
        match self.made.get(&value) {
            Some(Op::Binary(BinaryOp::Add, a, b)) => self.sum(*a)?.plus(self.sum(*b)?),
            Some(Op::Binary(BinaryOp::Subtract, a, b)) => self.sum(*a)?.plus(self.sum(*b)?.negated()),
            Some(_) => None,
            None if self.params.contains(value) => None,
            None => Some(Sum { counter: 0, base: Some((1, value)), number: 0 }),
        }
    }
}

impl Sum {
    fn negated(self) -> Sum {
        let base = self.base.map(|(sign, value)| (-sign, value));
        Sum { counter: -self.counter, base, number: -self.number }
    }

    fn plus(self, other: Sum) -> Option<Sum> {
        let counter = self.counter + other.counter;
        let base = match (self.base, other.base) {
            (base, None) | (None, base) => base,
            (Some((1, a)), Some((-1, b))) | (Some((-1, a)), Some((1, b))) if a == b => None,
            _ => return None,
        };
        (counter.abs() <= 1).then_some(Sum { counter, base, number: self.number.checked_add(other.number)? })
    }
}

/// `a < b`, or with -1, `a <= b`.
fn below(a: Sum, b: Sum, more: i64) -> Option<Vec<Bound>> {
    // counter + base + number < 0
    let sum = a.plus(b.negated())?;
    let number = sum.number + more;
    match (sum.counter, sum.base) {
        (1, None) => Some(vec![Bound::Below { base: None, number }]),
        (1, Some((-1, base))) => Some(vec![Bound::Below { base: Some(base), number }]),
        (-1, None) => Some(vec![Bound::AtLeast(number + 1)]),
        _ => None,
    }
}
