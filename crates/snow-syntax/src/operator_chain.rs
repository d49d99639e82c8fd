//! Long chains of operators, calls and members, cut into steps that do not nest.

use crate::ast::{Expr, ExprKind};
use crate::span::Span;

/// Links of a chain that nest in each other; a longer one is cut.
pub(crate) const MAX_LINKS: usize = 100;

/// A chain under construction.
pub(crate) struct Chain {
    steps: Vec<Expr>,
    last: Expr,
    links: usize,
}

impl Chain {
    pub fn new(first: Expr) -> Chain {
        Chain { steps: Vec::new(), last: first, links: 0 }
    }

    /// Adds a link, which is made of all that comes before it.
    pub fn link(&mut self, span: Span, make: impl FnOnce(Expr) -> ExprKind) {
        if self.links >= MAX_LINKS && is_value(&self.last.kind) {
            let previous = Expr { span: self.last.span, kind: ExprKind::Previous };
            self.steps.push(std::mem::replace(&mut self.last, previous));
            self.links = 0;
        }
        let error = Expr { span, kind: ExprKind::Error };
        let before = std::mem::replace(&mut self.last, error);
        self.last.kind = make(before);
        self.links += 1;
    }

    pub fn finish(mut self) -> Expr {
        if self.steps.is_empty() {
            return self.last;
        }
        let span = self.last.span;
        self.steps.push(self.last);
        Expr { span, kind: ExprKind::Steps(self.steps) }
    }
}

/// Does it mean the same whatever stands behind it? A member may be the beginning of a path.
fn is_value(kind: &ExprKind) -> bool {
    matches!(
        kind,
        ExprKind::Call(..)
            | ExprKind::Index(..)
            | ExprKind::Try(_)
            | ExprKind::Struct(..)
            | ExprKind::Binary(..)
            | ExprKind::Pipe(..)
    )
}
