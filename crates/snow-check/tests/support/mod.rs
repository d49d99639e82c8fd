//! Programs from text, and diagnostics as text.
#![allow(dead_code)]

use snow_check::{Library, PRELUDE, SourceModule, check, hir, module_name};
use snow_syntax::ast;
use snow_syntax::diagnostic::{Diagnostic, Severity};

/// A module: its name, whether it is of the standard library, its source.
pub struct Text {
    pub name: String,
    pub standard: bool,
    pub source: String,
}

pub fn text(name: &str, standard: bool, source: &str) -> Text {
    Text { name: name.to_string(), standard, source: source.to_string() }
}

/// Parses and checks.
pub fn run(texts: &[Text]) -> (Option<hir::Program>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let trees: Vec<ast::File> = texts
        .iter()
        .enumerate()
        .map(|(index, text)| {
            let (tree, found) = snow_syntax::parse(index, &text.source);
            diagnostics.extend(found);
            tree
        })
        .collect();
    let modules: Vec<SourceModule> = texts
        .iter()
        .zip(&trees)
        .enumerate()
        .map(|(file, (text, ast))| SourceModule {
            name: text.name.clone(),
            standard: text.standard,
            file,
            source: &text.source,
            ast,
        })
        .collect();
    let standard = modules.iter().filter(|module| module.standard);
    let prelude = standard.clone().find(|module| module.name == PRELUDE);
    let library = prelude.map_or(Library::default(), |prelude| {
        Library::new(standard.map(|module| module.name.clone()), prelude.ast)
    });
    let (program, found) = check(&modules, &library);
    diagnostics.extend(found);
    (program, diagnostics)
}

/// Each diagnostic: place, code, message, labels, help.
pub fn report(texts: &[Text], diagnostics: &[Diagnostic]) -> String {
    let mut lines = Vec::new();
    for diagnostic in diagnostics {
        let source = &texts[diagnostic.file].source;
        let place = |offset: u32| {
            let before = &source[..offset as usize];
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
            format!("{line}:{column}")
        };
        let span = diagnostic.primary.span;
        let severity = if diagnostic.severity == Severity::Error { "" } else { "warning " };
        let file = if texts.len() > 1 && texts[diagnostic.file].name != "Main" {
            format!("{} ", texts[diagnostic.file].name)
        } else {
            String::new()
        };
        let marked = source[span.start as usize..span.end as usize].lines().next().unwrap_or("");
        lines.push(format!(
            "{file}{} {severity}{}: {}",
            place(span.start),
            diagnostic.code,
            diagnostic.message
        ));
        lines.push(format!("    at: {marked}"));
        if !diagnostic.primary.text.is_empty() {
            lines.push(format!("    label: {}", diagnostic.primary.text));
        }
        for label in &diagnostic.secondary {
            let (file, line) = match label.file == diagnostic.file {
                true => (String::new(), place(label.span.start)),
                false => (format!("{} ", texts[label.file].name), "declaration".to_string()),
            };
            lines.push(format!("    {file}{line}: {}", label.text));
        }
        lines.extend(diagnostic.help.iter().map(|help| format!("    help: {help}")));
    }
    lines.join("\n")
}

/// The repository's standard library. Examples are programs, not modules.
pub fn library() -> Vec<Text> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib");
    let mut texts = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                if !path.ends_with("examples") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "snow") {
                let inside = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().into_owned();
                let source = std::fs::read_to_string(&path).unwrap_or_default();
                texts.push(Text { name: module_name(&inside), standard: true, source });
            }
        }
    }
    texts.sort_by(|a, b| a.name.cmp(&b.name));
    texts
}
