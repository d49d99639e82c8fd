//! Which locals a piece of the typed tree reads: what a closure captures, and which values a
//! function needs at all.

use snow_check::hir::visit::{Visitor, walk_expr};
use snow_check::hir::{Expr, ExprKind, FnDef, FnKind, LocalId};
use std::collections::HashSet;

/// All that a function reads, closures inside included.
pub(crate) fn in_function(function: &FnDef) -> HashSet<LocalId> {
    let mut uses = Uses::default();
    match &function.kind {
        FnKind::Body(body) => uses.visit_expr(body),
        FnKind::Actor { body, terminate, .. } => {
            uses.visit_expr(body);
            terminate.iter().for_each(|terminate| uses.visit_expr(terminate));
        }
        FnKind::Extern { .. } => {}
    }
    uses.seen
}

/// In the order of their first use, each once.
pub(crate) fn in_exprs<'a>(roots: impl IntoIterator<Item = &'a Expr>) -> Vec<LocalId> {
    let mut uses = Uses::default();
    roots.into_iter().for_each(|root| uses.visit_expr(root));
    uses.order
}

#[derive(Default)]
struct Uses {
    seen: HashSet<LocalId>,
    order: Vec<LocalId>,
}

impl Visitor for Uses {
    fn visit_expr(&mut self, expr: &Expr) {
        match expr.kind {
            ExprKind::Local(local, _) if self.seen.insert(local) => self.order.push(local),
            _ => walk_expr(self, expr),
        }
    }
}
