//! `Ord`: constructors in the order of their declaration, then the parts; the first difference decides.

use super::Deriving;
use super::cases::{OTHER, SELF, combined};
use snow_syntax::ast::{Expr, ExprKind, FnClause, LIBRARY, Pattern, PatternKind};

impl Deriving<'_> {
    pub(super) fn ordering(&self) -> Vec<FnClause> {
        let both = || vec![self.at.name(SELF), self.at.name(OTHER)];
        let method = |name: &str, body| self.method(name, &[SELF, OTHER], self.at.block(vec![body]));
        let asks = |question: &str| self.call(question, vec![self.call("partial_compare", both())]);
        vec![
            method("lt", asks("is_less")),
            method("at_most", asks("is_at_most")),
            method("compare", self.compared(&Order { by: "compare", partial: false })),
            method("partial_compare", self.compared(&Order { by: "partial_compare", partial: true })),
        ]
    }

    fn compared(&self, order: &Order) -> Expr {
        let at = self.at;
        let next = |first: Expr, rest: Expr| {
            let different = "(different)";
            let arms = vec![
                at.arm(self.equal_pattern(order), at.block(vec![rest])),
                at.arm(at.binding(different), at.block(vec![at.name(different)])),
            ];
            at.expr(ExprKind::Case(Box::new(first), arms))
        };
        let first_difference = |pairs: Vec<(Expr, Expr)>| {
            let differences = pairs.into_iter().map(|(a, b)| self.call(order.by, vec![a, b])).collect();
            combined(differences, &next)
        };
        self.pairwise(first_difference, || match self.cases().len() {
            0 | 1 => self.equal(order),
            _ => self.call(order.by, vec![self.position(SELF), self.position(OTHER)]),
        })
    }

    /// The number of a value's constructor.
    fn position(&self, of: &str) -> Expr {
        let at = self.at;
        let arms = self
            .cases()
            .into_iter()
            .map(|case| at.arm(self.pattern_of_any(case), at.block(vec![self.number(case.index)])));
        at.expr(ExprKind::Case(Box::new(at.name(of)), arms.collect()))
    }

    /// `Equal`, or `Some(Equal)`
    fn equal(&self, order: &Order) -> Expr {
        let equal = self.at.language("Equal");
        if order.partial { self.call("Some", vec![equal]) } else { equal }
    }

    fn equal_pattern(&self, order: &Order) -> Pattern {
        let constructor = |name: &str, inside| {
            let path = vec![self.at.ident(format!("{LIBRARY}{name}"))];
            self.at.pattern(PatternKind::Constructor(path, inside))
        };
        let equal = constructor("Equal", Vec::new());
        if order.partial { constructor("Some", vec![equal]) } else { equal }
    }
}

/// One of the two comparisons.
struct Order {
    by: &'static str,
    /// Gives an Option: values may have no order.
    partial: bool,
}
