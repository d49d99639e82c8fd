//! `Eq`: values of one constructor whose parts are equal.

use super::Deriving;
use super::cases::{OTHER, SELF, combined};
use snow_syntax::ast::{BinaryOp, Expr, ExprKind, FnClause};

impl Deriving<'_> {
    pub(super) fn equality(&self) -> Vec<FnClause> {
        let boolean = |value| self.at.expr(ExprKind::Bool(value));
        let both = |a: Expr, b: Expr| self.at.expr(ExprKind::Binary(BinaryOp::And, Box::new(a), Box::new(b)));
        let all_equal = |pairs: Vec<(Expr, Expr)>| {
            let equal = pairs.into_iter().map(|(a, b)| self.call("eq", vec![a, b])).collect();
            Some(combined(equal, &both).unwrap_or_else(|| boolean(true)))
        };
        let body = self.pairwise(all_equal, || boolean(false));
        vec![self.method("eq", &[SELF, OTHER], self.at.block(vec![body]))]
    }
}
