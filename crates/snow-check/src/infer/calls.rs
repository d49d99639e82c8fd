//! Calls of functions, constructors, methods and values.

use super::Infer;
use super::names::Callable;
use crate::hir::{self, Callee, ExprKind, FnId, Target};
use crate::inference_order::static_path;
use crate::program::{TypeName, Value};
use crate::scope::Meaning;
use crate::scope::opaque_types::Attempt;
use crate::types::{Constraint, Ty};
use snow_syntax::ast;
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;

/// What stands before the parentheses.
enum Found {
    Value(Value, String),
    /// `Type.method(…)`
    Static(Callable),
    Nothing,
    /// Reported already.
    Broken,
}

impl<'a> Infer<'_, 'a> {
    pub(super) fn call(
        &mut self,
        callee: &'a ast::Expr,
        arguments: Vec<&'a ast::Expr>,
        expected: Option<&Ty>,
        span: Span,
        tail: bool,
    ) -> hir::Expr {
        let found = match &callee.kind {
            ast::ExprKind::Name(name) if self.find_local(name).is_none() => {
                match self.named_value(name, expected, callee.span) {
                    Some(value) => Found::Value(value, name.clone()),
                    None => Found::Broken,
                }
            }
            ast::ExprKind::Member(base, name) => match self.static_member(base, name, expected) {
                Found::Nothing => return self.method_call(base, name, arguments, span),
                found => found,
            },
            _ => Found::Nothing,
        };
        match found {
            Found::Broken => {
                for argument in arguments {
                    self.expr(argument, None);
                }
                self.broken(span)
            }
            Found::Nothing => self.call_value(callee, arguments, span),
            Found::Static(callable) => self.call_static(callable, arguments, expected, span, callee.span),
            Found::Value(Value::Constant(_), _) => self.call_value(callee, arguments, span),
            Found::Value(Value::Functions(functions), name) => {
                self.call_function(&functions, &name, arguments, expected, span, callee.span, tail)
            }
            Found::Value(Value::Constructor(id, index), name) => {
                let scheme = self.program.constructor_scheme(id, index);
                let (_, ty) = self.instantiate(&scheme, span);
                let (params, result) = match ty.as_fun() {
                    Some((params, result)) => (params.to_vec(), result.clone()),
                    None => (Vec::new(), ty.clone()),
                };
                if let Some(expected) = expected
                    && self.shallow(expected).head() == result.head()
                {
                    let _ = self.variables.unify(&result, expected);
                }
                let Some(tree) = self.arguments(&format!("`{name}`"), &params, arguments, callee.span) else {
                    return self.broken(span);
                };
                self.make(ExprKind::Construct(index, tree), result, span)
            }
            Found::Value(Value::Method(interface, index), _) => {
                let callable = self.callable_method(interface, index, span);
                self.call_static(callable, arguments, expected, span, callee.span)
            }
        }
    }

    /// `Module.name` or `Type.name`, unless the base is a value.
    fn static_member(&mut self, base: &'a ast::Expr, name: &'a ast::Name, expected: Option<&Ty>) -> Found {
        let Some(path) = static_path(base) else { return Found::Nothing };
        if self.find_local(path[0]).is_some() {
            return Found::Nothing;
        }
        let mut module_error = None;
        if let Some((target, length)) = self.program.path_module(self.body.module, &path)
            && length == path.len()
        {
            match self.program.member_from(self.body.module, target, &name.text) {
                Ok(meaning) => return self.meant_member(meaning, name, expected),
                Err(error) => module_error = Some((target, error)),
            }
        }
        if path[0].starts_with(char::is_uppercase) || path.len() > 1 {
            let mut full = path.clone();
            full.push(&name.text);
            let candidates = self.program.constructor_path(self.body.module, &full);
            if !candidates.is_empty() {
                return self.meant_member(Meaning::Constructors(candidates), name, expected);
            }
            if let Some(callable) = self.static_method(&path, &name.text, name.span) {
                return Found::Static(callable);
            }
        }
        let full: Vec<&str> = path.iter().copied().chain([name.text.as_str()]).collect();
        if let Some(id) = self.program.closed_constructor(self.body.module, &full)
            && self.refuses(id, Attempt::Build, Some(&name.text), name.span)
        {
            return Found::Broken;
        }
        if let Some((target, error)) = module_error {
            self.report_member(target, &name.text, error, name.span);
            return Found::Broken;
        }
        // A value that this module declares, or another one: a constant, or a nullary constructor.
        if self.program.value(self.body.module, path[0]).is_ok() || self.leads_to_a_value(&path) {
            return Found::Nothing;
        }
        if path[0].starts_with(char::is_uppercase) {
            if let Ok(TypeName::Type(id)) = self.program.type_path(self.body.module, &path) {
                let message =
                    format!("the type `{}` has no `{}`", self.program.type_info(id).name, name.text);
                let help = self.how_values_are_made(id);
                self.error_with("E0010", name.span, message, help);
            } else {
                self.report_unknown_qualifier(&path, &name.text, base.span);
            }
            return Found::Broken;
        }
        Found::Nothing
    }

    /// Is a part of the path the name of a value in a module? What follows is a field or a method of it.
    fn leads_to_a_value(&self, path: &[&str]) -> bool {
        let module = self.body.module;
        let member = |end: usize| match self.program.path_module(module, &path[..end]) {
            Some((target, length)) => {
                length == end && self.program.member_from(module, target, path[end]).is_ok()
            }
            None => false,
        };
        let constructor = |end: usize| !self.program.constructor_path(module, &path[..=end]).is_empty();
        (1..path.len()).any(|end| member(end) || constructor(end))
    }

    fn meant_member(&mut self, meaning: Meaning, name: &ast::Name, expected: Option<&Ty>) -> Found {
        match self.meant_value(meaning, &name.text, expected, name.span) {
            Some(value) => Found::Value(value, name.text.clone()),
            None => Found::Broken,
        }
    }

    /// Before `.name` stands what is no module and no type.
    fn report_unknown_qualifier(&mut self, path: &[&str], name: &str, span: Span) {
        if self.program.import_failed(self.body.module, path[0]) {
            self.failed = true;
            return;
        }
        if let Some((first, second)) = self.program.ambiguous_qualifier(self.body.module, path[0]) {
            return self.report_ambiguous(path[0], [first, second], span);
        }
        if let Some(inner) = self.program.private_module(self.body.module, path) {
            let message = format!("the module `{}` is private", self.program.modules[inner].name);
            let help = "write `pub` in front of its declaration to use it in other files";
            return self.error_with("E0035", span, message, help);
        }
        let text = path.join(".");
        if let Ok(interface) = self.program.interface_path(self.body.module, path) {
            let has = self.program.interface(interface).methods.iter().any(|method| method.name == name);
            let help = if has {
                format!("its method is `{name}`, without the interface's name in front")
            } else {
                "its methods are called by their names alone: `method(value)` or `value.method()`".to_string()
            };
            return self.error_with("E0031", span, format!("`{text}` is an interface, not a module"), help);
        }
        let diagnostic =
            Diagnostic::error("E0031", self.file(), span, format!("there is no module `{text}` here"));
        let last = |name: &str| name.rsplit('.').next().unwrap_or(name).to_string();
        let known: Vec<&str> = self.program.module_names().collect();
        // The shortest first: `Options` is rather `Ws.Options` than a part of something greater.
        let importable = known.iter().filter(|name| **name == text || last(name) == text);
        let importable = importable.min_by_key(|name| (name.len(), **name));
        let help = self.program.help_to_import(self.body.module, path);
        let diagnostic = match importable {
            _ if help.is_some() => Diagnostic { help, ..diagnostic },
            Some(name) => diagnostic.help(format!("write `import {name}` at the top of the file")),
            None => {
                let names = || known.iter().flat_map(|name| [name.to_string(), last(name)]);
                match self.program.meant(&text, names) {
                    Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                    None => diagnostic,
                }
            }
        };
        self.report(diagnostic);
    }

    /// `String.from(5)`: a method of an interface for a type that is named.
    fn static_method(&mut self, path: &[&str], name: &str, span: Span) -> Option<Callable> {
        let written = ast::TypeExpr {
            span,
            kind: ast::TypeKind::Named(
                path.iter().map(|segment| ast::Name { text: segment.to_string(), span }).collect(),
                Vec::new(),
            ),
        };
        let own = match self.program.type_path(self.body.module, path) {
            Ok(TypeName::Type(id)) => self.open_type(id).0,
            Ok(TypeName::Alias(alias)) => {
                let id = self.program.aliased_type(alias)?;
                self.open_type(id).0
            }
            Err(_) => {
                let is_param = self.body.type_params.iter().any(|(param, _)| [param.as_str()] == *path);
                if !is_param && path != ["Self"] && !crate::declarations::written_types::is_builtin(path[0]) {
                    return None;
                }
                let scope = self.annotation_scope();
                self.program.resolve_type(&scope, &written)
            }
        };
        let (near, far) = self.program.methods_seen_from(self.body.module, name);
        let candidates: Vec<_> = near
            .into_iter()
            .chain(far)
            .filter(|(interface, _)| {
                let constraint = Constraint { interface: *interface, arguments: Vec::new(), ty: own.clone() };
                self.program.entails(&self.variables, &self.givens, &constraint)
                    != crate::impl_selection::Entailed::No
            })
            .collect();
        let (interface, index) = *candidates.first()?;
        let callable = self.callable_method(interface, index, span);
        if let Some(self_type) = self.self_type_of(&callable) {
            self.coerce(&own, &self_type, span);
        }
        Some(callable)
    }

    /// `Module.name` or `Type.Constructor` as a value. `None`: the base is a value.
    pub(super) fn static_value(
        &mut self,
        base: &'a ast::Expr,
        name: &'a ast::Name,
        expected: Option<&Ty>,
        span: Span,
    ) -> Option<hir::Expr> {
        match self.static_member(base, name, expected) {
            Found::Nothing => None,
            Found::Broken => Some(self.broken(span)),
            Found::Value(value, name) => Some(self.value(&value, &name, expected, span)),
            Found::Static(callable) => {
                let ty = Ty::fun(callable.params, callable.result);
                Some(self.make(ExprKind::Function(callable.target), ty, span))
            }
        }
    }

    /// The actor or function that `spawn` names.
    pub(super) fn named_functions(&mut self, callee: &'a ast::Expr) -> Option<(Vec<FnId>, String)> {
        let found = match &callee.kind {
            ast::ExprKind::Name(name) if self.find_local(name).is_none() => {
                (self.program.value(self.body.module, name).ok()?, name.clone())
            }
            ast::ExprKind::Member(base, name) => {
                let path = static_path(base)?;
                if self.find_local(path[0]).is_some() {
                    return None;
                }
                let (target, length) = self.program.path_module(self.body.module, &path)?;
                if length != path.len() {
                    return None;
                }
                (self.program.member_from(self.body.module, target, &name.text).ok()?, name.text.clone())
            }
            _ => return None,
        };
        match found {
            (Meaning::Value(Value::Functions(functions)), name) => Some((functions, name)),
            _ => None,
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn call_function(
        &mut self,
        functions: &[FnId],
        name: &str,
        arguments: Vec<&'a ast::Expr>,
        expected: Option<&Ty>,
        span: Span,
        name_span: Span,
        tail: bool,
    ) -> hir::Expr {
        let by_arity = functions.iter().find(|id| self.program.function(**id).arity == arguments.len());
        let chosen = *by_arity.unwrap_or(&functions[0]);
        if self.program.function(chosen).is_actor() {
            return self.call_actor(chosen, name, arguments, span, name_span, tail);
        }
        match self.callable_function(chosen, span) {
            Some(callable) => self.call_static_named(callable, name, arguments, expected, span, name_span),
            None => {
                for argument in arguments {
                    self.expr(argument, None);
                }
                self.broken(span)
            }
        }
    }

    fn call_static(
        &mut self,
        callable: Callable,
        arguments: Vec<&'a ast::Expr>,
        expected: Option<&Ty>,
        span: Span,
        name_span: Span,
    ) -> hir::Expr {
        let name = match &callable.target {
            Target::Method { interface, index, .. } => {
                self.program.interface(*interface).methods[*index].name.clone()
            }
            Target::Function(id, _) => self.program.function(*id).short.clone(),
            Target::Constructor(_) => "constructor".to_string(),
        };
        self.call_static_named(callable, &name, arguments, expected, span, name_span)
    }

    fn call_static_named(
        &mut self,
        callable: Callable,
        name: &str,
        arguments: Vec<&'a ast::Expr>,
        expected: Option<&Ty>,
        span: Span,
        name_span: Span,
    ) -> hir::Expr {
        // A result that is known tells the parameters; a clash is reported by the place.
        if let Some(expected) = expected
            && arguments.iter().any(|argument| matches!(argument.kind, ast::ExprKind::Closure(_)))
        {
            let expected = self.shallow(expected);
            let result = self.shallow(&callable.result);
            if expected.head().is_some() && expected.head() == result.head() && self.is_ground(&expected) {
                let _ = self.variables.unify(&result, &expected);
            }
        }
        let Some(tree) = self.arguments(&format!("`{name}`"), &callable.params, arguments, name_span) else {
            return self.broken(span);
        };
        self.call_target(callable.target, tree, callable.result, span)
    }

    fn is_ground(&self, ty: &Ty) -> bool {
        let mut free = Vec::new();
        self.variables.free(ty, &mut free);
        free.is_empty()
    }

    /// Arguments in their order. Closures are looked at last: the others tell what they are given.
    pub(super) fn arguments(
        &mut self,
        name: &str,
        params: &[Ty],
        arguments: Vec<&'a ast::Expr>,
        name_span: Span,
    ) -> Option<Vec<hir::Expr>> {
        if self.refuses_arguments(name, params, &arguments, name_span) {
            for param in params {
                self.give_up(param);
            }
            return None;
        }
        if params.len() != arguments.len() {
            for argument in &arguments {
                self.expr(argument, None);
            }
            self.report_arity(name, params, arguments.len(), name_span);
            for param in params {
                self.give_up(param);
            }
            return None;
        }
        let mut tree: Vec<Option<hir::Expr>> = arguments.iter().map(|_| None).collect();
        for closures in [false, true] {
            for (index, argument) in arguments.iter().enumerate() {
                if matches!(argument.kind, ast::ExprKind::Closure(_)) == closures {
                    tree[index] = Some(self.check(argument, &params[index]));
                }
            }
        }
        tree.into_iter().collect()
    }

    /// Nothing more is said about what is unknown in a type: an error has been reported.
    pub(super) fn give_up(&mut self, ty: &Ty) {
        let mut free = Vec::new();
        self.variables.free(ty, &mut free);
        for variable in free {
            self.variables.bind(variable, Ty::Error);
        }
    }

    fn report_arity(&mut self, name: &str, params: &[Ty], found: usize, name_span: Span) {
        let diagnostic = self.wrong_arity(name, params, found, name_span);
        self.report(diagnostic);
    }

    /// That so many arguments were given where others are taken.
    pub(super) fn wrong_arity(&self, name: &str, params: &[Ty], found: usize, name_span: Span) -> Diagnostic {
        let expected = super::count_arguments(params.len());
        let types: Vec<String> = params.iter().map(|ty| self.print(ty)).collect();
        let message = format!("{name} takes {expected}, {found} given");
        Diagnostic::error("E0003", self.file(), name_span, message)
            .help(format!("it takes ({})", types.join(", ")))
    }

    /// A call of whatever the callee evaluates to.
    fn call_value(&mut self, callee: &'a ast::Expr, arguments: Vec<&'a ast::Expr>, span: Span) -> hir::Expr {
        let function = self.expr(callee, None);
        let name = match &callee.kind {
            ast::ExprKind::Name(name) => format!("`{name}`"),
            _ => "this function".to_string(),
        };
        self.call_evaluated(function, &name, arguments, span)
    }

    pub(super) fn call_evaluated(
        &mut self,
        function: hir::Expr,
        name: &str,
        arguments: Vec<&'a ast::Expr>,
        span: Span,
    ) -> hir::Expr {
        let ty = self.type_of(&function);
        let (params, result) = match &ty {
            Ty::Var(_) => {
                let params: Vec<Ty> = arguments.iter().map(|_| self.fresh()).collect();
                let result = self.fresh();
                let wanted = Ty::fun(params.clone(), result.clone());
                if let Err(clash) = self.variables.unify(&ty, &wanted) {
                    self.report_clash(clash, &ty, &wanted, span, "E0001");
                }
                (params, result)
            }
            other => match other.as_fun() {
                Some((params, result)) => (params.to_vec(), result.clone()),
                None => {
                    for argument in &arguments {
                        self.expr(argument, None);
                    }
                    if self.variables.is_never(other) {
                        return function;
                    }
                    if !matches!(other, Ty::Error) {
                        let text = self.print(other);
                        self.error_with(
                            "E0005",
                            function.span,
                            format!("this is {text}, not a function"),
                            "only functions can be called",
                        );
                    }
                    return self.broken(span);
                }
            },
        };
        let function_span = function.span;
        let Some(tree) = self.arguments(name, &params, arguments, function_span) else {
            return self.broken(span);
        };
        self.make(ExprKind::Call(Callee::Value(Box::new(function)), tree), result, span)
    }
}
