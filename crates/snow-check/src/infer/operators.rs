//! Operators: methods of interfaces in the prelude, and the few that are built in.

use super::Infer;
use super::pending::{PendingKind, Resolution};
use super::placeholders;
use crate::hir::{self, Callee, ExprKind, Target};
use crate::impl_selection::Entailed;
use crate::types::{Constraint, Head, Ty};
use snow_syntax::ast::{self, BinaryOp, UnaryOp};
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;

impl<'a> Infer<'_, 'a> {
    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        expected: Option<&Ty>,
        span: Span,
    ) -> hir::Expr {
        match op {
            BinaryOp::And | BinaryOp::Or => {
                let left = Box::new(self.check(left, &Ty::bool()));
                let right = Box::new(self.check(right, &Ty::bool()));
                let kind =
                    if op == BinaryOp::And { ExprKind::And(left, right) } else { ExprKind::Or(left, right) };
                self.make(kind, Ty::bool(), span)
            }
            BinaryOp::Range | BinaryOp::RangeInclusive => {
                let (from, to) = self.range_ends(op, left, right);
                let ty = self.named_type(self.program.language.range, Vec::new());
                self.make(ExprKind::Struct(vec![(0, from), (1, to)]), ty, span)
            }
            BinaryOp::Concat => self.concatenation(left, right, expected, span),
            BinaryOp::Add => self.arithmetic("Add", left, right, span),
            BinaryOp::Subtract => self.arithmetic("Sub", left, right, span),
            BinaryOp::Multiply => self.arithmetic("Mul", left, right, span),
            BinaryOp::Divide => self.arithmetic("Div", left, right, span),
            BinaryOp::Remainder => self.arithmetic("Mod", left, right, span),
            BinaryOp::Equal
            | BinaryOp::NotEqual
            | BinaryOp::Less
            | BinaryOp::Greater
            | BinaryOp::LessEqual
            | BinaryOp::GreaterEqual => {
                let (left, right) = self.operands(left, right);
                self.comparison(op, left, right, span)
            }
        }
    }

    /// Where a range begins, and the number before which it ends.
    pub(super) fn range_ends(
        &mut self,
        op: BinaryOp,
        from: &'a ast::Expr,
        to: &'a ast::Expr,
    ) -> (hir::Expr, hir::Expr) {
        let [from, to] = [from, to].map(|end| {
            if let ast::ExprKind::String(_) = end.kind {
                let help = "a character stands in single quotes: `'a'..='z'`";
                self.error_with("E0001", end.span, "there are no ranges of texts", help);
                return self.broken(end.span);
            }
            self.check(end, &Ty::int())
        });
        if op == BinaryOp::Range {
            return (from, to);
        }
        let span = to.span;
        if let ExprKind::Int(last) = to.kind
            && let Some(stop) = last.checked_add(1)
        {
            return (from, self.make(ExprKind::Int(stop), Ty::int(), span));
        }
        let Some(behind) = self.program.library_function("Range", "behind", 1) else {
            self.error("E0031", span, "`..=` needs the module `Range` of the standard library");
            return (from, self.broken(span));
        };
        let target = Target::Function(behind, Vec::new());
        (from, self.make(ExprKind::Call(Callee::Target(target), vec![to]), Ty::int(), span))
    }

    /// Both sides, of one type. Where the left one does not return, neither does the operation: it is never made.
    pub(super) fn operands(&mut self, left: &'a ast::Expr, right: &'a ast::Expr) -> (hir::Expr, hir::Expr) {
        let left = self.expr(left, None);
        self.with_right_operand(left, right)
    }

    fn with_right_operand(&mut self, left: hir::Expr, right: &'a ast::Expr) -> (hir::Expr, hir::Expr) {
        let right = match self.type_of(&left) {
            Ty::Con(Head::Never, _) => self.expr(right, None),
            ty => self.check(right, &ty),
        };
        (left, right)
    }

    /// Is it known already that values of the type have no such operator?
    fn lacks_operator(&self, interface: &str, ty: &Ty) -> bool {
        let Some(interface) = self.program.language_interface(interface) else { return false };
        let constraint = Constraint { interface, arguments: Vec::new(), ty: ty.clone() };
        matches!(ty, Ty::Con(..))
            && !self.variables.is_never(ty)
            && self.program.entails(&self.variables, &self.givens, &constraint) == Entailed::No
    }

    fn arithmetic(
        &mut self,
        interface: &str,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        span: Span,
    ) -> hir::Expr {
        let left = self.expr(left, None);
        let ty = self.type_of(&left);
        if self.lacks_operator(interface, &ty) {
            // What stands on the right would be held to a type that is wrong here, and so would what is done with the
            // result.
            self.operator_method(interface, 0, &ty, span);
            self.expr(right, None);
            return self.broken(span);
        }
        let (left, right) = self.with_right_operand(left, right);
        if self.variables.is_never(&ty) {
            return left;
        }
        match self.operator_method(interface, 0, &ty, span) {
            Some(target) => self.call_target(target, vec![left, right], ty, span),
            None => self.broken(span),
        }
    }

    /// Method `index` of an operator's interface for a type that must implement it.
    fn operator_method(&mut self, interface: &str, index: usize, ty: &Ty, span: Span) -> Option<Target> {
        let Some(id) = self.program.language_interface(interface) else {
            let message = format!("the interface `{interface}` of this operator is not part of the prelude");
            self.error("E0004", span, message);
            return None;
        };
        self.require(Constraint { interface: id, arguments: Vec::new(), ty: ty.clone() }, span);
        Some(Target::Method {
            interface: id,
            arguments: Vec::new(),
            index,
            self_type: self.tree_type(ty.clone()),
            type_args: Vec::new(),
        })
    }

    pub(super) fn method_index(&self, interface: &str, method: &str) -> usize {
        self.program
            .language_interface(interface)
            .and_then(|id| self.program.interface(id).methods.iter().position(|info| info.name == method))
            .unwrap_or(0)
    }

    pub(super) fn comparison(
        &mut self,
        op: BinaryOp,
        left: hir::Expr,
        right: hir::Expr,
        span: Span,
    ) -> hir::Expr {
        let ty = self.type_of(&left);
        if self.variables.is_never(&ty) {
            return left;
        }
        let (interface, method) = match op {
            BinaryOp::Equal | BinaryOp::NotEqual => ("Eq", "eq"),
            BinaryOp::LessEqual | BinaryOp::GreaterEqual => ("Ord", "at_most"),
            _ => ("Ord", "lt"),
        };
        let index = self.method_index(interface, method);
        let Some(target) = self.operator_method(interface, index, &ty, span) else {
            return self.broken(span);
        };
        // `a > b` is `lt(b, a)`, `a >= b` is `at_most(b, a)`. Neither is the contrary of another: there is NaN.
        let swapped = matches!(op, BinaryOp::Greater | BinaryOp::GreaterEqual);
        let negated = op == BinaryOp::NotEqual;
        let mut result = if swapped {
            self.swapped_call(target, left, right, span)
        } else {
            self.call_target(target, vec![left, right], Ty::bool(), span)
        };
        if negated {
            result = self.make(ExprKind::Not(Box::new(result)), Ty::bool(), span);
        }
        result
    }

    /// A call with the operands turned round, which are still evaluated from left to right.
    fn swapped_call(&mut self, target: Target, left: hir::Expr, right: hir::Expr, span: Span) -> hir::Expr {
        if is_simple(&left) || is_simple(&right) {
            return self.call_target(target, vec![right, left], Ty::bool(), span);
        }
        let (left_let, left) = self.name_value("left", left);
        let (right_let, right) = self.name_value("right", right);
        let call = self.call_target(target, vec![right, left], Ty::bool(), span);
        let block = hir::Block { statements: vec![left_let, right_let], value: Some(Box::new(call)) };
        self.make(ExprKind::Block(block), Ty::bool(), span)
    }

    /// Binds a value to a local of its own.
    pub(super) fn name_value(&mut self, name: &str, value: hir::Expr) -> (hir::Stmt, hir::Expr) {
        let (ty, span) = (self.type_of(&value), value.span);
        let local = self.new_local(name, ty.clone());
        let pattern = hir::Pattern { ty: self.tree_type(ty), span, kind: hir::PatternKind::Bind(local) };
        let read = self.local_expr(local, span);
        (hir::Stmt::Let(pattern, value, hir::Fallthrough::Impossible), read)
    }

    pub(super) fn unary(
        &mut self,
        op: UnaryOp,
        operand: &'a ast::Expr,
        expected: Option<&Ty>,
        span: Span,
    ) -> hir::Expr {
        match (op, &operand.kind) {
            (UnaryOp::Negate, ast::ExprKind::Int(value)) => {
                self.make(ExprKind::Int(value.wrapping_neg()), Ty::int(), span)
            }
            (UnaryOp::Negate, ast::ExprKind::Float(value)) => {
                self.make(ExprKind::Float(-value), Ty::plain(Head::Float), span)
            }
            (UnaryOp::Negate, _) => {
                let operand = self.expr(operand, expected);
                let ty = self.type_of(&operand);
                if self.variables.is_never(&ty) {
                    return operand;
                }
                match self.operator_method("Neg", 0, &ty, span) {
                    Some(target) => self.call_target(target, vec![operand], ty, span),
                    None => self.broken(span),
                }
            }
            (UnaryOp::Not, _) => {
                let operand = self.expr(operand, None);
                match self.type_of(&operand) {
                    ty @ Ty::Con(Head::Named(_) | Head::Skolem(_), _) => {
                        match self.operator_method("Not", 0, &ty, span) {
                            Some(target) => self.call_target(target, vec![operand], ty, span),
                            None => self.broken(span),
                        }
                    }
                    _ => {
                        let operand = self.fit(operand, &Ty::bool());
                        self.make(ExprKind::Not(Box::new(operand)), Ty::bool(), span)
                    }
                }
            }
        }
    }

    /// `a <> b` of texts, lists or bytes.
    fn concatenation(
        &mut self,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        expected: Option<&Ty>,
        span: Span,
    ) -> hir::Expr {
        let hint = expected.map(|ty| self.shallow(ty)).filter(|ty| matches!(ty, Ty::Con(Head::Named(_), _)));
        let left = self.expr(left, hint.as_ref());
        let ty = self.type_of(&left);
        if self.variables.is_never(&ty) {
            self.expr(right, hint.as_ref());
            return left;
        }
        let right = self.check(right, &ty);
        let resolution = self.new_resolution();
        self.resolutions[resolution] = Resolution::Concat;
        self.postpone(PendingKind::Concat { ty: ty.clone() }, span);
        self.make(placeholders::open_call(resolution, vec![left, right]), ty, span)
    }

    pub(super) fn check_concat(&mut self, ty: &Ty, span: Span) {
        let fits = match ty {
            Ty::Con(Head::String | Head::Bytes | Head::Never, _) | Ty::Error => true,
            Ty::Con(Head::Named(id), _) => Some(*id) == self.program.language.list,
            _ => false,
        };
        if !fits {
            let text = self.print(ty);
            let file = self.file();
            self.report(
                Diagnostic::error(
                    "E0001",
                    file,
                    span,
                    format!("`<>` joins two Strings or two Lists, not {text}"),
                )
                .help("interpolation makes texts of values: \"${a}${b}\""),
            );
        }
    }
}

/// Does it matter when it is evaluated?
fn is_simple(expr: &hir::Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Bool(_)
            | ExprKind::Unit
            | ExprKind::String(_)
            | ExprKind::Local(..)
            | ExprKind::Const(..)
    )
}
