//! Declarations in their final form.

use super::Numbering;
use crate::declarations::entry_point::main_function;
use crate::hir::*;
use crate::program::{Declared, Module, TypeKind, Value};
use snow_syntax::span::LineStarts;
use std::collections::HashMap;

/// Everything but the bodies.
pub fn declarations(program: &crate::program::Program) -> Program {
    let mut lines: HashMap<usize, LineStarts> = HashMap::new();
    let types = program
        .types
        .iter()
        .map(|info| {
            let mut numbering = Numbering::new(info.params.iter().copied());
            let kind = match &info.kind {
                TypeKind::Struct(fields) => TypeDefKind::Struct(
                    fields.iter().map(|(name, ty)| (name.clone(), numbering.convert(ty))).collect(),
                ),
                TypeKind::Sum(constructors) => TypeDefKind::Sum(
                    constructors
                        .iter()
                        .map(|(name, payload)| Constructor {
                            name: name.clone(),
                            payload: payload.iter().map(|ty| numbering.convert(ty)).collect(),
                        })
                        .collect(),
                ),
            };
            let module = &program.modules[info.module];
            let lines = lines.entry(module.file).or_insert_with(|| LineStarts::of(module.source));
            TypeDef {
                name: info.name.clone(),
                file: module.file,
                line: lines.line(info.span.start),
                type_params: info.params.len(),
                without_payload: kind.without_payload(),
                kind,
            }
        })
        .collect();
    let interfaces = program
        .interfaces
        .iter()
        .map(|info| InterfaceDef {
            name: info.name.clone(),
            methods: info.methods.iter().map(|method| method.name.clone()).collect(),
            takes_self: info.methods.iter().map(|method| info.takes_self(method)).collect(),
        })
        .collect();
    let impls = program
        .impls
        .iter()
        .filter(|info| !info.dropped)
        .map(|info| {
            let mut numbering = Numbering::new(info.vars.iter().map(|(_, skolem)| *skolem));
            ImplDef {
                interface: info.interface,
                type_params: info.vars.len(),
                arguments: info.arguments.iter().map(|ty| numbering.convert(ty)).collect(),
                target: numbering.convert(&info.target),
                bounds: info
                    .constraints
                    .iter()
                    .filter(|bound| !bound.arguments.is_empty())
                    .map(|bound| ImplBound {
                        interface: bound.interface,
                        arguments: bound.arguments.iter().map(|ty| numbering.convert(ty)).collect(),
                        ty: numbering.convert(&bound.ty),
                    })
                    .collect(),
                methods: info.methods.clone(),
            }
        })
        .collect();
    let tests = program
        .tests
        .iter()
        .map(|info| TestDef {
            name: info.declaration.name.clone(),
            system: info.declaration.system,
            file: program.modules[info.module].file,
            span: info.span,
            function: info.function,
        })
        .collect();
    Program {
        types,
        interfaces,
        impls,
        tests,
        main: main_function(program),
        lang: language(program),
        ..Default::default()
    }
}

fn language(program: &crate::program::Program) -> LangItems {
    let public_functions = |module: &Module| -> Vec<(String, FnId)> {
        let named = |(name, declared): (&String, &Declared<Value>)| match &declared.what {
            Value::Functions(ids) if declared.public => Some((format!("{}.{name}", module.name), ids[0])),
            _ => None,
        };
        module.values.iter().filter_map(named).collect()
    };
    let library = program.modules.iter().filter(|module| module.standard);
    let functions: HashMap<String, FnId> = library.flat_map(public_functions).collect();
    let language = &program.language;
    LangItems {
        option: language.option,
        result: language.result,
        list: language.list,
        range: language.range,
        map: language.map,
        view: language.view,
        interfaces: language.interfaces.clone(),
        functions,
    }
}
