//! `extern fn`: what the library binds to must be there, and its declaration must say what `snow-abi` says.

use crate::hir::TypeId;
use crate::nearest_name::nearest;
use crate::program::{FunctionInfo, FunctionKind, Program, TypeKind};
use crate::types::{Head, Skolem, Substitution, Ty, substitute};
use snow_abi::intrinsics::{self, Signature};
use snow_abi::types::{Sum, Type};
use snow_syntax::ast::ExternFn;
use snow_syntax::diagnostic::Diagnostic;
use std::collections::HashSet;

/// Reports each `extern fn` of the library that binds to nothing, or is declared with other types.
pub fn check_externs(program: &Program) {
    let mut reported = HashSet::new();
    for info in &program.functions {
        let FunctionKind::Extern(declaration) = &info.kind else { continue };
        if !program.modules[info.module].standard {
            continue;
        }
        match intrinsics::find(&declaration.name.text) {
            Some(signature) => check_signature(program, info, declaration, signature, &mut reported),
            None => program.report(unknown(program, info, declaration)),
        }
    }
}

fn unknown(program: &Program, info: &FunctionInfo, declaration: &ExternFn) -> Diagnostic {
    let name = &declaration.name.text;
    let message = format!("there is no intrinsic `{name}`");
    let file = program.modules[info.module].file;
    let diagnostic = Diagnostic::error("E0040", file, declaration.name.span, message);
    let known = intrinsics::inline().chain(intrinsics::for_the_library()).map(|signature| signature.name);
    match nearest(name, known) {
        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")),
        None => diagnostic.help("`spec/intrinsics.md` lists them"),
    }
}

fn check_signature(
    program: &Program,
    info: &FunctionInfo,
    declaration: &ExternFn,
    signature: &Signature,
    reported: &mut HashSet<TypeId>,
) {
    let Some((parameters, result)) = info.scheme.as_ref().and_then(|scheme| scheme.ty.as_fun()) else {
        return;
    };
    let mut comparison = Comparison { program, parameters: Vec::new(), sums: Vec::new() };
    let same = comparison.all(signature.parameters, parameters) && comparison.same(&signature.result, result);
    if !same {
        let variables = Default::default();
        let print = |ty: &Ty| program.print(&variables, ty);
        let declared: Vec<String> = parameters.iter().map(print).collect();
        let declared = format!("fn({}) -> {}", declared.join(", "), print(result));
        let message =
            format!("the intrinsic `{}` is `{signature}`, declared as `{declared}`", signature.name);
        let file = program.modules[info.module].file;
        program.report(Diagnostic::error("E0040", file, declaration.name.span, message));
        return;
    }
    for (sum, id, arguments) in comparison.sums {
        if !has_constructors(program, sum, id, &arguments) && reported.insert(id) {
            program.report(other_constructors(program, sum, id));
        }
    }
}

/// Do the constructors of a type stand as the runtime numbers them, with the same payloads?
fn has_constructors(program: &Program, sum: &Sum, id: TypeId, arguments: &[Ty]) -> bool {
    let info = program.type_info(id);
    let TypeKind::Sum(constructors) = &info.kind else { return false };
    let substitution: Vec<(Skolem, Ty)> =
        info.params.iter().copied().zip(arguments.iter().cloned()).collect();
    let substitution: &Substitution = &substitution;
    constructors.len() == sum.constructors.len()
        && constructors.iter().zip(sum.constructors).all(|((name, payload), constructor)| {
            let payload: Vec<Ty> = payload.iter().map(|ty| substitute(ty, substitution)).collect();
            let mut comparison = Comparison { program, parameters: Vec::new(), sums: Vec::new() };
            name == constructor.name && comparison.all(constructor.payload, &payload)
        })
}

fn other_constructors(program: &Program, sum: &Sum, id: TypeId) -> Diagnostic {
    let info = program.type_info(id);
    let list: Vec<String> = sum
        .constructors
        .iter()
        .map(|constructor| {
            let payload: Vec<String> = constructor.payload.iter().map(Type::to_string).collect();
            match payload.is_empty() {
                true => constructor.name.to_string(),
                false => format!("{}({})", constructor.name, payload.join(", ")),
            }
        })
        .collect();
    let message = format!("the runtime numbers the constructors of `{}` otherwise", info.name);
    let file = program.modules[info.module].file;
    Diagnostic::error("E0040", file, info.span, message).help(format!(
        "as `snow_abi::{}` they are, in this order: {}",
        sum.name,
        list.join(", ")
    ))
}

/// Compares types of a signature with types as declared.
struct Comparison<'p> {
    program: &'p Program<'p>,
    /// What each parameter of the signature is in the declaration.
    parameters: Vec<(&'static str, Skolem)>,
    /// The sum types that occur, and their arguments in the declaration.
    sums: Vec<(&'static Sum, TypeId, Vec<Ty>)>,
}

impl Comparison<'_> {
    fn all(&mut self, expected: &[Type], declared: &[Ty]) -> bool {
        expected.len() == declared.len()
            && expected.iter().zip(declared).all(|(expected, declared)| self.same(expected, declared))
    }

    fn same(&mut self, expected: &Type, declared: &Ty) -> bool {
        let Ty::Con(head, arguments) = declared else { return true };
        match (expected, head) {
            (Type::Int, Head::Int)
            | (Type::Float, Head::Float)
            | (Type::Bool, Head::Bool)
            | (Type::Unit, Head::Unit)
            | (Type::Never, Head::Never)
            | (Type::String, Head::String)
            | (Type::Bytes, Head::Bytes)
            | (Type::Buffer, Head::Buffer)
            | (Type::U8x16, Head::U8x16)
            | (Type::Pid(None), Head::UntypedPid) => true,
            (Type::Array(element), Head::Array) => self.same(element, &arguments[0]),
            (Type::Pid(Some(message)), Head::Pid) => self.same(message, &arguments[0]),
            (Type::Tuple(elements), Head::Tuple) => self.all(elements, arguments),
            (Type::Fun(parameters, result), Head::Fun) => {
                let Some((declared_result, declared)) = arguments.split_last() else { return false };
                self.all(parameters, declared) && self.same(result, declared_result)
            }
            (Type::Struct(module, name), Head::Named(id)) => self.is_declared(*id, module, name),
            (Type::Sum(sum), Head::Named(id)) => {
                self.sums.push((sum, *id, arguments.to_vec()));
                self.is_declared(*id, sum.module, sum.name) && self.all(sum.arguments, arguments)
            }
            (Type::Parameter(name), Head::Skolem(skolem)) => self.is_parameter(name, *skolem),
            _ => false,
        }
    }

    /// Is it the type of this name, in this module of the library?
    fn is_declared(&self, id: TypeId, module: &str, name: &str) -> bool {
        let info = self.program.type_info(id);
        let declared = &self.program.modules[info.module];
        declared.standard && declared.name == module && info.short == name
    }

    /// Parameters may have any names, but two that differ in the signature differ in the declaration.
    fn is_parameter(&mut self, name: &'static str, skolem: Skolem) -> bool {
        match self.parameters.iter().find(|(known, is)| *known == name || *is == skolem) {
            Some(pair) => *pair == (name, skolem),
            None => {
                self.parameters.push((name, skolem));
                true
            }
        }
    }
}
