//! Imports: which modules one may name, and what they bring with them.

use crate::library::dotted;
use crate::program::{ImportedName, ModuleId, Program};
use snow_syntax::ast::{self, ItemKind};
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;

/// `Geometry.Plane` as it was written.
pub(super) fn segments(path: &ast::Path) -> Vec<&str> {
    path.iter().map(|name| name.text.as_str()).collect()
}

pub(super) fn path_span(path: &ast::Path) -> Span {
    path[0].span.to(path[path.len() - 1].span)
}

impl<'a> Program<'a> {
    /// The imports of a module, and whether they are public.
    pub(super) fn imports_of(
        &self,
        module: ModuleId,
    ) -> impl Iterator<Item = (&'a ast::Import, bool)> + use<'a> {
        self.modules[module].items.iter().filter_map(|item| match &item.kind {
            ItemKind::Import(import) if !import.path.is_empty() => Some((import, item.public)),
            _ => None,
        })
    }

    /// Notes what a module imports; what does not exist is reported.
    pub(crate) fn collect_imports(&mut self, module: ModuleId) {
        for (import, public) in self.imports_of(module) {
            let path = &import.path;
            let target = self.module_by_path(module, &segments(path));
            if let Some(target) = target {
                if !self.may_name(module, target) {
                    self.report_private_module(module, path);
                }
                self.note_import(module, target, path_span(path));
            }
            match (target, &import.names) {
                (Some(target), None) => self.import_module(module, target, import),
                (Some(target), Some(names)) => {
                    for name in names {
                        self.import_name(module, target, name, public);
                    }
                }
                (None, Some(names)) if self.is_folder(module, path, names) => {
                    for name in names {
                        self.import_from_folder(module, path, name);
                    }
                }
                (None, names) => self.imported_module_is_missing(module, import, names.as_deref()),
            }
        }
    }

    fn note_import(&mut self, module: ModuleId, target: ModuleId, place: Span) {
        let info = &mut self.modules[module];
        if !info.imports.contains(&target) {
            info.imports.push(target);
            info.import_places.push(place);
        }
    }

    /// `import M`, `import M as N`
    fn import_module(&mut self, module: ModuleId, target: ModuleId, import: &ast::Import) {
        let Some(name) = import.alias.as_ref().or(import.path.last()) else { return };
        if let Some(alias) = &import.alias
            && let Some(last) = import.path.last()
        {
            self.check_alias_case(module, last, alias);
        }
        self.add_qualifier(module, &name.text, target);
    }

    fn imported_module_is_missing(
        &mut self,
        module: ModuleId,
        import: &ast::Import,
        names: Option<&[ast::ImportedName]>,
    ) {
        let path = &import.path;
        // What the prelude puts in scope is read in when it is named.
        if self.modules[module].standard && self.library.has(&dotted(path)) {
            return;
        }
        self.report_missing_module(module, path, path_span(path));
        self.modules[module].lacks_module = true;
        let missing = &mut self.modules[module].missing_imports;
        match names {
            Some(names) => missing.extend(names.iter().map(|name| name.own_name().text.clone())),
            None => {
                let known_as = import.alias.iter().chain(path.first()).chain(path.last());
                missing.extend(known_as.map(|name| name.text.clone()));
            }
        }
    }

    pub(super) fn add_qualifier(&mut self, module: ModuleId, name: &str, target: ModuleId) {
        // Modules and services that are declared here are nearer than any import.
        if self.inline_module(module, name).is_some() {
            return;
        }
        let known = self.modules[module].qualifiers.entry(name.to_string()).or_default();
        if !known.contains(&target) {
            known.push(target);
        }
    }

    /// `from M import name`, `import M.{name as other}`
    fn import_name(
        &mut self,
        module: ModuleId,
        target: ModuleId,
        imported: &ast::ImportedName,
        public: bool,
    ) {
        let (name, own) = (&imported.name, imported.own_name());
        if let Some(alias) = &imported.alias {
            self.check_alias_case(module, name, alias);
        } else if !public && is_word(&name.text) {
            self.report_word(module, target, name);
        }
        if let Some(inner) = self.module_in(target, &name.text) {
            self.add_qualifier(module, &own.text, inner);
        } else if let Some(inner) = self.file_below(module, target, &name.text) {
            self.note_import(module, inner, name.span);
            self.add_qualifier(module, &own.text, inner);
            return;
        }
        // A constructor may have been given another name.
        if self.constructor_names.contains(&name.text) {
            self.constructor_names.insert(own.text.clone());
        }
        let found = ImportedName { module: target, name: name.text.clone() };
        let Some(earlier) = self.modules[module].imported_names.insert(own.text.clone(), found.clone())
        else {
            return;
        };
        if earlier == found {
            return self.warn_about_second_name(module, own);
        }
        if self.are_same(&earlier, &found) {
            return;
        }
        // Neither is meant, and nothing more is said of it.
        self.modules[module].imported_names.remove(&own.text);
        self.modules[module].missing_imports.insert(own.text.clone());
        self.report_two_of_a_name(module, own, [&earlier, &found]);
    }

    /// The module of a file in a module's folder, unless the module itself has something of that name:
    /// `import Net.{Tcp}`.
    pub(super) fn file_below(&self, module: ModuleId, target: ModuleId, name: &str) -> Option<ModuleId> {
        if !name.starts_with(char::is_uppercase) || self.declares(target, name) {
            return None;
        }
        self.imported_module(module, &format!("{}.{name}", self.modules[target].name))
    }

    /// Does a module have anything of this name, public or not?
    fn declares(&self, module: ModuleId, name: &str) -> bool {
        let info = &self.modules[module];
        info.values.contains_key(name)
            || info.constructors.contains_key(name)
            || info.types.contains_key(name)
            || info.interfaces.contains_key(name)
            || self.module_in(module, name).is_some()
    }

    /// Is a path no module, but a folder in which one of the names is?
    fn is_folder(&self, module: ModuleId, path: &ast::Path, names: &[ast::ImportedName]) -> bool {
        names.iter().any(|name| self.in_folder(module, path, name).is_some())
    }

    pub(super) fn in_folder(
        &self,
        module: ModuleId,
        path: &ast::Path,
        name: &ast::ImportedName,
    ) -> Option<ModuleId> {
        self.imported_module(module, &format!("{}.{}", dotted(path), name.name.text))
    }

    /// `import Geometry.{Plane, Solid}` where `geometry` is a folder only.
    fn import_from_folder(&mut self, module: ModuleId, path: &ast::Path, imported: &ast::ImportedName) {
        let own = imported.own_name();
        match self.in_folder(module, path, imported) {
            Some(inner) => {
                if let Some(alias) = &imported.alias {
                    self.check_alias_case(module, &imported.name, alias);
                }
                self.note_import(module, inner, imported.name.span);
                self.add_qualifier(module, &own.text, inner);
            }
            None => {
                let whole = path.iter().chain([&imported.name]).cloned().collect();
                self.report_missing_module(module, &whole, imported.name.span);
                self.modules[module].missing_imports.insert(own.text.clone());
            }
        }
    }

    /// Do two names stand for the same thing? A module that hands something on is not its origin.
    fn are_same(&self, a: &ImportedName, b: &ImportedName) -> bool {
        let exports = |from: &ImportedName| {
            let info = &self.modules[from.module];
            let value = info.values.get(&from.name).filter(|found| found.public).map(|found| &found.what);
            let ty = info.types.get(&from.name).filter(|found| found.public).map(|found| found.what);
            let interface =
                info.interfaces.get(&from.name).filter(|found| found.public).map(|found| found.what);
            let constructors = info.constructors.get(&from.name).into_iter().flatten();
            let constructors: Vec<_> = constructors.map(|found| found.what).collect();
            (value.cloned(), ty, interface, constructors, self.module_in(from.module, &from.name))
        };
        exports(a) == exports(b)
    }

    pub(crate) fn check_imported_names(&mut self, module: ModuleId) {
        for (import, _) in self.imports_of(module) {
            let Some(names) = &import.names else { continue };
            let Some(target) = self.module_by_path(module, &segments(&import.path)) else { continue };
            for name in names {
                if !self.check_imported_name(module, target, &name.name) {
                    self.modules[module].missing_imports.insert(name.own_name().text.clone());
                }
            }
        }
    }

    fn check_alias_case(&self, module: ModuleId, name: &ast::Name, alias: &ast::Name) {
        let is_capital = |name: &ast::Name| name.text.starts_with(char::is_uppercase);
        if is_capital(name) == is_capital(alias) {
            return;
        }
        let (letter, what) = match is_capital(name) {
            true => ("capital", "modules, types, interfaces and constructors"),
            false => ("small", "functions and constants"),
        };
        let message = format!("the other name of `{}` begins with a {letter} letter, too", name.text);
        let help = format!("that is how {what} are told from other names");
        let file = self.modules[module].file;
        self.report(Diagnostic::error("E0060", file, alias.span, message).help(help));
    }
}

/// Is a name a word of the language, which means itself wherever it is written without its module?
fn is_word(name: &str) -> bool {
    use snow_syntax::syntax_kind::SyntaxKind::{self, *};
    SyntaxKind::keyword(name).is_some_and(|kind| {
        !matches!(kind, CallKw | CastKw | MonitorKw | AliasKw | CondKw | TraitKw | TrapKw | WithKw)
    })
}
