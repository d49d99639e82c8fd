//! Values that nobody looks at: of statements, of branches whose value is dropped, at the end of functions whose result is
//! `()`. Any value may be dropped, but there is a diagnostic for a dropped Result.

use super::Infer;
use crate::hir::{self, Callee, ExprKind};
use crate::types::{Head, Ty};
use snow_syntax::ast;
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;

/// What the place of a value that is dropped ends.
#[derive(Clone, Copy, Default)]
pub(super) struct Ending {
    /// It is in tail position.
    pub tail: bool,
    /// A function whose result is `()`: there a type that is not known yet is `()`, too.
    pub unit: bool,
}

impl Ending {
    pub fn tail(tail: bool) -> Ending {
        Ending { tail, unit: false }
    }
}

impl<'a> Infer<'_, 'a> {
    /// A block whose value nobody wants.
    pub(super) fn discarded_block(&mut self, block: &'a ast::Block) -> hir::Expr {
        self.discarded_ending(block, Ending::default())
    }

    pub(super) fn discarded_ending(&mut self, block: &'a ast::Block, ending: Ending) -> hir::Expr {
        self.block_with(block, |infer, last| infer.discarded(last, ending))
    }

    /// An expression whose value nobody wants.
    pub(super) fn discarded(&mut self, expr: &'a ast::Expr, ending: Ending) -> hir::Expr {
        match &expr.kind {
            ast::ExprKind::For(inside) => self.for_loop(inside, false, expr.span),
            ast::ExprKind::If(branches, otherwise) => {
                self.discarded_if(branches, otherwise.as_ref(), expr.span, ending)
            }
            ast::ExprKind::Case(value, arms) => self.discarded_case(value, arms, expr.span, ending),
            ast::ExprKind::Receive(arms, after) => {
                self.receive(arms, after.as_deref(), None, expr.span, ending, true)
            }
            _ => {
                self.body.tail = ending.tail;
                let value = self.expr(expr, None);
                self.note_dropped(&value, ending);
                value
            }
        }
    }

    /// Nobody looks at this value. Whether that loses a failure is seen when all types are known.
    fn note_dropped(&mut self, value: &hir::Expr, ending: Ending) {
        let mut ty = self.type_of(value);
        if ending.unit && matches!(ty, Ty::Var(_)) {
            self.solve();
            ty = self.shallow(&ty);
        }
        if ending.unit && matches!(ty, Ty::Var(_)) {
            let _ = self.variables.unify(&ty, &Ty::unit());
        } else {
            self.dropped.push((ty, value.span, self.body.module));
        }
    }

    /// Warns of each Result that nobody looks at. Where something is wrong, that comes first.
    pub(super) fn report_dropped_results(&mut self) {
        let dropped = std::mem::take(&mut self.dropped);
        if self.failed {
            return;
        }
        for (ty, span, module) in dropped {
            if matches!(self.shallow(&ty), Ty::Con(Head::Named(id), _) if Some(id) == self.program.language.result)
            {
                let file = self.program.modules[module].file;
                self.program.report(lost_failure(file, span, "this is a Result that nobody looks at"));
            }
        }
    }

    /// The value of an expression is dropped: it becomes a block of type Unit.
    pub(super) fn drop_value(&mut self, expr: hir::Expr) -> hir::Expr {
        match self.type_of(&expr) {
            Ty::Con(Head::Unit | Head::Never, _) => expr,
            _ => {
                let span = expr.span;
                let block = hir::Block { statements: vec![hir::Stmt::Expr(expr)], value: None };
                self.make(ExprKind::Block(block), Ty::unit(), span)
            }
        }
    }

    /// A function where one is wanted whose result is `()`, and only the result differs: its own result, to be dropped.
    pub(super) fn fits_but_for_result(&mut self, found: &Ty, expected: &Ty) -> Option<Ty> {
        let (found, expected) = (self.shallow(found), self.shallow(expected));
        let ((params, result), (wanted_params, wanted)) = (found.as_fun()?, expected.as_fun()?);
        if params.len() != wanted_params.len() || !matches!(self.shallow(wanted), Ty::Con(Head::Unit, _)) {
            return None;
        }
        // What it is given may tell what it gives.
        for (param, wanted) in params.iter().zip(wanted_params) {
            self.variables.unify(wanted, param).ok()?;
        }
        let result = self.shallow(result);
        (!matches!(result, Ty::Var(_) | Ty::Error | Ty::Con(Head::Unit | Head::Never, _))).then_some(result)
    }

    /// The function of the expected type that calls this one, and drops what it gives.
    pub(super) fn dropping_result(&mut self, function: hir::Expr, result: Ty, expected: &Ty) -> hir::Expr {
        let span = function.span;
        let wanted = self.shallow(expected);
        let Some((params, _)) = wanted.as_fun() else { return function };
        self.dropped.push((result.clone(), span, self.body.module));
        let (naming, function) = self.name_value("function", function);
        let params = self.numbered_params(params);
        let arguments = params.iter().map(|param| self.local_expr(param.local, span)).collect();
        let call = self.make(ExprKind::Call(Callee::Value(Box::new(function)), arguments), result, span);
        let body = self.drop_value(call);
        let result = self.tree_type(Ty::unit());
        let closure = ExprKind::Closure(Box::new(hir::Closure { params, body, result }));
        let closure = self.make(closure, wanted.clone(), span);
        let block = hir::Block { statements: vec![naming], value: Some(Box::new(closure)) };
        self.make(ExprKind::Block(block), wanted, span)
    }
}

/// A failure is lost that way.
pub fn lost_failure(file: usize, span: Span, message: &str) -> Diagnostic {
    Diagnostic::warning("W0011", file, span, message)
        .label("its failure would be lost")
        .help("`?` hands a failure on, `case` decides what to do, `let _ = …` says that it does not matter")
}
