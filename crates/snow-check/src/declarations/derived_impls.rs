//! Which impls are derived, for what types, and what they ask of type parameters.
//!
//! What their methods do is written by `expand::deriving`, once it is known which of the impls there are.

use crate::expand::deriving::{self, DERIVABLE, Form, JSON, ROW, interfaces_of, needed_of_parts};
use crate::hir::{InterfaceId, TypeId};
use crate::impl_selection::{Answer, MAX_DEPTH};
use crate::program::{FunctionKind, ImplInfo, ModuleId, Program, TypeDeclaration, TypeInfo, TypeKind};
use crate::types::{Constraint, Head, Skolem, Ty};
use crate::unify::Variables;
use snow_syntax::ast::{self, FnClause};
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;
use std::collections::BTreeMap;

/// What tuples implement whenever all their elements do.
const OF_TUPLES: [&str; 5] = ["Eq", "Ord", "Display", "Debug", "Hash"];

/// The derived impls of a program.
#[derive(Default)]
pub struct Derivations(Vec<Derivation>);

/// One derivation that is being worked out.
struct Derivation {
    impl_index: usize,
    of: Target,
    /// Where it is asked for; `None`: by default.
    written: Option<Span>,
}

#[derive(Clone, Copy)]
enum Target {
    Declared(TypeId),
    /// Of so many elements.
    Tuple(usize),
}

impl<'a> Program<'a> {
    /// Adds the impls of declared types. What a default derivation cannot do for a type is left out without a word.
    pub fn derive(&mut self, derivations: &mut Derivations) {
        for index in 0..self.types.len() {
            let ty = TypeId(index as u32);
            let wanted = self.wanted(ty);
            let interfaces = wanted.iter().flat_map(|(name, written)| {
                let names = match interfaces_of(name) {
                    [] => std::slice::from_ref(name),
                    names => names,
                };
                names.iter().map(move |name| (*name, *written))
            });
            for (name, written) in interfaces {
                let Some(interface) = self.language_interface(name) else { continue };
                let written_impl = self
                    .impl_index
                    .get(&(interface, Some(Head::Named(ty))))
                    .is_some_and(|impls| !impls.is_empty());
                if written_impl && written.is_none() {
                    continue;
                }
                derivations.0.extend(self.add_derived(ty, interface, written));
            }
        }
        self.settle_conditions(&derivations.0);
    }

    /// Adds the impls of tuples of some sizes, unless the program has its own. They belong to the library, and to its
    /// module `Tuple`.
    pub fn derive_tuples(&mut self, sizes: impl IntoIterator<Item = usize>, derivations: &mut Derivations) {
        let home = self.library_modules.get("Tuple").copied().or(self.language.prelude);
        let Some(module) = home else { return };
        for size in sizes {
            for name in OF_TUPLES {
                let Some(interface) = self.language_interface(name) else { continue };
                let vars: Vec<(String, Skolem)> = (0..size)
                    .map(type_parameter)
                    .map(|name| {
                        let skolem = self.new_skolem(&name);
                        (name, skolem)
                    })
                    .collect();
                let target = Ty::tuple(vars.iter().map(|(_, skolem)| Ty::skolem(*skolem)).collect());
                let info = derived_impl(interface, module, Span::default(), vars, target);
                if self.overlaps_another(&info) {
                    continue;
                }
                let impl_index = self.add_impl(info);
                derivations.0.push(Derivation { impl_index, of: Target::Tuple(size), written: None });
            }
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
        for derived in listed {
            let name = &derived.name;
            match DERIVABLE.iter().find(|known| **known == name.text) {
                Some(known) => {
                    if wanted.iter().any(|(other, _)| other == known) {
                        self.error(info.module, "E0044", name.span, format!("`{known}` is derived twice"));
                        continue;
                    }
                    if ["Default", ROW].contains(known) && matches!(info.declaration, TypeDeclaration::Sum(_))
                    {
                        let message = format!("`{known}` cannot be derived for a sum type");
                        let written = interfaces_of(known).first().unwrap_or(known);
                        let help = format!("which constructor would it be? Write an `impl {written}`");
                        self.report(Diagnostic::error("E0028", file, name.span, message).help(help));
                        continue;
                    }
                    self.check_renamings(info, derived);
                    wanted.push((*known, Some(name.span)));
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

    /// Only JSON has names of its own. They are of what the type has, each of one thing.
    fn check_renamings(&self, info: &TypeInfo, derived: &ast::Derived) {
        let file = self.modules[info.module].file;
        let (what, all): (_, Vec<&ast::Name>) = match info.declaration {
            TypeDeclaration::Struct(declaration) => {
                ("field", declaration.fields.iter().map(|field| &field.name).collect())
            }
            TypeDeclaration::Sum(declaration) => {
                ("constructor", declaration.variants.iter().map(|variant| &variant.name).collect())
            }
        };
        for (index, (name, _)) in derived.renamings.iter().enumerate() {
            if derived.name.text != JSON {
                let message =
                    format!("`{}` does not use the names of fields or constructors", derived.name.text);
                self.error(info.module, "E0028", name.span, message);
                return;
            }
            if !all.iter().any(|known| known.text == name.text) {
                let message = format!("`{}` has no {what} `{}`", info.short, name.text);
                let diagnostic = Diagnostic::error("E0009", file, name.span, message);
                let near = crate::nearest_name::nearest(&name.text, all.iter().map(|known| &*known.text));
                self.report(match near {
                    Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                    None => diagnostic,
                });
            } else if derived.renamings[..index].iter().any(|(earlier, _)| earlier.text == name.text) {
                let message = format!("`{}` is given two names", name.text);
                self.error(info.module, "E0044", name.span, message);
            }
        }
        let own_name = |name: &ast::Name| {
            let renaming = derived.renamings.iter().find(|(renamed, _)| renamed.text == name.text);
            renaming.map_or(name.text.clone(), |(_, text)| text.clone())
        };
        let mut used: BTreeMap<String, &ast::Name> = BTreeMap::new();
        for name in all.iter().filter(|_| !derived.renamings.is_empty()) {
            if let Some(other) = used.insert(own_name(name), name) {
                let message = format!("`{}` and `{}` have the same name in JSON", other.text, name.text);
                self.error(info.module, "E0044", derived.name.span, message);
            }
        }
    }

    fn report_unknown_derive(&self, file: usize, name: &ast::Name) {
        let message = format!("`{}` cannot be derived", name.text);
        let diagnostic = Diagnostic::error("E0028", file, name.span, message);
        self.report(match crate::nearest_name::nearest(&name.text, DERIVABLE) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help(format!("what can be derived: {}", DERIVABLE.join(", "))),
        });
    }

    fn add_derived(
        &mut self,
        ty: TypeId,
        interface: InterfaceId,
        written: Option<Span>,
    ) -> Option<Derivation> {
        let info = self.type_info(ty);
        let params = match info.declaration {
            TypeDeclaration::Struct(declaration) => &declaration.type_params,
            TypeDeclaration::Sum(declaration) => &declaration.type_params,
        };
        let names = params.iter().map(|param| param.name.text.clone());
        let vars = names.zip(info.params.iter().copied()).collect();
        let target = Ty::named(ty, info.params.iter().map(|skolem| Ty::skolem(*skolem)).collect());
        let (module, span) = (info.module, written.unwrap_or(info.span));
        let impl_index = self.add_impl(derived_impl(interface, module, span, vars, target));
        let of = Target::Declared(ty);
        (!self.impls[impl_index].dropped).then_some(Derivation { impl_index, of, written })
    }

    /// Types of the parts of a value, each with the name of its field or constructor.
    fn part_types(&self, derivation: &Derivation) -> Vec<(String, Ty)> {
        let ty = match derivation.of {
            Target::Declared(ty) => ty,
            Target::Tuple(_) => {
                let Ty::Con(_, elements) = &self.impls[derivation.impl_index].target else {
                    return Vec::new();
                };
                return elements.iter().map(|ty| (String::new(), ty.clone())).collect();
            }
        };
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
                        if let (Target::Declared(ty), Some(span)) = (derivation.of, derivation.written) {
                            self.report_underivable(ty, derivation.impl_index, &field, span);
                        }
                    }
                }
            }
            if !changed {
                return;
            }
        }
    }

    fn report_underivable(&self, ty: TypeId, impl_index: usize, field: &(String, Ty), span: Span) {
        let info = self.type_info(ty);
        let interface = self.interface(self.impls[impl_index].interface).name.clone();
        let in_folder = [JSON, ROW].into_iter().find(|name| interfaces_of(name).contains(&&*interface));
        let text = self.print(&Variables::default(), &field.1);
        let place = match info.declaration {
            TypeDeclaration::Struct(_) => format!("its field `{}`", field.0),
            TypeDeclaration::Sum(_) => format!("its constructor `{}`", field.0),
        };
        let derived = in_folder.unwrap_or(&*interface);
        let needed = needed_of_parts(&interface);
        let (code, help) = match derived {
            JSON => (
                "E0038",
                format!(
                    "write `impl ToJson` and `impl FromJson` for what it holds, or for `{}` itself",
                    info.short
                ),
            ),
            ROW => (
                "E0039",
                format!(
                    "a column holds an Int, a Float, a Bool, a String, or an Option of one: else write `impl {needed}` for it"
                ),
            ),
            _ => ("E0006", format!("write an `impl {interface} for {}`, or leave it out here", info.short)),
        };
        self.report(
            Diagnostic::error(
                code,
                self.modules[info.module].file,
                span,
                format!("`{derived}` cannot be derived for `{}`", info.short),
            )
            .label(format!("{place} holds {text}, which does not implement {needed}"))
            .help(help),
        );
    }

    /// What the parameters must implement so that all parts do.
    fn conditions(&self, derivation: &Derivation) -> Result<Vec<Constraint>, (String, Ty)> {
        let derived = self.impls[derivation.impl_index].interface;
        let needed = needed_of_parts(&self.interface(derived).name);
        let interface = if needed == self.interface(derived).name {
            derived
        } else {
            self.language_interface(needed).unwrap_or(derived)
        };
        let mut all = Vec::new();
        for (name, ty) in self.part_types(derivation) {
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

    /// The methods of those derived impls that there are, for `declare_derived_methods`.
    pub fn derived_methods(&self, derivations: &Derivations) -> Vec<Vec<FnClause>> {
        let methods = |derivation: &Derivation| {
            let info = &self.impls[derivation.impl_index];
            let form = match derivation.of {
                Target::Tuple(size) => Form::Tuple(size),
                Target::Declared(ty) => match self.type_info(ty).declaration {
                    TypeDeclaration::Struct(declaration) => Form::Struct(declaration),
                    TypeDeclaration::Sum(declaration) => Form::Sum(declaration),
                },
            };
            // Of a part whose type is wrong, which has been told, nothing more is said.
            let wrong = || self.part_types(derivation).iter().any(|(_, ty)| has_error(ty));
            match info.dropped || wrong() {
                true => Vec::new(),
                false => {
                    let interface = &*self.interface(info.interface).name;
                    deriving::methods(interface, form, self.renamings(derivation), info.span)
                }
            }
        };
        derivations.0.iter().map(methods).collect()
    }

    /// What `deriving(Json(…))` says.
    fn renamings(&self, derivation: &Derivation) -> &'a [(ast::Name, String)] {
        let Target::Declared(ty) = derivation.of else { return &[] };
        let listed = self.type_info(ty).declaration.deriving().as_deref().unwrap_or_default();
        listed.iter().find(|derived| derived.name.text == JSON).map_or(&[], |derived| &derived.renamings)
    }

    pub fn declare_derived_methods(&mut self, derivations: &Derivations, methods: &'a [Vec<FnClause>]) {
        for (derivation, methods) in derivations.0.iter().zip(methods) {
            self.declare_methods_of(derivation, methods);
        }
    }

    fn declare_methods_of(&mut self, derivation: &Derivation, clauses: &'a [FnClause]) {
        let info = &self.impls[derivation.impl_index];
        if info.dropped {
            let key = (info.interface, info.target.head());
            if let Some(indexes) = self.impl_index.get_mut(&key) {
                indexes.retain(|index| *index != derivation.impl_index);
            }
            return;
        }
        let (interface, module, span) = (info.interface, info.module, info.span);
        let target = match derivation.of {
            Target::Declared(ty) => self.type_info(ty).short.clone(),
            Target::Tuple(_) => self.print(&Variables::default(), &info.target),
        };
        let mut methods = Vec::new();
        for method in 0..self.interface(interface).methods.len() {
            let info = &self.interface(interface).methods[method];
            let (name, arity, declaration) = (info.name.clone(), info.params.len(), info.declaration);
            // The names of a default method are those of the module that the interface is in.
            let home = self.interface(interface).module;
            let (module, kind) = match clauses.iter().find(|clause| clause.name.text == name) {
                Some(clause) => (module, FunctionKind::Derived(clause)),
                None => (home, FunctionKind::Default(declaration)),
            };
            let id = self.new_function(module, &format!("{name} for {target}"), span, arity, kind);
            self.set_method_signature(id, derivation.impl_index, method);
            methods.push(id);
        }
        self.impls[derivation.impl_index].methods = methods;
    }
}

fn has_error(ty: &Ty) -> bool {
    match ty {
        Ty::Error => true,
        Ty::Con(_, inside) => inside.iter().any(has_error),
        Ty::Var(_) => false,
    }
}

/// An impl without conditions and methods, so far.
fn derived_impl(
    interface: InterfaceId,
    module: ModuleId,
    span: Span,
    vars: Vec<(String, Skolem)>,
    target: Ty,
) -> ImplInfo {
    ImplInfo {
        interface,
        module,
        span,
        vars,
        arguments: Vec::new(),
        target,
        constraints: Vec::new(),
        methods: Vec::new(),
        dropped: false,
    }
}

/// `A`, `B`, …, `Z`, `A1`, …
fn type_parameter(index: usize) -> String {
    let letter = char::from(b'A' + (index % 26) as u8);
    match index / 26 {
        0 => letter.to_string(),
        round => format!("{letter}{round}"),
    }
}
