//! `x.name`: fields of structs.

use super::Infer;
use super::members::Member;
use super::pending::PendingKind;
use super::placeholders;
use crate::hir::{self, ExprKind, TypeId};
use crate::program::TypeKind;
use crate::scope::opaque_types::Attempt;
use crate::types::{Head, Ty, substitute};
use snow_syntax::ast;
use snow_syntax::span::Span;

impl<'a> Infer<'_, 'a> {
    /// `x.name`, where x may also be a module or a type.
    pub(super) fn member(
        &mut self,
        base: &'a ast::Expr,
        name: &'a ast::Name,
        expected: Option<&Ty>,
        span: Span,
    ) -> hir::Expr {
        if let Some(value) = self.static_value(base, name, expected, span) {
            return value;
        }
        let base = self.expr(base, None);
        let mut ty = self.type_of(&base);
        if matches!(ty, Ty::Var(_)) {
            self.solve();
            ty = self.shallow(&ty);
        }
        if let Ty::Var(_) = ty {
            let result = self.fresh();
            let resolution = self.new_resolution();
            let kind = PendingKind::Field {
                receiver: ty,
                name: name.text.clone(),
                result: result.clone(),
                resolution,
            };
            self.postpone(kind, name.span);
            return self.make(
                ExprKind::Field(Box::new(base), placeholders::open_field(resolution)),
                result,
                span,
            );
        }
        if self.variables.is_never(&ty) {
            return base;
        }
        match self.find_field(&ty, &name.text, name.span) {
            Some((index, field)) => self.make(ExprKind::Field(Box::new(base), index), field, span),
            None => self.broken(span),
        }
    }

    /// A field by name; reports when there is none.
    pub(super) fn find_field(&mut self, ty: &Ty, name: &str, span: Span) -> Option<(usize, Ty)> {
        let ty = self.shallow(ty);
        if let Some(found) = self.field_of(&ty, name) {
            return Some(found);
        }
        match &ty {
            Ty::Error | Ty::Con(Head::Never, _) => {}
            Ty::Con(Head::Named(id), _) if self.has_closed_field(&ty, name) => {
                self.refuses(*id, Attempt::Read, Some(name), span);
            }
            Ty::Con(Head::Named(id), _)
                if matches!(self.program.type_info(*id).kind, TypeKind::Struct(_)) =>
            {
                let is_method = !matches!(self.find_member(&ty, name, 0), Member::None);
                if is_method {
                    let message = format!("`{name}` is a method, not a field");
                    self.error_with("E0009", span, message, format!("call it: `.{name}()`"));
                } else {
                    self.report_unknown_field(*id, &ast::Name { text: name.to_string(), span });
                }
            }
            other => {
                let text = self.print(other);
                let message = format!("{text} has no field `{name}`");
                if matches!(self.find_member(&ty, name, 0), Member::None) {
                    self.error("E0009", span, message);
                } else {
                    self.error_with("E0009", span, message, format!("it is a method: call it, `.{name}()`"));
                }
            }
        }
        self.failed = true;
        None
    }

    /// A field that code here may use.
    pub(super) fn field_of(&self, ty: &Ty, name: &str) -> Option<(usize, Ty)> {
        let Ty::Con(Head::Named(id), arguments) = ty else { return None };
        if !self.program.is_open(self.body.module, *id) {
            return None;
        }
        let info = self.program.type_info(*id);
        let TypeKind::Struct(fields) = &info.kind else { return None };
        let index = *info.numbers.get(name)?;
        let substitution: Vec<_> = info.params.iter().copied().zip(arguments.iter().cloned()).collect();
        Some((index, substitute(&fields[index].1, &substitution)))
    }

    pub(super) fn has_closed_field(&self, ty: &Ty, name: &str) -> bool {
        let Ty::Con(Head::Named(id), _) = ty else { return false };
        let info = self.program.type_info(*id);
        matches!(info.kind, TypeKind::Struct(_))
            && info.numbers.contains_key(name)
            && !self.program.is_open(self.body.module, *id)
    }

    /// The one struct in sight that has all of these fields. The library's own do not count: nobody
    /// thinks of the inside of a list.
    pub(super) fn only_struct_with(&self, names: &[&str]) -> Option<TypeId> {
        let module = &self.program.modules[self.body.module];
        let mut found = None;
        for (index, info) in self.program.types.iter().enumerate() {
            if !matches!(info.kind, TypeKind::Struct(_))
                || !self.program.is_open(self.body.module, TypeId(index as u32))
            {
                continue;
            }
            let in_sight = info.module == self.body.module
                || Some(info.module) == module.parent
                || module.imports.contains(&info.module);
            if in_sight && names.iter().all(|name| info.numbers.contains_key(name)) {
                if found.is_some() {
                    return None;
                }
                found = Some(TypeId(index as u32));
            }
        }
        found
    }
}
