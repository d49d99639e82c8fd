//! Bit patterns and bit construction.

use super::patterns::Bound;
use super::{Generator, Wish};
use crate::program::{
    BinaryOperator, BitPattern, Expression, Head, Kind, Name, Pattern, PatternSize, Segment, SegmentSize,
    Type,
};

impl Generator {
    /// Sizes that add up to whole bytes; a little-endian one is whole bytes itself.
    fn sizes(&mut self) -> Vec<(u32, bool)> {
        let mut sizes = Vec::new();
        let mut bits = 0;
        for _ in 0..self.random.between(1, 4) {
            let whole = self.random.one_in(2) && bits % 8 == 0;
            let size = if whole { 8 * self.random.between(1, 8) } else { self.random.between(1, 64) } as u32;
            bits += size;
            sizes.push((size, whole && self.random.one_in(2)));
        }
        if bits % 8 != 0 {
            sizes.push((8 - bits % 8, false));
        }
        sizes
    }

    /// Sizes that a number tells which has been read, with whether they are little-endian: mostly such that there can
    /// be so many bits, and whole bytes behind all of them.
    fn computed_sizes(&mut self, name: Name) -> Vec<(Expression, bool)> {
        let int = Type::int();
        let binary = |operator, a, b| Expression::binary(Type::int(), operator, a, b);
        let number = Expression::variable(name, int.clone());
        let small = |generator: &mut Generator, mask| {
            generator.library("Int.band", vec![number.clone(), Expression::int(mask)], &Type::int())
        };
        match self.random.below(5) {
            0 => vec![(number, false)],
            1 => {
                let bytes = small(self, 7);
                let little = self.random.one_in(2);
                vec![(binary(BinaryOperator::Multiply, bytes, Expression::int(8)), little)]
            }
            // One of two.
            2 => {
                let bit = small(self, 1);
                vec![(binary(BinaryOperator::Multiply, bit, Expression::int(16)), false)]
            }
            3 => {
                let bits = small(self, 1);
                vec![(binary(BinaryOperator::Multiply, bits, Expression::int(4)), false)]
            }
            _ => {
                let (bits, again) = (small(self, 15), small(self, 15));
                vec![(bits, false), (binary(BinaryOperator::Subtract, Expression::int(16), again), false)]
            }
        }
    }

    /// `<<a::3, 5::13, rest::bytes>>` and its like.
    pub fn bit_pattern(&mut self, bound: &mut Bound) -> Pattern {
        self.used("bit pattern");
        let (int, bytes) = (Type::int(), Type::plain(Head::Bytes));
        let mut segments = Vec::new();
        let simple = self.random.one_in(2);
        let sizes = if simple { vec![(8, false); self.random.below(4)] } else { self.sizes() };
        let mut length = None;
        for (size, little) in sizes {
            let signed = self.random.one_in(3);
            let value = match self.random.below(5) {
                0 => Pattern::Wildcard,
                1 if size > 2 => Pattern::Int(self.random.below(3) as i64),
                _ => {
                    let name = self.fresh();
                    bound.push((name, int.clone()));
                    length = Some(name);
                    Pattern::Variable(name)
                }
            };
            segments.push(BitPattern { value, size: PatternSize::Bits(size), little, signed });
        }
        if let (Some(name), true) = (length, self.random.one_in(3)) {
            self.used("bits of a number that was read");
            for (size, little) in self.computed_sizes(name) {
                let value = if self.random.one_in(4) {
                    Pattern::Wildcard
                } else {
                    let name = self.fresh();
                    bound.push((name, int.clone()));
                    Pattern::Variable(name)
                };
                let signed = self.random.one_in(3);
                segments.push(BitPattern { value, size: PatternSize::Computed(size), little, signed });
            }
        }
        if self.random.one_in(6) {
            self.used("text in a bit pattern");
            let text = ["a", "GET ", "", "é", "\u{1}\u{2}\u{3}"][self.random.below(5)].to_string();
            let (value, size) = (Pattern::String(text), PatternSize::Text);
            segments.push(BitPattern { value, size, little: false, signed: false });
        }
        let mut part = |generator: &mut Generator, size: PatternSize| {
            let name = generator.fresh();
            bound.push((name, bytes.clone()));
            segments.push(BitPattern { value: Pattern::Variable(name), size, little: false, signed: false });
        };
        if let (Some(length), true) = (length, self.random.one_in(3)) {
            self.used("bytes of a length that was read");
            let length = Expression::variable(length, int.clone());
            let mask = Expression::int(3);
            let length = match self.random.below(3) {
                0 => Expression::binary(int.clone(), BinaryOperator::Remainder, length, Expression::int(4)),
                1 => length,
                _ => self.library("Int.band", vec![length, mask], &int),
            };
            part(self, PatternSize::Bytes(length));
        }
        if self.random.below(3) > 0 {
            part(self, PatternSize::Rest);
        }
        Pattern::Bits(segments)
    }

    pub fn bits(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        let int = Type::int();
        let mut segments = Vec::new();
        for (size, little) in self.sizes() {
            let value = self.expression(&int, Wish { depth: wish.depth.min(2), known: true }.deeper());
            let signed = self.random.one_in(4);
            segments.push(Segment { value, size: SegmentSize::Bits(size), little, signed });
        }
        for _ in 0..self.random.below(3) {
            let value = self.expression(ty, wish.deeper().known());
            let at = if self.random.one_in(2) { segments.len() } else { 0 };
            let segment = Segment { value, size: SegmentSize::Bytes, little: false, signed: false };
            segments.insert(at, segment);
        }
        Some(Expression::new(ty.clone(), Kind::Bits(segments)))
    }
}
