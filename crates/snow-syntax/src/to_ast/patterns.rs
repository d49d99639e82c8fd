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
            OrPattern => PatternKind::Or(self.patterns_in(node)),
            AsPattern => PatternKind::As(Box::new(self.required_pattern(node)), name_of(node)),
            BitsPattern => PatternKind::Bits(self.pattern_segments(node)),
            _ => PatternKind::Error,
        };
        Pattern { span, kind }
    }

    fn literal_pattern(&mut self, node: &SyntaxNode) -> PatternKind {
        let negative = has_token(node, Minus);
        let Some(token) = tokens(node).find(|token| token.kind() != Minus) else { return PatternKind::Error };
        match token.kind() {
            Int => PatternKind::Int(self.integer(&token, negative)),
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
