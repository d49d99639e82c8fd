//! A value that no arm matches, written as the pattern that would match it.

use super::question::{Part, Question, Shape};
use crate::hir::{Type, TypeDefKind};

impl Question<'_, '_> {
    pub fn words(&self, part: &Part) -> String {
        let Part::Shape { ty, shape, parts, .. } = part else { return "_".to_string() };
        let all: Vec<String> = parts.iter().map(|part| self.words(part)).collect();
        let listed = all.join(", ");
        match (shape, &self.types[*ty as usize]) {
            (Shape::Only, Type::Named(id, _)) => match &self.definitions[id.0 as usize].kind {
                TypeDefKind::Struct(fields) => {
                    let fields: Vec<String> = fields
                        .iter()
                        .zip(all)
                        .filter(|(_, part)| *part != "_")
                        .map(|((name, _), part)| format!("{name}: {part}"))
                        .collect();
                    format!("{} {{ {} }}", self.definitions[id.0 as usize].name, fields.join(", "))
                }
                TypeDefKind::Sum(_) => listed,
            },
            (Shape::Only, _) => format!("({listed})"),
            (Shape::Variant(index), Type::Named(id, _)) => {
                let name = match &self.definitions[id.0 as usize].kind {
                    TypeDefKind::Sum(constructors) => constructors[*index].name.as_str(),
                    TypeDefKind::Struct(_) => "_",
                };
                if parts.is_empty() { name.to_string() } else { format!("{name}({listed})") }
            }
            (Shape::Variant(_), _) => "_".to_string(),
            (Shape::Bool { is_false }, _) => (!is_false).to_string(),
            (Shape::Empty | Shape::Cons, Type::Bytes) => self.bytes(part),
            (Shape::Empty, _) => "[]".to_string(),
            (Shape::Cons, _) => all.join(" :: "),
            (Shape::Ints(first, last), _) if first == last => first.to_string(),
            (Shape::Ints(first, last), _) => format!("{first}..={last}"),
            (Shape::Float(bits), _) => format!("{:?}", f64::from_bits(*bits)),
            (Shape::String(text), _) => format!("{text:?}"),
        }
    }

    /// `<<_, 3, _::bytes>>`
    fn bytes(&self, part: &Part) -> String {
        let mut words = Vec::new();
        let mut rest = part;
        while let Part::Shape { shape: Shape::Cons, parts, .. } = rest {
            words.push(self.words(&parts[0]));
            rest = &parts[1];
        }
        if matches!(rest, Part::Any) {
            words.push("_::bytes".to_string());
        }
        format!("<<{}>>", words.join(", "))
    }
}
