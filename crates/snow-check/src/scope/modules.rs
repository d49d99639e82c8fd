//! Which module a name stands for, and whose private names are open.

use crate::program::{ModuleId, Program};
use snow_syntax::ast::LIBRARY;
use std::collections::HashSet;
use std::rc::Rc;

impl Program<'_> {
    /// The module that an import in `from` means. The library's modules see each other only; a program's own come
    /// before the library's; no module imports itself where another one could be meant.
    pub fn imported_module(&self, from: ModuleId, name: &str) -> Option<ModuleId> {
        let library = self.library_modules.get(name).copied();
        if self.modules[from].standard {
            return library;
        }
        let own = self.own_modules.get(name).copied();
        match (own, library) {
            (Some(own), Some(library)) if own == from => Some(library),
            (own, library) => own.or(library),
        }
    }

    /// The same for a name in its parts, which may lead through modules that others hand on.
    pub fn module_by_path(&self, from: ModuleId, path: &[&str]) -> Option<ModuleId> {
        if let Some(found) = self.imported_module(from, &path.join(".")) {
            return Some(found);
        }
        let (last, before) = path.split_last().filter(|(_, before)| !before.is_empty())?;
        let outer = self.module_by_path(from, before)?;
        self.modules[outer].reexported_modules.get(*last).copied()
    }

    /// The module that a name stands for before a dot.
    pub fn qualifier(&self, module: ModuleId, name: &str) -> Option<ModuleId> {
        if let Some(name) = name.strip_prefix(LIBRARY) {
            return self.library_modules.get(name).copied();
        }
        let unasked = || self.library_modules.get(name).copied();
        let itself = || self.around(module).find(|around| self.modules[*around].last_segment() == name);
        match self.declared_qualifier(module, name) {
            [] => unasked().or_else(itself),
            [only] => Some(*only),
            _ => None,
        }
    }

    /// Two modules that a name could stand for before a dot: their paths end alike.
    pub fn ambiguous_qualifier(&self, module: ModuleId, name: &str) -> Option<(ModuleId, ModuleId)> {
        match self.declared_qualifier(module, name) {
            [first, second, ..] => Some((*first, *second)),
            _ => None,
        }
    }

    /// What the nearest module that declares or imports something of this name means by it. A module's whole name means
    /// that one.
    fn declared_qualifier(&self, module: ModuleId, name: &str) -> &[ModuleId] {
        let found = self.around(module).find_map(|around| self.modules[around].qualifiers.get(name));
        let found = found.map_or(&[][..], Vec::as_slice);
        match found.iter().position(|found| self.modules[*found].name == name) {
            Some(whole) => &found[whole..=whole],
            None => found,
        }
    }

    /// The module that a path begins with, and how many segments name it.
    pub fn path_module(&self, module: ModuleId, path: &[&str]) -> Option<(ModuleId, usize)> {
        let (mut found, mut length) = self.first_module(module, path)?;
        // Modules inside of it: `Outer.Inner.f`.
        while let Some(segment) = path.get(length)
            && let Some(inner) = self.module_in(found, segment)
            && self.may_name(module, inner)
        {
            found = inner;
            length += 1;
        }
        Some((found, length))
    }

    /// By its whole name, the longest that fits, or by a qualifier.
    fn first_module(&self, module: ModuleId, path: &[&str]) -> Option<(ModuleId, usize)> {
        for length in (2..=path.len()).rev() {
            let name = path[..length].join(".");
            let named = |found: &ModuleId| self.modules[*found].name == name;
            let imported = |around: ModuleId| self.modules[around].imports.iter().copied().find(named);
            if let Some(found) = self.around(module).find_map(imported).or(Some(module).filter(named)) {
                return Some((found, length));
            }
        }
        Some((self.qualifier(module, path.first()?)?, 1))
    }

    /// The module inside of another one that a path leads to, and that is not `pub`.
    pub fn private_module(&self, from: ModuleId, path: &[&str]) -> Option<ModuleId> {
        let (found, length) = self.path_module(from, path)?;
        let inner = self.module_in(found, path.get(length)?)?;
        (!self.may_name(from, inner)).then_some(inner)
    }

    /// Is a module public, or inside of one that the other one is in, too?
    pub fn may_name(&self, from: ModuleId, target: ModuleId) -> bool {
        let info = &self.modules[target];
        info.public
            || self.is_around(from, target)
            || info.parent.is_some_and(|parent| self.around(from).any(|around| around == parent))
    }

    /// A module that another one declares, or hands on.
    pub fn module_in(&self, outer: ModuleId, name: &str) -> Option<ModuleId> {
        self.inline_module(outer, name).or_else(|| self.modules[outer].reexported_modules.get(name).copied())
    }

    /// A module, or a service or a supervisor, inside of another module.
    pub fn inline_module(&self, outer: ModuleId, name: &str) -> Option<ModuleId> {
        let inner = self.modules[outer].qualifiers.get(name)?;
        inner.iter().copied().find(|inner| self.modules[*inner].parent == Some(outer))
    }

    /// The modules that imports lead to from this one, with those around and inside of them.
    pub fn reached_modules(&self, from: ModuleId) -> Rc<HashSet<ModuleId>> {
        if let Some(known) = self.reached.borrow().get(&from) {
            return known.clone();
        }
        let mut reached = HashSet::new();
        let mut waiting = vec![from];
        while let Some(module) = waiting.pop() {
            if reached.insert(module) {
                let info = &self.modules[module];
                let inside = info.qualifiers.values().flatten().copied();
                waiting.extend(info.imports.iter().copied().chain(info.parent).chain(inside));
            }
        }
        let reached = Rc::new(reached);
        self.reached.borrow_mut().insert(from, reached.clone());
        reached
    }

    /// The module itself, then those around it, inside out.
    pub fn around(&self, module: ModuleId) -> impl Iterator<Item = ModuleId> + '_ {
        std::iter::successors(Some(module), |module| self.modules[*module].parent)
    }

    pub fn is_inside(&self, module: ModuleId, outer: ModuleId) -> bool {
        self.around(module).skip(1).any(|around| around == outer)
    }

    /// Is one of them the other, or inside of it? Then private names are open.
    pub fn is_around(&self, from: ModuleId, target: ModuleId) -> bool {
        self.around(from).any(|around| around == target) || self.around(target).any(|around| around == from)
    }

    /// Would an import that failed have given this name a meaning?
    pub fn import_failed(&self, module: ModuleId, name: &str) -> bool {
        self.around(module).any(|around| self.modules[around].missing_imports.contains(name))
    }

    /// The same for types and constructors, of which a missing module might have brought in any: one message about it
    /// is enough.
    pub fn import_failed_for(&self, module: ModuleId, name: &str) -> bool {
        let imports_fail = || self.around(module).any(|around| self.modules[around].lacks_module);
        self.import_failed(module, name) || (name.starts_with(char::is_uppercase) && imports_fail())
    }
}
