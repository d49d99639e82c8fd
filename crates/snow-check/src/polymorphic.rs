//! Polymorphic recursion: functions that call themselves at ever larger types could never be compiled,
//! because each copy would need another one.

use crate::hir::{FnId, Type};
use crate::program::{FunctionKind, Program};
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;
use std::collections::HashMap;

/// That one function names another, with these types for its parameters.
pub struct Instantiation {
    pub caller: FnId,
    pub callee: FnId,
    pub arguments: Vec<Type>,
    pub span: Span,
}

/// A type parameter of a function.
type Parameter = (FnId, u32);

/// From parameters to the parameters that they flow into; an edge grows when it wraps the type.
/// A circle with a growing edge never comes to an end.
pub fn report(program: &Program, instantiations: &[Instantiation]) {
    let mut edges: HashMap<Parameter, Vec<Parameter>> = HashMap::new();
    let mut growing: Vec<(Parameter, Parameter, &Instantiation)> = Vec::new();
    for instantiation in instantiations {
        for (index, argument) in instantiation.arguments.iter().enumerate() {
            let to = (instantiation.callee, index as u32);
            let mut mentioned = Vec::new();
            collect(argument, &mut mentioned);
            for number in mentioned {
                let from = (instantiation.caller, number);
                edges.entry(from).or_default().push(to);
                if !matches!(argument, Type::Param(_)) {
                    growing.push((from, to, instantiation));
                }
            }
        }
    }
    let mut reported: Vec<FnId> = Vec::new();
    for (from, to, instantiation) in growing {
        let info = program.function(instantiation.caller);
        // Derived impls exist for types that nobody prints or compares.
        if matches!(info.kind, FunctionKind::Derived { .. })
            || reported.contains(&instantiation.caller)
            || !reaches(&edges, to, from)
        {
            continue;
        }
        reported.push(instantiation.caller);
        let name = &program.function(instantiation.callee).short;
        program.report(
            Diagnostic::error(
                "E0047",
                program.modules[info.module].file,
                instantiation.span,
                format!("`{name}` would need copies of itself for ever larger types"),
            )
            .label("the type grows with each call")
            .help("each call of a function within itself uses the same types; wrap the value instead"),
        );
    }
}

fn reaches(edges: &HashMap<Parameter, Vec<Parameter>>, from: Parameter, to: Parameter) -> bool {
    let mut seen = std::collections::HashSet::new();
    let mut waiting = vec![from];
    while let Some(parameter) = waiting.pop() {
        if parameter == to {
            return true;
        }
        if seen.insert(parameter) {
            waiting.extend(edges.get(&parameter).into_iter().flatten());
        }
    }
    false
}

fn collect(ty: &Type, into: &mut Vec<u32>) {
    match ty {
        Type::Param(number) => into.push(*number),
        Type::Array(element) => collect(element, into),
        Type::Tuple(parts) | Type::Named(_, parts) => parts.iter().for_each(|part| collect(part, into)),
        Type::Fun(params, result) => {
            params.iter().for_each(|param| collect(param, into));
            collect(result, into);
        }
        Type::Pid(Some(message)) => collect(message, into),
        _ => {}
    }
}
