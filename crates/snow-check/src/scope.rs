//! What a name means in a module: its own items first, then what it imports, then the prelude and
//! the top-level modules of the standard library.

use crate::hir::{InterfaceId, TypeId};
use crate::program::{ModuleId, Program, TypeKind, TypeName, Value};
use snow_syntax::ast;

/// Why `Module.name` does not lead anywhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MemberError {
    Missing,
    Private,
}

/// Generated code writes this in front of a module of the standard library: no name of the program's
/// own can come in between.
pub const LIBRARY: &str = "std:";

/// Aliases of aliases, at most.
const MAX_ALIASES: u32 = 32;

impl Program<'_> {
    /// The module that a name stands for before a dot.
    pub fn qualifier(&self, module: ModuleId, name: &str) -> Option<ModuleId> {
        let info = &self.modules[module];
        let standard =
            |name: &str| self.module_by_name.get(name).copied().filter(|found| self.modules[*found].standard);
        if let Some(name) = name.strip_prefix(LIBRARY) {
            return standard(name);
        }
        if let Some(found) = info.qualifiers.get(name) {
            return Some(*found);
        }
        if info.last_segment() == name {
            return Some(module);
        }
        if let Some(parent) = info.parent {
            return self.qualifier(parent, name);
        }
        standard(name)
    }

    /// Would an import that failed have brought in this name?
    pub fn import_failed(&self, module: ModuleId, name: &str) -> bool {
        let info = &self.modules[module];
        info.missing_imports.contains(name)
            || info.parent.is_some_and(|parent| self.import_failed(parent, name))
    }

    /// Longest module name at the beginning of a path: the module, and how many segments name it.
    pub fn path_module(&self, module: ModuleId, path: &[&str]) -> Option<(ModuleId, usize)> {
        for length in (2..=path.len()).rev() {
            if let Some(found) = self.module_by_name.get(&path[..length].join("."))
                && (self.modules[module].imports.contains(found) || *found == module)
            {
                return Some((*found, length));
            }
        }
        let mut found = self.qualifier(module, path.first()?)?;
        // Inline modules: `Outer.Inner.f`.
        let mut length = 1;
        while let Some(segment) = path.get(length)
            && let Some(inner) = self.modules[found].qualifiers.get(*segment)
            && self.modules[*inner].parent == Some(found)
        {
            found = *inner;
            length += 1;
        }
        Some((found, length))
    }

    fn top_level_standard(&self) -> impl Iterator<Item = ModuleId> + '_ {
        self.modules
            .iter()
            .enumerate()
            .filter(|(_, module)| module.standard && module.parent.is_none() && !module.name.contains('.'))
            .map(|(id, _)| id)
    }

    /// An unqualified value.
    pub fn value(&self, module: ModuleId, name: &str) -> Option<Value> {
        let info = &self.modules[module];
        if let Some(found) = info.values.get(name) {
            return Some(found.what.clone());
        }
        if let Some(found) = info.constructors.get(name) {
            return Some(Value::Constructor(found.what.0, found.what.1));
        }
        if let Some(from) = info.imported_names.get(name)
            && let Ok(found) = self.member(module, *from, name)
        {
            return Some(found);
        }
        for import in info.imports.iter().rev() {
            if let Some((ty, index)) = self.exported_constructor(module, *import, name) {
                return Some(Value::Constructor(ty, index));
            }
        }
        for import in info.imports.iter().rev() {
            if let Some(found) = self.modules[*import].values.get(name)
                && found.public
                && matches!(found.what, Value::Method(..))
            {
                return Some(found.what.clone());
            }
        }
        if let Some(parent) = info.parent {
            return self.value(parent, name);
        }
        if let Some(prelude) = self.language.prelude
            && let Ok(found) = self.member(module, prelude, name)
        {
            return Some(found);
        }
        if name.starts_with(char::is_uppercase) {
            let mut found = self
                .top_level_standard()
                .filter_map(|standard| self.exported_constructor(module, standard, name));
            if let Some(first) = found.next()
                && found.next().is_none()
            {
                return Some(Value::Constructor(first.0, first.1));
            }
        }
        None
    }

    /// A constructor by its bare name.
    pub fn constructor(&self, module: ModuleId, name: &str) -> Option<(TypeId, usize)> {
        // A function of the module itself does not hide a constructor: their names differ in case.
        if let Some(found) = self.modules[module].constructors.get(name) {
            return Some(found.what);
        }
        match self.value(module, name) {
            Some(Value::Constructor(ty, index)) => Some((ty, index)),
            _ => None,
        }
    }

    /// What another module offers under a name.
    pub fn member(&self, from: ModuleId, target: ModuleId, name: &str) -> Result<Value, MemberError> {
        let info = &self.modules[target];
        if let Some(found) = info.values.get(name) {
            return if found.public { Ok(found.what.clone()) } else { Err(MemberError::Private) };
        }
        if let Some((ty, index)) = self.exported_constructor(from, target, name) {
            return Ok(Value::Constructor(ty, index));
        }
        if info.constructors.contains_key(name) {
            return Err(MemberError::Private);
        }
        Err(MemberError::Missing)
    }

    /// The same seen from a module: its own private names are open to itself.
    pub fn member_from(&self, from: ModuleId, target: ModuleId, name: &str) -> Result<Value, MemberError> {
        if self.is_around(from, target) {
            if let Some(found) = self.modules[target].values.get(name) {
                return Ok(found.what.clone());
            }
            if let Some(found) = self.modules[target].constructors.get(name)
                && self.is_open(from, found.what.0)
            {
                return Ok(Value::Constructor(found.what.0, found.what.1));
            }
        }
        self.member(from, target, name)
    }

    /// Is one of them the other, or inside of it? Then private names are open.
    pub(crate) fn is_around(&self, from: ModuleId, target: ModuleId) -> bool {
        from == target || self.is_inside(from, target) || self.is_inside(target, from)
    }

    pub(crate) fn is_inside(&self, module: ModuleId, outer: ModuleId) -> bool {
        let mut module = module;
        while let Some(parent) = self.modules[module].parent {
            if parent == outer {
                return true;
            }
            module = parent;
        }
        false
    }

    /// Constructors of public sum types, and of those that public aliases name; of opaque ones where they are open.
    pub fn exported_constructor(
        &self,
        from: ModuleId,
        target: ModuleId,
        name: &str,
    ) -> Option<(TypeId, usize)> {
        let info = &self.modules[target];
        if let Some(found) = info.constructors.get(name)
            && self.type_info(found.what.0).public
            && self.is_open(from, found.what.0)
        {
            return Some(found.what);
        }
        for declared in info.types.values() {
            if declared.public
                && let TypeName::Alias(alias) = declared.what
                && let Some(ty) = self.aliased_type(alias)
                && self.is_open(from, ty)
                && let Some(index) = self.constructor_index(ty, name)
            {
                return Some((ty, index));
            }
        }
        None
    }

    pub fn constructor_index(&self, ty: TypeId, name: &str) -> Option<usize> {
        match &self.type_info(ty).declaration {
            crate::program::TypeDeclaration::Sum(sum) => {
                sum.variants.iter().position(|variant| variant.name.text == name)
            }
            crate::program::TypeDeclaration::Struct(_) => None,
        }
    }

    /// The declared type behind an alias, if its target is one.
    pub fn aliased_type(&self, alias: usize) -> Option<TypeId> {
        let mut alias = alias;
        for _ in 0..MAX_ALIASES {
            let info = &self.aliases[alias];
            let ast::TypeKind::Named(path, _) = &info.declaration.target.kind else { return None };
            let segments: Vec<&str> = path.iter().map(|name| name.text.as_str()).collect();
            match self.type_path(info.module, &segments).ok()? {
                TypeName::Type(ty) => return Some(ty),
                TypeName::Alias(next) => alias = next,
            }
        }
        None
    }

    /// An unqualified type, built-in ones aside.
    pub fn type_name(&self, module: ModuleId, name: &str) -> Option<TypeName> {
        let info = &self.modules[module];
        if let Some(found) = info.types.get(name) {
            return Some(found.what);
        }
        let exported = |from: &ModuleId| {
            self.modules[*from].types.get(name).filter(|found| found.public).map(|found| found.what)
        };
        if let Some(found) = info.imported_names.get(name).and_then(exported) {
            return Some(found);
        }
        if let Some(found) = info.imports.iter().rev().find_map(exported) {
            return Some(found);
        }
        match info.parent {
            Some(parent) => self.type_name(parent, name),
            None => None,
        }
    }

    /// A type of the prelude, or of a top-level module of the standard library.
    pub fn standard_type(&self, name: &str) -> Option<TypeName> {
        let exported = |from: ModuleId| {
            self.modules[from].types.get(name).filter(|found| found.public).map(|found| found.what)
        };
        self.language
            .prelude
            .and_then(exported)
            .or_else(|| {
                self.module_by_name
                    .get(name)
                    .copied()
                    .filter(|id| self.modules[*id].standard)
                    .and_then(exported)
            })
            .or_else(|| self.top_level_standard().find_map(exported))
    }

    /// A type by its path, built-in ones aside.
    pub fn type_path(&self, module: ModuleId, path: &[&str]) -> Result<TypeName, MemberError> {
        match path {
            [] => Err(MemberError::Missing),
            [name] => {
                self.type_name(module, name).or_else(|| self.standard_type(name)).ok_or(MemberError::Missing)
            }
            [.., name] => {
                let (target, length) = self.path_module(module, path).ok_or(MemberError::Missing)?;
                if length + 1 != path.len() {
                    return Err(MemberError::Missing);
                }
                match self.modules[target].types.get(*name) {
                    Some(found) if found.public || self.is_around(module, target) => Ok(found.what),
                    Some(_) => Err(MemberError::Private),
                    None => Err(MemberError::Missing),
                }
            }
        }
    }

    /// An interface by its path.
    pub fn interface_path(&self, module: ModuleId, path: &[&str]) -> Result<InterfaceId, MemberError> {
        match path {
            [] => Err(MemberError::Missing),
            [name] => {
                let mut scope = Some(module);
                while let Some(module) = scope {
                    let info = &self.modules[module];
                    if let Some(found) = info.interfaces.get(*name) {
                        return Ok(found.what);
                    }
                    let origins = info.imported_names.get(*name).into_iter().chain(info.imports.iter().rev());
                    for from in origins {
                        if let Some(found) = self.modules[*from].interfaces.get(*name)
                            && found.public
                        {
                            return Ok(found.what);
                        }
                    }
                    scope = info.parent;
                }
                let standard = self.language.prelude.into_iter().chain(self.top_level_standard());
                for from in standard {
                    if let Some(found) = self.modules[from].interfaces.get(*name)
                        && found.public
                    {
                        return Ok(found.what);
                    }
                }
                Err(MemberError::Missing)
            }
            [.., name] => {
                let (target, length) = self.path_module(module, path).ok_or(MemberError::Missing)?;
                if length + 1 != path.len() {
                    return Err(MemberError::Missing);
                }
                match self.modules[target].interfaces.get(*name) {
                    Some(found) if found.public || target == module => Ok(found.what),
                    Some(_) => Err(MemberError::Private),
                    None => Err(MemberError::Missing),
                }
            }
        }
    }

    /// A constructor written with its type or module: `Shape.Disc`, `Ws.Text`, `Ws.Message.Text`.
    pub fn constructor_path(&self, module: ModuleId, path: &[&str]) -> Option<(TypeId, usize)> {
        let (name, prefix) = path.split_last()?;
        if prefix.is_empty() {
            return self.constructor(module, name);
        }
        if let Some((target, length)) = self.path_module(module, prefix)
            && length == prefix.len()
            && let Ok(Value::Constructor(ty, index)) = self.member_from(module, target, name)
        {
            return Some((ty, index));
        }
        let ty = match self.type_path(module, prefix).ok()? {
            TypeName::Type(ty) => ty,
            TypeName::Alias(alias) => self.aliased_type(alias)?,
        };
        if !self.is_open(module, ty) {
            return None;
        }
        Some((ty, self.constructor_index(ty, name)?))
    }

    /// A struct type by its path.
    pub fn struct_path(&self, module: ModuleId, path: &[&str]) -> Result<TypeId, MemberError> {
        let ty = match self.type_path(module, path)? {
            TypeName::Type(ty) => ty,
            TypeName::Alias(alias) => self.aliased_type(alias).ok_or(MemberError::Missing)?,
        };
        match self.type_info(ty).kind {
            TypeKind::Struct(_) => Ok(ty),
            TypeKind::Sum(_) => Err(MemberError::Missing),
        }
    }

    /// Names that a value could have been meant to have, for "did you mean".
    pub fn value_names(&self, module: ModuleId) -> Vec<String> {
        let mut names = Vec::new();
        let mut scope = Some(module);
        while let Some(id) = scope {
            let info = &self.modules[id];
            names.extend(info.values.keys().cloned());
            names.extend(info.constructors.keys().cloned());
            names.extend(info.imported_names.keys().cloned());
            for import in &info.imports {
                let exported = self.modules[*import].constructors.iter().filter(|(_, found)| found.public);
                names.extend(exported.map(|(name, _)| name.clone()));
            }
            scope = info.parent;
        }
        if let Some(prelude) = self.language.prelude {
            names.extend(self.public_names(prelude));
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
        let constructors =
            info.constructors.iter().filter(|(_, found)| found.public).map(|(name, _)| name.clone());
        values.chain(constructors).collect()
    }
}

/// Generated items have names that no source can spell: see `expand`.
fn can_be_written(name: &str) -> bool {
    !name.contains(['.', '('])
}
