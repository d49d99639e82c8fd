//! Imports: which modules one may name, and what they bring with them.

use crate::library::dotted;
use crate::program::{ModuleId, Program};
use crate::scope::NameError;
use crate::scope::opaque_types::Attempt;
use snow_syntax::ast::{self, ItemKind};
use snow_syntax::diagnostic::Diagnostic;

/// So many names of a module are told when one that it lacks was asked for.
const LISTED: usize = 6;

impl Program<'_> {
    /// Notes what a module imports; what does not exist is reported.
    pub(crate) fn collect_imports(&mut self, module: ModuleId) {
        for item in self.modules[module].items {
            let (path, names) = match &item.kind {
                ItemKind::Import(path) => (path, None),
                ItemKind::From(path, names) => (path, Some(names)),
                _ => continue,
            };
            let Some(last) = path.last() else { continue };
            let name = dotted(path);
            let Some(target) = self.imported_module(module, &name) else {
                self.imported_module_is_missing(module, path, names.map(Vec::as_slice));
                continue;
            };
            if !self.may_name(module, target) {
                self.report_private_module(module, path);
            }
            let info = &mut self.modules[module];
            if !info.imports.contains(&target) {
                info.imports.push(target);
            }
            match names {
                None => self.add_qualifier(module, &last.text, target),
                Some(names) => names.iter().for_each(|name| self.import_name(module, target, name)),
            }
        }
    }

    fn imported_module_is_missing(
        &mut self,
        module: ModuleId,
        path: &ast::Path,
        names: Option<&[ast::Name]>,
    ) {
        let name = dotted(path);
        // What the prelude puts in scope is read in when it is named.
        if self.modules[module].standard && self.library.has(&name) {
            return;
        }
        self.report_missing_module(module, path, &name);
        self.modules[module].lacks_module = true;
        let missing = &mut self.modules[module].missing_imports;
        match names {
            Some(names) => missing.extend(names.iter().map(|name| name.text.clone())),
            None => missing.extend(path.first().into_iter().chain(path.last()).map(|name| name.text.clone())),
        }
    }

    fn add_qualifier(&mut self, module: ModuleId, name: &str, target: ModuleId) {
        // Modules and services that are declared here are nearer than any import.
        if self.inline_module(module, name).is_some() {
            return;
        }
        let known = self.modules[module].qualifiers.entry(name.to_string()).or_default();
        if !known.contains(&target) {
            known.push(target);
        }
    }

    /// `from M import name`
    fn import_name(&mut self, module: ModuleId, target: ModuleId, name: &ast::Name) {
        if let Some(inner) = self.inline_module(target, &name.text) {
            self.add_qualifier(module, &name.text, inner);
        }
        let Some(earlier) = self.modules[module].imported_names.insert(name.text.clone(), target) else {
            return;
        };
        if earlier == target {
            return;
        }
        // Neither is meant, and nothing more is said of it.
        self.modules[module].imported_names.remove(&name.text);
        self.modules[module].missing_imports.insert(name.text.clone());
        let (first, second) = (&self.modules[earlier].name, &self.modules[target].name);
        let message = format!("`{}` is imported from `{first}` and from `{second}`", name.text);
        let help = "import one of them by its name, and write the other with its module";
        self.report(Diagnostic::error("E0050", self.modules[module].file, name.span, message).help(format!(
            "{help}: `{}.{}`",
            self.written_module(module, earlier),
            name.text
        )));
    }

    fn report_missing_module(&self, module: ModuleId, path: &ast::Path, name: &str) {
        let span = path[0].span.to(path[path.len() - 1].span);
        let file = self.modules[module].file;
        let diagnostic = Diagnostic::error("E0031", file, span, format!("there is no module `{name}`"));
        self.report(match self.meant(name, || self.module_names()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help(
                "modules are the files of the program's folder: `geometry/plane.snow` is `Geometry.Plane`",
            ),
        });
    }

    fn report_private_module(&self, module: ModuleId, path: &ast::Path) {
        let span = path[0].span.to(path[path.len() - 1].span);
        let file = self.modules[module].file;
        self.report(
            Diagnostic::error("E0035", file, span, format!("the module `{}` is private", dotted(path)))
                .help("write `pub` in front of its declaration to use it in other files"),
        );
    }

    pub(crate) fn check_imported_names(&mut self, module: ModuleId) {
        for item in self.modules[module].items {
            let ItemKind::From(path, names) = &item.kind else { continue };
            let Some(target) = self.imported_module(module, &dotted(path)) else { continue };
            for name in names {
                if !self.check_imported_name(module, target, path, name) {
                    self.modules[module].missing_imports.insert(name.text.clone());
                }
            }
        }
    }

    /// False: there is no such name to be had, which is reported.
    fn check_imported_name(
        &self,
        module: ModuleId,
        target: ModuleId,
        path: &ast::Path,
        name: &ast::Name,
    ) -> bool {
        let info = &self.modules[target];
        let ty = info.types.get(&name.text).map(|found| found.public);
        let interface = info.interfaces.get(&name.text).map(|found| found.public);
        let value = self.member(module, target, &name.text);
        let inner = self.inline_module(target, &name.text).map(|inner| self.modules[inner].public);
        let found = [ty, interface, inner];
        if found.contains(&Some(true)) || value.is_ok() {
            return true;
        }
        let path: Vec<&str> = path.iter().chain([name]).map(|name| name.text.as_str()).collect();
        if let Some(ty) = self.closed_constructor(module, &path) {
            self.report_closed(module, ty, Attempt::Build, Some(&name.text), name.span);
            return false;
        }
        let file = self.modules[module].file;
        if found.contains(&Some(false)) || matches!(value, Err(NameError::Private)) {
            let message = format!("`{}` is private to the module `{}`", name.text, info.name);
            self.report(
                Diagnostic::error("E0035", file, name.span, message)
                    .help("write `pub` in front of its declaration to use it in other modules"),
            );
            return false;
        }
        let message = format!("the module `{}` has no `{}`", info.name, name.text);
        let diagnostic = Diagnostic::error("E0034", file, name.span, message);
        self.report(match self.meant(&name.text, || self.public_names(target)) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => self.with_what_it_has(diagnostic, target),
        });
        false
    }

    /// What to do about a name that a module lacks. When the program has a module with the name of one of the library's,
    /// the other one may have been meant.
    pub(crate) fn with_what_it_has(&self, diagnostic: Diagnostic, target: ModuleId) -> Diagnostic {
        let info = &self.modules[target];
        let name = &info.name;
        if info.standard || !self.library.has(name) {
            let mut known = self.public_names(target);
            known.retain(|name| !name.contains(['.', '(']));
            known.sort_unstable();
            let listed: Vec<String> = known.iter().take(LISTED).map(|name| format!("`{name}`")).collect();
            return diagnostic.help(match known.len() {
                0 => "what others may use of a module stands behind `pub`".to_string(),
                count if count > LISTED => {
                    format!("it has {} and {} more", listed.join(", "), count - LISTED)
                }
                _ => format!("it has {}", listed.join(", ")),
            });
        }
        diagnostic.help(format!(
            "`import {name}` means the file of this program; the library's module `{name}` is used without an \
             import, or after renaming the file"
        ))
    }

    /// Imports that lead back to the module they start from.
    pub(crate) fn report_import_cycles(&self) {
        let mut done = vec![false; self.modules.len()];
        for start in 0..self.modules.len() {
            // Depth first, without recursion: a chain of imports may be long.
            let mut path: Vec<(ModuleId, usize)> = vec![(start, 0)];
            while let Some((module, next)) = path.last_mut() {
                let module = *module;
                if done[module] {
                    path.pop();
                    continue;
                }
                let Some(import) = self.modules[module].imports.get(*next).copied() else {
                    done[module] = true;
                    path.pop();
                    continue;
                };
                *next += 1;
                if let Some(at) = path.iter().position(|(on_path, _)| *on_path == import) {
                    let mut names: Vec<&str> =
                        path[at..].iter().map(|(id, _)| self.modules[*id].name.as_str()).collect();
                    names.push(&self.modules[import].name);
                    self.report_cycle(module, import, &names);
                } else if !done[import] {
                    path.push((import, 0));
                }
            }
        }
    }

    fn report_cycle(&self, module: ModuleId, import: ModuleId, names: &[&str]) {
        let span = self.modules[module].items.iter().find_map(|item| match &item.kind {
            ItemKind::Import(path) | ItemKind::From(path, _) => (dotted(path) == self.modules[import].name)
                .then_some(path[0].span.to(path[path.len() - 1].span)),
            _ => None,
        });
        let message = if module == import {
            format!("the module `{}` imports itself", names[0])
        } else {
            format!("these modules import each other: {}", names.join(" → "))
        };
        self.report(
            Diagnostic::error("E0041", self.modules[module].file, span.unwrap_or_default(), message)
                .help("move what both need into a third module"),
        );
    }
}
