//! `x.name` and `x.name(…)`.

use super::Infer;
use super::pending::{PendingKind, Resolution};
use super::placeholders;
use crate::hir::{self, Callee, ExprKind, FnId, InterfaceId, Target, TypeId};
use crate::impl_selection::Entailed;
use crate::program::{ModuleId, TypeKind, Value};
use crate::scope::Meaning;
use crate::scope::opaque_types::Attempt;
use crate::types::{Constraint, Head, Ty, substitute};
use snow_syntax::ast;
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;

/// What `x.name(…)` calls.
enum Member {
    /// A field that holds a function, or could.
    Field(usize, Ty),
    Method(InterfaceId, usize),
    Function(FnId),
    Several(Vec<InterfaceId>),
    None,
}

impl<'a> Infer<'_, 'a> {
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
    fn field_of(&self, ty: &Ty, name: &str) -> Option<(usize, Ty)> {
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

    fn has_closed_field(&self, ty: &Ty, name: &str) -> bool {
        let Ty::Con(Head::Named(id), _) = ty else { return false };
        let TypeKind::Struct(fields) = &self.program.type_info(*id).kind else { return false };
        !self.program.is_open(self.body.module, *id) && fields.iter().any(|(field, _)| field == name)
    }

    /// The one struct in sight that has all of these fields. The library's own do not count: nobody
    /// thinks of the inside of a list.
    pub(super) fn only_struct_with(&self, names: &[&str]) -> Option<TypeId> {
        let module = &self.program.modules[self.body.module];
        let mut found = None;
        for (index, info) in self.program.types.iter().enumerate() {
            let TypeKind::Struct(fields) = &info.kind else { continue };
            if !self.program.is_open(self.body.module, TypeId(index as u32)) {
                continue;
            }
            let in_sight = info.module == self.body.module
                || Some(info.module) == module.parent
                || module.imports.contains(&info.module);
            if in_sight && names.iter().all(|name| fields.iter().any(|(field, _)| field == name)) {
                if found.is_some() {
                    return None;
                }
                found = Some(TypeId(index as u32));
            }
        }
        found
    }

    pub(super) fn struct_instance(&mut self, id: TypeId) -> Ty {
        self.open_type(id).0
    }

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
    fn find_member(&mut self, ty: &Ty, name: &str, arguments: usize) -> Member {
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

    /// Those of some methods that a type has.
    fn implemented(&mut self, methods: Vec<(InterfaceId, usize)>, ty: &Ty) -> Option<Member> {
        let mut found = Vec::new();
        for (interface, index) in methods {
            if self.program.interface(interface).methods[index].params.is_empty() {
                continue;
            }
            let fresh: Vec<Ty> =
                self.program.interface(interface).params.iter().map(|_| self.fresh()).collect();
            let constraint = Constraint { interface, arguments: fresh, ty: ty.clone() };
            // An impl whose own conditions do not hold is still the one that was meant.
            let exists = self.program.entails(&self.variables, &self.givens, &constraint) != Entailed::No
                || matches!(ty, Ty::Con(head, _) if self.has_impl(interface, *head));
            if exists {
                found.push((interface, index));
            }
        }
        match found[..] {
            [] => None,
            [(interface, index)] => Some(Member::Method(interface, index)),
            _ => Some(Member::Several(found.into_iter().map(|(interface, _)| interface).collect())),
        }
    }

    fn has_impl(&self, interface: InterfaceId, head: Head) -> bool {
        !matches!(head, Head::Skolem(_))
            && self.program.impl_index.get(&(interface, Some(head))).is_some_and(|impls| !impls.is_empty())
    }

    pub(super) fn method_call(
        &mut self,
        base: &'a ast::Expr,
        name: &'a ast::Name,
        arguments: Vec<&'a ast::Expr>,
        span: Span,
    ) -> hir::Expr {
        let receiver = self.expr(base, None);
        self.method_call_on(receiver, &name.text, name.span, arguments, span)
    }

    fn method_call_on(
        &mut self,
        receiver: hir::Expr,
        name: &str,
        name_span: Span,
        arguments: Vec<&'a ast::Expr>,
        span: Span,
    ) -> hir::Expr {
        let mut ty = self.type_of(&receiver);
        if matches!(ty, Ty::Var(_)) {
            self.solve();
            ty = self.shallow(&ty);
        }
        match &ty {
            Ty::Var(_) => {
                let mut tree = vec![receiver];
                for argument in arguments {
                    tree.push(self.expr(argument, None));
                }
                let types =
                    tree[1..].iter().map(|argument| (self.type_of(argument), argument.span)).collect();
                let result = self.fresh();
                let resolution = self.new_resolution();
                let kind = PendingKind::MethodCall {
                    receiver: ty,
                    name: name.to_string(),
                    arguments: types,
                    result: result.clone(),
                    resolution,
                };
                self.postpone(kind, name_span);
                return self.make(placeholders::open_call(resolution, tree), result, span);
            }
            Ty::Error | Ty::Con(Head::Never, _) => {
                for argument in arguments {
                    self.expr(argument, None);
                }
                // What does not return is never called.
                return if matches!(ty, Ty::Error) { self.broken(span) } else { receiver };
            }
            Ty::Con(..) => {}
        }
        match self.find_member(&ty, name, arguments.len()) {
            Member::Field(index, field) => {
                let known = field.as_fun().map(|(params, _)| params.len());
                let function =
                    self.make(ExprKind::Field(Box::new(receiver), index), field.clone(), name_span);
                if known.is_some_and(|known| known != arguments.len()) {
                    for argument in &arguments {
                        self.expr(argument, None);
                    }
                    self.report_arity_of_field(&ty, name, &field, arguments.len(), name_span);
                    return self.broken(span);
                }
                self.call_evaluated(function, &of_field(name), arguments, span)
            }
            Member::Method(interface, index) => {
                let callable = self.callable_method(interface, index, span);
                self.call_with_receiver(callable, name, receiver, arguments, span, name_span)
            }
            Member::Function(function) => match self.callable_function(function, span) {
                Some(callable) => {
                    self.call_with_receiver(callable, name, receiver, arguments, span, name_span)
                }
                None => self.broken(span),
            },
            Member::Several(interfaces) => {
                for argument in arguments {
                    self.expr(argument, None);
                }
                self.report_several(&ty, name, &interfaces, name_span);
                self.broken(span)
            }
            Member::None => {
                for argument in arguments {
                    self.expr(argument, None);
                }
                self.report_no_method(&ty, name, name_span);
                self.broken(span)
            }
        }
    }

    fn call_with_receiver(
        &mut self,
        callable: super::names::Callable,
        name: &str,
        receiver: hir::Expr,
        arguments: Vec<&'a ast::Expr>,
        span: Span,
        name_span: Span,
    ) -> hir::Expr {
        let Some((first, rest)) = callable.params.split_first() else { return self.broken(span) };
        let receiver = self.fit(receiver, first);
        let Some(mut tree) = self.arguments(&format!("`{name}`"), rest, arguments, name_span) else {
            return self.broken(span);
        };
        tree.insert(0, receiver);
        self.call_target(callable.target, tree, callable.result, span)
    }

    /// Says of a method of the same name that the field hides it.
    fn report_arity_of_field(&mut self, ty: &Ty, name: &str, field: &Ty, found: usize, span: Span) {
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

    fn report_several(&mut self, ty: &Ty, name: &str, interfaces: &[InterfaceId], span: Span) {
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

    fn report_no_method(&mut self, ty: &Ty, name: &str, span: Span) {
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
        let (open, closed): (Vec<InterfaceId>, Vec<InterfaceId>) =
            (self.program.methods_named(name).into_iter())
                .map(|(interface, _)| interface)
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

    /// A method call whose receiver became known only after its arguments.
    pub(super) fn resolve_postponed_call(
        &mut self,
        receiver: &Ty,
        name: &str,
        arguments: &[(Ty, Span)],
        result: &Ty,
        resolution: usize,
        span: Span,
    ) {
        let ty = self.shallow(receiver);
        if matches!(ty, Ty::Error | Ty::Con(Head::Never, _)) {
            self.failed |= matches!(ty, Ty::Error);
            let _ = self.variables.unify(result, &Ty::Error);
            return;
        }
        match self.find_member(&ty, name, arguments.len()) {
            Member::Field(index, field) => {
                match field.as_fun() {
                    Some((params, own_result)) if params.len() == arguments.len() => {
                        for ((ty, span), param) in arguments.iter().zip(params) {
                            self.coerce(ty, param, *span);
                        }
                        self.coerce(own_result, result, span);
                    }
                    Some(_) => {
                        self.report_arity_of_field(&ty, name, &field, arguments.len(), span);
                        let _ = self.variables.unify(result, &Ty::Error);
                    }
                    None => {
                        let types = arguments.iter().map(|(ty, _)| ty.clone()).collect();
                        self.coerce(&field, &Ty::fun(types, result.clone()), span);
                    }
                }
                self.resolutions[resolution] = Resolution::FieldCall(index, field);
            }
            Member::Method(interface, index) => {
                self.apply_method(interface, index, &ty, arguments, result, resolution, span);
            }
            Member::Function(function) => {
                let Some(callable) = self.callable_function(function, span) else { return };
                if self.fit_postponed(name, &callable.params, &callable.result, &ty, arguments, result, span)
                    && let Target::Function(id, types) = callable.target
                {
                    let types = types
                        .iter()
                        .filter_map(placeholders::number_of)
                        .map(|number| self.types[number].clone())
                        .collect();
                    self.resolutions[resolution] = Resolution::Function(id, types);
                }
            }
            Member::Several(interfaces) => {
                self.report_several(&ty, name, &interfaces, span);
                let _ = self.variables.unify(result, &Ty::Error);
            }
            Member::None => {
                self.report_no_method(&ty, name, span);
                let _ = self.variables.unify(result, &Ty::Error);
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    pub(super) fn apply_method(
        &mut self,
        interface: InterfaceId,
        index: usize,
        receiver: &Ty,
        arguments: &[(Ty, Span)],
        result: &Ty,
        resolution: usize,
        span: Span,
    ) {
        let callable = self.callable_method(interface, index, span);
        let name = self.program.interface(interface).methods[index].name.clone();
        if !self.fit_postponed(&name, &callable.params, &callable.result, receiver, arguments, result, span) {
            return;
        }
        let own = |infer: &Self, types: &[hir::Type]| -> Vec<Ty> {
            types
                .iter()
                .filter_map(placeholders::number_of)
                .map(|number| infer.types[number].clone())
                .collect()
        };
        let self_type = self.self_type_of(&callable).unwrap_or(Ty::Error);
        if let Target::Method { arguments, type_args, .. } = &callable.target {
            self.resolutions[resolution] = Resolution::Method {
                interface,
                index,
                arguments: own(self, arguments),
                self_type,
                type_args: own(self, type_args),
            };
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn fit_postponed(
        &mut self,
        name: &str,
        params: &[Ty],
        own_result: &Ty,
        receiver: &Ty,
        arguments: &[(Ty, Span)],
        result: &Ty,
        span: Span,
    ) -> bool {
        let Some((first, rest)) = params.split_first() else { return false };
        if rest.len() != arguments.len() {
            let plural = if rest.len() == 1 { "argument" } else { "arguments" };
            let message = format!("`{name}` takes {} {plural}, {} given", rest.len(), arguments.len());
            self.error("E0003", span, message);
            let _ = self.variables.unify(result, &Ty::Error);
            return false;
        }
        self.coerce(receiver, first, span);
        for ((ty, span), param) in arguments.iter().zip(rest) {
            self.coerce(ty, param, *span);
        }
        self.coerce(own_result, result, span);
        true
    }

    /// `xs[i]` is `xs.get(i)`.
    pub(super) fn index(&mut self, base: &'a ast::Expr, index: &'a ast::Expr, span: Span) -> hir::Expr {
        let receiver = self.expr(base, None);
        self.method_call_on(receiver, "get", span, vec![index], span)
    }
}

/// A call of a value that a field holds.
pub fn field_call(receiver: hir::Expr, index: usize, ty: hir::Type, arguments: Vec<hir::Expr>) -> ExprKind {
    let span = receiver.span;
    let field = hir::Expr { ty, span, kind: ExprKind::Field(Box::new(receiver), index) };
    ExprKind::Call(Callee::Value(Box::new(field)), arguments)
}

/// How messages speak of what a field holds.
fn of_field(name: &str) -> String {
    format!("the function in the field `{name}`")
}
