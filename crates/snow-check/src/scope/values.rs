//! What a name means as a value.

use super::{Candidates, NameError};
use crate::program::{Declared, Module, ModuleId, Program, Value};
use snow_syntax::ast::LIBRARY;

/// What a name stands for.
#[derive(Clone, Debug)]
pub enum Meaning {
    /// A function, a constant, a method.
    Value(Value),
    /// At least one; the expected type may have to choose.
    Constructors(Candidates),
}

impl Module<'_> {
    /// What is declared under a name, unless it is a method that several interfaces have.
    fn one_value(&self, declared: &Declared<Value>, name: &str) -> Result<Meaning, NameError> {
        match (&declared.what, self.shared_methods.get(name)) {
            (Value::Method(..), Some((first, second))) => Err(NameError::SharedMethod(*first, *second)),
            (what, _) => Ok(Meaning::Value(what.clone())),
        }
    }
}

impl Program<'_> {
    /// An unqualified value.
    pub fn value(&self, module: ModuleId, name: &str) -> Result<Meaning, NameError> {
        if let Some(name) = name.strip_prefix(LIBRARY) {
            return self.standard_value(module, name);
        }
        for around in self.around(module) {
            let info = &self.modules[around];
            if let Some(found) = info.values.get(name) {
                return info.one_value(found, name);
            }
            if info.constructors.contains_key(name) {
                break;
            }
            if let Some(from) = info.imported_names.get(name)
                && let Ok(found) = self.member(module, from.module, &from.name)
            {
                match found {
                    Meaning::Value(_) => return Ok(found),
                    Meaning::Constructors(_) => break,
                }
            }
            if info.imports.iter().any(|import| !self.exported_constructors(module, *import, name).is_empty())
            {
                break;
            }
            if let Some(method) = self.imported_method(around, name)? {
                return Ok(Meaning::Value(method));
            }
        }
        let constructors = self.constructors(module, name);
        if !constructors.is_empty() {
            return Ok(Meaning::Constructors(constructors));
        }
        self.standard_value(module, name)
    }

    /// A value that every program has in scope.
    fn standard_value(&self, module: ModuleId, name: &str) -> Result<Meaning, NameError> {
        let prelude = self.language.prelude.ok_or(NameError::Missing)?;
        match (self.member(module, prelude, name), self.modules[prelude].imported_names.get(name)) {
            (Err(_), Some(from)) => self.member(module, from.module, &from.name),
            (found, _) => found,
        }
    }

    /// The method of this name that the imports of a module bring with them.
    fn imported_method(&self, module: ModuleId, name: &str) -> Result<Option<Value>, NameError> {
        let mut found: Option<(ModuleId, &Value)> = None;
        for import in &self.modules[module].imports {
            let Some(declared) = self.modules[*import].values.get(name) else { continue };
            if !declared.public || !matches!(declared.what, Value::Method(..)) {
                continue;
            }
            self.modules[*import].one_value(declared, name)?;
            match found {
                None => found = Some((*import, &declared.what)),
                // Two ways to one method.
                Some((_, known)) if *known == declared.what => {}
                Some((earlier, _)) => return Err(NameError::Ambiguous(earlier, *import)),
            }
        }
        Ok(found.map(|(_, value)| value.clone()))
    }

    /// What another module offers under a name.
    pub fn member(&self, from: ModuleId, target: ModuleId, name: &str) -> Result<Meaning, NameError> {
        let info = &self.modules[target];
        if let Some(found) = info.values.get(name) {
            return if found.public { info.one_value(found, name) } else { Err(NameError::Private) };
        }
        let constructors = Candidates::one_level(self.exported_constructors(from, target, name));
        if !constructors.is_empty() {
            return Ok(Meaning::Constructors(constructors));
        }
        if info.constructors.contains_key(name) {
            return Err(NameError::Private);
        }
        Err(NameError::Missing)
    }

    /// The same seen from a module: private names of its own and of those around it are open to it.
    pub fn member_from(&self, from: ModuleId, target: ModuleId, name: &str) -> Result<Meaning, NameError> {
        if self.is_around(from, target) {
            if let Some(found) = self.modules[target].values.get(name) {
                return self.modules[target].one_value(found, name);
            }
            let own = self.own_constructors(target, name).into_iter();
            let own = Candidates::one_level(own.filter(|(ty, _)| self.is_open(from, *ty)));
            if !own.is_empty() {
                return Ok(Meaning::Constructors(own));
            }
        }
        self.member(from, target, name)
    }
}
