//! Control flow: `if`, `case`, `return`, `?`, `while`, `break` and `continue`.

use super::Infer;
use super::dropped_values::Ending;
use crate::hir::{self, ExprKind, Fallthrough, Origin};
use crate::types::{Constraint, Head, Ty};
use snow_syntax::ast;
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;

/// Conditions of one `if` that nest in the tree.
const MAX_NESTED_CONDITIONS: usize = 8;

/// Steps of a constant expression, which has no locals: they nest in the tree.
const MAX_CONSTANT_STEPS: usize = 5;

impl<'a> Infer<'_, 'a> {
    /// A condition.
    pub(super) fn condition(&mut self, expr: &'a ast::Expr) -> hir::Expr {
        self.check(expr, &Ty::bool())
    }

    pub(super) fn guard(&mut self, expr: &'a ast::Expr) -> hir::Expr {
        let guard = self.expr(expr, Some(&Ty::bool()));
        let found = self.type_of(&guard);
        if !self.variables.is_never(&found) && self.variables.unify(&Ty::bool(), &found).is_err() {
            let text = self.print(&found);
            self.error_with(
                "E0025",
                expr.span,
                format!("a guard must be a Bool, this is {text}"),
                "compare it with something",
            );
        }
        guard
    }

    pub(super) fn conditional(
        &mut self,
        branches: &'a [(ast::Expr, ast::Block)],
        otherwise: Option<&'a ast::Block>,
        expected: Option<&Ty>,
        span: Span,
        tail: bool,
    ) -> hir::Expr {
        // Without `else` the last condition may give nothing.
        let (branches, last) = match (otherwise, branches.split_last()) {
            (Some(_), _) | (None, None) => (branches, None),
            (None, Some((last, []))) => {
                return self.discarded_if(std::slice::from_ref(last), None, span, Ending::tail(tail));
            }
            (None, Some((last, before))) => (before, Some(last)),
        };
        let result = expected.cloned().unwrap_or_else(|| self.fresh());
        let mut inferred = Vec::new();
        for (condition, then) in branches {
            let condition = self.condition(condition);
            inferred.push((condition, self.block(then, Some(&result), tail)));
        }
        let otherwise = match (otherwise, last) {
            (Some(otherwise), _) => self.block(otherwise, Some(&result), tail),
            (None, Some(last)) => {
                let last_span = last.0.span.to(last.1.span);
                let otherwise =
                    self.discarded_if(std::slice::from_ref(last), None, last_span, Ending::tail(tail));
                self.fit(otherwise, &result)
            }
            (None, None) => self.broken(span),
        };
        self.choice(inferred, otherwise, result, span)
    }

    /// Conditions one after the other. Few of them nest in the tree; many are the guards of a match.
    fn choice(
        &mut self,
        branches: Vec<(hir::Expr, hir::Expr)>,
        otherwise: hir::Expr,
        result: Ty,
        span: Span,
    ) -> hir::Expr {
        if branches.len() <= MAX_NESTED_CONDITIONS {
            return branches.into_iter().rev().fold(otherwise, |otherwise, (condition, then)| {
                let ty = self.joined(&[&then, &otherwise], result.clone());
                self.make(ExprKind::If(Box::new(condition), Box::new(then), Box::new(otherwise)), ty, span)
            });
        }
        let bodies: Vec<&hir::Expr> = branches.iter().map(|(_, then)| then).chain([&otherwise]).collect();
        let ty = self.joined(&bodies, result);
        let mut arms = Vec::new();
        let guarded = branches.into_iter().map(|(condition, then)| (Some(condition), then));
        for (guard, body) in guarded.chain([(None, otherwise)]) {
            let span = body.span;
            let kind = hir::PatternKind::Wildcard;
            let pattern = hir::Pattern { ty: self.tree_type(Ty::unit()), span, kind };
            arms.push(hir::Arm { pattern, guard, body, span });
        }
        let nothing = Box::new(self.make(ExprKind::Unit, Ty::unit(), span));
        self.make(ExprKind::Match(nothing, arms, Fallthrough::Impossible), ty, span)
    }

    /// A long chain: each step's value gets a name for the next one.
    pub(super) fn steps(
        &mut self,
        steps: &'a [ast::Expr],
        expected: Option<&Ty>,
        span: Span,
        tail: bool,
    ) -> hir::Expr {
        let Some((last, before)) = steps.split_last() else { return self.broken(span) };
        if self.body.constant && before.len() > MAX_CONSTANT_STEPS {
            let message = "this constant expression is too long";
            self.error_with("E0052", span, message, "give parts of it names: a constant may use others");
            return self.broken(span);
        }
        let outer = self.body.previous.take();
        let mut statements = Vec::new();
        for step in before {
            let value = self.expr(step, None);
            if self.body.constant {
                self.body.previous = Some(value);
                continue;
            }
            let (statement, read) = self.name_value("step", value);
            statements.push(statement);
            self.body.previous = Some(read);
        }
        self.body.tail = tail;
        let value = self.expr(last, expected);
        self.body.previous = outer;
        if statements.is_empty() {
            return value;
        }
        let ty = self.type_of(&value);
        let block = hir::Block { statements, value: Some(Box::new(value)) };
        self.make(ExprKind::Block(block), ty, span)
    }

    pub(super) fn previous(&mut self, span: Span) -> hir::Expr {
        match self.body.previous.take() {
            Some(previous) => previous,
            None => self.broken(span),
        }
    }

    /// The type of what is one of these: Never if none of them returns.
    fn joined(&self, branches: &[&hir::Expr], result: Ty) -> Ty {
        let none_returns = branches.iter().all(|branch| self.variables.is_never(&self.type_of(branch)));
        if none_returns && !branches.is_empty() { Ty::never() } else { result }
    }

    pub(super) fn discarded_if(
        &mut self,
        branches: &'a [(ast::Expr, ast::Block)],
        otherwise: Option<&'a ast::Block>,
        span: Span,
        ending: Ending,
    ) -> hir::Expr {
        let mut inferred = Vec::new();
        for (condition, then) in branches {
            let condition = self.condition(condition);
            let then = self.discarded_ending(then, ending);
            inferred.push((condition, self.drop_value(then)));
        }
        let otherwise = match otherwise {
            Some(otherwise) => {
                let otherwise = self.discarded_ending(otherwise, ending);
                self.drop_value(otherwise)
            }
            None => self.make(ExprKind::Unit, Ty::unit(), span),
        };
        self.choice(inferred, otherwise, Ty::unit(), span)
    }

    pub(super) fn case(
        &mut self,
        value: &'a ast::Expr,
        arms: &'a [ast::Arm],
        expected: Option<&Ty>,
        span: Span,
        tail: bool,
    ) -> hir::Expr {
        let value = self.expr(value, None);
        let ty = self.type_of(&value);
        let result = expected.cloned().unwrap_or_else(|| self.fresh());
        let arms: Vec<hir::Arm> =
            arms.iter().map(|arm| self.arm(arm, &ty, Some(&result), Ending::tail(tail))).collect();
        self.finish_match(value, arms, result, span)
    }

    pub(super) fn discarded_case(
        &mut self,
        value: &'a ast::Expr,
        arms: &'a [ast::Arm],
        span: Span,
        ending: Ending,
    ) -> hir::Expr {
        let value = self.expr(value, None);
        let ty = self.type_of(&value);
        let arms: Vec<hir::Arm> = arms.iter().map(|arm| self.arm(arm, &ty, None, ending)).collect();
        self.finish_match(value, arms, Ty::unit(), span)
    }

    fn finish_match(&mut self, value: hir::Expr, arms: Vec<hir::Arm>, result: Ty, span: Span) -> hir::Expr {
        let bodies: Vec<&hir::Expr> = arms.iter().map(|arm| &arm.body).collect();
        let ty = self.joined(&bodies, result);
        self.make(ExprKind::Match(Box::new(value), arms, Fallthrough::Unchecked(Origin::Case)), ty, span)
    }

    /// An arm; without a result its value is dropped.
    pub(super) fn arm(
        &mut self,
        arm: &'a ast::Arm,
        ty: &Ty,
        result: Option<&Ty>,
        ending: Ending,
    ) -> hir::Arm {
        self.scoped(|infer| {
            let pattern = infer.pattern_in_scope(&arm.pattern, ty);
            let guard = arm.guard.as_ref().map(|guard| infer.guard(guard));
            let body = match result {
                Some(result) => infer.block(&arm.body, Some(result), ending.tail),
                None => {
                    let body = infer.discarded_ending(&arm.body, ending);
                    infer.drop_value(body)
                }
            };
            hir::Arm { pattern, guard, body, span: arm.span }
        })
    }

    pub(super) fn while_loop(
        &mut self,
        condition: &'a ast::Expr,
        body: &'a ast::Block,
        span: Span,
    ) -> hir::Expr {
        let condition = self.condition(condition);
        let body = self.in_loop(|infer| {
            let body = infer.discarded_block(body);
            infer.drop_value(body)
        });
        self.make(ExprKind::While(Box::new(condition), Box::new(body)), Ty::unit(), span)
    }

    pub(super) fn in_loop<R>(&mut self, inside: impl FnOnce(&mut Self) -> R) -> R {
        if let Some(frame) = self.body.results.last_mut() {
            frame.loops += 1;
        }
        let result = inside(self);
        if let Some(frame) = self.body.results.last_mut() {
            frame.loops -= 1;
        }
        result
    }

    pub(super) fn loop_jump(&mut self, kind: ExprKind, span: Span) -> hir::Expr {
        if self.body.results.last().is_none_or(|frame| frame.loops == 0) {
            let (code, word) = match kind {
                ExprKind::Break => ("E0032", "break"),
                _ => ("E0033", "continue"),
            };
            let outside = self.body.results.iter().any(|frame| frame.loops > 0);
            let help = if outside {
                "the loop is outside of the closure: a closure cannot end it"
            } else {
                "it belongs inside of `for` or `while`; an arm of a `case` ends without it"
            };
            self.error_with(code, span, format!("`{word}` outside of a loop"), help);
            return self.broken(span);
        }
        self.make(kind, Ty::never(), span)
    }

    pub(super) fn return_expr(&mut self, value: Option<&'a ast::Expr>, span: Span) -> hir::Expr {
        let Some(result) = self.body.results.last().map(|frame| frame.ty.clone()) else {
            self.error("E0078", span, "`return` outside of a function");
            return self.broken(span);
        };
        let value = match value {
            Some(value) if matches!(self.shallow(&result), Ty::Con(Head::Unit, _)) => {
                let value = self.discarded(value, Ending { tail: false, unit: true });
                self.drop_value(value)
            }
            Some(value) => self.check(value, &result),
            None => {
                self.coerce(&Ty::unit(), &result, span);
                self.make(ExprKind::Unit, Ty::unit(), span)
            }
        };
        self.make(ExprKind::Return(Box::new(value)), Ty::never(), span)
    }

    /// `e?`
    pub(super) fn try_expr(&mut self, operand: &'a ast::Expr, span: Span) -> hir::Expr {
        let operand = self.expr(operand, None);
        let mut ty = self.type_of(&operand);
        let language = &self.program.language;
        let (option, result) = (language.option, language.result);
        let Some(frame) = self.body.results.last() else {
            self.error("E0036", span, "`?` outside of a function");
            return self.broken(span);
        };
        let frame_ty = self.shallow(&frame.ty);
        if !frame.annotated && !frame.is_closure && frame.first_try.is_none() {
            self.body.results.last_mut().expect("just looked at").first_try = Some(span);
        }
        if let Ty::Var(_) = ty {
            self.solve();
            ty = self.shallow(&ty);
        }
        if let Ty::Var(_) = ty {
            // The function's result tells which of the two it is.
            let assumed = match &frame_ty {
                Ty::Con(Head::Named(id), _) if Some(*id) == option => {
                    let value = self.fresh();
                    self.named_type(option, vec![value])
                }
                _ => {
                    let (value, error) = (self.fresh(), self.fresh());
                    self.named_type(result, vec![value, error])
                }
            };
            let _ = self.variables.unify(&ty, &assumed);
            ty = assumed;
        }
        match &ty {
            Ty::Con(Head::Named(id), arguments) if Some(*id) == option => {
                let inner = self.fresh();
                let wanted = self.named_type(option, vec![inner]);
                self.fits_result(&frame_ty, &wanted, "Option", span);
                let value = arguments[0].clone();
                self.make(ExprKind::Try { operand: Box::new(operand), convert: None }, value, span)
            }
            Ty::Con(Head::Named(id), arguments) if Some(*id) == result => {
                let (value, error) = (arguments[0].clone(), arguments[1].clone());
                let (inner, outer_error) = (self.fresh(), self.fresh());
                let wanted = self.named_type(result, vec![inner, outer_error.clone()]);
                let convert = if self.fits_result(&frame_ty, &wanted, "Result", span) {
                    self.error_conversion(&error, &outer_error, span)
                } else {
                    None
                };
                self.make(ExprKind::Try { operand: Box::new(operand), convert }, value, span)
            }
            Ty::Error => self.broken(span),
            Ty::Con(Head::Never, _) => operand,
            other => {
                let text = self.print(other);
                self.error_with(
                    "E0037",
                    span,
                    format!("`?` takes a Result or an Option, this is {text}"),
                    "it unwraps `Ok(v)` and `Some(v)`, and hands `Err(e)` and `None` on to the caller",
                );
                self.broken(span)
            }
        }
    }

    /// Does the function return what a `?` may hand on?
    fn fits_result(&mut self, result: &Ty, wanted: &Ty, kind: &str, span: Span) -> bool {
        if self.variables.unify(result, wanted).is_ok() {
            return true;
        }
        let text = self.print(result);
        let what = match self.body.results.last() {
            Some(frame) if frame.is_closure => "closure",
            _ => "function",
        };
        let file = self.file();
        self.report(
            Diagnostic::error(
                "E0036",
                file,
                span,
                format!("`?` in a {what} that returns {text}, not {kind}"),
            )
            .label(format!("this hands on the failure of {}", super::clashes::with_article(kind)))
            .help(match (kind, self.shallow(result).head()) {
                ("Option", Some(Head::Named(id))) if Some(id) == self.program.language.result => {
                    "`Option.ok_or(error)` makes a Result of an Option; or use `case` here".to_string()
                }
                ("Result", Some(Head::Named(id))) if Some(id) == self.program.language.option => {
                    "`Result.to_option` makes an Option of a Result; or use `case` here".to_string()
                }
                (_, Some(Head::Unit)) if what == "closure" => {
                    "look at it with `case`: a `?` leads out of the closure, not of the function around it"
                        .to_string()
                }
                (_, Some(Head::Unit)) => format!(
                    "look at it with `case`, or let the {what} return {}: it then ends with `{}(())`",
                    super::clashes::with_article(kind),
                    if kind == "Option" { "Some" } else { "Ok" }
                ),
                _ => format!(
                    "look at it with `case`, or let the {what} return {}, and end with `{}(…)`",
                    super::clashes::with_article(kind),
                    if kind == "Option" { "Some" } else { "Ok" }
                ),
            }),
        );
        false
    }

    /// Errors are the same, or `From` converts them.
    fn error_conversion(&mut self, from: &Ty, to: &Ty, span: Span) -> Option<hir::Target> {
        let (from, to) = (self.shallow(from), self.shallow(to));
        if let (Ty::Con(from_head, _), Ty::Con(to_head, _)) = (&from, &to)
            && from_head != to_head
            && let Some(interface) = self.program.language_interface("From")
        {
            let constraint = Constraint { interface, arguments: vec![from.clone()], ty: to.clone() };
            let exists = self
                .program
                .impl_index
                .get(&(interface, Some(*to_head)))
                .is_some_and(|impls| !impls.is_empty());
            if exists {
                self.require(constraint, span);
                return Some(hir::Target::Method {
                    interface,
                    arguments: self.tree_types(vec![from]),
                    index: 0,
                    self_type: self.tree_type(to),
                    type_args: Vec::new(),
                });
            }
        }
        if let Err(clash) = self.variables.unify(&to, &from) {
            let (from_text, to_text) = (self.print(&from), self.print(&to));
            if clash == crate::unify::Clash::Different {
                let message =
                    format!("the error here is {from_text}, the function returns errors of type {to_text}");
                let diagnostic = Diagnostic::error("E0001", self.file(), span, message).help(format!(
                    "convert it: `Result.map_err(…)`, or write `impl From<{from_text}> for {to_text}`"
                ));
                let roles = [(&from, "that the error is"), (&to, "that the function returns")];
                self.report(self.tell_apart(diagnostic, roles));
            } else {
                self.report_clash(clash, &from, &to, span, "E0001");
            }
        }
        None
    }
}
