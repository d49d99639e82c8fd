//! Strings put together: `<>` and interpolation.

use crate::ir::{Class, Op, Value};
use crate::layout;
use crate::lower::function::FunctionLowering;
use snow_check::hir::{Expr, ExprKind};

enum Part<'p> {
    Text(String),
    Value(&'p Expr),
}

impl<'p> FunctionLowering<'_, 'p> {
    pub fn concat(&mut self, parts: &'p [Expr]) -> Value {
        let mut flat = Vec::new();
        flatten(parts, &mut flat);
        let values: Vec<Value> = flat
            .iter()
            .map(|part| match part {
                Part::Text(text) => self.text(text),
                Part::Value(expr) => self.expr(expr, false),
            })
            .collect();
        match values[..] {
            [] => self.text(""),
            [single] => single,
            _ => {
                let array = self.array_of(&values, true);
                self.builder.runtime("bytes_concat", vec![array], Class::Ref)
            }
        }
    }

    /// A new array, full of these values.
    pub fn array_of(&mut self, values: &[Value], references: bool) -> Value {
        let length = self.builder.int(values.len() as i64);
        let array = self.new_array(references, length);
        for (index, value) in values.iter().enumerate() {
            let index = self.builder.int(index as i64);
            self.builder.effect(Op::ArraySet { array, index, value: *value });
        }
        self.builder.store(array, layout::ARRAY_BACK, length);
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
