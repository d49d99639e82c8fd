//! Types.

use super::{Lowering, child, child_where, children, children_where, has_token, name_of, path_of, span};
use crate::ast::{Bound, LIBRARY, Name, TypeExpr, TypeKind, TypeParam};
use crate::span::Span;
use crate::syntax_kind::{SyntaxKind, SyntaxKind::*, SyntaxNode};

impl Lowering<'_> {
    /// The type directly in the node, if there is one.
    pub(super) fn type_in(&mut self, node: &SyntaxNode) -> Option<TypeExpr> {
        child_where(node, SyntaxKind::is_type).map(|node| self.type_expression(&node))
    }

    /// The type directly in the node, where there must be one.
    pub(super) fn required_type(&mut self, node: &SyntaxNode) -> TypeExpr {
        self.type_in(node).unwrap_or(TypeExpr { span: span(node), kind: TypeKind::Error })
    }

    pub(super) fn types_in(&mut self, node: &SyntaxNode) -> Vec<TypeExpr> {
        children_where(node, SyntaxKind::is_type).map(|node| self.type_expression(&node)).collect()
    }

    pub(super) fn type_expression(&mut self, node: &SyntaxNode) -> TypeExpr {
        let span = span(node);
        let mut parts = match node.kind() {
            NamedType => {
                let kind = TypeKind::Named(path_of(node), self.type_arguments(node));
                return TypeExpr { span, kind };
            }
            _ => self.types_in(node),
        };
        let kind = match node.kind() {
            TupleType if parts.is_empty() => TypeKind::Unit,
            TupleType if parts.len() == 1 => return parts.remove(0),
            TupleType => TypeKind::Tuple(parts),
            FunType => {
                let result = if has_token(node, Arrow) { parts.pop() } else { None };
                let error = TypeExpr { span, kind: TypeKind::Error };
                TypeKind::Fun(parts, Box::new(result.unwrap_or(error)))
            }
            OptionType => built_in("Option", span, parts),
            ResultOfType => {
                parts.resize(2, TypeExpr { span, kind: TypeKind::Error });
                built_in("Result", span, parts)
            }
            _ => TypeKind::Error,
        };
        TypeExpr { span, kind }
    }

    pub(super) fn type_arguments(&mut self, node: &SyntaxNode) -> Vec<TypeExpr> {
        child(node, TypeArguments).map(|list| self.types_in(&list)).unwrap_or_default()
    }

    pub(super) fn bounds(&mut self, node: &SyntaxNode) -> Vec<Bound> {
        let Some(clause) = child(node, WhereClause) else { return Vec::new() };
        children(&clause, SyntaxKind::Bound)
            .map(|bound| Bound {
                param: bounded_name(&bound),
                interface: path_of(&bound),
                arguments: self.type_arguments(&bound),
            })
            .collect()
    }
}

/// `T`, or `T.Item`, whose span is that of both names.
fn bounded_name(bound: &SyntaxNode) -> Name {
    let names = children(bound, SyntaxKind::Name).map(|name| super::name(&name));
    names
        .reduce(|owner, associated| Name {
            text: format!("{}.{}", owner.text, associated.text),
            span: owner.span.to(associated.span),
        })
        .unwrap_or_else(|| name_of(bound))
}

fn built_in(text: &str, span: Span, arguments: Vec<TypeExpr>) -> TypeKind {
    TypeKind::Named(vec![Name { text: format!("{LIBRARY}{text}"), span }], arguments)
}

pub(super) fn type_parameters(node: &SyntaxNode) -> Vec<TypeParam> {
    let Some(list) = child(node, TypeParams) else { return Vec::new() };
    children(&list, SyntaxKind::TypeParam).map(|parameter| TypeParam { name: name_of(&parameter) }).collect()
}
