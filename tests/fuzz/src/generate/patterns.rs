//! Patterns for a type, with the names that they bind.

use super::Generator;
use crate::program::{Head, Name, Pattern, PatternSize as Size, Type};

/// Names of what patterns are made of, as the coverage has them.
pub const PATTERNS: &[&str] = &[
    "wildcard pattern",
    "variable pattern",
    "literal pattern",
    "tuple pattern",
    "constructor pattern",
    "struct pattern",
    "list pattern",
    "cons pattern",
    "alternatives",
    "alternatives that bind",
    "as pattern",
    "bit pattern",
];

pub type Bound = Vec<(Name, Type)>;

impl Generator {
    /// A pattern, and what it binds.
    pub fn pattern(&mut self, ty: &Type, depth: usize) -> (Pattern, Bound) {
        let mut bound = Vec::new();
        let pattern = self.pattern_into(ty, depth, &mut bound);
        (pattern, bound)
    }

    fn pattern_into(&mut self, ty: &Type, depth: usize, bound: &mut Bound) -> Pattern {
        match self.random.below(14) {
            0 => {
                self.used("wildcard pattern");
                return Pattern::Wildcard;
            }
            1 | 2 => return self.bind_pattern(ty, bound),
            3 if depth > 0 => {
                let inner = self.pattern_into(ty, depth - 1, bound);
                let name = self.fresh();
                bound.push((name, ty.clone()));
                self.used("as pattern");
                return Pattern::As(Box::new(inner), name);
            }
            4 | 5 if depth > 0 => return self.alternatives(ty, depth, bound),
            _ => {}
        }
        self.structured(ty, depth, bound)
    }

    fn bind_pattern(&mut self, ty: &Type, bound: &mut Bound) -> Pattern {
        let name = self.fresh();
        bound.push((name, ty.clone()));
        self.used("variable pattern");
        Pattern::Variable(name)
    }

    /// A pattern of the type's own form.
    fn structured(&mut self, ty: &Type, depth: usize, bound: &mut Bound) -> Pattern {
        let literal = |generator: &mut Generator| generator.used("literal pattern");
        match ty.head {
            Head::Int => {
                literal(self);
                Pattern::Int(self.random.below(8) as i64 - 2)
            }
            Head::Bool => {
                literal(self);
                Pattern::Bool(self.random.one_in(2))
            }
            Head::String => {
                literal(self);
                Pattern::String(self.random.pick(&["", "a", "ab", "é", "\"", "日本語", "Hello", "\n"]).into())
            }
            Head::Unit => Pattern::Unit,
            Head::Bytes if depth > 0 => self.bit_pattern(bound),
            Head::Tuple if depth > 0 => {
                self.used("tuple pattern");
                Pattern::Tuple(
                    ty.arguments.iter().map(|part| self.pattern_into(part, depth - 1, bound)).collect(),
                )
            }
            Head::List if depth > 0 => self.list_pattern(ty, depth, bound),
            Head::Declared(declaration) if depth > 0 => {
                if self.program.declarations[declaration].is_struct {
                    return self.struct_pattern(ty, declaration, depth, bound);
                }
                let count = self.program.declarations[declaration].constructors.len();
                let constructor = self.random.below(count);
                let fields = self.program.fields(ty, constructor);
                self.used("constructor pattern");
                let parts = fields.iter().map(|field| self.pattern_into(field, depth - 1, bound)).collect();
                Pattern::Constructor(declaration, constructor, parts)
            }
            _ => self.bind_pattern(ty, bound),
        }
    }

    fn struct_pattern(&mut self, ty: &Type, declaration: usize, depth: usize, bound: &mut Bound) -> Pattern {
        let fields = self.program.fields(ty, 0);
        if fields.is_empty() {
            return self.bind_pattern(ty, bound);
        }
        self.used("struct pattern");
        let mut parts = Vec::new();
        for (number, field) in fields.iter().enumerate() {
            if self.random.below(3) > 0 {
                parts.push((number, self.pattern_into(field, depth - 1, bound)));
            }
        }
        if parts.is_empty() {
            parts.push((0, Pattern::Wildcard));
        }
        Pattern::Struct(declaration, parts)
    }

    fn list_pattern(&mut self, ty: &Type, depth: usize, bound: &mut Bound) -> Pattern {
        let element = &ty.arguments[0];
        if self.random.one_in(2) {
            self.used("list pattern");
            let count = self.random.below(4);
            return Pattern::List((0..count).map(|_| self.pattern_into(element, depth - 1, bound)).collect());
        }
        self.used("cons pattern");
        let head = self.pattern_into(element, depth - 1, bound);
        let tail = match self.random.below(4) {
            0 => self.list_pattern(ty, depth.saturating_sub(1).max(1), bound),
            1 => Pattern::Wildcard,
            _ => self.bind_pattern(ty, bound),
        };
        Pattern::Cons(Box::new(head), Box::new(tail))
    }

    /// Alternatives that bind nothing; or of a tuple, the same names at different places.
    fn alternatives(&mut self, ty: &Type, depth: usize, bound: &mut Bound) -> Pattern {
        if ty.head == Head::Tuple && self.random.one_in(2) {
            return self.binding_alternatives(ty, depth, bound);
        }
        let count = self.random.between(2, 3);
        let parts: Vec<Pattern> = (0..count).map(|_| self.silent(ty, depth - 1)).collect();
        if parts.iter().any(Pattern::is_irrefutable) {
            return self.structured(ty, depth, bound);
        }
        self.used("alternatives");
        Pattern::Or(parts)
    }

    fn silent(&mut self, ty: &Type, depth: usize) -> Pattern {
        let (mut pattern, _) = self.pattern(ty, depth);
        silence(&mut pattern);
        pattern
    }

    /// `(v1, 3) | (2, v1)`: one column binds, another is a pattern without names.
    fn binding_alternatives(&mut self, ty: &Type, depth: usize, bound: &mut Bound) -> Pattern {
        let first = self.random.below(ty.arguments.len());
        let wanted = ty.arguments[first].clone();
        let columns: Vec<usize> = (0..ty.arguments.len()).filter(|at| ty.arguments[*at] == wanted).collect();
        let name = self.fresh();
        let count = self.random.between(2, 3);
        let parts = (0..count)
            .map(|_| {
                let column = self.random.pick(&columns);
                let parts = (0..ty.arguments.len())
                    .map(|at| {
                        if at == column {
                            Pattern::Variable(name)
                        } else {
                            self.silent(&ty.arguments[at], depth - 1)
                        }
                    })
                    .collect();
                Pattern::Tuple(parts)
            })
            .collect();
        self.used("alternatives that bind");
        bound.push((name, wanted));
        Pattern::Or(parts)
    }

    /// A pattern that always matches, for a `let` or a loop.
    pub fn irrefutable(&mut self, ty: &Type) -> (Pattern, Bound) {
        let mut bound = Vec::new();
        let pattern = self.irrefutable_into(ty, &mut bound);
        (pattern, bound)
    }

    fn irrefutable_into(&mut self, ty: &Type, bound: &mut Bound) -> Pattern {
        match ty.head {
            Head::Tuple => {
                Pattern::Tuple(ty.arguments.iter().map(|part| self.irrefutable_into(part, bound)).collect())
            }
            _ if self.random.one_in(5) => Pattern::Wildcard,
            _ => self.bind_pattern(ty, bound),
        }
    }

    /// Patterns that together match everything, one for each constructor.
    pub fn covering(&mut self, ty: &Type) -> Option<Vec<(Pattern, Bound)>> {
        let mut all = Vec::new();
        match ty.head {
            Head::Bool => {
                all.push((Pattern::Bool(true), Vec::new()));
                all.push((Pattern::Bool(false), Vec::new()));
            }
            Head::List => {
                let (head, tail) = (self.fresh(), self.fresh());
                let cons =
                    Pattern::Cons(Box::new(Pattern::Variable(head)), Box::new(Pattern::Variable(tail)));
                all.push((Pattern::List(Vec::new()), Vec::new()));
                all.push((cons, vec![(head, ty.arguments[0].clone()), (tail, ty.clone())]));
            }
            Head::Declared(declaration) if !self.program.declarations[declaration].is_struct => {
                for constructor in 0..self.program.declarations[declaration].constructors.len() {
                    let mut bound = Vec::new();
                    let fields = self.program.fields(ty, constructor);
                    let parts = fields.iter().map(|field| self.irrefutable_into(field, &mut bound)).collect();
                    all.push((Pattern::Constructor(declaration, constructor, parts), bound));
                }
            }
            _ => return None,
        }
        if self.random.one_in(2) {
            all.reverse();
        }
        Some(all)
    }
}

/// Takes the names out of a pattern.
fn silence(pattern: &mut Pattern) {
    match pattern {
        Pattern::Variable(_) => *pattern = Pattern::Wildcard,
        Pattern::As(inner, _) => {
            let mut inner = std::mem::replace(&mut **inner, Pattern::Wildcard);
            silence(&mut inner);
            *pattern = inner;
        }
        Pattern::Tuple(parts)
        | Pattern::Constructor(_, _, parts)
        | Pattern::List(parts)
        | Pattern::Or(parts) => {
            parts.iter_mut().for_each(silence);
        }
        Pattern::Struct(_, fields) => fields.iter_mut().for_each(|(_, part)| silence(part)),
        Pattern::Cons(head, tail) => {
            silence(head);
            silence(tail);
        }
        // A length may be one of the names: the segment before is then one of eight bits, which no name needs.
        Pattern::Bits(segments) => {
            let named = segments.iter().any(|own| matches!(own.size, Size::Bytes(_) | Size::Computed(_)));
            if named {
                *pattern = Pattern::Bits(Vec::new());
            } else {
                segments.iter_mut().for_each(|segment| silence(&mut segment.value));
            }
        }
        _ => {}
    }
}
