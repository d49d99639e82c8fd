//! Impls that are written: what they are for, and a function for each method of their interface.

use crate::declarations::bounds::associated_name;
use crate::declarations::written_types::{Implicit, TypeScope};
use crate::hir::{FnId, InterfaceId};
use crate::impl_selection::Entailed;
use crate::library::dotted;
use crate::program::{FunctionKind, ImplInfo, ModuleId, Program};
use crate::types::{Constraint, Skolem, Ty, substitute};
use snow_syntax::ast::{self, ItemKind};
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;
use std::collections::HashMap;

impl<'a> Program<'a> {
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

    fn resolve_impl_header(&mut self, module: ModuleId, declaration: &'a ast::ImplDecl) {
        let Some(interface) = self.find_interface(module, &declaration.interface) else { return };
        let mut scope = TypeScope::new(module, &[], None);
        scope.implicit = Implicit::Names;
        let target = self.resolve_type(&scope, &declaration.target);
        scope.self_type = Some(target.clone());
        let mut arguments: Vec<Ty> =
            declaration.arguments.iter().map(|argument| self.resolve_type(&scope, argument)).collect();
        let expected = self.interface(interface).written_params();
        if arguments.len() != expected {
            let name = &self.interface(interface).name;
            let message =
                format!("the interface `{name}` takes {expected} type arguments, {} given", arguments.len());
            self.error(module, "E0003", declaration.interface[0].span, message);
            return;
        }
        let mut vars = scope.introduced.take();
        let constraints = self.resolve_bounds(module, &mut vars, Some(&target), &declaration.bounds);
        if matches!(target, Ty::Error) {
            return;
        }
        let header = declaration.interface[0].span.to(declaration.target.span);
        let scope = TypeScope::new(module, &vars, Some(target.clone()));
        arguments.extend(self.resolve_associated_types(interface, scope, declaration, header));
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

    /// `type Item = X`, in the order of the interface.
    fn resolve_associated_types(
        &self,
        interface: InterfaceId,
        mut scope: TypeScope,
        declaration: &ast::ImplDecl,
        header: Span,
    ) -> Vec<Ty> {
        let info = self.interface(interface);
        let file = self.modules[scope.module].file;
        let known = &info.declaration.associated;
        let mut stated: Vec<(&ast::Name, Ty)> = Vec::new();
        for (name, written) in &declaration.associated {
            let ty = self.resolve_type(&scope, written);
            if let Some((earlier, _)) = stated.iter().find(|(other, _)| other.text == name.text) {
                self.report(self.declared_twice(file, name, earlier.span));
                continue;
            }
            if !known.iter().any(|associated| associated.text == name.text) {
                if Some(&ty) != scope.self_type.as_ref() || !self.results_in_itself(interface, name) {
                    self.report_unknown_associated_type(interface, file, name);
                }
                continue;
            }
            scope.params.push((associated_name("Self", &name.text), ty.clone()));
            stated.push((name, ty));
        }
        let found =
            known.iter().map(|associated| {
                if let Some((_, ty)) = stated.iter().find(|(name, _)| name.text == associated.text) {
                    return ty.clone();
                }
                let message = format!("the type `{}` of `{}` is missing", associated.text, info.name);
                self.report(Diagnostic::error("E0007", file, header, message).help(format!(
                    "an impl states the types of its interface: `type {} = …`",
                    associated.text
                )));
                Ty::Error
            });
        found.collect()
    }

    /// Is it the `Output` of an operator? That is the type itself, which may be said.
    fn results_in_itself(&self, interface: InterfaceId, name: &ast::Name) -> bool {
        let operators = ["Add", "Sub", "Mul", "Div", "Mod", "Neg"];
        name.text == "Output"
            && operators.iter().any(|operator| self.language_interface(operator) == Some(interface))
    }

    fn report_unknown_associated_type(&self, interface: InterfaceId, file: usize, name: &ast::Name) {
        let info = self.interface(interface);
        let message = format!("the interface `{}` has no type `{}`", info.name, name.text);
        let diagnostic = Diagnostic::error("E0008", file, name.span, message);
        self.report(if self.results_in_itself(interface, name) {
            diagnostic.help(
                "the result of an operator has the type of its operands; for another result, write a function",
            )
        } else {
            let names = || info.declaration.associated.iter().map(|associated| associated.text.as_str());
            match self.meant(&name.text, names) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help(format!("the interface would say `type {}`", name.text)),
            }
        });
    }

    /// Who calls a method knows its interface and the impl. So what it asks of the impl's type parameters stands in the
    /// impl's own `where`; there it may be said again here.
    fn check_bounds_of_method(&self, index: usize, method: &ast::FnClause) {
        let info = &self.impls[index];
        let mut params: Vec<(String, Skolem)> = info.vars.clone();
        for bound in &method.bounds {
            let found = self.resolve_bounds(
                info.module,
                &mut params,
                Some(&info.target),
                std::slice::from_ref(bound),
            );
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

    /// Functions for the methods of a written impl, in the order of the interface.
    fn declare_methods(&mut self, index: usize, declaration: &'a ast::ImplDecl) {
        let (interface_id, module) = (self.impls[index].interface, self.impls[index].module);
        for method in &declaration.methods {
            self.check_bounds_of_method(index, method);
        }
        let method_count = self.interface(interface_id).methods.len();
        let methods = self.interface(interface_id).methods.iter().enumerate().rev();
        let numbers: HashMap<String, usize> =
            methods.map(|(index, method)| (method.name.clone(), index)).collect();
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
            let position = numbers.get(&first.name.text).copied();
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
        let own_names = interface.params.iter().map(|(name, _)| name.clone());
        let associated =
            own_names.zip(info.arguments.iter().cloned()).skip(interface.written_params()).collect();
        let function = &mut self.functions[id.0 as usize];
        function.self_type = Some(target);
        function.associated = associated;
        function.type_params = type_params;
        function.givens = givens;
        function.params = params.into_iter().map(Some).collect();
        function.result = Some(result);
        self.complete_signature(id);
    }
}
