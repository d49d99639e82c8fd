//! `extern fn`: what the library binds to must be there, with the types that are declared.

use crate::input::{ExternSignatures, SourceModule};
use crate::program::{FunctionKind, Program};
use snow_syntax::ast::{self, ItemKind};
use snow_syntax::diagnostic::Diagnostic;
use std::collections::HashMap;

/// What is known about each name that is declared `extern`.
pub fn extern_table(modules: &[SourceModule], externs: &ExternSignatures) -> HashMap<String, Option<String>> {
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

/// What an `extern fn` binds to must exist, with these types.
pub fn check_externs(program: &Program, externs: &HashMap<String, Option<String>>) {
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
