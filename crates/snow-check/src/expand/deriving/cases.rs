//! Taking values apart: the cases of a type, and the parts that each has.

use super::{Deriving, Form};
use crate::expand::build::At;
use snow_syntax::ast::{Block, Expr, ExprKind, FnClause, Name, Pattern, PatternKind};

pub const SELF: &str = "self";
pub const OTHER: &str = "other";
/// Fields that are looked at one after the other; more are halved.
const MAX_IN_A_ROW: usize = 16;

/// One way in which a value of the type is built.
#[derive(Clone, Copy)]
pub struct Case<'d> {
    /// Of the constructor, in the order of the declaration.
    pub index: usize,
    pub parts: usize,
    /// `None`: a tuple, or a struct.
    constructor: Option<&'d Name>,
}

impl<'d> Deriving<'d> {
    pub fn cases(&self) -> Vec<Case<'d>> {
        match self.form {
            Form::Struct(declaration) => {
                vec![Case { index: 0, parts: declaration.fields.len(), constructor: None }]
            }
            Form::Sum(declaration) => {
                let numbered = declaration.variants.iter().enumerate();
                let case = |(index, variant): (usize, &'d snow_syntax::ast::Variant)| Case {
                    index,
                    parts: variant.payload.len(),
                    constructor: Some(&variant.name),
                };
                numbered.map(case).collect()
            }
            Form::Tuple(parts) => vec![Case { index: 0, parts, constructor: None }],
        }
    }

    /// What is made of the parts of `self`, in each case.
    pub fn apart(&self, make: impl Fn(Case<'d>, Vec<Expr>) -> Block) -> Block {
        let at = self.at;
        if let Form::Struct(_) = self.form {
            return self
                .cases()
                .into_iter()
                .next()
                .map_or(at.block(Vec::new()), |case| make(case, self.fields(SELF)));
        }
        let arm = |case: Case<'d>| at.arm(self.pattern(case, "part"), make(case, self.names(case, "part")));
        let arms = self.cases().into_iter().map(arm).collect();
        at.block(vec![at.expr(ExprKind::Case(Box::new(at.name(SELF)), arms))])
    }

    /// What is made of the pairs of parts of `self` and `other`, where both are of one case. `None`, and two cases, are
    /// for `otherwise`.
    pub fn pairwise(
        &self,
        make: impl Fn(Vec<(Expr, Expr)>) -> Option<Expr>,
        otherwise: impl FnOnce() -> Expr,
    ) -> Expr {
        let at = self.at;
        if let Form::Struct(_) = self.form {
            let pairs = self.fields(SELF).into_iter().zip(self.fields(OTHER)).collect();
            return make(pairs).unwrap_or_else(otherwise);
        }
        let cases = self.cases();
        let mut arms = Vec::new();
        for case in &cases {
            let pairs = self.names(*case, "left").into_iter().zip(self.names(*case, "right"));
            if let Some(made) = make(pairs.collect()) {
                let patterns = vec![self.pattern(*case, "left"), self.pattern(*case, "right")];
                arms.push(at.arm(at.pattern(PatternKind::Tuple(patterns)), at.block(vec![made])));
            }
        }
        if arms.is_empty() {
            return otherwise();
        }
        if cases.len() > 1 {
            arms.push(at.arm(at.pattern(PatternKind::Wildcard), at.block(vec![otherwise()])));
        }
        let both = at.expr(ExprKind::Tuple(vec![at.name(SELF), at.name(OTHER)]));
        at.expr(ExprKind::Case(Box::new(both), arms))
    }

    /// A pattern for one case that looks at no part of it.
    pub fn pattern_of_any(&self, case: Case<'d>) -> Pattern {
        self.pattern_of(case, |at, _| at.pattern(PatternKind::Wildcard))
    }

    fn pattern(&self, case: Case<'d>, side: &str) -> Pattern {
        self.pattern_of(case, |at, index| at.binding(part(side, index)))
    }

    fn pattern_of(&self, case: Case<'d>, part: impl Fn(At, usize) -> Pattern) -> Pattern {
        let parts = (0..case.parts).map(|index| part(self.at, index)).collect();
        self.at.pattern(match case.constructor {
            Some(name) => PatternKind::Constructor(vec![self.at.ident(&name.text)], parts),
            None => PatternKind::Tuple(parts),
        })
    }

    fn names(&self, case: Case<'d>, side: &str) -> Vec<Expr> {
        (0..case.parts).map(|index| self.at.name(part(side, index))).collect()
    }

    /// The fields of a struct.
    fn fields(&self, of: &str) -> Vec<Expr> {
        let Form::Struct(declaration) = self.form else { return Vec::new() };
        let field = |name: &Name| ExprKind::Member(Box::new(self.at.name(of)), self.at.ident(&name.text));
        declaration.fields.iter().map(|declared| self.at.expr(field(&declared.name))).collect()
    }

    pub fn method(&self, name: &str, params: &[&str], body: Block) -> FnClause {
        let params = params.iter().map(|name| self.at.param(*name, None)).collect();
        FnClause { body, ..self.at.function(name, Vec::new(), params, None, self.at.expr(ExprKind::Unit)) }
    }

    /// A call of a function or a method of the prelude.
    pub fn call(&self, function: &str, arguments: Vec<Expr>) -> Expr {
        self.at.call(self.at.language(function), arguments)
    }

    pub fn number(&self, value: usize) -> Expr {
        self.at.expr(ExprKind::Int(value as i64))
    }
}

/// The name of a part: none that can be written.
fn part(side: &str, index: usize) -> String {
    format!("({side} {})", index + 1)
}

/// Combines all, in order. `None`: there is nothing to combine.
pub fn combined(mut all: Vec<Expr>, combine: &impl Fn(Expr, Expr) -> Expr) -> Option<Expr> {
    if all.len() < 2 {
        return all.pop();
    }
    let middle = if all.len() > MAX_IN_A_ROW { all.len() / 2 } else { 1 };
    let rest = combined(all.split_off(middle), combine)?;
    Some(combine(combined(all, combine)?, rest))
}
