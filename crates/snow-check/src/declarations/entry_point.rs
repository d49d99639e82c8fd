//! The function that a program begins with.

use crate::hir::FnId;
use crate::infer::lost_failure;
use crate::program::{Program, Value};
use crate::types::Head;
use snow_syntax::diagnostic::{Diagnostic, Severity};

/// `main` of the module that the program begins with, when it takes no arguments.
pub fn main_function(program: &Program) -> Option<FnId> {
    let module = *program.own_modules.get("Main")?;
    match &program.modules[module].values.get("main")?.what {
        Value::Functions(ids) => ids.iter().copied().find(|id| {
            let info = program.function(*id);
            info.arity == 0 && !info.is_actor()
        }),
        _ => None,
    }
}

/// `main` takes no arguments, and what it returns is dropped.
pub fn check_main(program: &Program) {
    let Some(module) = program.own_modules.get("Main").copied() else { return };
    let Some(declared) = program.modules[module].values.get("main") else { return };
    let Some(main) = main_function(program) else {
        return program.report(
            Diagnostic::error(
                "E0003",
                program.modules[module].file,
                declared.span,
                "`main` is a function without parameters",
            )
            .help("`Env.arguments()` gives the arguments of the program"),
        );
    };
    let scheme = program.function(main).scheme.as_ref();
    let result = scheme.and_then(|scheme| scheme.ty.as_fun()).and_then(|(_, result)| result.head());
    // Where something is wrong, that comes first.
    let is_error = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error;
    let wrong = program.diagnostics.borrow().iter().any(is_error);
    if !wrong && result.is_some_and(|head| program.language.result.map(Head::Named) == Some(head)) {
        let message = "`main` ends with a Result, which nobody looks at";
        program.report(lost_failure(program.modules[module].file, declared.span, message));
    }
}
