//! What a name behind a dot means for a type: a field, a method of an interface, or a function of the type's module.

use super::Infer;
use crate::hir::{FnId, InterfaceId};
use crate::impl_selection::Entailed;
use crate::program::{ModuleId, Value};
use crate::scope::Meaning;
use crate::types::{Constraint, Head, Ty};

/// What `x.name(…)` calls.
pub(super) enum Member {
    /// A field that holds a function, or could.
    Field(usize, Ty),
    Method(InterfaceId, usize),
    Function(FnId),
    Several(Vec<InterfaceId>),
    None,
}

impl<'a> Infer<'_, 'a> {
    /// The standard module that offers functions for a type.
    pub(super) fn module_of_type(&self, ty: &Ty) -> Option<ModuleId> {
        let Ty::Con(head, _) = ty else { return None };
        let name = match head {
            Head::Named(id) => {
                let info = self.program.type_info(*id);
                // Types of the prelude have their functions in modules of their own.
                if Some(info.module) != self.program.language.prelude {
                    return Some(info.module).filter(|module| self.program.modules[*module].standard);
                }
                info.short.as_str()
            }
            Head::Int => "Int",
            Head::Float => "Float",
            Head::Bool => "Bool",
            Head::String => "String",
            Head::Bytes => "Bytes",
            Head::Buffer => "Buffer",
            Head::U8x16 => "U8x16",
            Head::Pid | Head::UntypedPid => "Pid",
            Head::Tuple => "Tuple",
            _ => return None,
        };
        self.program.library_modules.get(name).copied()
    }

    /// Fields that hold functions, then methods of interfaces, then functions of the type's module, then fields of
    /// which nothing is known yet.
    pub(super) fn find_member(&mut self, ty: &Ty, name: &str, arguments: usize) -> Member {
        if let Some((index, field)) = self.field_of(ty, name)
            && matches!(self.shallow(&field), Ty::Con(Head::Fun, _))
        {
            return Member::Field(index, self.shallow(&field));
        }
        let (near, far) = self.program.methods_seen_from(self.body.module, name);
        if let Some(method) = self.implemented(near, ty) {
            return method;
        }
        // What the module keeps to itself is no method of its type either.
        if let Some(module) = self.module_of_type(ty)
            && let Ok(Meaning::Value(Value::Functions(functions))) =
                self.program.member_from(self.body.module, module, name)
        {
            for arity in [arguments + 1].into_iter().chain(1..6) {
                if let Some(function) =
                    functions.iter().find(|function| self.program.function(**function).arity == arity)
                {
                    return Member::Function(*function);
                }
            }
        }
        if let Some(method) = self.implemented(far, ty) {
            return method;
        }
        match self.field_of(ty, name) {
            Some((index, field)) if self.may_be_function(&field) => {
                Member::Field(index, self.shallow(&field))
            }
            _ => Member::None,
        }
    }

    /// Of a type that is unknown yet, or of which nothing more is said.
    fn may_be_function(&self, ty: &Ty) -> bool {
        matches!(self.shallow(ty), Ty::Var(_) | Ty::Error | Ty::Con(Head::Fun | Head::Never, _))
    }

    /// Those of some methods that a type has. What it has for certain goes before what it has only if more becomes known,
    /// such as `into`, which an impl for all types offers for whatever type is wanted.
    pub(super) fn implemented(&mut self, methods: Vec<(InterfaceId, usize)>, ty: &Ty) -> Option<Member> {
        let (mut certain, mut possible) = (Vec::new(), Vec::new());
        for (interface, index) in methods {
            if self.program.interface(interface).methods[index].params.is_empty() {
                continue;
            }
            let fresh: Vec<Ty> =
                self.program.interface(interface).params.iter().map(|_| self.fresh()).collect();
            let constraint = Constraint { interface, arguments: fresh, ty: ty.clone() };
            // An impl whose own conditions do not hold is still the one that was meant.
            let is_written = matches!(ty, Ty::Con(head, _) if self.has_impl(interface, *head));
            match self.program.entails(&self.variables, &self.givens, &constraint) {
                Entailed::No if !is_written => {}
                Entailed::Open if !is_written => possible.push((interface, index)),
                _ => certain.push((interface, index)),
            }
        }
        let found = if certain.is_empty() { possible } else { certain };
        match found[..] {
            [] => None,
            [(interface, index)] => Some(Member::Method(interface, index)),
            _ => Some(Member::Several(found.into_iter().map(|(interface, _)| interface).collect())),
        }
    }

    pub(super) fn has_impl(&self, interface: InterfaceId, head: Head) -> bool {
        !matches!(head, Head::Skolem(_))
            && self.program.impl_index.get(&(interface, Some(head))).is_some_and(|impls| !impls.is_empty())
    }
}
