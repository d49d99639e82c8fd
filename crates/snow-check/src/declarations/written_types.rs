//! What a type that is written in the source means.

use crate::declarations::bounds::associated_name;
use crate::hir::TypeId;
use crate::program::{ModuleId, Program, TypeName};
use crate::scope::NameError;
use crate::types::{Head, Skolem, Ty};
use snow_syntax::ast;
use snow_syntax::ast::LIBRARY;
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;
use std::cell::RefCell;

/// Aliases expand into aliases this deep at most: deeper ones go round in a circle.
const MAX_EXPANSION: u32 = 64;

/// Which type parameters a written type may mention.
pub struct TypeScope {
    pub module: ModuleId,
    pub params: Vec<(String, Ty)>,
    pub self_type: Option<Ty>,
    pub implicit: Implicit,
    /// Parameters that `implicit` introduced.
    pub introduced: RefCell<Vec<(String, Skolem)>>,
    /// May `_` stand for a type that inference finds? Each one is a parameter of its own until then.
    pub holes: Option<RefCell<Vec<Skolem>>>,
}

/// Do undeclared names become type parameters?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Implicit {
    No,
    /// Single capital letters, as in methods of interfaces.
    Letters,
    /// Any name that is no type, as in the target of an impl.
    Names,
}

impl TypeScope {
    pub fn new(module: ModuleId, params: &[(String, Skolem)], self_type: Option<Ty>) -> TypeScope {
        TypeScope {
            module,
            params: params.iter().map(|(name, skolem)| (name.clone(), Ty::skolem(*skolem))).collect(),
            self_type,
            implicit: Implicit::No,
            introduced: RefCell::new(Vec::new()),
            holes: None,
        }
    }

    /// The same where `_` may stand for a type.
    pub fn with_holes(self) -> TypeScope {
        TypeScope { holes: Some(RefCell::new(Vec::new())), ..self }
    }
}

/// The name of a type that the compiler knows by itself, and how many arguments it takes.
fn builtin(name: &str) -> Option<(Head, usize)> {
    Some(match name {
        "Int" => (Head::Int, 0),
        "Float" => (Head::Float, 0),
        "Bool" => (Head::Bool, 0),
        "Unit" => (Head::Unit, 0),
        "Never" => (Head::Never, 0),
        "String" => (Head::String, 0),
        "Bytes" => (Head::Bytes, 0),
        "Buffer" => (Head::Buffer, 0),
        "U8x16" => (Head::U8x16, 0),
        "Array" => (Head::Array, 1),
        "Pid" => (Head::Pid, 1),
        _ => return None,
    })
}

/// Is it one of the types that need no declaration?
pub fn is_builtin(name: &str) -> bool {
    builtin(name).is_some()
}

impl Program<'_> {
    pub fn resolve_type(&self, scope: &TypeScope, expr: &ast::TypeExpr) -> Ty {
        self.resolve_within(scope, expr, 0)
    }

    fn resolve_within(&self, scope: &TypeScope, expr: &ast::TypeExpr, depth: u32) -> Ty {
        match &expr.kind {
            ast::TypeKind::Error => Ty::Error,
            ast::TypeKind::Unit => Ty::unit(),
            ast::TypeKind::Tuple(elements) => {
                let elements = self.resolve_all(scope, elements, depth);
                self.refuse_vectors(scope.module, expr.span, &elements);
                Ty::tuple(elements)
            }
            ast::TypeKind::Fun(params, result) => {
                let params = self.resolve_all(scope, params, depth);
                Ty::fun(params, self.resolve_within(scope, result, depth))
            }
            ast::TypeKind::Named(path, arguments) => {
                self.resolve_named(scope, expr.span, path, arguments, depth)
            }
        }
    }

    fn resolve_all(&self, scope: &TypeScope, types: &[ast::TypeExpr], depth: u32) -> Vec<Ty> {
        types.iter().map(|ty| self.resolve_within(scope, ty, depth)).collect()
    }

    fn resolve_named(
        &self,
        scope: &TypeScope,
        span: Span,
        path: &ast::Path,
        written: &[ast::TypeExpr],
        depth: u32,
    ) -> Ty {
        let segments: Vec<&str> = path.iter().map(|name| name.text.as_str()).collect();
        let arguments = self.resolve_all(scope, written, depth);
        self.refuse_vectors(scope.module, span, &arguments);
        if let [name] = segments[..]
            && let Some(name) = name.strip_prefix(LIBRARY)
        {
            return self.language_type(scope, span, name, arguments);
        }
        if segments == ["_"] {
            if !written.is_empty() {
                self.error(scope.module, "E0003", span, "`_` takes no type arguments");
                return Ty::Error;
            }
            return self.hole(scope, span);
        }
        let name = segments.join(".");
        if let Some((_, ty)) = scope.params.iter().find(|(param, _)| *param == name) {
            if !arguments.is_empty() {
                let message = format!("the type parameter `{name}` takes no arguments");
                self.error(scope.module, "E0003", span, message);
            }
            return ty.clone();
        }
        if let [name] = segments[..] {
            if name == "Self"
                && let Some(own) = &scope.self_type
            {
                return own.clone();
            }
            let introduced =
                scope.introduced.borrow().iter().find(|(param, _)| param == name).map(|found| found.1);
            if let Some(skolem) = introduced {
                return Ty::skolem(skolem);
            }
            if self.type_name(scope.module, name) == Err(NameError::Missing)
                && let Some((head, arity)) = builtin(name)
            {
                return self.builtin_type(scope, span, name, head, arity, arguments);
            }
        }
        match self.type_path(scope.module, &segments) {
            Ok(named) => self.applied_type(scope, span, named, arguments, depth),
            Err(error) => self.unknown_type(scope, span, path, written.is_empty(), error),
        }
    }

    /// `_`
    fn hole(&self, scope: &TypeScope, span: Span) -> Ty {
        let Some(holes) = &scope.holes else {
            let message = "`_` says no type, and what is declared here states its whole type";
            let help = "it stands for a type in the annotations of functions, closures and `let` inside of functions";
            self.report(
                Diagnostic::error("E0062", self.modules[scope.module].file, span, message).help(help),
            );
            return Ty::Error;
        };
        let skolem = self.new_skolem("_");
        holes.borrow_mut().push(skolem);
        Ty::skolem(skolem)
    }

    /// A declared type with its arguments.
    fn applied_type(
        &self,
        scope: &TypeScope,
        span: Span,
        named: TypeName,
        arguments: Vec<Ty>,
        depth: u32,
    ) -> Ty {
        let id = match named {
            TypeName::Alias(alias) => return self.expand_alias(scope, span, alias, arguments, depth),
            TypeName::Type(id) => id,
        };
        let info = self.type_info(id);
        if arguments.is_empty() && self.is_of_numbers_alone(id) {
            return Ty::named(id, vec![Ty::int()]);
        }
        if !self.check_arity(scope.module, span, &info.name, info.params.len(), arguments.len()) {
            return Ty::Error;
        }
        Ty::named(id, arguments)
    }

    /// `Set` and `Queue` without a type argument hold Ints.
    fn is_of_numbers_alone(&self, id: TypeId) -> bool {
        ["Set", "Queue"].iter().any(|name| self.standard_type(name) == Some(TypeName::Type(id)))
    }

    /// What sugar and generated code speak of, whatever the program calls `Result` or `Int`.
    fn language_type(&self, scope: &TypeScope, span: Span, name: &str, arguments: Vec<Ty>) -> Ty {
        if let Some((head, arity)) = builtin(name) {
            return self.builtin_type(scope, span, name, head, arity, arguments);
        }
        match self.standard_type(name) {
            Some(named) => self.applied_type(scope, span, named, arguments, 0),
            None => {
                self.error(
                    scope.module,
                    "E0031",
                    span,
                    format!("this needs the type `{name}` of the library"),
                );
                Ty::Error
            }
        }
    }

    fn builtin_type(
        &self,
        scope: &TypeScope,
        span: Span,
        name: &str,
        head: Head,
        arity: usize,
        arguments: Vec<Ty>,
    ) -> Ty {
        if head == Head::Pid && arguments.is_empty() {
            return Ty::plain(Head::UntypedPid);
        }
        if head == Head::Array && !self.modules[scope.module].standard {
            self.report(
                Diagnostic::error("E0004", self.modules[scope.module].file, span, "there is no type `Array`")
                    .help("arrays are the storage inside `List`: use a List"),
            );
            return Ty::Error;
        }
        if !self.check_arity(scope.module, span, name, arity, arguments.len()) {
            return Ty::Error;
        }
        Ty::con(head, arguments)
    }

    fn check_arity(&self, module: ModuleId, span: Span, name: &str, expected: usize, found: usize) -> bool {
        if expected == found {
            return true;
        }
        let plural = if expected == 1 { "argument" } else { "arguments" };
        self.error(module, "E0003", span, format!("`{name}` takes {expected} type {plural}, {found} given"));
        false
    }

    fn expand_alias(
        &self,
        scope: &TypeScope,
        span: Span,
        alias: usize,
        arguments: Vec<Ty>,
        depth: u32,
    ) -> Ty {
        let info = &self.aliases[alias];
        let declaration = info.declaration;
        if depth >= MAX_EXPANSION {
            let message = format!("the type `{}` is an alias of itself", declaration.name.text);
            self.report(Diagnostic::error(
                "E0002",
                self.modules[info.module].file,
                declaration.name.span,
                message,
            ));
            return Ty::Error;
        }
        let mut params = Vec::new();
        let expected = declaration.type_params.len();
        if !self.check_arity(scope.module, span, &declaration.name.text, expected, arguments.len()) {
            return Ty::Error;
        }
        for (param, argument) in declaration.type_params.iter().zip(arguments) {
            params.push((param.name.text.clone(), argument));
        }
        let inner = TypeScope {
            module: info.module,
            params,
            self_type: None,
            implicit: Implicit::No,
            introduced: RefCell::new(Vec::new()),
            holes: None,
        };
        self.resolve_within(&inner, &declaration.target, depth + 1)
    }

    fn unknown_type(
        &self,
        scope: &TypeScope,
        span: Span,
        path: &ast::Path,
        bare: bool,
        error: NameError,
    ) -> Ty {
        let module = &self.modules[scope.module];
        let text = path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".");
        if let NameError::Ambiguous(first, second) = error {
            // Two modules of the same last name, before the dot, or two types of the same name.
            let name = if path.len() > 1 { &path[0].text } else { &text };
            self.report(self.ambiguous_name(scope.module, name, [first, second], span));
            return Ty::Error;
        }
        if error == NameError::Private {
            let message = format!("the type `{text}` is private");
            self.report(
                Diagnostic::error("E0035", module.file, span, message)
                    .help("write `pub` in front of its declaration to use it in other modules"),
            );
            return Ty::Error;
        }
        if let [name] = &path[..]
            && bare
        {
            let wanted = match scope.implicit {
                Implicit::No => false,
                Implicit::Letters => {
                    name.text.chars().count() == 1 && name.text.starts_with(char::is_uppercase)
                }
                Implicit::Names => name.text.starts_with(char::is_uppercase),
            };
            if wanted {
                let skolem = self.new_skolem(&name.text);
                scope.introduced.borrow_mut().push((name.text.clone(), skolem));
                return Ty::skolem(skolem);
            }
        }
        if self.import_failed_for(scope.module, &path[0].text) {
            return Ty::Error;
        }
        let mut diagnostic =
            Diagnostic::error("E0004", module.file, span, format!("there is no type `{text}`"));
        let names: Vec<&str> = path.iter().map(|name| name.text.as_str()).collect();
        let message = [&names[..], &["Message"]].concat();
        if self.type_path(scope.module, &message).is_ok() {
            let help = format!("what this service or supervisor is sent has the type `{text}.Message`");
            self.report(diagnostic.help(help));
            return Ty::Error;
        }
        let known = || {
            let always =
                ["Int", "Float", "Bool", "String", "Bytes", "Pid", "Option", "Result", "List", "Map"];
            let declared = module.types.keys().map(String::as_str);
            always.into_iter().chain(declared).chain(scope.params.iter().map(|(name, _)| name.as_str()))
        };
        let own_type = associated_name("Self", &text);
        if scope.params.iter().any(|(name, _)| *name == own_type) {
            diagnostic = diagnostic.help(format!("the type that each impl states is written `{own_type}`"));
        } else if names == ["Tuple"] {
            diagnostic = diagnostic.help("a tuple's type tells those of its elements: `(Int, String)`");
        } else if let [owner, associated] = names[..]
            && scope.params.iter().any(|(name, _)| name == owner)
        {
            diagnostic = diagnostic.help(format!(
                "ask for an interface that has a `type {associated}`, in the declaration: `where {owner}: …`"
            ));
        } else if let Some(help) = self.help_to_qualify(scope.module, &names) {
            diagnostic = diagnostic.help(help);
        } else if let Some(near) = self.meant(&text, known) {
            diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
        } else if path.len() == 1 && text.chars().count() == 1 {
            diagnostic = diagnostic.help(match scope.holes {
                _ if matches!(scope.implicit, Implicit::Names) => {
                    "the type parameters of an `impl` begin with a capital letter".to_string()
                }
                Some(_) => format!("to make it a type parameter, declare it: `fn name<{text}>(…)`"),
                None => format!(
                    "type parameters stand behind the name of what has them, as in `struct Name<{text}>`; a constant \
                     has none, and states its whole type"
                ),
            });
        }
        self.report(diagnostic);
        Ty::Error
    }

    /// Vectors live in registers only.
    fn refuse_vectors(&self, module: ModuleId, span: Span, inside: &[Ty]) {
        if inside.iter().any(|ty| ty.head() == Some(Head::U8x16)) {
            self.report(vector_inside(self.modules[module].file, span));
        }
    }
}

/// A `U8x16` where values live in memory.
pub fn vector_inside(file: usize, span: Span) -> Diagnostic {
    Diagnostic::error("E0043", file, span, "a `U8x16` cannot be part of another value")
        .help("it lives in a register of the processor: pass it to functions, store its bytes in a Buffer")
}
