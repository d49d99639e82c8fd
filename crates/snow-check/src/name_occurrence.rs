//! Does a name occur in a function's clause? Bindings are not looked at: the answer may be a needless yes.

use snow_syntax::ast::{Expr, ExprKind, FnClause};
use snow_syntax::syntax_visitor::{Visitor, walk_expr};

pub fn occurs_in_clause(clause: &FnClause, name: &str) -> bool {
    let mut search = Search { name, found: false };
    search.visit_clause(clause);
    search.found
}

struct Search<'n> {
    name: &'n str,
    found: bool,
}

impl<'a> Visitor<'a> for Search<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.found |= matches!(&expr.kind, ExprKind::Name(name) if name == self.name);
        if !self.found {
            walk_expr(self, expr);
        }
    }
}
