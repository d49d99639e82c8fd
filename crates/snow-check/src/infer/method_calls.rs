//! `x.name(…)`, and `xs[i]`, which is a call of `get`.

use super::Infer;
use super::members::Member;
use super::method_errors::of_field;
use super::names::Callable;
use super::pending::PendingKind;
use super::placeholders;
use crate::hir::{self, ExprKind};
use crate::types::{Head, Ty};
use snow_syntax::ast;
use snow_syntax::span::Span;

impl<'a> Infer<'_, 'a> {
    pub(super) fn method_call(
        &mut self,
        base: &'a ast::Expr,
        name: &'a ast::Name,
        arguments: Vec<&'a ast::Expr>,
        span: Span,
    ) -> hir::Expr {
        let receiver = self.expr(base, None);
        self.method_call_on(receiver, &name.text, name.span, arguments, span)
    }

    fn method_call_on(
        &mut self,
        receiver: hir::Expr,
        name: &str,
        name_span: Span,
        arguments: Vec<&'a ast::Expr>,
        span: Span,
    ) -> hir::Expr {
        let mut ty = self.type_of(&receiver);
        if matches!(ty, Ty::Var(_)) {
            self.solve();
            ty = self.shallow(&ty);
        }
        match &ty {
            Ty::Var(_) => {
                let mut tree = vec![receiver];
                for argument in arguments {
                    tree.push(self.expr(argument, None));
                }
                let types =
                    tree[1..].iter().map(|argument| (self.type_of(argument), argument.span)).collect();
                let result = self.fresh();
                let resolution = self.new_resolution();
                let kind = PendingKind::MethodCall {
                    receiver: ty,
                    name: name.to_string(),
                    arguments: types,
                    result: result.clone(),
                    resolution,
                };
                self.postpone(kind, name_span);
                return self.make(placeholders::open_call(resolution, tree), result, span);
            }
            Ty::Error | Ty::Con(Head::Never, _) => {
                for argument in arguments {
                    self.expr(argument, None);
                }
                // What does not return is never called.
                return if matches!(ty, Ty::Error) { self.broken(span) } else { receiver };
            }
            Ty::Con(..) => {}
        }
        match self.find_member(&ty, name, arguments.len()) {
            Member::Field(index, field) => {
                let known = field.as_fun().map(|(params, _)| params.len());
                let function =
                    self.make(ExprKind::Field(Box::new(receiver), index), field.clone(), name_span);
                if known.is_some_and(|known| known != arguments.len()) {
                    for argument in &arguments {
                        self.expr(argument, None);
                    }
                    self.report_arity_of_field(&ty, name, &field, arguments.len(), name_span);
                    return self.broken(span);
                }
                self.call_evaluated(function, &of_field(name), arguments, span)
            }
            Member::Method(interface, index) => {
                let callable = self.callable_method(interface, index, span);
                self.call_with_receiver(callable, name, receiver, arguments, span, name_span)
            }
            Member::Function(function) => match self.callable_function(function, span) {
                Some(callable) => {
                    self.call_with_receiver(callable, name, receiver, arguments, span, name_span)
                }
                None => self.broken(span),
            },
            Member::Several(interfaces) => {
                for argument in arguments {
                    self.expr(argument, None);
                }
                self.report_several(&ty, name, &interfaces, name_span);
                self.broken(span)
            }
            Member::None => {
                for argument in arguments {
                    self.expr(argument, None);
                }
                self.report_no_method(&ty, name, name_span);
                self.broken(span)
            }
        }
    }

    /// `xs[i]` is `xs.get(i)`.
    pub(super) fn index(&mut self, base: &'a ast::Expr, index: &'a ast::Expr, span: Span) -> hir::Expr {
        let receiver = self.expr(base, None);
        self.method_call_on(receiver, "get", span, vec![index], span)
    }

    fn call_with_receiver(
        &mut self,
        callable: Callable,
        name: &str,
        receiver: hir::Expr,
        arguments: Vec<&'a ast::Expr>,
        span: Span,
        name_span: Span,
    ) -> hir::Expr {
        let Some((first, rest)) = callable.params.split_first() else { return self.broken(span) };
        let receiver = self.fit(receiver, first);
        let Some(mut tree) = self.arguments(&format!("`{name}`"), rest, arguments, name_span) else {
            return self.broken(span);
        };
        tree.insert(0, receiver);
        self.call_target(callable.target, tree, callable.result, span)
    }
}
