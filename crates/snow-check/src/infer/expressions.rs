//! Expressions, one kind after the other.

use super::Infer;
use super::dropped_values::Ending;
use crate::hir::{self, ExprKind};
use crate::types::{Head, Ty};
use snow_syntax::ast;

impl<'a> Infer<'_, 'a> {
    /// An expression that must have a type.
    pub(super) fn check(&mut self, expr: &'a ast::Expr, expected: &Ty) -> hir::Expr {
        let tree = self.expr(expr, Some(expected));
        self.fit(tree, expected)
    }

    /// `expected` is a hint: what the place would like. Branches are held to it at once, so that an
    /// error points at the branch.
    pub(super) fn expr(&mut self, expr: &'a ast::Expr, expected: Option<&Ty>) -> hir::Expr {
        let tail = std::mem::take(&mut self.body.tail);
        let span = expr.span;
        match &expr.kind {
            ast::ExprKind::Int(value) => self.make(ExprKind::Int(*value), Ty::int(), span),
            ast::ExprKind::Float(value) => self.make(ExprKind::Float(*value), Ty::plain(Head::Float), span),
            ast::ExprKind::Bool(value) => self.make(ExprKind::Bool(*value), Ty::bool(), span),
            ast::ExprKind::Unit => self.make(ExprKind::Unit, Ty::unit(), span),
            ast::ExprKind::String(parts) => self.string(parts, span),
            ast::ExprKind::Name(name) => self.name(name, expected, span),
            ast::ExprKind::Tuple(elements) => self.tuple(elements, expected, span),
            ast::ExprKind::List(elements) => self.list(elements, expected, span),
            ast::ExprKind::Map(entries) => self.map(entries, span),
            ast::ExprKind::Struct(path, fields) => self.struct_literal(path, fields, expected, span),
            ast::ExprKind::Update(base, fields) => self.update(base, fields, expected, span),
            ast::ExprKind::Member(base, name) => self.member(base, name, expected, span),
            ast::ExprKind::Call(callee, arguments) => {
                self.call(callee, arguments.iter().collect(), expected, span, tail)
            }
            ast::ExprKind::Index(base, index) => self.index(base, index, span),
            ast::ExprKind::Try(operand) => self.try_expr(operand, span),
            ast::ExprKind::Unary(op, operand) => self.unary(*op, operand, expected, span),
            ast::ExprKind::Binary(op, left, right) => self.binary(*op, left, right, expected, span),
            ast::ExprKind::Pipe(value, target) if self.refuses_try_behind_pipe(value, target) => {
                self.broken(span)
            }
            ast::ExprKind::Pipe(value, target) => match &target.kind {
                ast::ExprKind::Call(callee, arguments) => {
                    let arguments = std::iter::once(&**value).chain(arguments).collect();
                    self.call(callee, arguments, expected, span, tail)
                }
                _ => self.call(target, vec![value], expected, span, tail),
            },
            ast::ExprKind::If(branches, otherwise) => {
                self.conditional(branches, otherwise.as_ref(), expected, span, tail)
            }
            ast::ExprKind::Case(value, arms) => self.case(value, arms, expected, span, tail),
            ast::ExprKind::Closure(clauses) => self.closure(clauses, expected, span),
            ast::ExprKind::For(inside) => {
                let unwanted = expected.is_some_and(|ty| matches!(self.shallow(ty), Ty::Con(Head::Unit, _)));
                self.for_loop(inside, !unwanted, span)
            }
            ast::ExprKind::While(condition, body) => self.while_loop(condition, body, span),
            ast::ExprKind::Return(value) => self.return_expr(value.as_deref(), span),
            ast::ExprKind::Break => self.loop_jump(ExprKind::Break, span),
            ast::ExprKind::Continue => self.loop_jump(ExprKind::Continue, span),
            ast::ExprKind::Spawn(arguments) => self.spawn(arguments, span),
            ast::ExprKind::Send(arguments) => self.send(arguments, span),
            ast::ExprKind::Link(arguments) => self.link(arguments, span),
            ast::ExprKind::SelfCall => self.self_pid(span),
            ast::ExprKind::Receive(arms, after) => {
                self.receive(arms, after.as_deref(), expected, span, Ending::tail(tail), false)
            }
            ast::ExprKind::Bits(segments) => self.bits(segments, span),
            ast::ExprKind::Assert(condition) => self.assertion(condition, span),
            ast::ExprKind::ChildStart(start) => self.child_start(start),
            ast::ExprKind::Steps(steps) => self.steps(steps, expected, span, tail),
            ast::ExprKind::Previous => self.previous(span),
            ast::ExprKind::Error => self.broken(span),
        }
    }
}
