//! Functions and constants in their final form, one group after the other.

use super::sendable::not_sendable;
use super::{Finish, Numbering};
use crate::constant_expressions;
use crate::hir::visit::VisitorMut;
use crate::hir::{ConstDef, FnDef, FnKind, TypeDef};
use crate::infer::{Infer, InferredBody, InferredGroup};
use crate::inference_order::Item;
use crate::program::{FunctionKind, Program};
use crate::types::{Skolem, Ty};
use snow_syntax::diagnostic::{Diagnostic, Severity};

/// What the groups give, by number.
pub struct Found<'f> {
    pub functions: &'f mut [Option<FnDef>],
    pub consts: &'f mut [Option<ConstDef>],
}

/// False: something was wrong.
pub fn check_group(
    program: &mut Program,
    items: &[Item],
    definitions: &[TypeDef],
    found: &mut Found,
) -> bool {
    if constant_expressions::report_cycle(program, items) {
        return false;
    }
    let errors_before = program.diagnostics.borrow().len();
    let (schemes, constant_types, failed) = {
        let mut infer = Infer::new(program);
        let group = infer.group(items);
        let failed = infer.failed
            || program.diagnostics.borrow()[errors_before..]
                .iter()
                .any(|diagnostic| diagnostic.severity == Severity::Error);
        let schemes = group.schemes.clone();
        let constant_types: Vec<_> = group
            .constants
            .iter()
            .map(|(id, ty, _)| (*id, infer.variables.closed(ty).unwrap_or(Ty::Error)))
            .collect();
        if !failed {
            finish_group(program, &infer, group, definitions, found);
        }
        (schemes, constant_types, failed)
    };
    for (id, scheme) in schemes {
        program.functions[id.0 as usize].scheme = Some(scheme);
    }
    for (id, ty) in constant_types {
        program.constants[id.0 as usize].ty = Some(ty);
    }
    !failed
}

fn finish_group(
    program: &Program,
    infer: &Infer,
    group: InferredGroup,
    definitions: &[TypeDef],
    found: &mut Found,
) {
    for inferred in group.functions {
        let info = program.function(inferred.id);
        let mut finish = Finish::new(infer, definitions, &group.vars, info.module, info.span);
        finish.is_derived = matches!(info.kind, FunctionKind::Derived(_));
        let mut params = inferred.params;
        for param in &mut params {
            finish.param(param);
        }
        let result = finish.inferred_type(&inferred.result);
        let kind = match inferred.body {
            InferredBody::Expr(mut body) => {
                finish.visit_expr(&mut body);
                FnKind::Body(body)
            }
            InferredBody::Extern(name) => FnKind::Extern { name },
            InferredBody::Actor(actor) => {
                let message = finish.inferred_type(&actor.message);
                let (mut body, mut terminate) = (actor.body, actor.terminate);
                finish.visit_expr(&mut body);
                if let Some(terminate) = &mut terminate {
                    finish.visit_expr(terminate);
                }
                FnKind::Actor { message, body, terminate }
            }
        };
        let locals = finish.locals(&inferred.locals);
        found.functions[inferred.id.0 as usize] = Some(FnDef {
            name: info.name.clone(),
            file: program.modules[info.module].file,
            span: info.span,
            type_params: group.vars.len(),
            params,
            result,
            kind,
            locals,
        });
    }
    for (id, ty, mut value) in group.constants {
        let info = &program.constants[id.0 as usize];
        let params: Vec<Skolem> = info.type_params.iter().map(|(_, skolem)| *skolem).collect();
        let mut finish = Finish::new(infer, definitions, &params, info.module, info.span);
        finish.visit_expr(&mut value);
        constant_expressions::check(program, info, &value);
        found.consts[id.0 as usize] = Some(ConstDef {
            name: info.name.clone(),
            file: program.modules[info.module].file,
            type_params: params.len(),
            ty: finish.inferred_type(&ty),
            value,
        });
    }
    let mut numbering = Numbering::default();
    for (ty, span, module, what) in &infer.sent {
        let Some(ty) = infer.variables.deep(ty) else { continue };
        let ty = numbering.convert(&ty);
        if let Some(kind) = not_sendable(definitions, &ty) {
            let file = program.modules[*module].file;
            program.report(
                Diagnostic::error("E0046", file, *span, format!("{what} cannot hold a `{kind}`")).help(
                    if kind == "Buffer" {
                        "a Buffer belongs to its actor: `Buffer.take_all` makes Bytes of it, which can be sent"
                    } else {
                        "a vector lives in a register of the processor"
                    },
                ),
            );
        }
    }
}
