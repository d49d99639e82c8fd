//! What a name means as a type, and as an interface.

use super::NameError;
use crate::hir::{InterfaceId, TypeId};
use crate::program::{Declared, ImportedName, Module, ModuleId, Program, TypeKind, TypeName};
use snow_syntax::ast::LIBRARY;

impl Program<'_> {
    /// An unqualified type that declarations and imports give, those of the language aside.
    pub fn type_name(&self, module: ModuleId, name: &str) -> Result<TypeName, NameError> {
        for around in self.around(module) {
            let info = &self.modules[around];
            if let Some(found) = info.types.get(name) {
                return Ok(found.what);
            }
            if let Some(found) =
                info.imported_names.get(name).and_then(|from| self.exported_type(from.module, &from.name))
            {
                return Ok(found);
            }
            let exported = |import: &ModuleId| Some((*import, self.exported_type(*import, name)?));
            let same = |a: TypeName, b: TypeName| {
                a == b || self.declared_type(a).is_some_and(|a| self.declared_type(b) == Some(a))
            };
            if let Some(found) = only(info.imports.iter().filter_map(exported), same)? {
                return Ok(found);
            }
        }
        Err(NameError::Missing)
    }

    pub fn exported_type(&self, module: ModuleId, name: &str) -> Option<TypeName> {
        public(self.modules[module].types.get(name))
    }

    /// A type that is in scope unasked: one of the prelude's, one that the prelude imports by its name, or the type that
    /// a module of the library is named after (`Timer`, `Job`).
    pub fn standard_type(&self, name: &str) -> Option<TypeName> {
        let prelude = self.language.prelude?;
        let imported = || self.modules[prelude].imported_names.get(name);
        let named_alike = || self.library_modules.get(name).copied();
        self.exported_type(prelude, name)
            .or_else(|| imported().and_then(|from| self.exported_type(from.module, &from.name)))
            .or_else(|| self.exported_type(named_alike()?, name))
    }

    /// A type by its path, built-in ones aside.
    pub fn type_path(&self, module: ModuleId, path: &[&str]) -> Result<TypeName, NameError> {
        match path {
            [] => Err(NameError::Missing),
            [name] => match name.strip_prefix(LIBRARY) {
                Some(name) => self.standard_type(name).ok_or(NameError::Missing),
                None => match self.type_name(module, name) {
                    Err(NameError::Missing) => self.standard_type(name).ok_or(NameError::Missing),
                    found => found,
                },
            },
            [.., name] => self.qualified(module, path, |info| info.types.get(*name)),
        }
    }

    /// An interface by its path.
    pub fn interface_path(&self, module: ModuleId, path: &[&str]) -> Result<InterfaceId, NameError> {
        let [name] = path else {
            let Some(name) = path.last() else { return Err(NameError::Missing) };
            return self.qualified(module, path, |info| info.interfaces.get(*name));
        };
        let exported = |from: &ModuleId| Some((*from, public(self.modules[*from].interfaces.get(*name))?));
        let imported = |from: &ImportedName| public(self.modules[from.module].interfaces.get(&from.name));
        for around in self.around(module) {
            let info = &self.modules[around];
            if let Some(found) = info.interfaces.get(*name) {
                return Ok(found.what);
            }
            if let Some(found) = info.imported_names.get(*name).and_then(imported) {
                return Ok(found);
            }
            if let Some(found) = only(info.imports.iter().filter_map(exported), |a, b| a == b)? {
                return Ok(found);
            }
        }
        let prelude = self.language.prelude.ok_or(NameError::Missing)?;
        let own = public(self.modules[prelude].interfaces.get(*name));
        let brought = || self.modules[prelude].imported_names.get(*name).and_then(imported);
        own.or_else(brought).ok_or(NameError::Missing)
    }

    /// What a path that begins with a module leads to.
    fn qualified<T: Copy>(
        &self,
        module: ModuleId,
        path: &[&str],
        declared: impl for<'m> FnOnce(&'m Module) -> Option<&'m Declared<T>>,
    ) -> Result<T, NameError> {
        if let Some((first, second)) = self.ambiguous_qualifier(module, path[0]) {
            return Err(NameError::Ambiguous(first, second));
        }
        // The last segment is no part of the module's name, though a module may be called the same.
        let (_, modules) = path.split_last().ok_or(NameError::Missing)?;
        let (target, length) = self.path_module(module, modules).ok_or(NameError::Missing)?;
        if length != modules.len() {
            let hidden = self.private_module(module, path).is_some();
            return Err(if hidden { NameError::Private } else { NameError::Missing });
        }
        match declared(&self.modules[target]) {
            Some(found) if found.public || self.is_around(module, target) => Ok(found.what),
            Some(_) => Err(NameError::Private),
            None => Err(NameError::Missing),
        }
    }

    /// A struct type by its path.
    pub fn struct_path(&self, module: ModuleId, path: &[&str]) -> Result<TypeId, NameError> {
        let ty = self.declared_type(self.type_path(module, path)?).ok_or(NameError::Missing)?;
        match self.type_info(ty).kind {
            TypeKind::Struct(_) => Ok(ty),
            TypeKind::Sum(_) => Err(NameError::Missing),
        }
    }
}

fn public<T: Copy>(declared: Option<&Declared<T>>) -> Option<T> {
    declared.filter(|declared| declared.public).map(|declared| declared.what)
}

/// What all that have something of a name agree on.
fn only<T: Copy>(
    found: impl Iterator<Item = (ModuleId, T)>,
    same: impl Fn(T, T) -> bool,
) -> Result<Option<T>, NameError> {
    let mut first: Option<(ModuleId, T)> = None;
    for (module, next) in found {
        match first {
            None => first = Some((module, next)),
            Some((earlier, known)) if !same(known, next) => {
                return Err(NameError::Ambiguous(earlier, module));
            }
            Some(_) => {}
        }
    }
    Ok(first.map(|(_, found)| found))
}
