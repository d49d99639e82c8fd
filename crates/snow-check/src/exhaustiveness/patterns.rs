//! Patterns in the form that the search works on: names are gone, lists and bytes are cells, equal ones have one number.

use super::question::{ANY, PatternId, Question, Shape, Simple};
use crate::hir::{BitSegment, BitSize, Pattern, PatternKind};

/// Bytes of a bit pattern that are told apart.
const MAX_BYTES: u32 = 64;

impl<'p> Question<'_, 'p> {
    pub fn simplify(&mut self, pattern: &'p Pattern) -> PatternId {
        let all = |this: &mut Self, patterns: &'p [Pattern]| -> Vec<PatternId> {
            patterns.iter().map(|pattern| this.simplify(pattern)).collect()
        };
        let pattern = match &pattern.kind {
            PatternKind::Wildcard | PatternKind::Bind(_) | PatternKind::Unit => return ANY,
            PatternKind::As(inside, _) => return self.simplify(inside),
            PatternKind::Int(value) => Simple::Shape(Shape::Ints(*value, *value), Vec::new()),
            PatternKind::Range(first, last) => Simple::Shape(Shape::Ints(*first, *last), Vec::new()),
            // 0.0 and -0.0 are equal.
            PatternKind::Float(value) => Simple::Shape(Shape::Float((value + 0.0).to_bits()), Vec::new()),
            PatternKind::Bool(value) => Simple::Shape(Shape::Bool { is_false: !value }, Vec::new()),
            PatternKind::String(value) => Simple::Shape(Shape::String(value), Vec::new()),
            PatternKind::Tuple(parts) | PatternKind::Struct(parts) => {
                let parts = all(self, parts);
                return self.shape(Shape::Only, parts);
            }
            PatternKind::Constructor(index, parts) => Simple::Shape(Shape::Variant(*index), all(self, parts)),
            PatternKind::List(elements) => {
                let rest = self.shape(Shape::Empty, Vec::new());
                let elements = all(self, elements);
                return self.elements(elements, rest);
            }
            PatternKind::Cons(first, rest) => {
                let first = all(self, first);
                let rest = self.simplify(rest);
                return self.elements(first, rest);
            }
            PatternKind::Or(alternatives) => {
                let alternatives = all(self, alternatives);
                if alternatives.contains(&ANY) {
                    return ANY;
                }
                Simple::Or(alternatives)
            }
            PatternKind::Bits(segments) => return self.bits(segments),
        };
        self.pattern_id(pattern)
    }

    fn elements(&mut self, elements: Vec<PatternId>, rest: PatternId) -> PatternId {
        elements.into_iter().rev().fold(rest, |rest, first| self.shape(Shape::Cons, vec![first, rest]))
    }

    /// Bits as the list of their bytes, as far as they can be told apart.
    fn bits(&mut self, segments: &'p [BitSegment<Pattern>]) -> PatternId {
        let mut bytes = Vec::new();
        let mut rest = self.shape(Shape::Empty, Vec::new());
        let mut loose = 0;
        for segment in segments {
            if let (BitSize::Text, PatternKind::String(text)) = (&segment.size, &segment.value.kind) {
                if loose != 0 || bytes.len() + text.len() > MAX_BYTES as usize {
                    return self.pattern_id(Simple::Opaque);
                }
                let byte = |byte| Shape::Ints(i64::from(byte), i64::from(byte));
                bytes.extend(text.bytes().map(|number| self.shape(byte(number), Vec::new())));
                continue;
            }
            let value = self.simplify(&segment.value);
            match segment.size {
                BitSize::Rest | BitSize::View => rest = value,
                BitSize::Bits(8) if loose == 0 && !segment.signed => bytes.push(value),
                BitSize::Bits(size) if value == ANY && bytes.len() < MAX_BYTES as usize => {
                    loose += size;
                    bytes.extend((0..loose / 8).map(|_| ANY));
                    loose %= 8;
                }
                _ => return self.pattern_id(Simple::Opaque),
            }
        }
        self.elements(bytes, rest)
    }
}
