//! The interfaces that `where` and impls name.

use crate::declarations::written_types::TypeScope;
use crate::hir::InterfaceId;
use crate::program::{ModuleId, Program};
use crate::scope::NameError;
use crate::types::{Constraint, Skolem, Ty};
use snow_syntax::ast;
use snow_syntax::diagnostic::Diagnostic;

/// The associated type of a type parameter, or of `Self`, as it is written.
pub(super) fn associated_name(param: &str, associated: &str) -> String {
    format!("{param}.{associated}")
}

impl Program<'_> {
    /// What `where` asks of the type parameters; what is wrong in it is reported and left out.
    /// The associated types of what is asked for become parameters, too: `C.Item` for `C: Container`.
    pub(crate) fn resolve_bounds(
        &self,
        module: ModuleId,
        params: &mut Vec<(String, Skolem)>,
        self_type: Option<&Ty>,
        bounds: &[ast::Bound],
    ) -> Vec<Constraint> {
        let mut constraints = Vec::new();
        for bound in bounds {
            let scope = TypeScope::new(module, params, self_type.cloned());
            let found = params.iter().find(|(name, _)| *name == bound.param.text);
            let Some(skolem) = found.map(|(_, skolem)| *skolem) else {
                let message = format!("`{}` is not a type parameter of this declaration", bound.param.text);
                self.error(module, "E0004", bound.param.span, message);
                continue;
            };
            let Some(interface) = self.find_interface(module, &bound.interface) else { continue };
            let mut arguments: Vec<Ty> =
                bound.arguments.iter().map(|ty| self.resolve_type(&scope, ty)).collect();
            if arguments.len() != self.interface(interface).written_params() {
                let message =
                    format!("wrong number of type arguments for `{}`", self.interface(interface).name);
                self.error(module, "E0003", bound.interface[0].span, message);
                continue;
            }
            for associated in &self.interface(interface).declaration.associated {
                let name = associated_name(&bound.param.text, &associated.text);
                let skolem = self.new_skolem(&name);
                params.push((name, skolem));
                arguments.push(Ty::skolem(skolem));
            }
            constraints.push(Constraint { interface, arguments, ty: Ty::skolem(skolem) });
        }
        constraints
    }

    /// The interface that is written there; reports when that is none.
    pub(super) fn find_interface(&self, module: ModuleId, path: &ast::Path) -> Option<InterfaceId> {
        let segments: Vec<&str> = path.iter().map(|name| name.text.as_str()).collect();
        match self.interface_path(module, &segments) {
            Ok(found) => Some(found),
            Err(NameError::Missing) if self.import_failed_for(module, segments[0]) => None,
            Err(error) => {
                let span = path[0].span.to(path[path.len() - 1].span);
                let text = segments.join(".");
                let file = self.modules[module].file;
                self.report(if let NameError::Ambiguous(first, second) = error {
                    self.ambiguous_name(module, segments[0], [first, second], span)
                } else if error == NameError::Private {
                    Diagnostic::error("E0035", file, span, format!("the interface `{text}` is private"))
                } else {
                    let diagnostic =
                        Diagnostic::error("E0004", file, span, format!("there is no interface `{text}`"));
                    match self.meant(&text, || self.interfaces.iter().map(|info| info.name.as_str())) {
                        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                        None => diagnostic,
                    }
                });
                None
            }
        }
    }
}
