//! Constructors by name. Several types may have one of the same name: then the type that is expected decides.

use super::{Meaning, NameError};
use crate::hir::TypeId;
use crate::program::{ModuleId, Program, TypeDeclaration, TypeName};
use snow_syntax::ast::{self, LIBRARY};
use std::cell::Cell;

/// The constructors that a name may stand for, one for each type, the nearest first.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    found: Vec<(TypeId, usize)>,
    /// So many of them are equally near.
    nearest: usize,
}

impl Candidates {
    pub fn one_level(found: impl IntoIterator<Item = (TypeId, usize)>) -> Candidates {
        let mut candidates = Candidates::default();
        candidates.add_level(found);
        candidates
    }

    /// Adds what is farther away than all before.
    pub fn add_level(&mut self, level: impl IntoIterator<Item = (TypeId, usize)>) {
        for constructor in level {
            if !self.found.contains(&constructor) {
                self.found.push(constructor);
            }
        }
        if self.nearest == 0 {
            self.nearest = self.found.len();
        }
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// When no type tells them apart: one is meant if it is nearer than all others.
    pub fn nearest(&self) -> &[(TypeId, usize)] {
        &self.found[..self.nearest]
    }

    /// The constructor of a type.
    pub fn of_type(&self, wanted: TypeId) -> Option<(TypeId, usize)> {
        self.found.iter().copied().find(|(ty, _)| *ty == wanted)
    }

    /// Does a type decide at all?
    pub fn is_certain(&self) -> bool {
        self.found.len() == 1
    }
}

/// Aliases of aliases, at most.
const MAX_ALIASES: u32 = 32;

thread_local! {
    /// To know whether two imports mean the same, aliases are followed, which may ask the same of others.
    static FOLLOWING: Cell<u32> = const { Cell::new(0) };
}

impl Program<'_> {
    /// What a bare name means as a constructor.
    pub fn constructors(&self, module: ModuleId, name: &str) -> Candidates {
        let mut candidates = Candidates::default();
        let (standard, name) = match name.strip_prefix(LIBRARY) {
            Some(name) => (true, name),
            None => (false, name),
        };
        if !self.constructor_names.contains(name) {
            return candidates;
        }
        for around in self.around(module).filter(|_| !standard) {
            let info = &self.modules[around];
            candidates.add_level(self.own_constructors(around, name));
            if let Some(from) = info.imported_names.get(name) {
                candidates.add_level(self.exported_constructors(module, from.module, &from.name));
            }
            candidates.add_level(
                info.imports.iter().flat_map(|import| self.exported_constructors(module, *import, name)),
            );
        }
        if let Some(prelude) = self.language.prelude {
            candidates.add_level(self.exported_constructors(module, prelude, name));
            if let Some(from) = self.modules[prelude].imported_names.get(name) {
                candidates.add_level(self.exported_constructors(module, from.module, &from.name));
            }
        }
        candidates
    }

    /// A constructor written with its type or module: `Shape.Disc`, `Ws.Text`, `Ws.Message.Text`.
    pub fn constructor_path(&self, module: ModuleId, path: &[&str]) -> Candidates {
        let Some((name, prefix)) = path.split_last() else { return Candidates::default() };
        if prefix.is_empty() {
            return self.constructors(module, name);
        }
        if let Some((target, length)) = self.path_module(module, prefix)
            && length == prefix.len()
            && let Ok(Meaning::Constructors(candidates)) = self.member_from(module, target, name)
        {
            return candidates;
        }
        let of_type = |ty: TypeId| self.constructor_index(ty, name).map(|index| (ty, index));
        let found = self.type_path(module, prefix).ok().and_then(|named| self.declared_type(named));
        let found = found.filter(|ty| self.is_open(module, *ty));
        Candidates::one_level(found.and_then(of_type))
    }

    pub(super) fn own_constructors(&self, module: ModuleId, name: &str) -> Vec<(TypeId, usize)> {
        let declared = self.modules[module].constructors.get(name);
        declared.into_iter().flatten().map(|declared| declared.what).collect()
    }

    /// Constructors of public sum types, and of those that public aliases name, in the order of the source; of opaque
    /// types where they are open.
    pub fn exported_constructors(
        &self,
        from: ModuleId,
        target: ModuleId,
        name: &str,
    ) -> Vec<(TypeId, usize)> {
        if !self.constructor_names.contains(name) {
            return Vec::new();
        }
        let info = &self.modules[target];
        let declared = info.constructors.get(name).into_iter().flatten();
        let mut found: Vec<(TypeId, usize)> = declared
            .map(|declared| declared.what)
            .filter(|(ty, _)| self.type_info(*ty).public && self.is_open(from, *ty))
            .collect();
        let mut aliases: Vec<(u32, usize)> = info
            .types
            .values()
            .filter(|declared| declared.public)
            .filter_map(|declared| match declared.what {
                TypeName::Alias(alias) => Some((declared.span.start, alias)),
                TypeName::Type(_) => None,
            })
            .collect();
        aliases.sort_unstable();
        for (_, alias) in aliases {
            if let Some(ty) = self.aliased_type(alias)
                && self.is_open(from, ty)
                && let Some(index) = self.constructor_index(ty, name)
                && !found.contains(&(ty, index))
            {
                found.push((ty, index));
            }
        }
        found
    }

    pub fn constructor_index(&self, ty: TypeId, name: &str) -> Option<usize> {
        let info = self.type_info(ty);
        let found = info.numbers.get(name).copied();
        found.filter(|_| matches!(info.declaration, TypeDeclaration::Sum(_)))
    }

    /// The declared type behind a name, if there is one.
    pub fn declared_type(&self, named: TypeName) -> Option<TypeId> {
        match named {
            TypeName::Type(ty) => Some(ty),
            TypeName::Alias(alias) => self.aliased_type(alias),
        }
    }

    /// The declared type behind an alias, if its target is one.
    pub fn aliased_type(&self, alias: usize) -> Option<TypeId> {
        let depth = FOLLOWING.get();
        if depth >= MAX_ALIASES {
            return None;
        }
        FOLLOWING.set(depth + 1);
        let info = &self.aliases[alias];
        let found = match &info.declaration.target.kind {
            ast::TypeKind::Named(path, _) => {
                let segments: Vec<&str> = path.iter().map(|name| name.text.as_str()).collect();
                let target: Result<TypeName, NameError> = self.type_path(info.module, &segments);
                target.ok().and_then(|target| self.declared_type(target))
            }
            _ => None,
        };
        FOLLOWING.set(depth);
        found
    }
}
