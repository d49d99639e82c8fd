//! Who may look inside the values of a type: build them by their parts, change, match and read them.
//!
//! An opaque type is open in its module and in the modules inside of that; a private one as far as private
//! names are. The library's modules of one folder are one module in this: `Map` and `Map.Trie`, `Ws` and all
//! of `Ws.…`. A file of the program is never among them, whatever it is called.

use crate::hir::{FnId, TypeId};
use crate::program::{ModuleId, Program, TypeDeclaration, Value};
use crate::types::{Head, Ty};
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;

/// What was tried with a type that is closed here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Attempt {
    Build,
    Change,
    Match,
    Read,
}

/// A diagnostic that gets its help once all functions have their types.
pub struct ClosedUse {
    file: usize,
    span: Span,
    ty: TypeId,
    attempt: Attempt,
    part: Option<String>,
}

const CODE: &str = "E0049";
/// Functions that a message names.
const MAX_NAMED: usize = 3;

impl Program<'_> {
    /// May code of the module `from` use the representation of this type?
    pub fn is_open(&self, from: ModuleId, id: TypeId) -> bool {
        let info = self.type_info(id);
        if self.is_same_library_folder(from, info.module) {
            return true;
        }
        if info.declaration.is_opaque() {
            return from == info.module || self.is_inside(from, info.module);
        }
        info.public || self.is_around(from, info.module)
    }

    fn is_same_library_folder(&self, a: ModuleId, b: ModuleId) -> bool {
        let (a, b) = (&self.modules[a], &self.modules[b]);
        a.standard && b.standard && a.name.split('.').next() == b.name.split('.').next()
    }

    /// The closed type among whose constructors a path would lead, were it open.
    pub fn closed_constructor(&self, from: ModuleId, path: &[&str]) -> Option<TypeId> {
        let (name, prefix) = path.split_last()?;
        let closed = |ty: &TypeId| !self.is_open(from, *ty) && self.constructor_index(*ty, name).is_some();
        if prefix.is_empty() {
            let mut scope = Some(from);
            while let Some(module) = scope {
                let info = &self.modules[module];
                if let Some(found) =
                    info.imports.iter().flat_map(|import| self.public_types(*import)).find(closed)
                {
                    return Some(found);
                }
                scope = info.parent;
            }
            return None;
        }
        if let Ok(named) = self.type_path(from, prefix)
            && let Some(found) = self.declared_type(named).filter(closed)
        {
            return Some(found);
        }
        let (target, length) = self.path_module(from, prefix)?;
        if length != prefix.len() {
            return None;
        }
        self.closed_constructor_of(from, target, name)
    }

    /// The same among the types that a module offers.
    pub fn closed_constructor_of(&self, from: ModuleId, target: ModuleId, name: &str) -> Option<TypeId> {
        let closed = |ty: &TypeId| !self.is_open(from, *ty) && self.constructor_index(*ty, name).is_some();
        self.public_types(target).into_iter().find(closed)
    }

    /// Types that a module offers, under a name of its own or as an alias, in the order of their declarations.
    fn public_types(&self, module: ModuleId) -> Vec<TypeId> {
        let declared = self.modules[module].types.values().filter(|declared| declared.public);
        let mut types: Vec<TypeId> =
            declared.filter_map(|declared| self.declared_type(declared.what)).collect();
        types.sort();
        types
    }

    /// Reports the use of a closed type's representation; `part` is the field or constructor that was named.
    pub fn report_closed(
        &self,
        from: ModuleId,
        id: TypeId,
        attempt: Attempt,
        part: Option<&str>,
        span: Span,
    ) {
        let info = self.type_info(id);
        let (name, module) = (&info.name, self.module_as_written(info.module));
        let opaque = info.declaration.is_opaque();
        let closed = if opaque { "opaque" } else { "private" };
        let subject = match (part, info.declaration) {
            (Some(part), TypeDeclaration::Sum(_)) => {
                format!("`{part}` is a constructor of `{name}`, which is {closed}")
            }
            _ => format!("`{name}` is {closed}"),
        };
        let only = match (attempt, part) {
            (Attempt::Build, _) => "can build one".to_string(),
            (Attempt::Match, _) => "can match it".to_string(),
            (Attempt::Change, Some(field)) => format!("can change its field `{field}`"),
            (Attempt::Change, None) => "can change it".to_string(),
            (Attempt::Read, Some(field)) => format!("can read its field `{field}`"),
            (Attempt::Read, None) => "can read its fields".to_string(),
        };
        let file = self.modules[from].file;
        let declared = &self.modules[info.module];
        let message = format!("{subject}: only the module `{module}` {only}");
        self.report(Diagnostic::error(CODE, file, span, message).also_in(
            declared.file,
            info.span,
            format!("declared {closed} here"),
        ));
        self.closed_uses.borrow_mut().push(ClosedUse {
            file,
            span,
            ty: id,
            attempt,
            part: part.map(str::to_string),
        });
    }

    /// `Outer.Inner` for a module inside of the file that the program begins with.
    fn module_as_written(&self, module: ModuleId) -> &str {
        let name = &self.modules[module].name;
        name.strip_prefix("Main.").unwrap_or(name)
    }

    /// Adds to what was reported which functions do it instead. All functions have their types by now.
    pub fn advise_closed_uses(&self) {
        let mut diagnostics = self.diagnostics.borrow_mut();
        for closed in self.closed_uses.borrow().iter() {
            let reported = diagnostics.iter_mut().find(|diagnostic| {
                diagnostic.code == CODE
                    && diagnostic.file == closed.file
                    && diagnostic.primary.span == closed.span
            });
            if let Some(reported) = reported {
                reported.help = Some(self.instead(closed));
            }
        }
    }

    fn instead(&self, closed: &ClosedUse) -> String {
        let info = self.type_info(closed.ty);
        let module = &self.modules[info.module];
        if !info.declaration.is_opaque() && !module.standard {
            return "write `pub` in front of its declaration to use it in other modules".to_string();
        }
        let listed: Vec<String> =
            self.functions_for(closed).into_iter().map(|name| format!("`{name}`")).collect();
        let Some((last, others)) = listed.split_last() else {
            let module = self.module_as_written(info.module);
            return format!("what others need of it is for functions of `{module}` to offer");
        };
        let listed =
            if others.is_empty() { last.clone() } else { format!("{} or {last}", others.join(", ")) };
        match closed.attempt {
            Attempt::Build => format!("use {listed} to get one"),
            Attempt::Change => format!("use {listed} to get a changed one"),
            Attempt::Match | Attempt::Read => format!("use {listed} on it"),
        }
    }

    /// The first public functions of the type's module that do what was tried, in the order of the source. For
    /// the library's folders the module that users import comes first.
    fn functions_for(&self, closed: &ClosedUse) -> Vec<String> {
        let id = closed.ty;
        let home = self.type_info(id).module;
        let first = self.modules[home].name.split('.').next().unwrap_or_default();
        let folder = (0..self.modules.len())
            .find(|module| self.modules[*module].name == first && self.is_same_library_folder(*module, home));
        let takes = |params: &[Ty]| params.iter().any(|param| is_about(param, id));
        let hands_out = |params: &[Ty]| {
            params.iter().filter_map(Ty::as_fun).any(|(inside, _)| inside.iter().any(|ty| is_about(ty, id)))
        };
        // The better answers first.
        type Wanted<'w> = &'w dyn Fn(&[Ty], &Ty) -> bool;
        let wanted: &[Wanted] = match closed.attempt {
            Attempt::Build => &[
                &|params, result| gives(result, id) && !takes(params),
                &|_, result| gives(result, id),
                &|params, _| hands_out(params),
            ],
            Attempt::Change => &[&|params, result| takes(params) && gives(result, id)],
            Attempt::Match | Attempt::Read => {
                &[&|params, result| takes(params) && !gives(result, id), &|params, _| takes(params)]
            }
        };
        let modules: Vec<ModuleId> = folder.into_iter().chain([home]).collect();
        let answers = modules.iter().flat_map(|module| wanted.iter().map(move |wanted| (*module, wanted)));
        let namesake = |names: &[String]| {
            let part = closed.part.as_deref().filter(|_| closed.attempt == Attempt::Read)?;
            names.iter().find(|name| name.rsplit('.').next() == Some(part)).cloned()
        };
        answers
            .map(|(module, wanted)| self.public_functions(module, wanted))
            .find(|names| !names.is_empty())
            .map(|mut names| match namesake(&names) {
                Some(name) => vec![name],
                None => {
                    names.truncate(MAX_NAMED);
                    names
                }
            })
            .unwrap_or_default()
    }

    fn public_functions(&self, module: ModuleId, wanted: impl Fn(&[Ty], &Ty) -> bool) -> Vec<String> {
        let info = &self.modules[module];
        let mut names: Vec<String> = Vec::new();
        for (index, function) in self.functions.iter().enumerate() {
            if function.module != module {
                continue;
            }
            let is_public = info.values.get(&function.short).is_some_and(|declared| {
                declared.public
                    && matches!(&declared.what, Value::Functions(ids) if ids.contains(&FnId(index as u32)))
            });
            let name = format!("{}.{}", info.last_segment(), function.short);
            if is_public
                && !names.contains(&name)
                && let Some((params, result)) = function.scheme.as_ref().and_then(|scheme| scheme.ty.as_fun())
                && wanted(params, result)
            {
                names.push(name);
            }
        }
        names
    }
}

fn is_about(ty: &Ty, id: TypeId) -> bool {
    ty.head() == Some(Head::Named(id))
}

/// Is a value of the type in what a function gives?
fn gives(ty: &Ty, id: TypeId) -> bool {
    match ty {
        Ty::Con(Head::Fun | Head::Pid, _) => false,
        Ty::Con(head, inside) => *head == Head::Named(id) || inside.iter().any(|ty| gives(ty, id)),
        Ty::Var(_) | Ty::Error => false,
    }
}
