//! The standard library as a whole: which modules it has, and which of them a program needs.
//!
//! A program holds those modules of the library that it names, and what these name. The rest is not read in. That
//! changes no meaning: every name is resolved by declarations and imports (see `scope`), and a module that nothing
//! names cannot be meant.

use snow_syntax::ast::{self, ItemKind};
use snow_syntax::syntax_kind::SyntaxKind;
use std::collections::{BTreeMap, BTreeSet};

/// The module whose exports every program has in scope, with the names that it imports one by one.
pub const PRELUDE: &str = "Prelude";

/// Forms of the language that are worked out by functions of the library.
const FORMS: [(SyntaxKind, &[&str]); 6] = [
    (SyntaxKind::DotDotEqual, &["Range"]),
    (SyntaxKind::MapStart, &["Map"]),
    (SyntaxKind::KeywordArgument, &["Map"]),
    (SyntaxKind::LinkKw, &["Process"]),
    (SyntaxKind::ServiceKw, &["Service", "Reply"]),
    (SyntaxKind::SupervisorKw, &["Supervisor"]),
];

/// The names of the library's modules, and where the names come from that are in scope unasked.
#[derive(Clone, Debug, Default)]
pub struct Library {
    modules: BTreeSet<String>,
    /// From the prelude's `from M import name`: name to module.
    unasked: BTreeMap<String, String>,
}

impl Library {
    /// `prelude` is the syntax tree of the module of that name.
    pub fn new(modules: impl IntoIterator<Item = String>, prelude: &ast::File) -> Library {
        let mut unasked = BTreeMap::new();
        for item in &prelude.items {
            if let ItemKind::Import(ast::Import { path, names: Some(names), .. }) = &item.kind {
                unasked.extend(names.iter().map(|name| (name.own_name().text.clone(), dotted(path))));
            }
        }
        Library { modules: modules.into_iter().collect(), unasked }
    }

    /// Their names, in alphabetical order.
    pub fn modules(&self) -> impl Iterator<Item = &str> {
        self.modules.iter().map(String::as_str)
    }

    pub fn has(&self, module: &str) -> bool {
        self.modules.contains(module)
    }

    /// The modules that a file needs: what it names and imports, what the names stand for that are in scope unasked, and
    /// what its forms are worked out by.
    pub fn needed_by(&self, file: &ast::File) -> BTreeSet<&str> {
        let mut needed = BTreeSet::new();
        let mut need = |module: &str| needed.extend(self.modules.get(module).map(String::as_str));
        for path in &file.mentions.paths {
            let ends = path.match_indices('.').map(|(at, _)| at).chain([path.len()]);
            ends.for_each(|end| need(&path[..end]));
            let first = path.split('.').next().unwrap_or(path);
            if let Some(module) = self.unasked.get(first) {
                need(module);
            }
        }
        imported_modules(file).iter().for_each(|module| need(module));
        for (form, modules) in FORMS {
            if file.mentions.forms.contains(&form) {
                modules.iter().for_each(|module| need(module));
            }
        }
        needed
    }

    /// The modules that the prelude imports whole: the language itself refers to them, so they are part of every
    /// program.
    pub fn needed_always(&self, prelude: &ast::File) -> BTreeSet<&str> {
        let imported = prelude.items.iter().filter_map(|item| match &item.kind {
            ItemKind::Import(ast::Import { path, names: None, .. }) => {
                self.modules.get(&dotted(path)).map(String::as_str)
            }
            _ => None,
        });
        imported.chain(self.modules.get(PRELUDE).map(String::as_str)).collect()
    }
}

/// `Geometry.Plane`
pub fn dotted(path: &ast::Path) -> String {
    path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".")
}

/// The modules that the imports of a file may mean, also those inside of its inline modules. A name in a list may be that of
/// a module, too: `import Geometry.{Plane}`.
pub fn imported_modules(file: &ast::File) -> Vec<String> {
    fn visit(items: &[ast::Item], found: &mut Vec<String>) {
        for item in items {
            match &item.kind {
                ItemKind::Import(import) => {
                    let module = dotted(&import.path);
                    let names = import.names.iter().flatten().map(|name| &name.name.text);
                    let inside = names.filter(|name| name.starts_with(char::is_uppercase));
                    found.extend(inside.map(|name| format!("{module}.{name}")));
                    found.push(module);
                }
                ItemKind::Module(_, inside) => visit(inside, found),
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    visit(&file.items, &mut found);
    found
}

#[cfg(test)]
mod tests {
    use super::imported_modules;

    #[test]
    fn imports_come_from_the_tree() {
        let text = "import Maths\n# import Comment\n  import HTTP.Head # a comment\nfrom Ws.Frame import header\n\
                    module M do\n  import Inner as Outer\nend\nlet text = \"\nimport Text\n\"\nimport Net.{Tcp, pipe}\n";
        let (tree, _) = snow_syntax::parse(0, text);
        assert_eq!(imported_modules(&tree), ["Maths", "HTTP.Head", "Ws.Frame", "Inner", "Net.Tcp", "Net"]);
    }
}
