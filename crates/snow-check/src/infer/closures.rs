//! Clauses of functions and closures, folded into one match over the parameters.

use super::dropped_values::Ending;
use super::statements::has_value;
use super::{Infer, ResultFrame};
use crate::hir::{self, ExprKind, Fallthrough, Origin};
use crate::types::{Head, Skolem, Ty, substitute};
use snow_syntax::ast;
use snow_syntax::span::Span;
use std::cell::RefCell;

/// One clause of a function or closure.
pub struct Clause<'a> {
    pub span: Span,
    pub patterns: Vec<&'a ast::Pattern>,
    pub guard: Option<&'a ast::Expr>,
    pub body: &'a ast::Block,
}

impl<'a> Infer<'_, 'a> {
    pub(super) fn closure(
        &mut self,
        clauses: &'a [ast::ClosureClause],
        expected: Option<&Ty>,
        span: Span,
    ) -> hir::Expr {
        let Some(first) = clauses.first() else { return self.broken(span) };
        let arity = first.params.len();
        if let Some(other) = clauses.iter().find(|clause| clause.params.len() != arity) {
            let message =
                format!("this clause takes {} arguments, the first one {arity}", other.params.len());
            self.error_with(
                "E0024",
                other.span,
                message,
                "all clauses of a closure take the same number of arguments",
            );
            return self.broken(span);
        }
        let expected = expected.map(|ty| self.shallow(ty));
        let hint = expected.as_ref().and_then(Ty::as_fun).filter(|(params, _)| params.len() == arity);
        let (params, result) = match hint {
            Some((params, result)) => (params.to_vec(), result.clone()),
            None => ((0..arity).map(|_| self.fresh()).collect(), self.fresh()),
        };
        for clause in clauses {
            for (param, ty) in clause.params.iter().zip(&params) {
                if let Some(annotation) = &param.annotation {
                    let written = self.written_type(annotation);
                    self.coerce(&written, ty, annotation.span);
                }
            }
        }
        let folded: Vec<Clause<'a>> = clauses
            .iter()
            .map(|clause| Clause {
                span: clause.span,
                patterns: clause.params.iter().map(|param| &param.pattern).collect(),
                guard: clause.guard.as_ref(),
                body: &clause.body,
            })
            .collect();
        let (tree_params, body) =
            self.in_closure(&result, |infer| infer.fold_clauses(&folded, &params, &result, span));
        let tree_result = self.tree_type(result.clone());
        let closure = hir::Closure { params: tree_params, body, result: tree_result };
        self.make(ExprKind::Closure(Box::new(closure)), Ty::fun(params, result), span)
    }

    /// Looks at something as the inside of a closure with this result.
    pub(super) fn in_closure<R>(&mut self, result: &Ty, inside: impl FnOnce(&mut Self) -> R) -> R {
        self.body.results.push(ResultFrame {
            ty: result.clone(),
            is_closure: true,
            annotated: false,
            loops: 0,
            first_try: None,
        });
        let value = inside(self);
        self.body.results.pop();
        value
    }

    /// Parameters, and a body that matches on them where the clauses do.
    pub(super) fn fold_clauses(
        &mut self,
        clauses: &[Clause<'a>],
        params: &[Ty],
        result: &Ty,
        span: Span,
    ) -> (Vec<hir::Param>, hir::Expr) {
        if let [only] = clauses
            && only.guard.is_none()
            && only.patterns.len() == params.len()
        {
            return self
                .fold_plain(&only.patterns, params, span, |infer| infer.checked_body(only.body, result));
        }
        let tree_params = self.numbered_params(params);
        let scrutinee = self.tuple_of_params(&tree_params, span);
        let mut arms = Vec::new();
        for clause in clauses {
            let arm = self.scoped(|infer| {
                let pattern = infer.tuple_pattern(&clause.patterns, params, clause.span);
                let guard = clause.guard.map(|guard| infer.guard(guard));
                let body = infer.checked_body(clause.body, result);
                hir::Arm { pattern, guard, body, span: clause.span }
            });
            arms.push(arm);
        }
        let body = self.make(
            ExprKind::Match(Box::new(scrutinee), arms, Fallthrough::Unchecked(Origin::Clauses)),
            result.clone(),
            span,
        );
        (tree_params, body)
    }

    /// The same for a single clause without a guard, whatever its body is.
    pub(super) fn fold_single(
        &mut self,
        patterns: &[&'a ast::Pattern],
        params: &[Ty],
        body: impl FnOnce(&mut Self) -> hir::Expr,
    ) -> (Vec<hir::Param>, hir::Expr) {
        let span = patterns.first().map_or(Span::default(), |pattern| pattern.span);
        self.fold_plain(patterns, params, span, body)
    }

    fn fold_plain(
        &mut self,
        patterns: &[&'a ast::Pattern],
        params: &[Ty],
        span: Span,
        body: impl FnOnce(&mut Self) -> hir::Expr,
    ) -> (Vec<hir::Param>, hir::Expr) {
        self.scoped(|infer| {
            if patterns.iter().all(|pattern| infer.is_plain(pattern)) {
                let mut tree_params = Vec::new();
                let mut seen: Vec<&str> = Vec::new();
                for (pattern, ty) in patterns.iter().zip(params) {
                    let name = match &pattern.kind {
                        ast::PatternKind::Name(name) => name.as_str(),
                        _ => "_",
                    };
                    if name != "_" && seen.contains(&name) {
                        infer.error("E0044", pattern.span, format!("`{name}` is bound twice"));
                    }
                    seen.push(name);
                    let local = infer.new_local(name, ty.clone());
                    if name != "_" {
                        infer.bind_name(name, local);
                    }
                    tree_params.push(hir::Param { local, ty: infer.tree_type(ty.clone()) });
                }
                let body = body(infer);
                return (tree_params, body);
            }
            let tree_params = infer.numbered_params(params);
            let scrutinee = infer.tuple_of_params(&tree_params, span);
            let pattern = infer.tuple_pattern(patterns, params, span);
            let body = body(infer);
            let ty = infer.type_of(&body);
            let arm = hir::Arm { pattern, guard: None, span, body };
            let whole = infer.make(
                ExprKind::Match(Box::new(scrutinee), vec![arm], Fallthrough::Unchecked(Origin::Clauses)),
                ty,
                span,
            );
            (tree_params, whole)
        })
    }

    /// A name that binds, or `_`.
    pub(super) fn is_plain(&self, pattern: &ast::Pattern) -> bool {
        match &pattern.kind {
            ast::PatternKind::Wildcard => true,
            ast::PatternKind::Name(name) => {
                !name.starts_with(char::is_uppercase)
                    && self.program.constructors(self.body.module, name).is_empty()
            }
            _ => false,
        }
    }

    pub(super) fn numbered_params(&mut self, params: &[Ty]) -> Vec<hir::Param> {
        params
            .iter()
            .enumerate()
            .map(|(index, ty)| {
                let local = self.new_local(&format!("argument {}", index + 1), ty.clone());
                hir::Param { local, ty: self.tree_type(ty.clone()) }
            })
            .collect()
    }

    fn tuple_of_params(&mut self, params: &[hir::Param], span: Span) -> hir::Expr {
        let locals: Vec<hir::Expr> = params.iter().map(|param| self.local_expr(param.local, span)).collect();
        self.tuple_or_single(locals, span)
    }

    fn tuple_or_single(&mut self, mut parts: Vec<hir::Expr>, span: Span) -> hir::Expr {
        match parts.len() {
            0 => self.make(ExprKind::Unit, Ty::unit(), span),
            1 => parts.remove(0),
            _ => {
                let types = parts.iter().map(|part| self.type_of(part)).collect();
                self.make(ExprKind::Tuple(parts), Ty::tuple(types), span)
            }
        }
    }

    fn tuple_pattern(&mut self, patterns: &[&'a ast::Pattern], params: &[Ty], span: Span) -> hir::Pattern {
        let mut tree: Vec<hir::Pattern> = self.patterns(patterns, params);
        match tree.len() {
            0 => hir::Pattern { ty: self.tree_type(Ty::unit()), span, kind: hir::PatternKind::Unit },
            1 => tree.remove(0),
            _ => {
                let ty = self.tree_type(Ty::tuple(params.to_vec()));
                hir::Pattern { ty, span, kind: hir::PatternKind::Tuple(tree) }
            }
        }
    }

    /// The body of a function or closure, fitted to its result.
    pub(super) fn checked_body(&mut self, body: &'a ast::Block, result: &Ty) -> hir::Expr {
        let is_closure = self.body.results.last().is_none_or(|frame| frame.is_closure);
        // Where a function states no result, what it returns in the end is compared in the end.
        let stated = is_closure || self.body.results.last().is_some_and(|frame| frame.annotated);
        if stated && matches!(self.shallow(result), Ty::Con(Head::Unit, _)) {
            // What stands at the end of such a function is a statement like the others.
            let body = self.discarded_ending(body, Ending { tail: !is_closure, unit: true });
            return self.drop_value(body);
        }
        let expr = self.block(body, stated.then_some(result), !is_closure);
        let found = self.type_of(&expr);
        let missing_annotation =
            self.body.results.last().and_then(|frame| if frame.annotated { None } else { frame.first_try });
        if let Some(span) = missing_annotation
            && !is_closure
            && !self.variables.is_never(&found)
            && self.variables.unify(result, &found).is_err()
        {
            self.error_with(
                "E0036",
                span,
                "`?` hands a failure on, but this function does not return a Result or an Option",
                "state it: `-> Result<…, …>` or `-> Option<…>`, and end with `Ok(…)` or `Some(…)`",
            );
            return expr;
        }
        if has_value(body) {
            let span = last_span(body).unwrap_or(expr.span);
            self.coerce(&found, result, span);
        } else if !stated {
            self.expect_unit(body, result);
        }
        expr
    }

    /// The type that an annotation in a function states; what `_` stands for is to be found.
    pub(super) fn written_type(&mut self, annotation: &ast::TypeExpr) -> Ty {
        let scope = self.annotation_scope().with_holes();
        let ty = self.program.resolve_type(&scope, annotation);
        let found = self.fill_holes(&scope.holes.map(RefCell::into_inner).unwrap_or_default());
        substitute(&ty, &found)
    }

    /// Types to be found for each `_`.
    pub(super) fn fill_holes(&mut self, holes: &[Skolem]) -> Vec<(Skolem, Ty)> {
        holes.iter().map(|hole| (*hole, self.fresh())).collect()
    }

    pub(super) fn annotation_scope(&self) -> crate::declarations::written_types::TypeScope {
        let mut scope = crate::declarations::written_types::TypeScope::new(
            self.body.module,
            &self.body.type_params,
            self.body.self_type.clone(),
        );
        scope.params.extend(self.body.associated.iter().cloned());
        scope
    }
}

/// Where the value of a block comes from.
pub(super) fn last_span(block: &ast::Block) -> Option<Span> {
    match block.statements.last()? {
        ast::Stmt::Expr(expr) => Some(expr.span),
        ast::Stmt::Let(statement) => Some(statement.span),
        ast::Stmt::Fn(clause) => Some(clause.name.span),
        ast::Stmt::Error(span) => Some(*span),
    }
}
