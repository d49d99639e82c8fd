//! Names that could have been meant, for "did you mean". What is only offered may be offered in any order: the nearest
//! is chosen, and of several the first by the alphabet.

use crate::hir::TypeId;
use crate::nearest_name::nearest;
use crate::program::{ModuleId, Program};
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;

/// A name that could have been meant is looked for in so many diagnostics of a program. Where there are more, most have
/// one reason, and looking at all names for each would take long.
const MOST_SUGGESTIONS: usize = 100;

impl Program<'_> {
    /// The one of the candidates that was meant by an unknown name; `None`, too, for what is found after many others.
    pub fn meant<T: AsRef<str>, C: IntoIterator<Item = T>>(
        &self,
        name: &str,
        candidates: impl FnOnce() -> C,
    ) -> Option<T> {
        let looked = self.suggestions.get();
        if looked == MOST_SUGGESTIONS {
            return None;
        }
        self.suggestions.set(looked + 1);
        nearest(name, candidates())
    }

    /// How a module can write a declared type: `Message`, `Ws.Message`.
    pub fn written_type(&self, module: ModuleId, ty: TypeId) -> String {
        let info = self.type_info(ty);
        let is_it = |path: &[&str]| {
            self.type_path(module, path).is_ok_and(|named| self.declared_type(named) == Some(ty))
        };
        if is_it(&[&info.short]) {
            return info.short.clone();
        }
        // Under its own name, or under that of an alias, in a module that is imported.
        for import in &self.modules[module].imports {
            let target = &self.modules[*import];
            let mut names: Vec<(u32, &str)> = target
                .types
                .iter()
                .filter(|(_, declared)| declared.public && self.declared_type(declared.what) == Some(ty))
                .map(|(name, declared)| (declared.span.start, name.as_str()))
                .collect();
            names.sort_unstable();
            for (_, name) in names {
                if is_it(&[name]) {
                    return name.to_string();
                }
                let path = format!("{}.{name}", self.written_module(module, *import));
                if is_it(&path.split('.').collect::<Vec<_>>()) {
                    return path;
                }
            }
        }
        format!("{}.{}", self.modules[info.module].name, info.short)
    }

    /// How a module can write the name of one that it imports.
    pub fn written_module(&self, module: ModuleId, target: ModuleId) -> &str {
        let info = &self.modules[target];
        let short = info.last_segment();
        if self.qualifier(module, short) == Some(target) { short } else { &info.name }
    }

    /// Says that two imported modules have something of one name.
    pub fn ambiguous_name(
        &self,
        module: ModuleId,
        name: &str,
        modules: [ModuleId; 2],
        span: Span,
    ) -> Diagnostic {
        let [first, second] = modules.map(|id| &self.modules[id]);
        let file = self.modules[module].file;
        let qualifier = first.last_segment() == name && second.last_segment() == name;
        let (what, help) = if qualifier {
            ("is short for", format!("write the whole name: `{}` or `{}`", first.name, second.name))
        } else {
            let written = modules.map(|id| format!("`{}.{name}`", self.written_module(module, id)));
            ("is declared in", format!("write which one is meant: {} or {}", written[0], written[1]))
        };
        let message = format!("`{name}` {what} `{}` and in `{}`", first.name, second.name);
        let message = if qualifier { message.replace(" and in ", " and for ") } else { message };
        Diagnostic::error("E0050", file, span, message).help(help)
    }

    /// What to do where a path begins with a module that is not imported under that name. An import of names brings in
    /// these alone.
    pub fn help_to_import(&self, module: ModuleId, path: &[&str]) -> Option<String> {
        if self.qualifier(module, path.first()?).is_some() {
            return None;
        }
        let imported = || self.around(module).flat_map(|around| self.modules[around].imports.iter());
        let found = (1..=path.len()).rev().find_map(|length| {
            let written = path[..length].join(".");
            let is_it =
                |name: &str| name == written || (length == 1 && name.rsplit('.').next() == Some(&written));
            imported().map(|id| self.modules[*id].name.as_str()).find(|name| is_it(name))
        })?;
        Some(format!(
            "`import {found}.{{…}}` brings in the names in the braces, and not `{}` itself: that takes a line \
             `import {found}` of its own",
            path[0]
        ))
    }

    /// The same for a path to something in a module. A public type is in scope without the module.
    pub fn help_to_qualify(&self, module: ModuleId, path: &[&str]) -> Option<String> {
        let (last, before) = path.split_last().filter(|(_, before)| !before.is_empty())?;
        let help = self.help_to_import(module, before)?;
        let named = self.type_path(module, &[last]).ok().and_then(|named| self.declared_type(named));
        let home = named.map(|ty| self.modules[self.type_info(ty).module].last_segment());
        Some(match home == before.last().copied() {
            true => format!("`{last}` alone means it here; {help}"),
            false => help,
        })
    }

    /// Names that a value could have been meant to have.
    pub fn value_names(&self, module: ModuleId) -> Vec<String> {
        let mut names = Vec::new();
        for around in self.around(module) {
            let info = &self.modules[around];
            names.extend(info.values.keys().cloned());
            names.extend(info.constructors.keys().cloned());
            names.extend(info.imported_names.keys().cloned());
            for import in &info.imports {
                names.extend(self.public_constructors(*import));
            }
        }
        if let Some(prelude) = self.language.prelude {
            names.extend(self.public_names(prelude));
            names.extend(self.modules[prelude].imported_names.keys().cloned());
        }
        names.retain(|name| can_be_written(name));
        names
    }

    /// What of a module's another one may name.
    pub fn member_names(&self, from: ModuleId, target: ModuleId) -> Vec<String> {
        if !self.is_around(from, target) {
            return self.public_names(target);
        }
        let info = &self.modules[target];
        info.values
            .keys()
            .chain(info.constructors.keys())
            .filter(|name| can_be_written(name))
            .cloned()
            .collect()
    }

    pub fn public_names(&self, module: ModuleId) -> Vec<String> {
        let info = &self.modules[module];
        let values = info.values.iter().filter(|(_, found)| found.public).map(|(name, _)| name.clone());
        values.chain(self.public_constructors(module)).collect()
    }

    /// What an import of a module's may name.
    pub fn exported_names(&self, module: ModuleId) -> Vec<String> {
        let info = &self.modules[module];
        let types = info.types.iter().filter(|(_, found)| found.public).map(|(name, _)| name.clone());
        let interfaces =
            info.interfaces.iter().filter(|(_, found)| found.public).map(|(name, _)| name.clone());
        let inside = info.qualifiers.iter().filter(|(_, found)| {
            let is_inside = |inner: &ModuleId| self.modules[*inner].parent == Some(module);
            found.iter().any(|inner| is_inside(inner) && self.modules[*inner].public)
        });
        let modules = inside.map(|(name, _)| name.clone()).chain(info.reexported_modules.keys().cloned());
        let mut names = self.public_names(module);
        names.extend(types.chain(interfaces).chain(modules));
        names.retain(|name| can_be_written(name));
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Names of modules that an import could have been meant to have: the program's own, and all of the library.
    pub fn module_names(&self) -> impl Iterator<Item = &str> {
        // Nobody imports the module that the program begins with.
        let own = self.own_modules.keys().map(String::as_str).filter(|name| *name != "Main");
        own.chain(self.library.modules())
    }

    fn public_constructors(&self, module: ModuleId) -> impl Iterator<Item = String> + '_ {
        let constructors = self.modules[module].constructors.iter();
        constructors
            .filter(|(_, declared)| declared.iter().any(|declared| declared.public))
            .map(|(name, _)| name.clone())
    }
}

/// Generated items have names that no source can spell: see `expand`.
fn can_be_written(name: &str) -> bool {
    !name.contains(['.', '('])
}
