//! `deriving`: which impls a declaration gets, and what their methods do.

mod bodies;

use crate::hir::{InterfaceId, TypeId};
use crate::impl_selection::{Answer, MAX_DEPTH};
use crate::program::{FunctionKind, ImplInfo, Program, TypeDeclaration, TypeKind};
use crate::types::{Constraint, Head, Skolem, Ty};
use crate::unify::Variables;
use snow_syntax::ast;
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;

pub use bodies::derived_function;

const DERIVABLE: [&str; 6] = ["Eq", "Ord", "Display", "Debug", "Hash", "Default"];

/// One derivation that is being worked out.
struct Derivation {
    impl_index: usize,
    ty: TypeId,
    /// Where it is asked for; `None`: by default.
    written: Option<Span>,
}

impl Program<'_> {
    /// Adds the impls. What a default derivation cannot do for a type is left out without a word.
    pub fn derive(&mut self) {
        let mut derivations = Vec::new();
        for index in 0..self.types.len() {
            let ty = TypeId(index as u32);
            for (name, written) in self.wanted(ty) {
                let Some(interface) = self.language_interface(name) else { continue };
                let written_impl = self
                    .impl_index
                    .get(&(interface, Some(Head::Named(ty))))
                    .is_some_and(|impls| !impls.is_empty());
                if written_impl && written.is_none() {
                    continue;
                }
                if let Some(impl_index) = self.add_derived(ty, interface, written) {
                    derivations.push(Derivation { impl_index, ty, written });
                }
            }
        }
        self.settle_conditions(&derivations);
        for derivation in &derivations {
            self.declare_derived_methods(derivation);
        }
    }

    /// Names of interfaces to derive, and where each is asked for.
    fn wanted(&self, ty: TypeId) -> Vec<(&'static str, Option<Span>)> {
        let info = self.type_info(ty);
        let file = self.modules[info.module].file;
        let Some(listed) = info.declaration.deriving() else {
            let names: &[&str] = match info.declaration {
                TypeDeclaration::Struct(_) => &["Debug", "Eq", "Ord", "Hash"],
                TypeDeclaration::Sum(_) => &["Debug", "Eq", "Ord"],
            };
            return DERIVABLE.iter().filter(|name| names.contains(name)).map(|name| (*name, None)).collect();
        };
        let mut wanted: Vec<(&'static str, Option<Span>)> = Vec::new();
        for name in listed {
            match DERIVABLE.iter().find(|known| **known == name.text) {
                Some(known) => {
                    if wanted.iter().any(|(other, _)| other == known) {
                        self.error(info.module, "E0044", name.span, format!("`{known}` is derived twice"));
                        continue;
                    }
                    if *known == "Default" && matches!(info.declaration, TypeDeclaration::Sum(_)) {
                        self.report(
                            Diagnostic::error(
                                "E0028",
                                file,
                                name.span,
                                "`Default` cannot be derived for a sum type",
                            )
                            .help("which constructor would it be? Write an `impl Default`"),
                        );
                        continue;
                    }
                    wanted.push((*known, Some(name.span)));
                }
                None if name.text == "Json" || name.text == "Row" => {
                    let message = format!("deriving `{}` is not supported yet", name.text);
                    self.report(Diagnostic::error("E0099", file, name.span, message));
                }
                None => self.report_unknown_derive(file, name),
            }
        }
        let has_eq = wanted.iter().any(|(name, _)| *name == "Eq");
        if let Some((_, Some(span))) = wanted.iter().find(|(name, _)| *name == "Ord")
            && !has_eq
        {
            self.report(
                Diagnostic::error("E0029", file, *span, "`Ord` can be derived only together with `Eq`")
                    .help("write `deriving(Eq, Ord)`"),
            );
        }
        wanted
    }

    fn report_unknown_derive(&self, file: usize, name: &ast::Name) {
        let message = format!("`{}` cannot be derived", name.text);
        let diagnostic = Diagnostic::error("E0028", file, name.span, message);
        self.report(match crate::nearest_name::nearest(&name.text, DERIVABLE) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help(format!("what can be derived: {}", DERIVABLE.join(", "))),
        });
    }

    fn add_derived(&mut self, ty: TypeId, interface: InterfaceId, written: Option<Span>) -> Option<usize> {
        let info = self.type_info(ty);
        let names: Vec<String> = match info.declaration {
            TypeDeclaration::Struct(declaration) => {
                declaration.type_params.iter().map(|param| param.name.text.clone()).collect()
            }
            TypeDeclaration::Sum(declaration) => {
                declaration.type_params.iter().map(|param| param.name.text.clone()).collect()
            }
        };
        let vars: Vec<(String, Skolem)> = names.into_iter().zip(info.params.iter().copied()).collect();
        let target = Ty::named(ty, info.params.iter().map(|skolem| Ty::skolem(*skolem)).collect());
        let (module, span) = (info.module, written.unwrap_or(info.span));
        let index = self.add_impl(ImplInfo {
            interface,
            module,
            span,
            vars,
            arguments: Vec::new(),
            target,
            constraints: Vec::new(),
            methods: Vec::new(),
            dropped: false,
        });
        (!self.impls[index].dropped).then_some(index)
    }

    fn field_types(&self, ty: TypeId) -> Vec<(String, Ty)> {
        match &self.type_info(ty).kind {
            TypeKind::Struct(fields) => fields.clone(),
            TypeKind::Sum(constructors) => constructors
                .iter()
                .flat_map(|(name, payload)| payload.iter().map(|ty| (name.clone(), ty.clone())))
                .collect(),
        }
    }

    /// What a derived impl asks of the type's parameters depends on other derived impls: all begin
    /// without conditions, and get more until nothing changes.
    fn settle_conditions(&mut self, derivations: &[Derivation]) {
        loop {
            let mut changed = false;
            for derivation in derivations {
                if self.impls[derivation.impl_index].dropped {
                    continue;
                }
                match self.conditions(derivation) {
                    Ok(found) => {
                        let known = &mut self.impls[derivation.impl_index].constraints;
                        for constraint in found {
                            let is_known = known.iter().any(|other| {
                                other.interface == constraint.interface
                                    && other.ty.head() == constraint.ty.head()
                            });
                            if !is_known {
                                known.push(constraint);
                                changed = true;
                            }
                        }
                    }
                    Err(field) => {
                        self.impls[derivation.impl_index].dropped = true;
                        changed = true;
                        if let Some(span) = derivation.written {
                            self.report_underivable(derivation, &field, span);
                        }
                    }
                }
            }
            if !changed {
                return;
            }
        }
    }

    fn report_underivable(&self, derivation: &Derivation, field: &(String, Ty), span: Span) {
        let info = self.type_info(derivation.ty);
        let interface = self.interface(self.impls[derivation.impl_index].interface).name.clone();
        let text = self.print(&Variables::default(), &field.1);
        let place = match info.declaration {
            TypeDeclaration::Struct(_) => format!("its field `{}`", field.0),
            TypeDeclaration::Sum(_) => format!("its constructor `{}`", field.0),
        };
        self.report(
            Diagnostic::error(
                "E0006",
                self.modules[info.module].file,
                span,
                format!("`{interface}` cannot be derived for `{}`", info.short),
            )
            .label(format!("{place} holds {text}, which does not implement {interface}"))
            .help(format!("write an `impl {interface} for {}`, or leave it out here", info.short)),
        );
    }

    /// What the parameters must implement so that all fields do.
    fn conditions(&self, derivation: &Derivation) -> Result<Vec<Constraint>, (String, Ty)> {
        let interface = self.impls[derivation.impl_index].interface;
        let mut all = Vec::new();
        for (name, ty) in self.field_types(derivation.ty) {
            let mut found = Vec::new();
            let own = Constraint { interface, arguments: Vec::new(), ty: ty.clone() };
            if self.reduce(&own, &mut found, 0) {
                all.extend(found);
                continue;
            }
            // What has no Display is shown by Debug.
            let debug = self.language_interface("Debug");
            let is_display = Some(interface) == self.language_interface("Display");
            found.clear();
            if let (true, Some(debug)) = (is_display, debug)
                && self.reduce(
                    &Constraint { interface: debug, arguments: Vec::new(), ty: ty.clone() },
                    &mut found,
                    0,
                )
            {
                all.extend(found);
                continue;
            }
            return Err((name, ty));
        }
        Ok(all)
    }

    /// Breaks a constraint down to constraints on type parameters. False: it does not hold.
    fn reduce(&self, constraint: &Constraint, into: &mut Vec<Constraint>, depth: u32) -> bool {
        if depth > MAX_DEPTH {
            return false;
        }
        if let Ty::Con(Head::Skolem(_), _) = constraint.ty {
            into.push(constraint.clone());
            return true;
        }
        match self.answer(&mut Variables::default(), &[], constraint) {
            Answer::Holds(needed) => needed.iter().all(|needed| self.reduce(needed, into, depth + 1)),
            Answer::Fails | Answer::Open => false,
        }
    }

    /// The method that shows a field: Display, or else Debug.
    pub(crate) fn shown_by(&self, ty: &Ty) -> Option<InterfaceId> {
        let display = self.language_interface("Display")?;
        let constraint = Constraint { interface: display, arguments: Vec::new(), ty: ty.clone() };
        if self.reduce(&constraint, &mut Vec::new(), 0) {
            Some(display)
        } else {
            self.language_interface("Debug")
        }
    }

    fn declare_derived_methods(&mut self, derivation: &Derivation) {
        let info = &self.impls[derivation.impl_index];
        if info.dropped {
            let key = (info.interface, Some(Head::Named(derivation.ty)));
            if let Some(indexes) = self.impl_index.get_mut(&key) {
                indexes.retain(|index| *index != derivation.impl_index);
            }
            return;
        }
        let (interface, module, span) = (info.interface, info.module, info.span);
        let short = self.type_info(derivation.ty).short.clone();
        let count = self.interface(interface).methods.len();
        let mut methods = Vec::new();
        for method in 0..count {
            let info = &self.interface(interface).methods[method];
            let (name, arity) = (format!("{} for {short}", info.name), info.params.len());
            let kind = FunctionKind::Derived { impl_index: derivation.impl_index, method };
            let id = self.new_function(module, &name, span, arity, kind);
            self.set_method_signature(id, derivation.impl_index, method);
            methods.push(id);
        }
        self.impls[derivation.impl_index].methods = methods;
    }
}
