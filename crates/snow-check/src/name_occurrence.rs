//! Which names occur in a function's clauses? Bindings are not looked at: a name may be one too many.

use snow_syntax::ast::{Expr, ExprKind, FnClause};
use snow_syntax::syntax_visitor::{Visitor, walk_expr};
use std::collections::HashSet;

pub fn names_in_clauses<'a>(clauses: &[&'a FnClause]) -> HashSet<&'a str> {
    let mut names = Names(HashSet::new());
    clauses.iter().for_each(|clause| names.visit_clause(clause));
    names.0
}

struct Names<'a>(HashSet<&'a str>);

impl<'a> Visitor<'a> for Names<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let ExprKind::Name(name) = &expr.kind {
            self.0.insert(name);
        }
        walk_expr(self, expr);
    }
}
