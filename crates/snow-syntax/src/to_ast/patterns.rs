//! Patterns and parameters.

use super::{
    Lowering, child, child_where, children, children_where, has_token, name_of, path_of, span, tokens,
};
use crate::ast::{Param, Pattern, PatternKind};
use crate::syntax_kind::{SyntaxKind, SyntaxKind::*, SyntaxNode};

impl Lowering<'_> {
    pub(super) fn parameters(&mut self, node: &SyntaxNode) -> Vec<Param> {
        let Some(list) = child(node, ParamList) else { return Vec::new() };
        children(&list, SyntaxKind::Param)
            .map(|parameter| Param {
                pattern: self.required_pattern(&parameter),
                annotation: self.type_in(&parameter),
            })
            .collect()
    }

    /// The pattern directly in the node, where there must be one.
    pub(super) fn required_pattern(&mut self, node: &SyntaxNode) -> Pattern {
        match child_where(node, SyntaxKind::is_pattern) {
            Some(found) => self.pattern(&found),
            None => Pattern { span: span(node), kind: PatternKind::Error },
        }
    }

    fn patterns_in(&mut self, node: &SyntaxNode) -> Vec<Pattern> {
        children_where(node, SyntaxKind::is_pattern).map(|node| self.pattern(&node)).collect()
    }

    fn pattern(&mut self, node: &SyntaxNode) -> Pattern {
        let span = span(node);
        let kind = match node.kind() {
            WildcardPattern => PatternKind::Wildcard,
            NamePattern => PatternKind::Name(node.text().to_string()),
            LiteralPattern => self.literal_pattern(node),
            ParenPattern => {
                let mut parts = self.patterns_in(node);
                match parts.len() {
                    0 => PatternKind::Unit,
                    1 => return parts.remove(0),
                    _ => PatternKind::Tuple(parts),
                }
            }
            ConstructorPattern => PatternKind::Constructor(path_of(node), self.patterns_in(node)),
            StructPattern => {
                let fields = children(node, FieldPattern).map(|field| {
                    let name = name_of(&field);
                    let pattern = if child_where(&field, SyntaxKind::is_pattern).is_some() {
                        self.required_pattern(&field)
                    } else {
                        Pattern { span: name.span, kind: PatternKind::Name(name.text.clone()) }
                    };
                    (name, pattern)
                });
                PatternKind::Struct(path_of(node), fields.collect())
            }
            ListPattern => PatternKind::List(self.patterns_in(node)),
            ConsPattern => {
                let mut parts = self.patterns_in(node);
                match parts.pop() {
                    Some(rest) if !parts.is_empty() => PatternKind::Cons(parts, Box::new(rest)),
                    _ => PatternKind::Error,
                }
            }
            RangePattern => self.range(node),
            OrPattern => PatternKind::Or(self.patterns_in(node)),
            AsPattern => PatternKind::As(Box::new(self.required_pattern(node)), name_of(node)),
            BitsPattern => PatternKind::Bits(self.pattern_segments(node)),
            _ => PatternKind::Error,
        };
        Pattern { span, kind }
    }

    /// `1..4`, `'a'..='z'`: ends that are told, in order.
    fn range(&mut self, node: &SyntaxNode) -> PatternKind {
        let ends = self.patterns_in(node);
        let [first, last] = &ends[..] else { return PatternKind::Error };
        for end in [first, last] {
            let (message, help) = match &end.kind {
                PatternKind::Int(_) => continue,
                PatternKind::Error => return PatternKind::Error,
                PatternKind::String(_) => {
                    ("there are no ranges of texts", "a character stands in single quotes: `'a'..='z'`")
                }
                PatternKind::Float(_) => (
                    "a range in a pattern holds whole numbers",
                    "compare with `when`: `x when x >= 0.5 and x < 1.5`",
                ),
                _ => (
                    "the ends of a range in a pattern are numbers or characters",
                    "compare with `when`: `n when n >= first and n <= last`",
                ),
            };
            self.error("P0009", end.span, message, help);
            return PatternKind::Error;
        }
        let (PatternKind::Int(from), PatternKind::Int(to)) = (&first.kind, &last.kind) else {
            return PatternKind::Error;
        };
        let (from, to, included) = (*from, *to, has_token(node, DotDotEqual));
        if from > to {
            let help = "a range goes up: the smaller end stands first";
            self.error("P0009", span(node), "this range holds nothing: it goes down", help);
            return PatternKind::Error;
        }
        if from == to && !included {
            let help = "`1..4` is 1, 2 and 3; `1..=4` holds 4, too";
            self.error("P0009", span(node), "this range holds nothing: its end is left out", help);
            return PatternKind::Error;
        }
        PatternKind::Range(from, if included { to } else { to - 1 })
    }

    fn literal_pattern(&mut self, node: &SyntaxNode) -> PatternKind {
        let negative = has_token(node, Minus);
        let Some(token) = tokens(node).find(|token| token.kind() != Minus) else { return PatternKind::Error };
        match token.kind() {
            Int => PatternKind::Int(self.integer(&token, negative)),
            Character => PatternKind::Int(self.character(&token)),
            Float if negative => PatternKind::Float(-self.float(&token)),
            Float => PatternKind::Float(self.float(&token)),
            TrueKw => PatternKind::Bool(true),
            FalseKw => PatternKind::Bool(false),
            NilKw => PatternKind::Unit,
            // An interpolation was reported.
            _ if child(node, Interpolation).is_some() => PatternKind::Error,
            _ => PatternKind::String(self.text_of(node)),
        }
    }

    /// The decoded text of a string without interpolations.
    pub(super) fn text_of(&mut self, node: &SyntaxNode) -> String {
        let pieces = tokens(node).filter(|token| token.kind() == StringText);
        pieces.map(|token| self.unescape(&token)).collect()
    }
}
