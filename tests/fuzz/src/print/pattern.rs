//! Patterns.

use super::{Printer, field_name, literal, variable};
use crate::program::{BitPattern, Pattern, PatternSize};

impl Printer<'_> {
    pub fn pattern(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::Wildcard => self.write("_"),
            Pattern::Variable(name) => self.write(variable(*name)),
            Pattern::Int(number) => self.write(literal::int(*number)),
            Pattern::Bool(truth) => self.write(truth.to_string()),
            Pattern::String(text) => self.write(literal::text(text)),
            Pattern::Unit => self.write("()"),
            Pattern::Tuple(parts) => {
                self.open("(");
                self.list(parts, |printer, part| printer.pattern(part));
                self.close(")");
            }
            Pattern::Constructor(declaration, constructor, parts) => {
                let name = self.constructor_name(*declaration, *constructor);
                self.write(name);
                if !parts.is_empty() {
                    self.open("(");
                    self.list(parts, |printer, part| printer.pattern(part));
                    self.close(")");
                }
            }
            Pattern::Struct(declaration, fields) => {
                let name = self.type_name(*declaration);
                self.write(name);
                self.open(" { ");
                self.list(fields, |printer, (field, part)| {
                    printer.write(format!("{}: ", field_name(*field)));
                    printer.pattern(part);
                });
                self.close(" }");
            }
            Pattern::List(parts) => {
                self.open("[");
                self.list(parts, |printer, part| printer.pattern(part));
                self.close("]");
            }
            Pattern::Cons(head, tail) => {
                self.enclosed(head, matches!(**head, Pattern::Cons(..) | Pattern::Or(_) | Pattern::As(..)));
                self.write(" :: ");
                self.enclosed(tail, matches!(**tail, Pattern::Or(_) | Pattern::As(..)));
            }
            Pattern::Or(parts) => {
                for (number, part) in parts.iter().enumerate() {
                    if number > 0 {
                        self.write(" | ");
                    }
                    self.enclosed(part, matches!(part, Pattern::Cons(..) | Pattern::Or(_) | Pattern::As(..)));
                }
            }
            Pattern::As(inner, name) => {
                self.enclosed(inner, matches!(**inner, Pattern::Cons(..) | Pattern::Or(_) | Pattern::As(..)));
                self.write(format!(" as {}", variable(*name)));
            }
            Pattern::Bits(segments) => {
                self.open("<<");
                self.list(segments, |printer, segment| printer.bit_pattern(segment));
                self.close(">>");
            }
        }
    }

    /// A pattern that alternatives or a name behind it would swallow stands in parentheses.
    pub fn enclosed(&mut self, pattern: &Pattern, needed: bool) {
        if needed {
            self.open("(");
            self.pattern(pattern);
            self.close(")");
        } else {
            self.pattern(pattern);
        }
    }

    fn bit_pattern(&mut self, segment: &BitPattern) {
        self.pattern(&segment.value);
        match &segment.size {
            PatternSize::Bits(bits) => {
                let size = size(*bits, segment.little, segment.signed);
                self.write(size);
            }
            PatternSize::Computed(size) => {
                self.open("::(");
                self.expression(size);
                self.close(")");
                self.write(modifiers(segment.little, segment.signed));
            }
            PatternSize::Text => {}
            PatternSize::Bytes(length) => {
                self.open("::bytes(");
                self.expression(length);
                self.close(")");
            }
            PatternSize::Rest => self.write("::bytes"),
        }
    }
}

/// `::16-little-signed`; eight bits without a sign say nothing.
pub fn size(bits: u32, little: bool, signed: bool) -> String {
    if bits == 8 && !little && !signed {
        return String::new();
    }
    format!("::{bits}{}", modifiers(little, signed))
}

fn modifiers(little: bool, signed: bool) -> String {
    let little = if little { "-little" } else { "" };
    let signed = if signed { "-signed" } else { "" };
    format!("{little}{signed}")
}
