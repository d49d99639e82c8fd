//! The second pass over every module: the types that are written at fields, methods, impls, functions and constants.

use crate::declarations::written_types::{Implicit, TypeScope};
use crate::hir::{ConstId, FnId, InterfaceId, TypeId};
use crate::impl_selection::Entailed;
use crate::library::dotted;
use crate::program::{
    ConstantInfo, FunctionKind, ImplInfo, MethodInfo, ModuleId, Program, TypeDeclaration, TypeKind,
};
use crate::scope::NameError;
use crate::types::{Constraint, Head, Scheme, Skolem, Ty, substitute};
use snow_syntax::ast::{self, ItemKind};
use snow_syntax::diagnostic::Diagnostic;
use std::cell::RefCell;

/// Interfaces, and which of their methods.
pub type Methods = Vec<(InterfaceId, usize)>;

impl<'a> Program<'a> {
    /// The fields of types, aliases, and the methods of interfaces.
    pub fn resolve_types(&mut self) {
        for id in 0..self.types.len() {
            self.resolve_type_declaration(TypeId(id as u32));
        }
        for alias in 0..self.aliases.len() {
            self.check_alias(alias);
        }
        for id in 0..self.interfaces.len() {
            self.resolve_interface(InterfaceId(id as u32));
        }
    }

    /// The impls that are written in modules of the library, or in those of the program.
    pub fn resolve_impls(&mut self, standard: bool) {
        for module in 0..self.modules.len() {
            if self.modules[module].standard != standard {
                continue;
            }
            for item in self.modules[module].items {
                if let ItemKind::Impl(declaration) = &item.kind {
                    self.resolve_impl_header(module, declaration);
                }
            }
        }
    }

    /// The types of functions and constants, as far as they are written.
    pub fn resolve_functions(&mut self) {
        for id in 0..self.functions.len() {
            self.resolve_function(FnId(id as u32));
        }
        for id in 0..self.constants.len() {
            let info = &self.constants[id];
            if let Some(annotation) = info.written {
                let scope = TypeScope::new(info.module, &[], None);
                let ty = self.resolve_type(&scope, annotation);
                self.constants[id].annotation = Some(ty);
            }
        }
    }

    fn resolve_type_declaration(&mut self, id: TypeId) {
        let info = self.type_info(id);
        let module = info.module;
        let declared = match info.declaration {
            TypeDeclaration::Struct(declaration) => &declaration.type_params,
            TypeDeclaration::Sum(declaration) => &declaration.type_params,
        };
        let names = declared.iter().map(|param| param.name.text.clone());
        let params: Vec<(String, Skolem)> = names.zip(info.params.iter().copied()).collect();
        let scope = TypeScope::new(module, &params, None);
        let resolve = |annotation: &ast::TypeExpr| {
            let ty = self.resolve_type(&scope, annotation);
            if ty.head() == Some(crate::types::Head::U8x16) {
                self.report(crate::declarations::written_types::vector_inside(
                    self.modules[module].file,
                    annotation.span,
                ));
                return Ty::Error;
            }
            ty
        };
        let kind = match info.declaration {
            TypeDeclaration::Struct(declaration) => {
                let mut fields: Vec<(String, Ty)> = Vec::new();
                for field in &declaration.fields {
                    if fields.iter().any(|(name, _)| *name == field.name.text) {
                        let message = format!("the field `{}` is declared twice", field.name.text);
                        self.error(module, "E0044", field.name.span, message);
                    }
                    fields.push((field.name.text.clone(), resolve(&field.annotation)));
                }
                TypeKind::Struct(fields)
            }
            TypeDeclaration::Sum(declaration) => TypeKind::Sum(
                declaration
                    .variants
                    .iter()
                    .map(|variant| {
                        (
                            variant.name.text.clone(),
                            variant.payload.iter().map(|(_, ty)| resolve(ty)).collect(),
                        )
                    })
                    .collect(),
            ),
        };
        self.types[id.0 as usize].kind = kind;
        self.declare_defaults(id, &params);
    }

    /// The default of a field is a constant of the field's type.
    fn declare_defaults(&mut self, id: TypeId, params: &[(String, Skolem)]) {
        let info = self.type_info(id);
        let (TypeDeclaration::Struct(declaration), TypeKind::Struct(types)) = (info.declaration, &info.kind)
        else {
            return;
        };
        let (module, short, types) = (info.module, info.short.clone(), types.clone());
        let mut defaults = Vec::new();
        for (field, (_, ty)) in declaration.fields.iter().zip(types) {
            defaults.push(field.default.as_ref().map(|value| {
                self.constants.push(ConstantInfo {
                    name: format!("{short}.{}", field.name.text),
                    module,
                    span: field.name.span,
                    is_default: true,
                    value,
                    written: None,
                    type_params: params.to_vec(),
                    annotation: Some(ty),
                    ty: None,
                });
                ConstId(self.constants.len() as u32 - 1)
            }));
        }
        self.types[id.0 as usize].defaults = defaults;
    }

    /// Reports what is wrong in an alias even if nobody uses it.
    fn check_alias(&self, alias: usize) {
        let info = &self.aliases[alias];
        let params: Vec<(String, Skolem)> = info
            .declaration
            .type_params
            .iter()
            .map(|param| (param.name.text.clone(), self.new_skolem(&param.name.text)))
            .collect();
        self.resolve_type(&TypeScope::new(info.module, &params, None), &info.declaration.target);
    }

    fn resolve_interface(&mut self, id: InterfaceId) {
        let info = self.interface(id);
        let (module, declaration) = (info.module, info.declaration);
        let self_type = Ty::skolem(info.self_param);
        let params = info.params.clone();
        let mut methods = Vec::new();
        for method in &declaration.methods {
            let mut scope = TypeScope::new(module, &params, Some(self_type.clone()));
            scope.implicit = Implicit::Letters;
            let mut types = Vec::new();
            for (index, param) in method.params.iter().enumerate() {
                types.push(match &param.annotation {
                    Some(annotation) => self.resolve_type(&scope, annotation),
                    None if index == 0 => self_type.clone(),
                    None => {
                        self.report(
                            Diagnostic::error(
                                "E0072",
                                self.modules[module].file,
                                param.pattern.span,
                                "this parameter needs a type",
                            )
                            .help("methods of interfaces state the types of all parameters but the first; `Self` is the implementing type"),
                        );
                        Ty::Error
                    }
                });
            }
            let result = match &method.result {
                Some(annotation) => self.resolve_type(&scope, annotation),
                None => Ty::unit(),
            };
            methods.push(MethodInfo {
                name: method.name.text.clone(),
                params: types,
                result,
                type_params: scope.introduced.take(),
                declaration: method,
            });
        }
        self.interfaces[id.0 as usize].methods = methods;
    }

    fn resolve_impl_header(&mut self, module: ModuleId, declaration: &'a ast::ImplDecl) {
        let Some(interface) = self.find_interface(module, &declaration.interface) else { return };
        let mut scope = TypeScope::new(module, &[], None);
        scope.implicit = Implicit::Names;
        let target = self.resolve_type(&scope, &declaration.target);
        scope.self_type = Some(target.clone());
        let arguments: Vec<Ty> =
            declaration.arguments.iter().map(|argument| self.resolve_type(&scope, argument)).collect();
        let expected = self.interface(interface).params.len();
        if arguments.len() != expected {
            let name = &self.interface(interface).name;
            let message =
                format!("the interface `{name}` takes {expected} type arguments, {} given", arguments.len());
            self.error(module, "E0003", declaration.interface[0].span, message);
            return;
        }
        let vars = scope.introduced.take();
        let constraints = self.resolve_bounds(module, &vars, Some(&target), &declaration.bounds);
        if matches!(target, Ty::Error) {
            return;
        }
        if let Some((name, _)) = declaration.associated.first() {
            self.error(module, "E0099", name.span, "associated types are not supported yet");
        }
        let header = declaration.interface[0].span.to(declaration.target.span);
        let index = self.add_impl(ImplInfo {
            interface,
            module,
            span: header,
            vars: vars.clone(),
            arguments,
            target: target.clone(),
            constraints: constraints.clone(),
            methods: Vec::new(),
            dropped: false,
        });
        self.declare_methods(index, declaration);
    }

    fn find_interface(&self, module: ModuleId, path: &ast::Path) -> Option<InterfaceId> {
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

    pub(crate) fn resolve_bounds(
        &self,
        module: ModuleId,
        params: &[(String, Skolem)],
        self_type: Option<&Ty>,
        bounds: &[ast::Bound],
    ) -> Vec<Constraint> {
        let scope = TypeScope::new(module, params, self_type.cloned());
        let mut constraints = Vec::new();
        for bound in bounds {
            let Some((_, skolem)) = params.iter().find(|(name, _)| *name == bound.param.text) else {
                let message = format!("`{}` is not a type parameter of this declaration", bound.param.text);
                self.error(module, "E0004", bound.param.span, message);
                continue;
            };
            let Some(interface) = self.find_interface(module, &bound.interface) else { continue };
            let arguments: Vec<Ty> = bound.arguments.iter().map(|ty| self.resolve_type(&scope, ty)).collect();
            if arguments.len() != self.interface(interface).params.len() {
                let message =
                    format!("wrong number of type arguments for `{}`", self.interface(interface).name);
                self.error(module, "E0003", bound.interface[0].span, message);
                continue;
            }
            constraints.push(Constraint { interface, arguments, ty: Ty::skolem(*skolem) });
        }
        constraints
    }

    pub(crate) fn add_impl(&mut self, info: ImplInfo) -> usize {
        let index = self.impls.len();
        let key = impl_key(&info);
        let overlapping = self.overlapping_impl(&info);
        let mut info = info;
        if let Some(other) = overlapping {
            info.dropped = true;
            let interface = self.interface(info.interface).name.clone();
            let target = self.print(&Default::default(), &info.target);
            let diagnostic = Diagnostic::error(
                "E0026",
                self.modules[info.module].file,
                info.span,
                format!("`{interface}` is already implemented for `{target}`"),
            );
            let other = &self.impls[other];
            self.report(if other.module == info.module {
                diagnostic.also(other.span, "the other implementation is here")
            } else {
                diagnostic.help(format!(
                    "the module `{}` implements it; a type has one implementation of an interface in the whole program",
                    self.modules[other.module].name
                ))
            });
        } else {
            self.impl_index.entry(key).or_default().push(index);
        }
        self.impls.push(info);
        index
    }

    pub(super) fn overlaps_another(&self, info: &ImplInfo) -> bool {
        self.overlapping_impl(info).is_some()
    }

    /// The first impl that overlaps: of a type with the same head, or of all types.
    fn overlapping_impl(&self, info: &ImplInfo) -> Option<usize> {
        let key = &impl_key(info);
        let of_key = |key| self.impl_index.get(key).into_iter().flatten().copied();
        let candidates: Vec<usize> = match key.1 {
            Some(_) => of_key(key).chain(of_key(&(key.0, None))).collect(),
            None => (0..self.impls.len()).collect(),
        };
        let overlaps = |other: &usize| {
            let other = &self.impls[*other];
            if other.interface != info.interface || other.dropped {
                return false;
            }
            // Each side gets variables of its own; then the two overlap exactly if they unify.
            let mut variables = crate::unify::Variables::default();
            let mut open = |info: &ImplInfo| {
                let fresh: Vec<(Skolem, Ty)> =
                    info.vars.iter().map(|(_, skolem)| (*skolem, variables.fresh(0))).collect();
                let parts = std::iter::once(&info.target).chain(&info.arguments);
                parts.map(|ty| substitute(ty, &fresh)).collect::<Vec<_>>()
            };
            let (ours, theirs) = (open(info), open(other));
            ours.iter().zip(&theirs).all(|(a, b)| variables.unify(a, b).is_ok())
        };
        candidates.into_iter().filter(overlaps).min()
    }

    /// Functions for the methods of a written impl, in the order of the interface.
    /// Who calls a method knows its interface and the impl. So what it asks of the impl's type parameters stands in the
    /// impl's own `where`; there it may be said again here.
    fn check_bounds_of_method(&self, index: usize, method: &ast::FnClause) {
        let info = &self.impls[index];
        let params: Vec<(String, Skolem)> = info.vars.clone();
        for bound in &method.bounds {
            let found =
                self.resolve_bounds(info.module, &params, Some(&info.target), std::slice::from_ref(bound));
            let said = |constraint: &Constraint| {
                self.entails(&Default::default(), &info.constraints, constraint) == Entailed::Yes
            };
            if found.iter().all(said) {
                continue;
            }
            let interface = dotted(&bound.interface);
            let message =
                format!("a method asks for no more than its impl: `{}: {interface}`", bound.param.text);
            let diagnostic =
                Diagnostic::error("E0008", self.modules[info.module].file, bound.param.span, message);
            self.report(diagnostic.help(format!(
                "write it behind the type: `impl {} for {} where {}: {interface} do`",
                self.interface(info.interface).name,
                self.print(&Default::default(), &info.target),
                bound.param.text
            )));
        }
    }

    fn declare_methods(&mut self, index: usize, declaration: &'a ast::ImplDecl) {
        let (interface_id, module) = (self.impls[index].interface, self.impls[index].module);
        for method in &declaration.methods {
            self.check_bounds_of_method(index, method);
        }
        let method_count = self.interface(interface_id).methods.len();
        let mut groups: Vec<Option<Vec<&'a ast::FnClause>>> = vec![None; method_count];
        let mut at = 0;
        while at < declaration.methods.len() {
            let first = &declaration.methods[at];
            let mut clauses = vec![first];
            at += 1;
            while let Some(next) = declaration.methods.get(at)
                && next.name.text == first.name.text
                && next.params.len() == first.params.len()
            {
                clauses.push(next);
                at += 1;
            }
            let interface = self.interface(interface_id);
            let position = interface.methods.iter().position(|method| method.name == first.name.text);
            if let Some(method) = position
                && let Some(earlier) = &groups[method]
                && earlier[0].params.len() == first.params.len()
            {
                self.report_clauses_apart(module, "method", &first.name, earlier[0].name.span);
                continue;
            }
            match position {
                None => {
                    let message =
                        format!("the interface `{}` has no method `{}`", interface.name, first.name.text);
                    let diagnostic =
                        Diagnostic::error("E0008", self.modules[module].file, first.name.span, message);
                    let names = || interface.methods.iter().map(|method| method.name.as_str());
                    self.report(match self.meant(&first.name.text, names) {
                        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                        None => diagnostic,
                    });
                }
                Some(method) if groups[method].is_some() => {
                    let message = format!("the method `{}` is written twice", first.name.text);
                    let file = self.modules[module].file;
                    let help = "clauses of one method stand in a row, and have equally many parameters";
                    self.report(Diagnostic::error("E0044", file, first.name.span, message).help(help));
                }
                Some(method) => groups[method] = Some(clauses),
            }
        }
        let mut methods = Vec::new();
        for (method_index, clauses) in groups.into_iter().enumerate() {
            let info = &self.interface(interface_id).methods[method_index];
            let (name, arity, method_declaration) = (info.name.clone(), info.params.len(), info.declaration);
            let target = self.print(&Default::default(), &self.impls[index].target);
            let short = format!("{name} for {target}");
            let id = match clauses {
                Some(clauses) => {
                    let (name_span, found) = (clauses[0].name.span, clauses[0].params.len());
                    if found != arity {
                        let message =
                            format!("`{name}` has {found} parameters here, {arity} in the interface");
                        self.error(module, "E0008", name_span, message);
                    }
                    let id =
                        self.new_function(module, &short, name_span, arity, FunctionKind::Clauses(clauses));
                    if found != arity {
                        let home = self.interface(interface_id).module;
                        let function = &mut self.functions[id.0 as usize];
                        function.kind = FunctionKind::Default(method_declaration);
                        function.module = home;
                    }
                    id
                }
                // Its names are those of the module that the interface is in.
                None if method_declaration.default.is_some() => self.new_function(
                    self.interface(interface_id).module,
                    &short,
                    method_declaration.name.span,
                    arity,
                    FunctionKind::Default(method_declaration),
                ),
                None => {
                    let interface = self.interface(interface_id).name.clone();
                    let header = self.impls[index].span;
                    self.report(
                        Diagnostic::error(
                            "E0007",
                            self.modules[module].file,
                            header,
                            format!("the method `{name}` of `{interface}` is missing"),
                        )
                        .help("an impl has all methods of its interface that have no default"),
                    );
                    self.new_function(
                        module,
                        &short,
                        header,
                        arity,
                        FunctionKind::Default(method_declaration),
                    )
                }
            };
            self.set_method_signature(id, index, method_index);
            methods.push(id);
        }
        self.impls[index].methods = methods;
    }

    /// The signature of a method: the interface's, for the impl's type.
    pub(crate) fn set_method_signature(&mut self, id: FnId, impl_index: usize, method: usize) {
        let info = &self.impls[impl_index];
        let interface = self.interface(info.interface);
        let method = &interface.methods[method];
        let mut substitution: Vec<(Skolem, Ty)> = vec![(interface.self_param, info.target.clone())];
        let arguments =
            interface.params.iter().map(|(_, skolem)| *skolem).zip(info.arguments.iter().cloned());
        substitution.extend(arguments);
        let mut type_params = info.vars.clone();
        for (name, skolem) in &method.type_params {
            let own = self.new_skolem(name);
            substitution.push((*skolem, Ty::skolem(own)));
            type_params.push((name.clone(), own));
        }
        let params: Vec<Ty> = method.params.iter().map(|ty| substitute(ty, &substitution)).collect();
        let result = substitute(&method.result, &substitution);
        let (givens, target) = (info.constraints.clone(), info.target.clone());
        let function = &mut self.functions[id.0 as usize];
        function.self_type = Some(target);
        function.type_params = type_params;
        function.givens = givens;
        function.params = params.into_iter().map(Some).collect();
        function.result = Some(result);
        self.complete_signature(id);
    }

    /// Gives a function its scheme when its annotations say everything.
    fn complete_signature(&mut self, id: FnId) {
        let function = &mut self.functions[id.0 as usize];
        if !function.holes.is_empty() {
            return;
        }
        let params: Option<Vec<Ty>> = function.params.iter().cloned().collect();
        let (Some(params), Some(result)) = (params, function.result.clone()) else { return };
        function.annotated = true;
        function.scheme = Some(Scheme {
            vars: function.type_params.iter().map(|(_, skolem)| *skolem).collect(),
            constraints: function.givens.clone(),
            ty: Ty::fun(params, result),
        });
    }

    fn resolve_function(&mut self, id: FnId) {
        let function = self.function(id);
        if function.annotated || function.self_type.is_some() {
            return;
        }
        let module = function.module;
        let (type_params, params, result, bounds): (&[ast::TypeParam], Vec<&ast::Param>, _, &[ast::Bound]) =
            match &function.kind {
                FunctionKind::Clauses(clauses) => {
                    let first = clauses[0];
                    (&first.type_params, first.params.iter().collect(), first.result.as_ref(), &first.bounds)
                }
                FunctionKind::Extern(declaration) => {
                    let params = declaration.params.iter().collect();
                    (&declaration.type_params, params, declaration.result.as_ref(), &[])
                }
                FunctionKind::Actor(declaration) => (&[], declaration.params.iter().collect(), None, &[]),
                FunctionKind::Test(_) | FunctionKind::Default(_) | FunctionKind::Derived(_) => {
                    (&[], Vec::new(), None, &[])
                }
            };
        self.check_type_params(module, type_params);
        let mut named: Vec<(String, Skolem)> = Vec::new();
        for param in type_params {
            named.push((param.name.text.clone(), self.new_skolem(&param.name.text)));
        }
        let is_extern = matches!(function.kind, FunctionKind::Extern(_));
        let scope = TypeScope::new(module, &named, None);
        let scope = if is_extern { scope } else { scope.with_holes() };
        let mut types: Vec<Option<Ty>> = params
            .iter()
            .map(|param| param.annotation.as_ref().map(|annotation| self.resolve_type(&scope, annotation)))
            .collect();
        // Another clause may say what the first leaves open.
        if let FunctionKind::Clauses(clauses) = &function.kind {
            for clause in &clauses[1..] {
                for (ty, param) in types.iter_mut().zip(&clause.params) {
                    if ty.is_none() {
                        *ty =
                            param.annotation.as_ref().map(|annotation| self.resolve_type(&scope, annotation));
                    }
                }
            }
        }
        let result = match result {
            Some(annotation) => Some(self.resolve_type(&scope, annotation)),
            None if is_extern => Some(Ty::unit()),
            None => None,
        };
        if is_extern {
            for (ty, param) in types.iter_mut().zip(&params) {
                if ty.is_none() {
                    self.error(
                        module,
                        "E0072",
                        param.pattern.span,
                        "a parameter of an `extern fn` needs a type",
                    );
                    *ty = Some(Ty::Error);
                }
            }
        }
        let givens = self.resolve_bounds(module, &named, None, bounds);
        let function = &mut self.functions[id.0 as usize];
        function.type_params = named;
        function.givens = givens;
        function.params = types;
        function.result = result;
        function.holes = scope.holes.map(RefCell::into_inner).unwrap_or_default();
        self.complete_signature(id);
    }

    /// Every constructor and method as a scheme, so that uses can be given types of their own.
    pub fn constructor_scheme(&self, id: TypeId, index: usize) -> Scheme {
        let info = self.type_info(id);
        let own = Ty::named(id, info.params.iter().map(|skolem| Ty::skolem(*skolem)).collect());
        let payload = match &info.kind {
            TypeKind::Sum(constructors) => constructors.get(index).map(|(_, payload)| payload.clone()),
            TypeKind::Struct(_) => None,
        };
        let ty = match payload {
            Some(payload) if payload.is_empty() => own,
            Some(payload) => Ty::fun(payload, own),
            None => Ty::Error,
        };
        Scheme { vars: info.params.clone(), constraints: Vec::new(), ty }
    }

    /// Interfaces that have a method of this name, in order of declaration.
    pub fn methods_named(&self, name: &str) -> Methods {
        let mut found = Vec::new();
        for (id, interface) in self.interfaces.iter().enumerate() {
            if let Some(index) = interface.methods.iter().position(|method| method.name == name) {
                found.push((InterfaceId(id as u32), index));
            }
        }
        found
    }

    /// The same in two parts: those of the library and of modules that `from` imports, directly or through others, and
    /// those that are merely part of the program. The second ones are meant only where nothing else can be. A private
    /// interface of the program has methods in its module only.
    pub fn methods_seen_from(&self, from: ModuleId, name: &str) -> (Methods, Methods) {
        let mut all = self.methods_named(name);
        all.retain(|(interface, _)| self.may_call_methods_of(from, *interface));
        let is_user = |method: &(InterfaceId, usize)| !self.modules[self.interface(method.0).module].standard;
        if !all.iter().any(is_user) {
            return (all, Vec::new());
        }
        let reached = self.reached_modules(from);
        all.into_iter()
            .partition(|method| !is_user(method) || reached.contains(&self.interface(method.0).module))
    }

    /// Is the interface public, or the module one to which its private names are open?
    pub fn may_call_methods_of(&self, from: ModuleId, interface: InterfaceId) -> bool {
        let info = self.interface(interface);
        info.public || self.modules[info.module].standard || self.is_around(from, info.module)
    }
}

/// Where an impl is found: by its interface, and the head of its type if that is no parameter.
fn impl_key(info: &ImplInfo) -> (InterfaceId, Option<Head>) {
    let head = info.target.head().filter(|head| !matches!(head, Head::Skolem(_)));
    (info.interface, head)
}
