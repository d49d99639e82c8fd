//! What was put off and is still open at the end: nothing more will tell the types, so that what is most likely meant
//! holds.

use super::Infer;
use super::pending::{PendingKind, Resolution};
use crate::hir::InterfaceId;
use crate::types::{Constraint, Ty};
use snow_syntax::span::Span;

/// Settles one kind of question; false: it is of another kind.
type Settle<'p, 'a> = fn(&mut Infer<'p, 'a>, &PendingKind, Span) -> bool;

impl<'p, 'a> Infer<'p, 'a> {
    /// Answers the questions that will get no better basis, one kind after the other.
    pub(super) fn settle(&mut self) {
        self.solve();
        let steps: [Settle<'p, 'a>; 3] = [Infer::settle_field, Infer::settle_call, Infer::settle_iterate];
        for step in steps {
            // One at a time: an answer may settle others in a better way.
            while self.settle_one(step) {
                self.solve();
            }
        }
        while self.settle_texts() {
            self.solve();
        }
    }

    /// All at once: what is a text for one is so for the others.
    fn settle_texts(&mut self) -> bool {
        let waiting = std::mem::take(&mut self.pending);
        let mut settled = false;
        for item in waiting {
            let outer = std::mem::replace(&mut self.body.module, item.module);
            let done = self.attempt(&item) || self.settle_text(&item.kind, item.span);
            self.body.module = outer;
            if !done {
                self.pending.push(item);
            }
            settled |= done;
        }
        settled
    }

    fn settle_one(&mut self, step: Settle<'p, 'a>) -> bool {
        for index in 0..self.pending.len() {
            let (kind, span, module) = {
                let item = &self.pending[index];
                (item.kind.clone(), item.span, item.module)
            };
            let outer = std::mem::replace(&mut self.body.module, module);
            let settled = step(self, &kind, span);
            self.body.module = outer;
            if settled {
                self.pending.remove(index);
                return true;
            }
        }
        false
    }

    /// `x.name` where nothing says what x is: the one struct in sight that has such a field.
    fn settle_field(&mut self, kind: &PendingKind, span: Span) -> bool {
        let PendingKind::Field { receiver, name, result, resolution } = kind else { return false };
        if let Some(id) = self.only_struct_with(&[name]) {
            let ty = self.open_type(id).0;
            if self.variables.unify(receiver, &ty).is_ok()
                && let Some((index, field)) = self.find_field(&ty, name, span)
            {
                self.resolutions[*resolution] = Resolution::Field(index);
                self.coerce(&field, result, span);
                return true;
            }
        }
        self.error_with(
            "E0030",
            span,
            format!("it is not known what has the field `{name}` here"),
            "state its type: parameters take annotations, `(value :: Type)`",
        );
        let _ = self.variables.unify(receiver, &Ty::Error);
        let _ = self.variables.unify(result, &Ty::Error);
        true
    }

    /// `x.name(…)` where nothing says what x is: the one interface that has such a method; where none has, the one struct
    /// in sight that has such a field.
    fn settle_call(&mut self, kind: &PendingKind, span: Span) -> bool {
        let PendingKind::MethodCall { receiver, name, arguments, result, resolution } = kind else {
            return false;
        };
        let (mut near, mut far) = self.program.methods_seen_from(self.body.module, name);
        let fits = |method: &(InterfaceId, usize)| {
            self.program.interface(method.0).methods[method.1].params.len() == arguments.len() + 1
        };
        near.retain(fits);
        far.retain(fits);
        let methods = if near.is_empty() { far } else { near };
        if let [(interface, index)] = methods[..] {
            self.apply_method(interface, index, receiver, arguments, result, *resolution, span);
            return true;
        }
        if methods.is_empty()
            && let Some(id) = self.only_struct_with(&[name])
        {
            let ty = self.open_type(id).0;
            if self.variables.unify(receiver, &ty).is_ok() {
                self.resolve_postponed_call(receiver, name, arguments, result, *resolution, span);
                return true;
            }
        }
        self.error_with(
            "E0030",
            span,
            format!("it is not known what has the method `{name}` here"),
            "state the type of the value before the dot: parameters take annotations, `(value :: Type)`",
        );
        let _ = self.variables.unify(receiver, &Ty::Error);
        let _ = self.variables.unify(result, &Ty::Error);
        true
    }

    fn settle_iterate(&mut self, kind: &PendingKind, span: Span) -> bool {
        let PendingKind::Iterate { iterable, source, element, pair, resolution } = kind else { return false };
        let assumed = if *pair {
            let (key, value) = (self.fresh(), self.fresh());
            self.named_type(self.program.language.map, vec![key, value])
        } else {
            let element = self.fresh();
            self.list_of(element)
        };
        let _ = self.variables.unify(iterable, &assumed);
        self.settle_iteration(iterable, source, element, *pair, *resolution, span);
        true
    }

    /// What is joined by `<>` is text, and what is interpolated has Display.
    fn settle_text(&mut self, kind: &PendingKind, span: Span) -> bool {
        match kind {
            PendingKind::Concat { ty } => {
                let _ = self.variables.unify(ty, &Ty::string());
                true
            }
            PendingKind::Show { .. } => {
                self.settle_show(kind, span);
                true
            }
            _ => false,
        }
    }

    pub(super) fn settle_show(&mut self, kind: &PendingKind, span: Span) {
        let PendingKind::Show { ty, resolution, optional } = kind else { return };
        let wanted = if *optional { "Debug" } else { "Display" };
        if let Some(interface) = self.program.language_interface(wanted) {
            self.show_by(interface, ty, *resolution);
            self.require(Constraint { interface, arguments: Vec::new(), ty: ty.clone() }, span);
        }
    }
}
