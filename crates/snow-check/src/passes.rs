//! The passes, one after the other.

use crate::hir::*;
use crate::infer::{Infer, InferredBody, InferredGroup};
use crate::inference_order::{self, Item};
use crate::input::{ExternSignatures, SourceModule};
use crate::library::Library;
use crate::program::{Declared, FunctionKind, Module, Program, TypeKind, Value};
use crate::writeback::{Finish, Numbering, not_sendable};
use crate::{constant_expressions, derive, expand, instances, limits};
use snow_syntax::ast::{self, ItemKind};
use snow_syntax::diagnostic::{Diagnostic, Severity};
use std::collections::{HashMap, HashSet};

type TypedProgram = crate::hir::Program;

/// Expressions nest as deep as the parser allows, 512 levels; a thread of its own has room for that,
/// with a quarter of a MiB for each, which unoptimised builds come near to.
const STACK_BYTES: usize = 128 << 20;

pub fn check(
    modules: &[SourceModule],
    library: &Library,
    externs: &ExternSignatures,
) -> (Option<TypedProgram>, Vec<Diagnostic>) {
    let externs = extern_table(modules, externs);
    let run = || check_here(modules, library, &externs);
    std::thread::scope(|scope| {
        match std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, run) {
            Ok(thread) => match thread.join() {
                Ok(result) => result,
                Err(panic) => std::panic::resume_unwind(panic),
            },
            // Without a second thread most programs still fit.
            Err(_) => run(),
        }
    })
}

/// What is known about each name that is declared `extern`.
fn extern_table(modules: &[SourceModule], externs: &ExternSignatures) -> HashMap<String, Option<String>> {
    fn visit(items: &[ast::Item], externs: &ExternSignatures, table: &mut HashMap<String, Option<String>>) {
        for item in items {
            match &item.kind {
                ItemKind::Extern(declaration) => {
                    let name = &declaration.name.text;
                    table.entry(name.clone()).or_insert_with(|| externs(name).map(str::to_string));
                }
                ItemKind::Module(_, inside) => visit(inside, externs, table),
                _ => {}
            }
        }
    }
    let mut table = HashMap::new();
    for module in modules {
        visit(&module.ast.items, externs, &mut table);
    }
    table
}

fn check_here(
    modules: &[SourceModule],
    library: &Library,
    externs: &HashMap<String, Option<String>>,
) -> (Option<TypedProgram>, Vec<Diagnostic>) {
    let (expanded, findings) = expand::expand(modules);
    let modules: Vec<SourceModule> = modules
        .iter()
        .zip(&expanded)
        .map(|(module, expanded)| SourceModule {
            name: module.name.clone(),
            ast: expanded.as_ref().unwrap_or(module.ast),
            ..*module
        })
        .collect();
    let mut program = Program::new(&modules, library);
    program.diagnostics.borrow_mut().extend(findings);
    program.collect();
    program.resolve_signatures();
    program.derive();
    check_externs(&program, externs);
    check_sizes(&program);
    let mut result = declarations(&program);
    let count = program.functions.len();
    let mut functions: Vec<Option<FnDef>> = (0..count).map(|_| None).collect();
    let mut consts: Vec<Option<ConstDef>> = (0..program.constants.len()).map(|_| None).collect();
    let mut broken = false;
    for group in inference_order::groups(&program) {
        let found = &mut Found { functions: &mut functions, consts: &mut consts };
        broken |= !check_group(&mut program, &group, &result.types, found);
    }
    check_main(&program);
    program.advise_closed_uses();
    let diagnostics = sorted(program.diagnostics.take());
    // What the parser could not read is not reported a second time.
    if broken || diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        return (None, diagnostics);
    }
    // Impls that were dropped leave functions behind that nothing refers to.
    let functions: Option<Vec<FnDef>> = functions.into_iter().collect();
    let consts: Option<Vec<ConstDef>> = consts.into_iter().collect();
    let (Some(functions), Some(consts)) = (functions, consts) else {
        let message = "the checker lost a definition: this is a mistake in the compiler";
        let mut diagnostics = diagnostics;
        diagnostics.push(Diagnostic::error("E0099", 0, Default::default(), message));
        return (None, diagnostics);
    };
    result.functions = functions;
    result.constants = consts;
    let mut too_much = limits::report(&result, &program);
    too_much.extend(instances::report(&result, &program));
    if !too_much.is_empty() {
        let all = diagnostics.into_iter().chain(too_much).collect();
        return (None, sorted(all));
    }
    (Some(result), diagnostics)
}

/// In the order of the source, each finding once: default methods are looked at once per impl.
fn sorted(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.sort_by_key(|diagnostic| (diagnostic.file, diagnostic.primary.span.start, diagnostic.code));
    let mut seen = HashSet::new();
    diagnostics.retain(|diagnostic| {
        let span = diagnostic.primary.span;
        seen.insert((diagnostic.file, span.start, span.end, diagnostic.code))
    });
    diagnostics
}

/// Everything but the bodies.
fn declarations(program: &Program) -> TypedProgram {
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
            let before = &module.source[..(info.span.start as usize).min(module.source.len())];
            TypeDef {
                name: info.name.clone(),
                file: module.file,
                line: 1 + before.bytes().filter(|byte| *byte == b'\n').count() as u32,
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
    TypedProgram {
        types,
        interfaces,
        impls,
        tests,
        main: main_function(program),
        lang: language(program),
        ..Default::default()
    }
}

fn language(program: &Program) -> LangItems {
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
        interfaces: language.interfaces.clone(),
        functions,
    }
}

fn main_function(program: &Program) -> Option<FnId> {
    let module = *program.own_modules.get("Main")?;
    match &program.modules[module].values.get("main")?.what {
        Value::Functions(ids) => ids.iter().copied().find(|id| {
            let info = program.function(*id);
            info.arity == 0 && !info.is_actor()
        }),
        _ => None,
    }
}

/// `main` takes no arguments.
fn check_main(program: &Program) {
    let Some(module) = program.own_modules.get("Main").copied() else { return };
    let Some(declared) = program.modules[module].values.get("main") else { return };
    if main_function(program).is_none() {
        program.report(
            Diagnostic::error(
                "E0003",
                program.modules[module].file,
                declared.span,
                "`main` is a function without parameters",
            )
            .help("`Env.arguments()` gives the arguments of the program"),
        );
    }
}

/// A type has so many constructors and fields that their numbers fit where objects keep them.
fn check_sizes(program: &Program) {
    for info in &program.types {
        let (count, most, what) = match &info.kind {
            TypeKind::Sum(constructors) => (constructors.len(), limits::MOST_CONSTRUCTORS, "constructors"),
            TypeKind::Struct(fields) => (fields.len(), limits::MOST_FIELDS, "fields"),
        };
        if count > most {
            let message = format!("`{}` has more than {most} {what}", info.short);
            let help = "give those that belong together a type of their own";
            let file = program.modules[info.module].file;
            program.report(Diagnostic::error("E0052", file, info.span, message).help(help));
        }
    }
}

/// What an `extern fn` binds to must exist, with these types.
fn check_externs(program: &Program, externs: &HashMap<String, Option<String>>) {
    for info in &program.functions {
        let FunctionKind::Extern(declaration) = &info.kind else { continue };
        if !program.modules[info.module].standard {
            continue;
        }
        let file = program.modules[info.module].file;
        let name = &declaration.name.text;
        match externs.get(name) {
            Some(Some(signature)) => {
                let variables = Default::default();
                let Some(scheme) = &info.scheme else { continue };
                let Some((params, result)) = scheme.ty.as_fun() else { continue };
                let params: Vec<String> = params.iter().map(|ty| program.print(&variables, ty)).collect();
                let declared = format!("fn({}) -> {}", params.join(", "), program.print(&variables, result));
                if !same_signature(&declared, signature) {
                    program.report(Diagnostic::error(
                        "E0040",
                        file,
                        declaration.name.span,
                        format!("the intrinsic `{name}` is `{signature}`, declared as `{declared}`"),
                    ));
                }
            }
            _ => program.report(Diagnostic::error(
                "E0040",
                file,
                declaration.name.span,
                format!("there is no intrinsic `{name}`"),
            )),
        }
    }
}

/// The same but for the names of type parameters (single capital letters) and spaces.
fn same_signature(a: &str, b: &str) -> bool {
    canonical(a) == canonical(b)
}

fn canonical(signature: &str) -> String {
    let mut names: Vec<String> = Vec::new();
    let mut result = String::new();
    let mut word = String::new();
    let start = signature.find('(').unwrap_or(0);
    for c in signature[start..].chars().chain(std::iter::once(' ')) {
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            let is_param = word.len() == 1 && word.starts_with(char::is_uppercase);
            if is_param {
                let index = names.iter().position(|name| *name == word).unwrap_or_else(|| {
                    names.push(word.clone());
                    names.len() - 1
                });
                result.push_str(&format!("'{index}"));
            } else {
                result.push_str(&word);
            }
            word.clear();
        }
        if !c.is_whitespace() {
            result.push(c);
        }
    }
    result
}

/// What the groups give, by number.
struct Found<'f> {
    functions: &'f mut [Option<FnDef>],
    consts: &'f mut [Option<ConstDef>],
}

/// False: something was wrong.
fn check_group(program: &mut Program, items: &[Item], definitions: &[TypeDef], found: &mut Found) -> bool {
    if let [Item::Function(id)] = items
        && let FunctionKind::Derived { impl_index, method } = program.function(*id).kind
    {
        let made = derived(program, *id, impl_index, method);
        let fine = made.is_some();
        found.functions[id.0 as usize] = made;
        return fine;
    }
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
            .map(|(id, ty, _)| (*id, infer.variables.closed(ty).unwrap_or(crate::types::Ty::Error)))
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

fn derived(program: &Program, id: FnId, impl_index: usize, method: usize) -> Option<FnDef> {
    let info = program.function(id);
    let mut numbering = Numbering::new(info.type_params.iter().map(|(_, skolem)| *skolem));
    let made = derive::derived_function(program, impl_index, method, &mut numbering);
    let Some(made) = made else {
        let interface = &program.interface(program.impls[impl_index].interface).name;
        let message = format!("`{interface}` cannot be derived: the prelude lacks what it needs");
        program.error(info.module, "E0028", info.span, message);
        return None;
    };
    let result = numbering.convert(info.result.as_ref()?);
    Some(FnDef {
        name: info.name.clone(),
        file: program.modules[info.module].file,
        span: info.span,
        type_params: info.type_params.len(),
        params: made.params,
        result,
        kind: FnKind::Body(made.body),
        locals: made.locals,
    })
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
        let mut params = inferred.params;
        for param in &mut params {
            finish.param(param);
        }
        let result = finish.inferred_type(&inferred.result);
        let kind = match inferred.body {
            InferredBody::Expr(mut body) => {
                finish.expr(&mut body);
                FnKind::Body(body)
            }
            InferredBody::Extern(name) => FnKind::Extern { name },
            InferredBody::Actor(actor) => {
                let message = finish.inferred_type(&actor.message);
                let (mut body, mut terminate) = (actor.body, actor.terminate);
                finish.expr(&mut body);
                if let Some(terminate) = &mut terminate {
                    finish.expr(terminate);
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
        let mut finish = Finish::new(infer, definitions, &[], info.module, info.declaration.pattern.span);
        finish.expr(&mut value);
        constant_expressions::check(program, info.module, &value);
        found.consts[id.0 as usize] = Some(ConstDef {
            name: info.name.clone(),
            file: program.modules[info.module].file,
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

impl instances::Source for Program<'_> {
    fn is_own(&self, function: FnId) -> bool {
        let info = self.function(function);
        !self.modules[info.module].standard && !matches!(info.kind, FunctionKind::Derived { .. })
    }

    fn name(&self, function: FnId) -> &str {
        &self.function(function).short
    }
}
