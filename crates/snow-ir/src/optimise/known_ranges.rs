//! Known ranges: what holds at a place because of the branches that lead to it. Which conditions are true,
//! how two numbers compare, and between which bounds a number lies.
//!
//! Value numbering asks here, and adds a fact for each branch on its way down the dominator tree; on its
//! way up it forgets them again. (After Rastislav Bodík, Rajiv Gupta and Vivek Sarkar, "ABCD: eliminating
//! array bounds checks on demand", 2000, but along one way only and without a graph.) A question follows
//! few operations back (`DEPTH`), so that its cost has a bound.

use crate::ir::{BinaryOp, Op, UnaryOp, Value};
use rustc_hash::FxHashMap;

/// The ways in which two numbers can compare, as bits.
type Outcomes = u8;
const LESS: Outcomes = 1;
const EQUAL: Outcomes = 2;
const GREATER: Outcomes = 4;
const ANY: Outcomes = LESS | EQUAL | GREATER;

/// From, to: both included.
pub type Range = (i64, i64);
pub const ALL: Range = (i64::MIN, i64::MAX);

/// How far operations are followed to learn something about their result.
const DEPTH: u32 = 4;

#[derive(Default)]
pub struct Facts {
    truths: FxHashMap<Value, bool>,
    orders: FxHashMap<(Value, Value), Outcomes>,
    ranges: FxHashMap<Value, Range>,
    /// Values that can only be this number.
    constants: FxHashMap<Value, Op>,
    /// Numbers that a value is not.
    others: FxHashMap<(Value, i64), bool>,
    undo: Vec<Undo>,
}

/// What stood there before.
enum Undo {
    Truth(Value, Option<bool>),
    Order((Value, Value), Option<Outcomes>),
    Range(Value, Option<Range>),
    Constant(Value),
    Other((Value, i64)),
}

/// How a value was made, where that is known.
pub type Known<'a> = &'a dyn Fn(Value) -> Option<&'a Op>;

impl Facts {
    /// A mark, for `forget`.
    pub fn mark(&self) -> usize {
        self.undo.len()
    }

    /// Forgets what was learnt since the mark.
    pub fn forget(&mut self, mark: usize) {
        while self.undo.len() > mark {
            match self.undo.pop() {
                Some(Undo::Truth(value, before)) => restore(&mut self.truths, value, before),
                Some(Undo::Order(pair, before)) => restore(&mut self.orders, pair, before),
                Some(Undo::Range(value, before)) => restore(&mut self.ranges, value, before),
                Some(Undo::Constant(value)) => restore(&mut self.constants, value, None),
                Some(Undo::Other(pair)) => restore(&mut self.others, pair, None),
                None => {}
            }
        }
    }

    /// The number that a value must be here.
    pub fn constant(&self, value: Value) -> Option<&Op> {
        self.constants.get(&value)
    }

    pub fn truth(&self, condition: Value) -> Option<bool> {
        self.truths.get(&condition).copied()
    }

    /// From here on, this condition is known.
    pub fn assume(&mut self, condition: Value, holds: bool, known: Known<'_>) {
        let before = self.truths.insert(condition, holds);
        self.undo.push(Undo::Truth(condition, before));
        match known(condition) {
            Some(Op::Unary(UnaryOp::BoolNot, inner)) => self.assume(*inner, !holds, known),
            Some(Op::Binary(BinaryOp::BoolAnd, a, b)) if holds => {
                self.assume(*a, true, known);
                self.assume(*b, true, known);
            }
            Some(Op::Binary(BinaryOp::BoolOr, a, b)) if !holds => {
                self.assume(*a, false, known);
                self.assume(*b, false, known);
            }
            Some(Op::Binary(op, a, b)) => {
                if let Some(outcomes) = self.outcomes(*op, *a, *b, known) {
                    self.assume_order(*a, *b, if holds { outcomes } else { ANY ^ outcomes }, known);
                } else if *op == BinaryOp::LessUnsigned && holds && self.range(*b, known).0 >= 0 {
                    self.assume_order(*a, *b, LESS, known);
                    self.assume_range(*a, (0, i64::MAX), known);
                }
            }
            _ => {}
        }
    }

    /// From here on, this value is this number.
    pub fn assume_constant(&mut self, value: Value, number: i64, known: Known<'_>) {
        self.assume_range(value, (number, number), known);
    }

    /// From here on, this value lies in this range, and in what was known of it before.
    pub fn assume_range(&mut self, value: Value, range: Range, known: Known<'_>) {
        if matches!(known(value), Some(Op::Int(_))) {
            return;
        }
        let old = self.range(value, known);
        let new = (old.0.max(range.0), old.1.min(range.1));
        // An empty range: this place is never reached.
        if new == old || new.0 > new.1 {
            return;
        }
        self.undo.push(Undo::Range(value, self.ranges.insert(value, new)));
        if new.0 == new.1 && self.constants.insert(value, Op::Int(new.0)).is_none() {
            self.undo.push(Undo::Constant(value));
        }
    }

    fn assume_order(&mut self, a: Value, b: Value, outcomes: Outcomes, known: Known<'_>) {
        let both = self.order(a, b) & outcomes;
        let (key, stored) = if a <= b { ((a, b), both) } else { ((b, a), mirrored(both)) };
        self.undo.push(Undo::Order(key, self.orders.insert(key, stored)));
        let (of_a, of_b) = (self.range(a, known), self.range(b, known));
        match both {
            LESS => {
                self.assume_range(a, (i64::MIN, of_b.1.saturating_sub(1)), known);
                self.assume_range(b, (of_a.0.saturating_add(1), i64::MAX), known);
            }
            GREATER => {
                self.assume_range(a, (of_b.0.saturating_add(1), i64::MAX), known);
                self.assume_range(b, (i64::MIN, of_a.1.saturating_sub(1)), known);
            }
            EQUAL => {
                self.assume_range(a, of_b, known);
                self.assume_range(b, of_a, known);
            }
            _ if both == LESS | EQUAL => {
                self.assume_range(a, (i64::MIN, of_b.1), known);
                self.assume_range(b, (of_a.0, i64::MAX), known);
            }
            _ if both == GREATER | EQUAL => {
                self.assume_range(a, (of_b.0, i64::MAX), known);
                self.assume_range(b, (i64::MIN, of_a.1), known);
            }
            _ if both == LESS | GREATER => {
                self.assume_other(a, of_b, known);
                self.assume_other(b, of_a, known);
            }
            _ => {}
        }
    }

    /// The value is not the one number of this range: that matters at the ends of its own.
    fn assume_other(&mut self, value: Value, (number, same): Range, known: Known<'_>) {
        let (from, to) = self.range(value, known);
        if number != same || from == to {
            return;
        }
        if self.others.insert((value, number), true).is_none() {
            self.undo.push(Undo::Other((value, number)));
        }
        if from == number {
            self.assume_range(value, (number + 1, to), known);
        } else if to == number {
            self.assume_range(value, (from, number - 1), known);
        }
    }

    /// Can the value be this number?
    pub fn may_be(&self, value: Value, number: i64, known: Known<'_>) -> bool {
        let (from, to) = self.range(value, known);
        from <= number && number <= to && !self.others.contains_key(&(value, number))
    }

    fn order(&self, a: Value, b: Value) -> Outcomes {
        match a <= b {
            true => self.orders.get(&(a, b)).copied().unwrap_or(ANY),
            false => self.orders.get(&(b, a)).copied().map_or(ANY, mirrored),
        }
    }

    /// The result of a comparison, where the facts decide it.
    pub fn compare(&self, op: BinaryOp, a: Value, b: Value, known: Known<'_>) -> Option<bool> {
        let wanted = self.outcomes(op, a, b, known)?;
        let (of_a, of_b) = (self.range(a, known), self.range(b, known));
        let mut possible = self.order(a, b);
        let mut exclude =
            |impossible: bool, outcome: Outcomes| possible &= if impossible { !outcome } else { ANY };
        exclude(of_a.0 >= of_b.1, LESS);
        exclude(of_a.1 <= of_b.0, GREATER);
        exclude(of_a.1 < of_b.0 || of_b.1 < of_a.0, EQUAL);
        match possible {
            // Never reached.
            0 => None,
            _ if possible & wanted == 0 => Some(false),
            _ if possible & !wanted == 0 => Some(true),
            _ => None,
        }
    }

    /// With which outcomes does this comparison hold? `None` for other operations, and for unsigned
    /// ones of numbers that may be negative.
    fn outcomes(&self, op: BinaryOp, a: Value, b: Value, known: Known<'_>) -> Option<Outcomes> {
        Some(match op {
            BinaryOp::Equal => EQUAL,
            BinaryOp::NotEqual => LESS | GREATER,
            BinaryOp::Less => LESS,
            BinaryOp::LessEqual => LESS | EQUAL,
            BinaryOp::Greater => GREATER,
            BinaryOp::GreaterEqual => GREATER | EQUAL,
            BinaryOp::LessUnsigned | BinaryOp::LessEqualUnsigned
                if self.range(a, known).0 >= 0 && self.range(b, known).0 >= 0 =>
            {
                if op == BinaryOp::LessUnsigned { LESS } else { LESS | EQUAL }
            }
            _ => return None,
        })
    }

    pub fn range(&self, value: Value, known: Known<'_>) -> Range {
        self.range_within(value, known, DEPTH)
    }

    fn range_within(&self, value: Value, known: Known<'_>, depth: u32) -> Range {
        if let Some(range) = self.ranges.get(&value) {
            return *range;
        }
        if depth == 0 {
            return ALL;
        }
        let of = |value: Value| self.range_within(value, known, depth - 1);
        match known(value) {
            Some(Op::Int(number)) => (*number, *number),
            Some(Op::LoadBytes { width, signed: false, .. }) if *width < 8 => (0, (1 << (8 * width)) - 1),
            Some(Op::Unary(UnaryOp::BoolToInt, _)) => (0, 1),
            Some(Op::Unary(UnaryOp::HeaderTag, _)) => (0, 0xffff),
            Some(Op::Unary(UnaryOp::VectorHighBits, _)) => (0, 0xffff),
            Some(Op::Unary(UnaryOp::CountOnes | UnaryOp::LeadingZeros | UnaryOp::TrailingZeros, _)) => {
                (0, 64)
            }
            Some(Op::Binary(BinaryOp::And, a, b)) => match (of(*a), of(*b)) {
                ((from_a, to_a), (from_b, to_b)) if from_a >= 0 && from_b >= 0 => (0, to_a.min(to_b)),
                ((from, to), _) | (_, (from, to)) if from >= 0 => (0, to),
                _ => ALL,
            },
            Some(Op::Binary(BinaryOp::ShiftRightUnsigned, a, b)) => match (of(*a), of(*b)) {
                ((from, to), (count, same)) if from >= 0 && count == same => {
                    (from >> (count & 63), to >> (count & 63))
                }
                (_, (count, same)) if count == same && count & 63 > 0 => {
                    (0, (u64::MAX >> (count & 63)) as i64)
                }
                _ => ALL,
            },
            Some(Op::Binary(BinaryOp::Add, a, b)) => {
                let (a, b) = (of(*a), of(*b));
                match (a.0.checked_add(b.0), a.1.checked_add(b.1)) {
                    (Some(from), Some(to)) => (from, to),
                    _ => ALL,
                }
            }
            Some(Op::Binary(BinaryOp::Subtract, a, b)) => {
                let (a, b) = (of(*a), of(*b));
                match (a.0.checked_sub(b.1), a.1.checked_sub(b.0)) {
                    (Some(from), Some(to)) => (from, to),
                    _ => ALL,
                }
            }
            Some(Op::Select(_, a, b)) => {
                let (a, b) = (of(*a), of(*b));
                (a.0.min(b.0), a.1.max(b.1))
            }
            _ => ALL,
        }
    }
}

fn restore<K: std::hash::Hash + Eq, V>(table: &mut FxHashMap<K, V>, key: K, before: Option<V>) {
    match before {
        Some(value) => table.insert(key, value),
        None => table.remove(&key),
    };
}

fn mirrored(outcomes: Outcomes) -> Outcomes {
    outcomes & EQUAL | (outcomes & LESS) << 2 | (outcomes & GREATER) >> 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use cranelift_entity::EntityRef;
    use std::sync::LazyLock;

    /// v0 and v1 are unknown, v2 is 10, v3 is `v0 < v1`, v4 is `v0 < v2`.
    fn known(value: Value) -> Option<&'static Op> {
        static KNOWN: LazyLock<[Op; 3]> = LazyLock::new(|| {
            let [a, b, c] = [0, 1, 2].map(Value::from_u32);
            [Op::Int(10), Op::Binary(BinaryOp::Less, a, b), Op::Binary(BinaryOp::Less, a, c)]
        });
        value.index().checked_sub(2).and_then(|index| KNOWN.get(index))
    }

    #[test]
    fn a_comparison_decides_weaker_ones_both_ways() {
        let mut facts = Facts::default();
        facts.assume(Value::from_u32(3), true, &known);
        assert_eq!(
            facts.compare(BinaryOp::LessEqual, Value::from_u32(0), Value::from_u32(1), &known),
            Some(true)
        );
        assert_eq!(
            facts.compare(BinaryOp::Greater, Value::from_u32(1), Value::from_u32(0), &known),
            Some(true)
        );
        assert_eq!(
            facts.compare(BinaryOp::Equal, Value::from_u32(1), Value::from_u32(0), &known),
            Some(false)
        );
        facts.forget(0);
        assert_eq!(facts.compare(BinaryOp::LessEqual, Value::from_u32(0), Value::from_u32(1), &known), None);
        facts.assume(Value::from_u32(3), false, &known);
        assert_eq!(
            facts.compare(BinaryOp::LessEqual, Value::from_u32(1), Value::from_u32(0), &known),
            Some(true)
        );
        assert_eq!(facts.compare(BinaryOp::Less, Value::from_u32(1), Value::from_u32(0), &known), None);
    }

    #[test]
    fn bounds_come_from_constants_and_are_handed_on() {
        let mut facts = Facts::default();
        facts.assume(Value::from_u32(4), false, &known);
        assert_eq!(facts.range(Value::from_u32(0), &known), (10, i64::MAX));
        facts.assume(Value::from_u32(3), true, &known);
        assert_eq!(facts.range(Value::from_u32(1), &known), (11, i64::MAX));
        assert_eq!(
            facts.compare(BinaryOp::LessEqual, Value::from_u32(1), Value::from_u32(2), &known),
            Some(false)
        );
    }

    #[test]
    fn unsigned_comparisons_are_decided_only_where_no_number_is_negative() {
        let mut facts = Facts::default();
        assert_eq!(
            facts.compare(BinaryOp::LessUnsigned, Value::from_u32(0), Value::from_u32(2), &known),
            None
        );
        facts.assume(Value::from_u32(4), true, &known);
        assert_eq!(
            facts.compare(BinaryOp::LessUnsigned, Value::from_u32(0), Value::from_u32(2), &known),
            None
        );
        facts.assume_range(Value::from_u32(0), (0, i64::MAX), &known);
        assert_eq!(
            facts.compare(BinaryOp::LessUnsigned, Value::from_u32(0), Value::from_u32(2), &known),
            Some(true)
        );
    }
}
