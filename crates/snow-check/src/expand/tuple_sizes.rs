//! The sizes of the tuples that a program names, makes or takes apart: impls are derived for no others.

use crate::input::SourceModule;
use snow_syntax::ast::{Expr, ExprKind, Pattern, PatternKind, TypeExpr, TypeKind};
use snow_syntax::syntax_visitor::{Visitor, walk_expr, walk_pattern, walk_type};
use std::collections::BTreeSet;

pub fn tuple_sizes<'m>(modules: impl IntoIterator<Item = &'m SourceModule<'m>>) -> BTreeSet<usize> {
    let mut sizes = Sizes(BTreeSet::new());
    for module in modules {
        module.ast.items.iter().for_each(|item| sizes.visit_item(item));
    }
    sizes.0
}

struct Sizes(BTreeSet<usize>);

impl<'a> Visitor<'a> for Sizes {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let ExprKind::Tuple(elements) = &expr.kind {
            self.0.insert(elements.len());
        }
        walk_expr(self, expr);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        if let PatternKind::Tuple(elements) = &pattern.kind {
            self.0.insert(elements.len());
        }
        walk_pattern(self, pattern);
    }

    fn visit_type(&mut self, ty: &'a TypeExpr) {
        if let TypeKind::Tuple(elements) = &ty.kind {
            self.0.insert(elements.len());
        }
        walk_type(self, ty);
    }
}
