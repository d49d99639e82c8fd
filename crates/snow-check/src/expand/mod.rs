//! Services and supervisors are sugar: here they become the functions, types and actors that they
//! stand for, before names are looked up.
//!
//! What the user wrote stays in the module around the declaration, under names that no source can
//! spell (`Stock.TakeOut` as one name): so it sees exactly what stands around it. What is generated
//! goes into an inline module with the name of the service or the supervisor.

mod build;
pub mod deriving;
mod service;
mod supervisor;
mod tuple_sizes;

pub use service::{LOOP as SERVICE_LOOP, OWN_ADDRESS};
pub use tuple_sizes::tuple_sizes;

use crate::input::SourceModule;
use snow_syntax::ast::{self, Item, ItemKind, Name};
use snow_syntax::diagnostic::Diagnostic;
use std::collections::HashMap;

/// The files that hold services or supervisors, written anew.
pub fn expand(modules: &[SourceModule]) -> (Vec<Option<ast::File>>, Vec<Diagnostic>) {
    let library = modules.iter().filter(|module| module.standard).map(|module| &*module.name).collect();
    let mut expansion = Expansion { library, file: 0, diagnostics: Vec::new() };
    let files = modules
        .iter()
        .map(|module| {
            expansion.file = module.file;
            has_sugar(&module.ast.items).then(|| ast::File {
                doc: module.ast.doc.clone(),
                items: expansion.items(&module.ast.items),
                mentions: module.ast.mentions.clone(),
            })
        })
        .collect();
    (files, expansion.diagnostics)
}

fn has_sugar(items: &[Item]) -> bool {
    items.iter().any(|item| match &item.kind {
        ItemKind::Service(_) | ItemKind::Supervisor(_) => true,
        ItemKind::Module(_, inside) => has_sugar(inside),
        _ => false,
    })
}

struct Expansion<'m> {
    /// The standard modules of the program.
    library: Vec<&'m str>,
    file: usize,
    diagnostics: Vec<Diagnostic>,
}

impl Expansion<'_> {
    fn items(&mut self, items: &[Item]) -> Vec<Item> {
        let mut names: HashMap<&str, &Name> = HashMap::new();
        let mut expanded = Vec::new();
        for item in items {
            let name = match &item.kind {
                ItemKind::Service(declaration) => &declaration.name,
                ItemKind::Supervisor(declaration) => &declaration.name,
                ItemKind::Module(name, inside) => {
                    names.insert(&name.text, name);
                    let kind = ItemKind::Module(name.clone(), self.items(inside));
                    expanded.push(Item { kind, ..item.clone() });
                    continue;
                }
                _ => {
                    expanded.push(item.clone());
                    continue;
                }
            };
            if let Some(earlier) = names.insert(&name.text, name) {
                self.declared_twice(name, earlier, &format!("`{}` is declared twice", name.text));
                continue;
            }
            match &item.kind {
                ItemKind::Service(declaration) => {
                    self.need(&["Service", "Reply"], "services", name);
                    expanded.extend(self.service(declaration, item));
                }
                ItemKind::Supervisor(declaration) => {
                    self.need(&["Supervisor"], "supervisors", name);
                    expanded.extend(self.supervisor(declaration, item));
                }
                _ => {}
            }
        }
        expanded
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn declared_twice(&mut self, name: &Name, earlier: &Name, message: &str) {
        self.report(
            Diagnostic::error("E0044", self.file, name.span, message)
                .also(earlier.span, "the first declaration is here"),
        );
    }

    /// What is generated calls these modules of the library.
    fn need(&mut self, modules: &[&str], what: &str, name: &Name) {
        let Some(module) = modules.iter().find(|module| !self.library.contains(module)) else { return };
        let message = format!("{what} need the module `{module}` of the standard library");
        self.report(Diagnostic::error("E0031", self.file, name.span, message));
    }
}
