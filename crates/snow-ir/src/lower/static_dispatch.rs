//! Static dispatch: which function, constructor or operator a call refers to, once all types are known.
//! The impl of an interface's method is chosen here.

use crate::ir::Class;
use crate::lower::monomorphise::Context;
use crate::lower::primitive::{self, Primitive};
use crate::lower::types;
use snow_check::hir::{Callee, Expr, ExprKind, FnId, FnKind, Target, Type};

use super::function::FunctionLowering;
use super::types::Substitution;

#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Resolved {
    Function(FnId, Vec<Type>),
    /// Of the sum type that the call or function type results in.
    Constructor(usize),
    /// An operator on numbers or Bools.
    Primitive(Primitive),
}

impl<'p> FunctionLowering<'_, 'p> {
    /// Chooses the impl, and looks through functions that only forward their parameters to another.
    pub fn resolve(&mut self, target: &Target) -> Resolved {
        let substitution = self.substitution.clone();
        let mut resolved = self.resolve_one(target, &substitution);
        // A chain of forwarders may be a circle, which then is called like any other.
        for _ in 0..4 {
            let Resolved::Function(function, arguments) = &resolved else { break };
            let Some(next) = forwarded(self.context, *function) else { break };
            resolved = self.resolve_one(next, &Substitution::of(arguments));
        }
        resolved
    }

    fn resolve_one(&mut self, target: &Target, substitution: &Substitution) -> Resolved {
        match target {
            Target::Function(function, arguments) => {
                Resolved::Function(*function, substitution.apply_all(arguments))
            }
            Target::Constructor(index) => Resolved::Constructor(*index),
            Target::Method { interface, arguments, index, self_type, type_args } => {
                let self_type = substitution.apply(self_type);
                if let Some(primitive) =
                    primitive::of_method(self.context.program, *interface, *index, &self_type)
                {
                    return Resolved::Primitive(primitive);
                }
                let definition = &self.context.program.interfaces[interface.0 as usize];
                if definition.is_unreachable(*index, &self_type) {
                    return Resolved::Primitive(Primitive::Unreachable);
                }
                let arguments = substitution.apply_all(arguments);
                let found =
                    self.context.impls.method(*interface, *index, &self_type, &arguments, &mut types::Whole);
                if let Some((method, found)) = found {
                    let own = substitution.apply_all(type_args);
                    let impl_arguments = found.into_iter().map(|ty| ty.unwrap_or(Type::Unit));
                    return Resolved::Function(method, impl_arguments.chain(own).collect());
                }
                let program = self.context.program;
                let interface = &program.interfaces[interface.0 as usize].name;
                let message =
                    format!("there is no `impl {interface} for {}`", types::name(program, &self_type));
                self.fail(message);
                Resolved::Primitive(Primitive::Unresolved)
            }
        }
    }

    pub fn class_of(&self, ty: &Type) -> Class {
        types::class(self.context.program, &self.substitution.apply(ty))
    }
}

/// The callee of a function that is nothing but a call with the same arguments: `fn of(a, b) = vector_of(a, b)`.
/// Seeing through it keeps constant arguments constant. Only the standard library's are seen through:
/// a crash in a function of the user's is told with its own line.
fn forwarded<'p>(context: &Context<'p>, function: FnId) -> Option<&'p Target> {
    let definition = &context.program.functions[function.0 as usize];
    if !context.standard_files.get(definition.file).is_some_and(|standard| *standard) {
        return None;
    }
    let FnKind::Body(body) = &definition.kind else { return None };
    let mut body: &Expr = body;
    while let ExprKind::Block(block) = &body.kind {
        match (&block.statements[..], &block.value) {
            ([], Some(value)) => body = value,
            _ => return None,
        }
    }
    let ExprKind::Call(Callee::Target(target @ (Target::Function(..) | Target::Method { .. })), arguments) =
        &body.kind
    else {
        return None;
    };
    let same = arguments.len() == definition.params.len()
        && arguments.iter().zip(&definition.params).all(|(argument, param)| {
            matches!(&argument.kind, ExprKind::Local(local, types) if *local == param.local && types.is_empty())
                && argument.ty == param.ty
        })
        && body.ty == definition.result;
    same.then_some(target)
}
