//! Concatenation of strings: `<>` and interpolation, as one allocation for all parts.

use crate::ir::{Class, Op, Value};
use crate::lower::function::FunctionLowering;
use snow_abi::array;
use snow_check::hir::{Expr, ExprKind};

/// So many values wait for each other at most, where they need not.
pub(crate) const MOST_AT_ONCE: usize = 64;

enum Part<'p> {
    Text(String),
    Value(&'p Expr),
}

impl<'p> FunctionLowering<'_, 'p> {
    pub fn concat(&mut self, parts: &'p [Expr]) -> Value {
        let mut flat = Vec::new();
        flatten(parts, &mut flat);
        match &flat[..] {
            [] => self.text(""),
            [single] => self.part_of_text(single),
            _ => {
                let array = self.array_of(&flat, true, |lowering, part| lowering.part_of_text(part));
                self.builder.runtime("bytes_concat", vec![array], Class::Ref)
            }
        }
    }

    fn part_of_text(&mut self, part: &Part<'p>) -> Value {
        match part {
            Part::Text(text) => self.text(text),
            Part::Value(expr) => self.expr(expr, false),
        }
    }

    /// A new array, full of what these give. Many are put into it one by one: they would all have to be kept
    /// at the same time otherwise.
    pub fn array_of<'x, T>(
        &mut self,
        parts: &'x [T],
        references: bool,
        mut value: impl FnMut(&mut Self, &'x T) -> Value,
    ) -> Value {
        let length = self.builder.int(parts.len() as i64);
        let values: Vec<Value> = match parts.len() {
            ..=MOST_AT_ONCE => parts.iter().map(|part| value(self, part)).collect(),
            _ => Vec::new(),
        };
        let array = self.new_array(references, length);
        for (index, part) in parts.iter().enumerate() {
            let value = match values.get(index) {
                Some(value) => *value,
                None => value(self, part),
            };
            let index = self.builder.int(index as i64);
            self.builder.effect(Op::ArraySet { array, index, value });
        }
        self.builder.store(array, array::BACK, length);
        array
    }

    pub fn new_array(&mut self, references: bool, capacity: Value) -> Value {
        self.builder.emit(Op::NewArray { references, capacity }, Class::Ref)
    }
}

/// Concatenations inside become part of this one, and texts next to each other one text.
fn flatten<'p>(parts: &'p [Expr], flat: &mut Vec<Part<'p>>) {
    for part in parts {
        match &part.kind {
            ExprKind::Concat(inside) => flatten(inside, flat),
            ExprKind::String(text) if text.is_empty() => {}
            ExprKind::String(text) => match flat.last_mut() {
                Some(Part::Text(before)) => before.push_str(text),
                _ => flat.push(Part::Text(text.clone())),
            },
            _ => flat.push(Part::Value(part)),
        }
    }
}
