//! The order in which a program is checked: declarations, written types, derived impls, inference of one group of
//! functions after the other, and limits of the whole.

use crate::declarations::{Derivations, check_externs, check_main};
use crate::hir::{ConstDef, FnDef, FnId, Program as TypedProgram};
use crate::input::SourceModule;
use crate::library::Library;
use crate::program::{FunctionKind, Program};
use crate::writeback::{Found, check_group, declarations};
use crate::{copies, expand, inference_order, limits};
use snow_syntax::diagnostic::{Diagnostic, Severity};
use std::cell::OnceCell;
use std::collections::HashSet;

/// For the deepest nesting that the parser allows: an unoptimised build needs less than 4 MiB for it in any form, so that
/// this leaves room for forms to come.
const STACK_BYTES: usize = 32 << 20;

pub fn check(modules: &[SourceModule], library: &Library) -> (Option<TypedProgram>, Vec<Diagnostic>) {
    let run = || check_here(modules, library);
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

fn check_here(modules: &[SourceModule], library: &Library) -> (Option<TypedProgram>, Vec<Diagnostic>) {
    let (expanded, diagnostics) = expand::expand(modules);
    let modules: Vec<SourceModule> = modules
        .iter()
        .zip(&expanded)
        .map(|(module, expanded)| SourceModule {
            name: module.name.clone(),
            ast: expanded.as_ref().unwrap_or(module.ast),
            ..*module
        })
        .collect();
    // The program refers to the methods that are derived for it.
    let derived = OnceCell::new();
    let mut program = Program::new(&modules, library);
    program.diagnostics.borrow_mut().extend(diagnostics);
    program.collect();
    program.resolve_types();
    // The library's impls come first: of two that clash, the user's is the mistake.
    let mut derivations = Derivations::default();
    for standard in [true, false] {
        program.resolve_impls(standard);
        let modules = modules.iter().filter(|module| module.standard == standard);
        program.derive_tuples(expand::tuple_sizes(modules), &mut derivations);
    }
    program.resolve_functions();
    program.derive(&mut derivations);
    let methods = derived.get_or_init(|| program.derived_methods(&derivations));
    program.declare_derived_methods(&derivations, methods);
    check_externs(&program);
    limits::check_types(&program);
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
        diagnostics.push(Diagnostic::error("C0003", 0, Default::default(), message));
        return (None, diagnostics);
    };
    result.functions = functions;
    result.constants = consts;
    let mut too_much = limits::report(&result, &program);
    too_much.extend(copies::report(&result, &program));
    if !too_much.is_empty() {
        let all = diagnostics.into_iter().chain(too_much).collect();
        return (None, sorted(all));
    }
    (Some(result), diagnostics)
}

/// In the order of the source, each diagnostic once: default methods are looked at once per impl.
fn sorted(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.sort_by_key(|diagnostic| (diagnostic.file, diagnostic.primary.span.start, diagnostic.code));
    // That clauses are missing follows from their standing apart.
    let apart = diagnostics.iter().filter(|diagnostic| diagnostic.code == "E0023");
    let first = |diagnostic: &Diagnostic| {
        diagnostic.secondary.iter().map(|label| (label.file, label.span.start)).collect::<Vec<_>>()
    };
    let apart: HashSet<_> = apart.flat_map(first).collect();
    diagnostics.retain(|diagnostic| {
        diagnostic.code != "E0012" || !apart.contains(&(diagnostic.file, diagnostic.primary.span.start))
    });
    let mut seen = HashSet::new();
    diagnostics.retain(|diagnostic| {
        let span = diagnostic.primary.span;
        seen.insert((diagnostic.file, span.start, span.end, diagnostic.code))
    });
    diagnostics
}

impl copies::Source for Program<'_> {
    fn is_own(&self, function: FnId) -> bool {
        let info = self.function(function);
        !self.modules[info.module].standard && !matches!(info.kind, FunctionKind::Derived(_))
    }

    fn name(&self, function: FnId) -> &str {
        &self.function(function).short
    }
}
