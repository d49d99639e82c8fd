//! What is wrong in `x.name(…)`.

use super::Infer;
use super::members::Member;
use crate::hir::InterfaceId;
use crate::scope::opaque_types::Attempt;
use crate::types::{Head, Ty};
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;

impl<'a> Infer<'_, 'a> {
    /// Says of a method of the same name that the field hides it.
    pub(super) fn report_arity_of_field(
        &mut self,
        ty: &Ty,
        name: &str,
        field: &Ty,
        found: usize,
        span: Span,
    ) {
        let Some((params, _)) = field.as_fun() else { return };
        let diagnostic = self.wrong_arity(&of_field(name), params, found, span);
        let (near, far) = self.program.methods_seen_from(self.body.module, name);
        let hidden = self.implemented(near.into_iter().chain(far).collect(), ty);
        let diagnostic = match hidden {
            Some(Member::Method(interface, _)) => {
                let interface = &self.program.interface(interface).name;
                let help = format!("the field hides the method of {interface}, which is `{name}(value, …)`");
                match diagnostic.help.clone() {
                    Some(takes) => diagnostic.help(format!("{takes}; {help}")),
                    None => diagnostic.help(help),
                }
            }
            _ => diagnostic,
        };
        self.report(diagnostic);
        for param in params {
            self.give_up(param);
        }
    }

    pub(super) fn report_several(&mut self, ty: &Ty, name: &str, interfaces: &[InterfaceId], span: Span) {
        let names = self.program.interface_names(interfaces);
        let text = self.print(ty);
        let message = format!("{text} has the method `{name}` from several interfaces: {}", names.join(", "));
        let module = |id: &InterfaceId| self.program.interface(*id).module;
        let apart = interfaces
            .iter()
            .enumerate()
            .all(|(index, one)| interfaces[..index].iter().all(|other| module(one) != module(other)));
        let calls: Vec<String> = interfaces
            .iter()
            .map(|id| self.program.written_module(self.body.module, module(id)))
            .map(|module| format!("`{module}.{name}(…)`"))
            .collect();
        let help = match apart {
            true => format!("write which one is meant: {}", calls.join(" or ")),
            false => "give one of the methods another name".to_string(),
        };
        self.error_with("E0027", span, message, help);
    }

    pub(super) fn report_no_method(&mut self, ty: &Ty, name: &str, span: Span) {
        if self.has_closed_field(ty, name)
            && let Ty::Con(Head::Named(id), _) = ty
        {
            self.refuses(*id, Attempt::Read, Some(name), span);
            return;
        }
        let text = self.print(ty);
        if let Some((_, field)) = self.field_of(ty, name) {
            let field = self.print(&field);
            let message =
                format!("`{name}` is no method of {text}, and its field `{name}` is {field}, not a function");
            let help = format!("`.{name}` without parentheses reads the field");
            return self.error_with("E0005", span, message, help);
        }
        let mut diagnostic =
            Diagnostic::error("E0030", self.file(), span, format!("{text} has no method `{name}`"));
        let known = || {
            let module = self.module_of_type(ty);
            let functions = module.map(|module| self.program.public_names(module)).unwrap_or_default();
            let methods = self.program.interfaces.iter().flat_map(|interface| &interface.methods);
            functions.into_iter().chain(methods.map(|method| method.name.clone()))
        };
        let (open, closed): (Vec<InterfaceId>, Vec<InterfaceId>) = (self.program.methods_named(name).iter())
            .map(|(interface, _)| *interface)
            .partition(|interface| self.program.may_call_methods_of(self.body.module, *interface));
        let open = open.first().map(|interface| &self.program.interface(*interface).name);
        let has =
            |interface: &&InterfaceId| matches!(ty, Ty::Con(head, _) if self.has_impl(**interface, *head));
        if let Some(module) = self.service_of(ty, name) {
            diagnostic = diagnostic.help(format!("write `{module}.{name}(pid, …)`"));
        } else if let Some(interface) = closed.iter().find(has) {
            let info = self.program.interface(*interface);
            let module = &self.program.modules[info.module].name;
            diagnostic = diagnostic.help(format!(
                "`{name}` is a method of the interface `{}`, which is private to the module `{module}`: `pub` in front \
                 of its declaration lets others call it",
                info.name
            ));
        } else if let Some(interface) = open {
            diagnostic = diagnostic.help(match ty {
                Ty::Con(Head::Skolem(skolem), _) => format!(
                    "`{name}` is a method of {interface}: ask for it in the declaration, `where {}: {interface}`",
                    self.program.skolem_name(*skolem)
                ),
                _ => format!("`{name}` is a method of {interface}, which {text} does not implement"),
            });
        } else if let Some(near) = self.program.meant(name, known) {
            diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
        }
        self.report(diagnostic);
    }

    /// The module with a function of this name for the actor at an address.
    fn service_of(&self, ty: &Ty, name: &str) -> Option<String> {
        let Ty::Con(Head::Pid, message) = ty else { return None };
        let Ty::Con(Head::Named(id), _) = self.shallow(message.first()?) else { return None };
        let module = self.program.type_info(id).module;
        self.program.member_from(self.body.module, module, name).ok()?;
        Some(self.program.modules[module].last_segment().to_string())
    }
}

/// How messages speak of what a field holds.
pub(super) fn of_field(name: &str) -> String {
    format!("the function in the field `{name}`")
}
