//! Types as text, for messages.

use crate::hir::InterfaceId;
use crate::program::Program;
use crate::types::{Constraint, Head, Ty};
use crate::unify::Variables;

/// Longer texts help nobody.
const MAX_LENGTH: usize = 300;

impl Program<'_> {
    /// `Fun(Int) -> List<_>`: what is not known is `_`.
    pub fn print(&self, variables: &Variables, ty: &Ty) -> String {
        let mut text = String::new();
        self.print_into(variables, ty, &mut text);
        if text.len() >= MAX_LENGTH {
            let mut end = MAX_LENGTH;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            text.truncate(end);
            text.push('…');
        }
        text
    }

    pub fn print_constraint(&self, variables: &Variables, constraint: &Constraint) -> String {
        let interface = self.interface(constraint.interface);
        let mut text = interface.name.clone();
        let written = constraint.arguments.len().min(interface.written_params());
        self.print_list(variables, &constraint.arguments[..written], ("<", ">"), &mut text);
        text
    }

    /// The names of interfaces, with their modules where names alone do not tell them apart.
    pub fn interface_names(&self, interfaces: &[InterfaceId]) -> Vec<String> {
        let infos: Vec<_> = interfaces.iter().map(|id| self.interface(*id)).collect();
        let is_one = |name: &str| infos.iter().filter(|info| info.name == name).count() < 2;
        let named = infos.iter().map(|info| match is_one(&info.name) {
            true => info.name.clone(),
            false => format!("{}.{}", self.modules[info.module].name, info.name),
        });
        named.collect()
    }

    fn print_list(&self, variables: &Variables, types: &[Ty], brackets: (&str, &str), text: &mut String) {
        if types.is_empty() {
            return;
        }
        text.push_str(brackets.0);
        for (index, ty) in types.iter().enumerate() {
            if index > 0 {
                text.push_str(", ");
            }
            self.print_into(variables, ty, text);
        }
        text.push_str(brackets.1);
    }

    fn print_into(&self, variables: &Variables, ty: &Ty, text: &mut String) {
        if text.len() >= MAX_LENGTH {
            return;
        }
        let (head, arguments) = match variables.shallow(ty) {
            Ty::Var(_) | Ty::Error => return text.push('_'),
            Ty::Con(head, arguments) => (head, arguments),
        };
        match head {
            Head::Int => text.push_str("Int"),
            Head::Float => text.push_str("Float"),
            Head::Bool => text.push_str("Bool"),
            Head::Unit => text.push_str("()"),
            Head::Never => text.push_str("Never"),
            Head::String => text.push_str("String"),
            Head::Bytes => text.push_str("Bytes"),
            Head::Buffer => text.push_str("Buffer"),
            Head::U8x16 => text.push_str("U8x16"),
            Head::UntypedPid => text.push_str("Pid"),
            Head::Skolem(skolem) => text.push_str(&self.skolem_name(skolem)),
            Head::Tuple => self.print_list(variables, &arguments, ("(", ")"), text),
            Head::Fun => {
                text.push_str("Fun(");
                if let Some((result, params)) = arguments.split_last() {
                    self.print_list(variables, params, ("", ""), text);
                    text.push_str(") -> ");
                    self.print_into(variables, result, text);
                }
            }
            Head::Array => {
                text.push_str("Array");
                self.print_list(variables, &arguments, ("<", ">"), text);
            }
            Head::Pid => {
                text.push_str("Pid");
                self.print_list(variables, &arguments, ("<", ">"), text);
            }
            Head::Named(id) => {
                text.push_str(&self.type_info(id).name);
                self.print_list(variables, &arguments, ("<", ">"), text);
            }
        }
    }
}
