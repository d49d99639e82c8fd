//! Method calls whose receiver became known only after their arguments.

use super::Infer;
use super::members::Member;
use super::pending::Resolution;
use super::placeholders;
use crate::hir::{self, Callee, ExprKind, InterfaceId, Target};
use crate::types::{Head, Ty};
use snow_syntax::span::Span;

impl<'a> Infer<'_, 'a> {
    pub(super) fn resolve_postponed_call(
        &mut self,
        receiver: &Ty,
        name: &str,
        arguments: &[(Ty, Span)],
        result: &Ty,
        resolution: usize,
        span: Span,
    ) {
        let ty = self.shallow(receiver);
        if matches!(ty, Ty::Error | Ty::Con(Head::Never, _)) {
            self.failed |= matches!(ty, Ty::Error);
            let _ = self.variables.unify(result, &Ty::Error);
            return;
        }
        match self.find_member(&ty, name, arguments.len()) {
            Member::Field(index, field) => {
                match field.as_fun() {
                    Some((params, own_result)) if params.len() == arguments.len() => {
                        for ((ty, span), param) in arguments.iter().zip(params) {
                            self.coerce(ty, param, *span);
                        }
                        self.coerce(own_result, result, span);
                    }
                    Some(_) => {
                        self.report_arity_of_field(&ty, name, &field, arguments.len(), span);
                        let _ = self.variables.unify(result, &Ty::Error);
                    }
                    None => {
                        let types = arguments.iter().map(|(ty, _)| ty.clone()).collect();
                        self.coerce(&field, &Ty::fun(types, result.clone()), span);
                    }
                }
                self.resolutions[resolution] = Resolution::FieldCall(index, field);
            }
            Member::Method(interface, index) => {
                self.apply_method(interface, index, &ty, arguments, result, resolution, span);
            }
            Member::Function(function) => {
                let Some(callable) = self.callable_function(function, span) else { return };
                if self.fit_postponed(name, &callable.params, &callable.result, &ty, arguments, result, span)
                    && let Target::Function(id, types) = callable.target
                {
                    self.resolutions[resolution] = Resolution::Function(id, self.types_in_tree(&types));
                }
            }
            Member::Several(interfaces) => {
                self.report_several(&ty, name, &interfaces, span);
                let _ = self.variables.unify(result, &Ty::Error);
            }
            Member::None => {
                self.report_no_method(&ty, name, span);
                let _ = self.variables.unify(result, &Ty::Error);
            }
        }
    }

    /// Settles on a method of an interface for a call that was put off.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn apply_method(
        &mut self,
        interface: InterfaceId,
        index: usize,
        receiver: &Ty,
        arguments: &[(Ty, Span)],
        result: &Ty,
        resolution: usize,
        span: Span,
    ) {
        let callable = self.callable_method(interface, index, span);
        let name = self.program.interface(interface).methods[index].name.clone();
        if !self.fit_postponed(&name, &callable.params, &callable.result, receiver, arguments, result, span) {
            return;
        }
        let self_type = self.self_type_of(&callable).unwrap_or(Ty::Error);
        if let Target::Method { arguments, type_args, .. } = &callable.target {
            self.resolutions[resolution] = Resolution::Method {
                interface,
                index,
                arguments: self.types_in_tree(arguments),
                self_type,
                type_args: self.types_in_tree(type_args),
            };
        }
    }

    /// The types that stand for these in the tree.
    fn types_in_tree(&self, types: &[hir::Type]) -> Vec<Ty> {
        types.iter().filter_map(placeholders::number_of).map(|number| self.types[number].clone()).collect()
    }

    /// Gives arguments and result of a call the types of what it calls; false: it has another number of parameters.
    #[allow(clippy::too_many_arguments)]
    fn fit_postponed(
        &mut self,
        name: &str,
        params: &[Ty],
        own_result: &Ty,
        receiver: &Ty,
        arguments: &[(Ty, Span)],
        result: &Ty,
        span: Span,
    ) -> bool {
        let Some((first, rest)) = params.split_first() else { return false };
        if rest.len() != arguments.len() {
            let plural = if rest.len() == 1 { "argument" } else { "arguments" };
            let message = format!("`{name}` takes {} {plural}, {} given", rest.len(), arguments.len());
            self.error("E0003", span, message);
            let _ = self.variables.unify(result, &Ty::Error);
            return false;
        }
        self.coerce(receiver, first, span);
        for ((ty, span), param) in arguments.iter().zip(rest) {
            self.coerce(ty, param, *span);
        }
        self.coerce(own_result, result, span);
        true
    }
}

/// A call of a value that a field holds.
pub fn field_call(receiver: hir::Expr, index: usize, ty: hir::Type, arguments: Vec<hir::Expr>) -> ExprKind {
    let span = receiver.span;
    let field = hir::Expr { ty, span, kind: ExprKind::Field(Box::new(receiver), index) };
    ExprKind::Call(Callee::Value(Box::new(field)), arguments)
}
