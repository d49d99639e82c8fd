//! Names as values.

use super::Infer;
use crate::hir::{self, Callee, ExprKind, FnId, InterfaceId, Target, TypeId};
use crate::program::{ModuleId, TypeKind, Value};
use crate::scope::opaque_types::Attempt;
use crate::scope::{Candidates, Meaning, NameError};
use crate::types::{Constraint, Head, Skolem, Ty, substitute};
use snow_syntax::ast::LIBRARY;
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;

/// How many constructors of a type are named where a value of it is wanted.
const MOST_CONSTRUCTORS_TOLD: usize = 8;

/// A function, method or constructor with types of its own.
pub(super) struct Callable {
    pub target: Target,
    pub params: Vec<Ty>,
    pub result: Ty,
}

impl Infer<'_, '_> {
    pub(super) fn name(&mut self, name: &str, expected: Option<&Ty>, span: Span) -> hir::Expr {
        if let Some(local) = self.local_by_name(name, span) {
            return local;
        }
        match self.named_value(name, expected, span) {
            Some(value) => self.value(&value, name, expected, span),
            None => self.broken(span),
        }
    }

    /// What a bare name stands for that is no local; reports when that is nothing, or not known.
    pub(super) fn named_value(&mut self, name: &str, expected: Option<&Ty>, span: Span) -> Option<Value> {
        match self.program.value(self.body.module, name) {
            Ok(meaning) => self.meant_value(meaning, name, expected, span),
            Err(NameError::Ambiguous(first, second)) => {
                self.report_ambiguous(name, [first, second], span);
                None
            }
            Err(NameError::SharedMethod(first, second)) => {
                self.report_shared_method(name, [first, second], span);
                None
            }
            Err(NameError::Missing | NameError::Private) => {
                self.report_unknown_name(name, span);
                None
            }
        }
    }

    /// `expected`: of the value, or of what a call of it gives.
    pub(super) fn meant_value(
        &mut self,
        meaning: Meaning,
        name: &str,
        expected: Option<&Ty>,
        span: Span,
    ) -> Option<Value> {
        match meaning {
            Meaning::Value(value) => Some(value),
            Meaning::Constructors(candidates) => {
                let (ty, index) = self.choose_constructor(&candidates, name, expected, span)?;
                Some(Value::Constructor(ty, index))
            }
        }
    }

    /// Of constructors of one name that of the type which is expected here, else the nearest one. Reports when several
    /// are equally near.
    pub(super) fn choose_constructor(
        &mut self,
        candidates: &Candidates,
        name: &str,
        expected: Option<&Ty>,
        span: Span,
    ) -> Option<(TypeId, usize)> {
        if !candidates.is_certain()
            && let Some(expected) = expected
            && let Some(ty) = self.constructed_type(expected)
            && let Some(found) = candidates.of_type(ty)
        {
            return Some(found);
        }
        if let [only] = candidates.nearest() {
            return Some(*only);
        }
        let types = candidates.nearest().iter().map(|(ty, _)| *ty);
        let written: Vec<String> = types.map(|ty| self.program.written_type(self.body.module, ty)).collect();
        let of: Vec<String> = written.iter().map(|ty| format!("of `{ty}`")).collect();
        let choices: Vec<String> = written.iter().map(|ty| format!("`{ty}.{name}`")).collect();
        self.error_with(
            "E0050",
            span,
            format!("`{name}` is a constructor {}", of.join(" and ")),
            format!(
                "the type that is expected here is not known; write which one is meant: {}",
                choices.join(" or ")
            ),
        );
        None
    }

    /// The declared type of a value of this type, or of what a function of this type gives.
    fn constructed_type(&mut self, expected: &Ty) -> Option<TypeId> {
        let mut expected = self.shallow(expected);
        if matches!(expected, Ty::Var(_)) {
            self.solve();
            expected = self.shallow(&expected);
        }
        if let Some((_, result)) = expected.as_fun() {
            expected = self.shallow(&result.clone());
        }
        match expected {
            Ty::Con(Head::Named(ty), _) => Some(ty),
            _ => None,
        }
    }

    fn report_shared_method(&mut self, name: &str, interfaces: [InterfaceId; 2], span: Span) {
        let names = self.program.interface_names(&interfaces);
        let (first, second) = (&names[0], &names[1]);
        self.error_with(
            "E0050",
            span,
            format!("`{name}` is a method of `{first}` and of `{second}`"),
            format!("`x.{name}(…)` is the one that the type of x has"),
        );
    }

    pub(super) fn report_ambiguous(&mut self, name: &str, modules: [ModuleId; 2], span: Span) {
        self.report(self.program.ambiguous_name(self.body.module, name, modules, span));
    }

    pub(super) fn local_by_name(&mut self, name: &str, span: Span) -> Option<hir::Expr> {
        let binding = self.find_local(name)?;
        Some(match &binding.scheme {
            None => self.local_expr(binding.local, span),
            Some(scheme) => {
                let (types, ty) = self.instantiate(scheme, span);
                let types = self.tree_types(types);
                self.make(ExprKind::Local(binding.local, types), ty, span)
            }
        })
    }

    pub(super) fn report_unknown_name(&mut self, name: &str, span: Span) {
        // That generated code needs this module has been reported.
        if name.starts_with(LIBRARY) {
            self.failed = true;
            return;
        }
        if self.report_unread(name, span) {
            return;
        }
        // An import of it that failed has been reported.
        let known = self.program.modules[self.body.module].imported_names.contains_key(name);
        if known || self.program.import_failed_for(self.body.module, name) {
            self.failed = true;
            return;
        }
        if let Some(id) = self.program.closed_constructor(self.body.module, &[name])
            && self.refuses(id, Attempt::Build, Some(name), span)
        {
            return;
        }
        if let Some(help) = self.help_for_type(name) {
            return self.error_with("E0004", span, format!("`{name}` is a type, not a value"), help);
        }
        let mut diagnostic =
            Diagnostic::error("E0004", self.file(), span, format!("there is no `{name}` here"));
        let known = || {
            let locals = self.body.names.names().cloned();
            self.program.value_names(self.body.module).into_iter().chain(locals)
        };
        if let Some(near) = self.program.meant(name, known) {
            diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
        } else if name == "self" {
            diagnostic = diagnostic
                .help("`self()` is the address of an actor; `self` is the first parameter of a method");
        } else if let Some(help) = word_of_another_language(name) {
            diagnostic = diagnostic.help(help);
        } else if self.program.qualifier(self.body.module, name).is_some() {
            diagnostic = diagnostic.help(format!("`{name}` is a module: a function of it is `{name}.…`"));
        } else if self.program.module_names().any(|module| module.rsplit('.').next() == Some(name)) {
            diagnostic =
                diagnostic.help(format!("there is a module of this name: `import` it, and write `{name}.…`"));
        }
        self.report(diagnostic);
    }

    /// How values of a declared type are made, where its name alone was written.
    fn help_for_type(&self, name: &str) -> Option<String> {
        let named = self.program.type_path(self.body.module, &[name]).ok()?;
        self.program.declared_type(named).map(|ty| self.how_values_are_made(ty))
    }

    /// The literal of a struct, or the constructors of a sum type.
    pub(super) fn how_values_are_made(&self, id: TypeId) -> String {
        let info = self.program.type_info(id);
        if !self.program.is_open(self.body.module, id) {
            let module = &self.program.modules[info.module].name;
            return format!("functions of the module `{module}` give one");
        }
        match &info.kind {
            TypeKind::Struct(fields) => {
                let given = fields
                    .iter()
                    .enumerate()
                    .filter(|(index, _)| info.defaults.get(*index).is_none_or(Option::is_none));
                let given: Vec<String> = given.map(|(_, (field, _))| format!("{field}: …")).collect();
                let name = &info.short;
                let literal = format!("{name} {{ {} }}", given.join(", ")).replace("{  }", "{}");
                format!(
                    "`{literal}` makes one; where a function is wanted, a closure does: `fn … -> {name} {{ … }} end`"
                )
            }
            TypeKind::Sum(constructors) => {
                let shown = constructors.iter().take(MOST_CONSTRUCTORS_TOLD).map(|(name, payload)| {
                    if payload.is_empty() { format!("`{name}`") } else { format!("`{name}(…)`") }
                });
                let more = if constructors.len() > MOST_CONSTRUCTORS_TOLD { ", …" } else { "" };
                format!("its constructors make values: {}{more}", shown.collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// Something declared, as a value.
    pub(super) fn value(
        &mut self,
        value: &Value,
        name: &str,
        expected: Option<&Ty>,
        span: Span,
    ) -> hir::Expr {
        match value {
            Value::Constant(id) => {
                let info = &self.program.constants[id.0 as usize];
                let known = info.ty.clone().or_else(|| info.annotation.clone());
                match known.or_else(|| self.constants.get(id).cloned()) {
                    Some(ty) => self.make(ExprKind::Const(*id, Vec::new()), ty, span),
                    None => self.broken(span),
                }
            }
            Value::Functions(functions) => {
                let wanted = expected
                    .map(|ty| self.shallow(ty))
                    .and_then(|ty| ty.as_fun().map(|(params, _)| params.len()));
                let chosen = match &functions[..] {
                    [only] => Some(*only),
                    several => {
                        several.iter().copied().find(|id| Some(self.program.function(*id).arity) == wanted)
                    }
                };
                let Some(chosen) = chosen else {
                    self.report_several_functions(functions, name, span);
                    return self.broken(span);
                };
                match self.callable_function(chosen, span) {
                    Some(callable) if self.program.function(chosen).is_actor() => {
                        self.actor_value(callable, span)
                    }
                    Some(callable) => self.callable_value(callable, span),
                    None => self.broken(span),
                }
            }
            Value::Constructor(id, index) => {
                let scheme = self.program.constructor_scheme(*id, *index);
                let (_, ty) = self.instantiate(&scheme, span);
                match ty.as_fun() {
                    Some(_) => self.make(ExprKind::Function(Target::Constructor(*index)), ty, span),
                    None => self.make(ExprKind::Construct(*index, Vec::new()), ty, span),
                }
            }
            Value::Method(interface, index) => {
                let callable = self.callable_method(*interface, *index, span);
                self.callable_value(callable, span)
            }
        }
    }

    /// None of several functions takes as many arguments as are wanted, or that is not known.
    fn report_several_functions(&mut self, functions: &[FnId], name: &str, span: Span) {
        let mut arities: Vec<usize> = functions.iter().map(|id| self.program.function(*id).arity).collect();
        arities.sort_unstable();
        let taken: Vec<String> = arities.iter().map(usize::to_string).collect();
        let call: Vec<&str> = ["a", "b", "c", "…"].into_iter().take(arities[0]).collect();
        let call = call.join(", ");
        let message =
            format!("several functions are called `{name}`: they take {} arguments", taken.join(" and "));
        let help = format!("say in a closure which one is meant: `fn {call} -> {name}({call}) end`");
        self.error_with("E0027", span, message, help.replace("fn  ->", "fn ->"));
    }

    fn callable_value(&mut self, callable: Callable, span: Span) -> hir::Expr {
        let ty = Ty::fun(callable.params, callable.result);
        self.make(ExprKind::Function(callable.target), ty, span)
    }

    /// A function with types of its own; one of the same group as it is.
    pub(super) fn callable_function(&mut self, id: FnId, span: Span) -> Option<Callable> {
        if let Some(ty) = self.group.get(&id).cloned() {
            let (params, result) = ty.as_fun().map(|(params, result)| (params.to_vec(), result.clone()))?;
            let target = Target::Function(id, vec![hir::Type::Param(super::placeholders::GROUP)]);
            return Some(Callable { target, params, result });
        }
        // Without a scheme the function had an error that has been reported.
        let scheme = self.program.function(id).scheme.clone();
        let Some(scheme) = scheme else {
            self.failed = true;
            return None;
        };
        let (types, ty) = self.instantiate(&scheme, span);
        let (params, result) = ty.as_fun().map(|(params, result)| (params.to_vec(), result.clone()))?;
        let target = Target::Function(id, self.tree_types(types));
        Some(Callable { target, params, result })
    }

    /// A method for a type that is still to be found.
    pub(super) fn callable_method(&mut self, interface: InterfaceId, index: usize, span: Span) -> Callable {
        let info = self.program.interface(interface);
        let method = &info.methods[index];
        let self_type = self.fresh();
        let mut substitution: Vec<(Skolem, Ty)> = vec![(info.self_param, self_type.clone())];
        let mut arguments = Vec::new();
        for (_, skolem) in &info.params {
            let ty = self.fresh();
            arguments.push(ty.clone());
            substitution.push((*skolem, ty));
        }
        let mut type_args = Vec::new();
        for (_, skolem) in &method.type_params {
            let ty = self.fresh();
            type_args.push(ty.clone());
            substitution.push((*skolem, ty));
        }
        let params = method.params.iter().map(|ty| substitute(ty, &substitution)).collect();
        let result = substitute(&method.result, &substitution);
        self.require(Constraint { interface, arguments: arguments.clone(), ty: self_type.clone() }, span);
        let target = Target::Method {
            interface,
            arguments: self.tree_types(arguments),
            index,
            self_type: self.tree_type(self_type),
            type_args: self.tree_types(type_args),
        };
        Callable { target, params, result }
    }

    /// The type that a method callable is for.
    pub(super) fn self_type_of(&self, callable: &Callable) -> Option<Ty> {
        match &callable.target {
            Target::Method { self_type, .. } => {
                super::placeholders::number_of(self_type).map(|number| self.types[number].clone())
            }
            _ => None,
        }
    }

    pub(super) fn report_member(&mut self, module: ModuleId, name: &str, error: NameError, span: Span) {
        // That the module could not hand it on has been reported there.
        if error == NameError::Missing && self.program.modules[module].missing_imports.contains(name) {
            self.failed = true;
            return;
        }
        let module_name = self.program.modules[module].name.clone();
        let file = self.file();
        let diagnostic = match error {
            NameError::Ambiguous(first, second) => return self.report_ambiguous(name, [first, second], span),
            NameError::SharedMethod(first, second) => {
                return self.report_shared_method(name, [first, second], span);
            }
            NameError::Private => {
                let message = format!("`{name}` is private to the module `{module_name}`");
                Diagnostic::error("E0035", file, span, message)
                    .help("write `pub` in front of its declaration to use it in other modules")
            }
            NameError::Missing => {
                let message = format!("the module `{module_name}` has no `{name}`");
                let diagnostic = Diagnostic::error("E0034", file, span, message);
                let known = || self.program.member_names(self.body.module, module);
                match self.program.meant(name, known) {
                    Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                    None => {
                        self.program.with_what_it_has(diagnostic, module, self.program.public_names(module))
                    }
                }
            }
        };
        self.report(diagnostic);
    }

    pub(super) fn call_target(
        &mut self,
        target: Target,
        arguments: Vec<hir::Expr>,
        result: Ty,
        span: Span,
    ) -> hir::Expr {
        self.make(ExprKind::Call(Callee::Target(target), arguments), result, span)
    }
}

/// What is said here instead.
fn word_of_another_language(name: &str) -> Option<&'static str> {
    Some(match name {
        "raise" | "throw" | "exit" => {
            "`panic(\"…\")` ends the actor; `Process.stop(reason)` ends it with a reason; a failure that is expected is a `Result`"
        }
        "_" => {
            "it is a pattern, and no value; what is left open is a parameter of a closure: `fn a -> … end`"
        }
        "null" | "undefined" | "none" => "what may be absent is an `Option`: `None` or `Some(value)`",
        "assert_equal" | "assert_eq" => "write `assert a == b`",
        "use" | "require" => "`import` brings a module in",
        "defp" => "write `fn`: what is not `pub` is private",
        "defstruct" => "write `struct Name do … end`, with a line `field :: Type` for each field",
        "var" | "const" | "mut" => "names are bound with `let`",
        "puts" | "printf" | "print_line" => "`println(text)` writes a line",
        "len" | "length" => "`List.length(list)`, `String.length(text)`, `Map.size(map)`",
        _ => return None,
    })
}
