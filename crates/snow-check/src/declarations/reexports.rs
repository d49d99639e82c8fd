//! `pub import`: a module hands on what others declare, as if it had declared it itself.
//!
//! The tables of the module get the same functions, types, interfaces and constructors under the names that it gives them.
//! So everything that looks a name up finds them there, and what is handed on is the same thing as its origin.

use super::imports::segments;
use crate::hir::{InterfaceId, TypeId};
use crate::program::{Declared, ModuleId, Program, TypeDeclaration, TypeName, Value};
use snow_syntax::ast;
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;
use std::collections::HashMap;

/// One name that a module hands on, or a module.
struct Reexport<'a> {
    module: ModuleId,
    import: &'a ast::Import,
    /// `None`: the module that is imported.
    name: Option<&'a ast::ImportedName>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    /// What it depends on is being looked at.
    Active,
    Done,
}

/// All that is handed on, and by which module and name.
struct Reexports<'a> {
    all: Vec<Reexport<'a>>,
    by_name: HashMap<(ModuleId, String), Vec<usize>>,
}

impl<'a> Program<'a> {
    /// Runs when every module's own declarations are known, and before imports are looked at.
    pub(crate) fn reexport_names(&mut self) {
        let mut reexports = Reexports { all: Vec::new(), by_name: HashMap::new() };
        for module in 0..self.modules.len() {
            for (import, public) in self.imports_of(module) {
                if !public {
                    continue;
                }
                match &import.names {
                    None => reexports.add(module, import, None),
                    Some(names) => names.iter().for_each(|name| reexports.add(module, import, Some(name))),
                }
            }
        }
        for index in 0..reexports.all.len() {
            self.reexport(&mut reexports, index);
        }
    }

    fn reexport(&mut self, reexports: &mut Reexports<'a>, index: usize) {
        let Reexport { module, import, name, state } = reexports.all[index];
        match state {
            State::Done => return,
            // A circle of names is one of imports, too, which is reported as that.
            State::Active => return self.note_failure(module, import, name),
            State::Waiting => reexports.all[index].state = State::Active,
        }
        let path = segments(&import.path);
        // What is handed on may itself be handed on, and so may the modules on the way to it.
        if self.imported_module(module, &path.join(".")).is_none() {
            for length in 1..path.len() {
                if let Some(outer) = self.module_by_path(module, &path[..length]) {
                    self.reexport_first(reexports, outer, path[length]);
                }
            }
        }
        let target = self.module_by_path(module, &path);
        match (target, name) {
            (Some(target), Some(name)) => {
                self.reexport_first(reexports, target, &name.name.text);
                if !self.hand_on(module, target, name) {
                    self.note_failure(module, import, Some(name));
                }
            }
            (Some(target), None) => {
                if let Some(own) = import.alias.as_ref().or(import.path.last()) {
                    self.hand_on_module(module, target, own);
                }
            }
            (None, Some(name)) => {
                if let Some(inner) = self.in_folder(module, &import.path, name) {
                    self.hand_on_module(module, inner, name.own_name());
                }
            }
            (None, None) => {}
        }
        reexports.all[index].state = State::Done;
    }

    /// Nothing is handed on, which is reported where it is imported; those who rely on it say nothing more.
    fn note_failure(&mut self, module: ModuleId, import: &ast::Import, name: Option<&ast::ImportedName>) {
        let own = name.map(ast::ImportedName::own_name).or(import.alias.as_ref()).or(import.path.last());
        let missing = &mut self.modules[module].missing_imports;
        missing.extend(own.map(|own| own.text.clone()));
    }

    fn reexport_first(&mut self, reexports: &mut Reexports<'a>, module: ModuleId, name: &str) {
        let needed = reexports.by_name.get(&(module, name.to_string())).cloned().unwrap_or_default();
        needed.into_iter().for_each(|index| self.reexport(reexports, index));
    }

    /// Everything public that a module has under a name. False: there is nothing.
    fn hand_on(&mut self, module: ModuleId, target: ModuleId, imported: &ast::ImportedName) -> bool {
        let (name, own) = (imported.name.text.as_str(), imported.own_name());
        let inner = self.module_in(target, name).filter(|inner| self.modules[*inner].public);
        let inner = inner.or_else(|| self.file_below(module, target, name));
        if let Some(inner) = inner {
            self.hand_on_module(module, inner, own);
        }
        let info = &self.modules[target];
        let ty = info.types.get(name).filter(|found| found.public).map(|found| found.what);
        let interface = info.interfaces.get(name).filter(|found| found.public).map(|found| found.what);
        let value = info.values.get(name).filter(|found| found.public).map(|found| found.what.clone());
        let constructors = info.constructors.get(name).into_iter().flatten();
        let constructors: Vec<(TypeId, usize)> =
            constructors.filter(|found| found.public).map(|found| found.what).collect();
        let found = inner.is_some()
            || ty.is_some()
            || interface.is_some()
            || value.is_some()
            || !constructors.is_empty();
        if let Some(ty) = ty {
            self.hand_on_type(module, ty, own);
        }
        if let Some(interface) = interface {
            self.hand_on_interface(module, interface, own);
        }
        if let Some(value) = value {
            self.hand_on_value(module, value, own);
        }
        for constructor in constructors {
            self.hand_on_constructor(module, constructor, &own.text, own);
        }
        found
    }

    fn hand_on_module(&mut self, module: ModuleId, inner: ModuleId, own: &ast::Name) {
        if let Some(declared) = self.inline_module(module, &own.text) {
            return self.report_own_declaration(module, own, self.modules[declared].span);
        }
        self.modules[module].reexported_modules.insert(own.text.clone(), inner);
    }

    fn hand_on_type(&mut self, module: ModuleId, ty: TypeName, own: &ast::Name) {
        if let Some(earlier) = self.modules[module].types.get(&own.text) {
            if earlier.what != ty && !self.is_reexported(module, own, earlier.span) {
                self.report_own_declaration(module, own, earlier.span);
            }
            return;
        }
        let declared = Declared { what: ty, public: true, span: own.span };
        self.modules[module].types.insert(own.text.clone(), declared);
        if let TypeName::Type(ty) = ty
            && let TypeDeclaration::Sum(sum) = self.type_info(ty).declaration
            && !sum.opaque
        {
            for (index, variant) in sum.variants.iter().enumerate() {
                self.hand_on_constructor(module, (ty, index), &variant.name.text, own);
            }
        }
    }

    fn hand_on_constructor(
        &mut self,
        module: ModuleId,
        constructor: (TypeId, usize),
        name: &str,
        own: &ast::Name,
    ) {
        self.constructor_names.insert(name.to_string());
        let known = self.modules[module].constructors.entry(name.to_string()).or_default();
        if known.iter().all(|declared| declared.what != constructor) {
            known.push(Declared { what: constructor, public: true, span: own.span });
        }
    }

    /// With the methods, by their names.
    fn hand_on_interface(&mut self, module: ModuleId, interface: InterfaceId, own: &ast::Name) {
        if let Some(earlier) = self.modules[module].interfaces.get(&own.text) {
            if earlier.what != interface && !self.is_reexported(module, own, earlier.span) {
                self.report_own_declaration(module, own, earlier.span);
            }
            return;
        }
        let declared = Declared { what: interface, public: true, span: own.span };
        self.modules[module].interfaces.insert(own.text.clone(), declared);
        let methods = &self.interface(interface).declaration.methods;
        for (index, method) in methods.iter().enumerate() {
            let name = &method.name.text;
            let what = Value::Method(interface, index);
            let info = &mut self.modules[module];
            match info.values.get(name).map(|found| &found.what) {
                Some(Value::Method(other, _)) if *other != interface => {
                    info.shared_methods.insert(name.clone(), (*other, interface));
                }
                Some(_) => {}
                None => {
                    drop(info.values.insert(name.clone(), Declared { what, public: true, span: own.span }))
                }
            }
        }
    }

    fn hand_on_value(&mut self, module: ModuleId, value: Value, own: &ast::Name) {
        if let Some(earlier) = self.modules[module].values.get(&own.text)
            && !matches!(earlier.what, Value::Method(..))
        {
            if earlier.what != value && !self.is_reexported(module, own, earlier.span) {
                self.report_own_declaration(module, own, earlier.span);
            }
            return;
        }
        let declared = Declared { what: value, public: true, span: own.span };
        self.modules[module].values.insert(own.text.clone(), declared);
    }

    /// Does this place hand a name on, rather than declare it? Two of one name are reported as imports of one name.
    fn is_reexported(&self, module: ModuleId, own: &ast::Name, place: Span) -> bool {
        let mut names = self.imports_of(module).filter(|(_, public)| *public);
        names.any(|(import, _)| {
            let mut handed_on = import.names.iter().flatten().map(ast::ImportedName::own_name);
            handed_on.any(|name| name.text == own.text && name.span == place)
        })
    }

    fn report_own_declaration(&self, module: ModuleId, own: &ast::Name, declared: Span) {
        let file = self.modules[module].file;
        let message = format!("`{}` is handed on to others, and declared in this module, too", own.text);
        self.report(
            Diagnostic::error("E0044", file, own.span, message)
                .also(declared, "the declaration is here")
                .help("a module has one public thing of a name: rename one, `{name as other}`"),
        );
    }
}

impl<'a> Reexports<'a> {
    fn add(&mut self, module: ModuleId, import: &'a ast::Import, name: Option<&'a ast::ImportedName>) {
        let own = match name {
            Some(name) => Some(name.own_name()),
            None => import.alias.as_ref().or(import.path.last()),
        };
        let Some(own) = own else { return };
        self.by_name.entry((module, own.text.clone())).or_default().push(self.all.len());
        self.all.push(Reexport { module, import, name, state: State::Waiting });
    }
}
