//! Constant expressions: the values of top-level `let`s and the defaults of structs' fields.

use crate::hir::{Callee, ConstId, Expr, ExprKind, Target};
use crate::inference_order::{self, Item};
use crate::program::{ConstantInfo, FunctionKind, Program};
use crate::types::Ty;
use crate::unify::Variables;
use snow_syntax::ast;
use snow_syntax::diagnostic::Diagnostic;

/// A group with a constant and anything else goes round in a circle.
pub fn report_cycle(program: &mut Program, items: &[Item]) -> bool {
    let constants: Vec<_> = items
        .iter()
        .filter_map(|item| match item {
            Item::Constant(id) => Some(*id),
            Item::Function(_) => None,
        })
        .collect();
    let names_itself = |id: &ConstId| inference_order::names_itself(program, *id);
    if constants.is_empty() || (items.len() < 2 && !constants.iter().any(names_itself)) {
        return false;
    }
    for id in constants {
        let info = &program.constants[id.0 as usize];
        let (module, span) = (info.module, info.span);
        let what = match info.is_default {
            true => format!("the default of `{}`", info.name),
            false => format!("the constant `{}`", info.name),
        };
        program.report(
            Diagnostic::error(
                "E0045",
                program.modules[module].file,
                span,
                format!("{what} depends on itself"),
            )
            .help("its value must be known before everything that uses it"),
        );
        program.constants[id.0 as usize].ty = Some(crate::types::Ty::Error);
    }
    // The functions among them have no type: uses of them say nothing more.
    true
}

/// A constant has one type: what nothing tells, `[]` or `None` alone, has to be written.
pub fn report_undetermined(program: &Program, id: ConstId, ty: &Ty, variables: &Variables) {
    let mut free = Vec::new();
    variables.free(ty, &mut free);
    let info = &program.constants[id.0 as usize];
    // A closure is no constant at all, which is told in its place.
    if free.is_empty() || matches!(info.value.kind, ast::ExprKind::Closure(_)) {
        return;
    }
    let short = info.name.rsplit('.').next().unwrap_or(&info.name);
    let known = program.print(variables, ty);
    let message = format!("nothing tells the whole type of `{short}`: {known}");
    program.report(
        Diagnostic::error("E0070", program.modules[info.module].file, info.span, message)
            .help(format!("write it: `let {short} :: {known} = …`, with the types that `_` stands for")),
    );
}

/// Is the value one that can be computed before the program runs?
pub fn check(program: &Program, constant: &ConstantInfo, value: &Expr) {
    match &value.kind {
        ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Bool(_)
        | ExprKind::Unit
        | ExprKind::String(_)
        | ExprKind::Const(..)
        | ExprKind::Function(Target::Function(..) | Target::Constructor(_)) => {}
        ExprKind::Construct(_, inside)
        | ExprKind::Tuple(inside)
        | ExprKind::List(inside)
        | ExprKind::Concat(inside) => all(program, constant, inside),
        ExprKind::Struct(fields) => {
            for (_, value) in fields {
                check(program, constant, value);
            }
        }
        ExprKind::Not(inside) => check(program, constant, inside),
        ExprKind::And(a, b) | ExprKind::Or(a, b) => {
            check(program, constant, a);
            check(program, constant, b);
        }
        ExprKind::Bits(segments) => {
            for segment in segments {
                check(program, constant, &segment.value);
                segment.size.expression().into_iter().for_each(|size| check(program, constant, size));
            }
        }
        ExprKind::Call(Callee::Target(target), inside) if is_constant_call(program, target) => {
            if divides(program, target) && matches!(inside.get(1), Some(Expr { kind: ExprKind::Int(0), .. })) {
                let message = format!("{} divides by zero", place(constant));
                let file = program.modules[constant.module].file;
                let help = "whoever reads it would end with a crash: write another number";
                program.report(Diagnostic::error("E0071", file, value.span, message).help(help));
            }
            all(program, constant, inside);
        }
        ExprKind::Call(Callee::Target(target), _) if makes_a_map(program, target) => {
            let message = format!("{} cannot be a map: maps are built when the program runs", place(constant));
            let help = match constant.is_default {
                true => "leave the default out, and write a function that gives the struct with its map",
                false => "write a function that gives it: `fn name() = %{…}`",
            };
            let file = program.modules[constant.module].file;
            program.report(Diagnostic::error("E0071", file, value.span, message).help(help));
        }
        _ => program.report(
            Diagnostic::error(
                "E0071",
                program.modules[constant.module].file,
                value.span,
                format!("{} must be a constant expression", place(constant)),
            )
            .help("modules are not run: literals, constructors, names of functions, operators and other constants are fine; for the rest write a function"),
        ),
    }
}

/// How messages speak of where the expression stands.
fn place(constant: &ConstantInfo) -> &'static str {
    if constant.is_default { "the default of a field" } else { "the value of a top-level `let`" }
}

/// What a literal of a map calls.
fn makes_a_map(program: &Program, target: &Target) -> bool {
    let Target::Function(id, _) = target else { return false };
    let info = program.function(*id);
    let module = &program.modules[info.module];
    module.standard && module.name == "Map" && matches!(info.short.as_str(), "new" | "from_list")
}

fn divides(program: &Program, target: &Target) -> bool {
    matches!(target, Target::Method { interface, .. }
        if matches!(program.interface(*interface).name.as_str(), "Div" | "Mod"))
}

fn all(program: &Program, constant: &ConstantInfo, values: &[Expr]) {
    for value in values {
        check(program, constant, value);
    }
}

/// Operators on what is built in, the vector of sixteen numbers, and the bit operations on Int.
fn is_constant_call(program: &Program, target: &Target) -> bool {
    match target {
        Target::Method { interface, self_type, .. } => {
            let name = program.interface(*interface).name.as_str();
            let is_operator = matches!(name, "Add" | "Sub" | "Mul" | "Div" | "Mod" | "Neg" | "Eq" | "Ord");
            let is_plain = matches!(
                self_type,
                crate::hir::Type::Int
                    | crate::hir::Type::Float
                    | crate::hir::Type::Bool
                    | crate::hir::Type::String
            );
            is_operator && is_plain
        }
        Target::Function(id, _) => {
            let info = program.function(*id);
            let module = &program.modules[info.module];
            module.standard
                && matches!(info.kind, FunctionKind::Clauses(_))
                && ((module.name == "U8x16" && matches!(info.short.as_str(), "of" | "splat"))
                    || (module.name == "Int"
                        && matches!(info.short.as_str(), "band" | "bor" | "bxor" | "bnot" | "shl" | "shr")))
        }
        Target::Constructor(_) => true,
    }
}
