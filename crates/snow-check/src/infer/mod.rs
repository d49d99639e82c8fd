//! Type inference: Hindley and Milner's, with levels, one group of functions at a time.
//!
//! The typed tree is built in its final form at once. What is not known yet stands in it as a
//! number, see [`placeholders`]; `writeback` fills it in when the whole group is inferred.

mod actors;
mod arguments_of_other_languages;
mod assertions;
mod bit_syntax;
mod calls;
mod closures;
mod control;
mod dropped_values;
mod expressions;
mod functions;
mod generalise;
mod loops;
mod members;
mod names;
mod operators;
mod patterns;
pub mod pending;
pub mod placeholders;
mod same_named_types;
mod statements;
mod structures;
mod tail_calls;

use crate::hir::{self, FnId, LocalId};
use crate::program::{ModuleId, Program, TypeKind};
use crate::types::{Constraint, Head, Scheme, Skolem, Ty, substitute, substitute_constraint};
use crate::unify::{Clash, Variables};
use pending::{Pending, PendingKind, Resolution};
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;
use std::collections::HashMap;

pub use dropped_values::lost_failure;
pub use functions::{InferredBody, InferredGroup};
pub use members::field_call;

/// Inference of one group.
pub struct Infer<'p, 'a> {
    pub program: &'p Program<'a>,
    pub variables: Variables,
    /// Depth of `let`s whose types may be generalised.
    level: u32,
    /// The types in the tree under construction, by number.
    pub types: Vec<Ty>,
    pending: Vec<Pending>,
    /// By the number in the tree.
    pub resolutions: Vec<Resolution>,
    /// What `where` clauses promise.
    givens: Vec<Constraint>,
    /// Functions of the group whose types are not generalised yet.
    group: HashMap<FnId, Ty>,
    /// Constants of the group.
    constants: HashMap<hir::ConstId, Ty>,
    /// Types that must be sendable, and why.
    pub sent: Vec<(Ty, Span, ModuleId, &'static str)>,
    /// Values that nobody looks at.
    dropped: Vec<(Ty, Span, ModuleId)>,
    pub failed: bool,
    body: Body,
}

/// What is known inside of one function.
#[derive(Default)]
struct Body {
    module: ModuleId,
    locals: Vec<(String, Ty)>,
    scopes: Vec<Vec<(String, Binding)>>,
    /// The function's result, then those of the closures around this place.
    results: Vec<ResultFrame>,
    actor: Option<ActorFrame>,
    /// Is this the `terminate` block of an actor?
    terminates: bool,
    /// Is the expression that is looked at next in tail position?
    tail: bool,
    /// The value of the step before, in a long chain; used once.
    previous: Option<hir::Expr>,
    /// In the size of a bit segment, the names that the pattern binds behind it.
    unread: Vec<String>,
    /// Is this the value of a top-level `let`, which has no locals?
    constant: bool,
    type_params: Vec<(String, Skolem)>,
    self_type: Option<Ty>,
}

#[derive(Clone)]
struct Binding {
    local: LocalId,
    /// Of a `let` that is used at several types.
    scheme: Option<std::rc::Rc<Scheme>>,
}

struct ResultFrame {
    ty: Ty,
    is_closure: bool,
    annotated: bool,
    loops: u32,
    /// The first `?`, when the function states no result.
    first_try: Option<Span>,
}

struct ActorFrame {
    message: Ty,
    receives: bool,
    /// A test: nobody sends to it by a declared name.
    is_test: bool,
    /// Holds `self()` for closures.
    address: Option<LocalId>,
}

impl<'p, 'a> Infer<'p, 'a> {
    pub fn new(program: &'p Program<'a>) -> Infer<'p, 'a> {
        Infer {
            program,
            variables: Variables::default(),
            level: 1,
            types: Vec::new(),
            pending: Vec::new(),
            resolutions: Vec::new(),
            givens: Vec::new(),
            group: HashMap::new(),
            constants: HashMap::new(),
            sent: Vec::new(),
            dropped: Vec::new(),
            failed: false,
            body: Body::default(),
        }
    }

    fn fresh(&mut self) -> Ty {
        self.variables.fresh(self.level)
    }

    fn shallow(&self, ty: &Ty) -> Ty {
        self.variables.shallow(ty)
    }

    fn print(&self, ty: &Ty) -> String {
        self.program.print(&self.variables, ty)
    }

    fn file(&self) -> usize {
        self.program.modules[self.body.module].file
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.failed |= diagnostic.severity == snow_syntax::diagnostic::Severity::Error;
        self.program.report(diagnostic);
    }

    fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.report(Diagnostic::error(code, self.file(), span, message));
    }

    fn error_with(
        &mut self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.report(Diagnostic::error(code, self.file(), span, message).help(help));
    }

    // Types in the tree

    /// A type for the tree.
    fn tree_type(&mut self, ty: Ty) -> hir::Type {
        self.types.push(ty);
        placeholders::type_number(self.types.len() - 1)
    }

    fn make(&mut self, kind: hir::ExprKind, ty: Ty, span: Span) -> hir::Expr {
        hir::Expr { ty: self.tree_type(ty), span, kind }
    }

    /// Where something was wrong: fits everywhere.
    fn broken(&mut self, span: Span) -> hir::Expr {
        self.failed = true;
        self.make(hir::ExprKind::Unit, Ty::Error, span)
    }

    fn type_of(&self, expr: &hir::Expr) -> Ty {
        match placeholders::number_of(&expr.ty) {
            Some(number) => self.shallow(&self.types[number]),
            None => Ty::Error,
        }
    }

    // Locals

    fn new_local(&mut self, name: &str, ty: Ty) -> LocalId {
        self.body.locals.push((name.to_string(), ty));
        LocalId(self.body.locals.len() as u32 - 1)
    }

    fn local_type(&self, local: LocalId) -> Ty {
        self.body.locals[local.0 as usize].1.clone()
    }

    fn bind_name(&mut self, name: &str, local: LocalId) {
        if let Some(scope) = self.body.scopes.last_mut() {
            scope.push((name.to_string(), Binding { local, scheme: None }));
        }
    }

    fn find_local(&self, name: &str) -> Option<Binding> {
        let scopes = self.body.scopes.iter().rev();
        scopes
            .flat_map(|scope| scope.iter().rev())
            .find(|(own, _)| own == name)
            .map(|(_, binding)| binding.clone())
    }

    fn local_expr(&mut self, local: LocalId, span: Span) -> hir::Expr {
        let ty = self.local_type(local);
        self.make(hir::ExprKind::Local(local, Vec::new()), ty, span)
    }

    fn scoped<R>(&mut self, inside: impl FnOnce(&mut Self) -> R) -> R {
        self.body.scopes.push(Vec::new());
        let result = inside(self);
        self.body.scopes.pop();
        result
    }

    // Fitting types together

    /// A value of one type where another is expected. What does not return fits everywhere, and any
    /// address is an untyped one.
    fn coerce(&mut self, found: &Ty, expected: &Ty, span: Span) -> bool {
        let found_outside = self.shallow(found);
        match (&found_outside, self.shallow(expected)) {
            (Ty::Con(Head::Never, _), _) => return true,
            (Ty::Con(Head::Pid, _), Ty::Con(Head::UntypedPid, _)) => return true,
            _ => {}
        }
        match self.variables.unify(expected, found) {
            Ok(()) => true,
            Err(clash) => {
                self.report_clash(clash, found, expected, span, "E0001");
                false
            }
        }
    }

    /// Gives an expression that was inferred the type that its place wants.
    fn fit(&mut self, expr: hir::Expr, expected: &Ty) -> hir::Expr {
        let found = self.type_of(&expr);
        if let Some(dropping) = self.fits_but_for_result(&found, expected) {
            return self.dropping_result(expr, dropping, expected);
        }
        let span = expr.span;
        self.coerce(&found, expected, span);
        expr
    }

    fn report_clash(&mut self, clash: Clash, found: &Ty, expected: &Ty, span: Span, code: &'static str) {
        let (found_text, expected_text) = (self.print(found), self.print(expected));
        let diagnostic = match clash {
            Clash::Different => {
                let message = format!("expected {expected_text}, found {found_text}");
                let diagnostic = Diagnostic::error(code, self.file(), span, message)
                    .label(format!("this is {}", with_article(&found_text)));
                let help = self.other_quotes(found, expected, span);
                let help = help.or_else(|| self.pair_or_two(found, expected, span));
                match help.or_else(|| self.help_for(found, expected)) {
                    Some(help) => diagnostic.help(help),
                    None => diagnostic,
                }
            }
            Clash::Infinite => {
                Diagnostic::error("E0002", self.file(), span, "the type of this would contain itself")
                    .label(format!("{found_text} and {expected_text} would have to be the same"))
                    .help(
                        "this often means that a function is handed to itself, or a list is put into itself",
                    )
            }
            Clash::TooLarge => Diagnostic::error("E0002", self.file(), span, "the type of this is too large")
                .help("give its parts names: a struct for what belongs together"),
        };
        let diagnostic =
            self.tell_apart(diagnostic, [(expected, "that is expected"), (found, "that is found")]);
        self.report(diagnostic);
    }

    /// A closure of several parameters where one of a tuple is wanted, or the reverse: shows the other form, and takes
    /// the parts' types for known, so that no more is said about them.
    fn pair_or_two(&mut self, found: &Ty, expected: &Ty, span: Span) -> Option<String> {
        let params = |infer: &Self, ty: &Ty| Some(infer.shallow(ty).as_fun()?.0.to_vec());
        let (own, wanted) = (params(self, found)?, params(self, expected)?);
        let parts = |infer: &Self, params: &[Ty]| match params {
            [only] => match infer.shallow(only) {
                Ty::Con(Head::Tuple, parts) => Some(parts.to_vec()),
                _ => None,
            },
            _ => None,
        };
        let (own_parts, wanted_parts) = (parts(self, &own), parts(self, &wanted));
        let source = self.program.modules[self.body.module].source;
        let closure = source.get(span.start as usize..span.end as usize)?.strip_prefix("fn")?;
        let written = closure.split("->").next()?.split(" do").next()?.trim();
        let inside =
            written.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(written).trim();
        let count = wanted.len().max(own.len());
        let what = if count == 2 { "pair".to_string() } else { format!("tuple of {count}") };
        let (pairs, help) = match (own_parts, wanted_parts) {
            (_, Some(parts)) if own.len() > 1 && own.len() == parts.len() => {
                let help = format!(
                    "`fn {written}` takes {}, and one {what} is wanted: `fn(({inside})) -> …`",
                    count_arguments(count)
                );
                (own.into_iter().zip(parts), help)
            }
            (Some(parts), _) if wanted.len() > 1 && wanted.len() == parts.len() => {
                let help = format!(
                    "`fn {written}` takes one {what}, and {} are wanted: `fn {inside} -> …`",
                    count_arguments(count)
                );
                (parts.into_iter().zip(wanted), help)
            }
            _ => return None,
        };
        for (one, other) in pairs {
            let _ = self.variables.unify(&one, &other);
        }
        Some(help)
    }

    /// A text in single quotes was meant, or a character in double ones.
    fn other_quotes(&self, found: &Ty, expected: &Ty, span: Span) -> Option<String> {
        let source = self.program.modules[self.body.module].source;
        let mut literal = source.get(span.start as usize..span.end as usize)?.chars();
        let quote = literal.next()?;
        match (self.shallow(found).head()?, self.shallow(expected).head()?, quote) {
            (Head::Int, Head::String, '\'') => {
                Some("a text stands in double quotes; a character in single quotes is a number".to_string())
            }
            (Head::String, Head::Int, '"') => {
                let character = literal.next().filter(|_| literal.as_str() == "\"")?;
                Some(format!(
                    "`String.to_int(…)` reads a number; a character is one in single quotes: `'{character}'`"
                ))
            }
            _ => None,
        }
    }

    /// How the expected type could be made from what is there.
    fn help_for(&self, found: &Ty, expected: &Ty) -> Option<String> {
        let (found, expected) = (self.shallow(found), self.shallow(expected));
        let (Ty::Con(found_head, _), Ty::Con(expected_head, arguments)) = (&found, &expected) else {
            return None;
        };
        let language = &self.program.language;
        let is = |head: &Head, ty: Option<hir::TypeId>| matches!(head, Head::Named(id) if Some(*id) == ty);
        let holds = |inner: Option<&Ty>| {
            inner.is_some_and(|inner| match (self.shallow(inner), found_head) {
                (Ty::Con(head, _), found) => head == *found,
                _ => false,
            })
        };
        if is(expected_head, language.option) && holds(arguments.first()) {
            return Some("wrap it: `Some(…)`".to_string());
        }
        if is(expected_head, language.result) && holds(arguments.first()) {
            return Some("wrap it: `Ok(…)`".to_string());
        }
        if *expected_head == Head::Fun {
            return Some(match (found.as_fun(), expected.as_fun()) {
                (Some((own, _)), Some((params, _))) if own.len() != params.len() => format!(
                    "this takes {}, a function of {} is wanted: a closure makes one of the other, `fn … -> … end`",
                    count_arguments(own.len()),
                    count_arguments(params.len())
                ),
                (Some(_), _) => return None,
                _ => "a function is wanted: a closure, `fn … -> … end`, or a function's name without parentheses"
                    .to_string(),
            });
        }
        if is(found_head, language.option) || is(found_head, language.result) {
            return Some("take it apart with `case`, or with `?` to hand a failure on".to_string());
        }
        if *found_head == Head::Unit && is(expected_head, language.option) {
            return Some("what is absent is `None`; an `if` without `else` gives `()`".to_string());
        }
        if let Some(help) = self.constructor_of_both(found_head, expected_head) {
            return Some(help);
        }
        match (found_head, expected_head) {
            (Head::Int, Head::Float) => Some("`Int.to_float(…)` converts it".to_string()),
            (Head::Float, Head::Int) => Some("`Float.to_int(…)` converts it".to_string()),
            (Head::Int | Head::Float | Head::Bool, Head::String) => {
                Some("`to_string(…)` or \"${…}\" makes a text of it".to_string())
            }
            (Head::String, Head::Int) => Some("`String.to_int(…)` reads a number".to_string()),
            (Head::Bytes, Head::String) => Some("`String.from_utf8(…)` checks and converts it".to_string()),
            (Head::Buffer, view) if is(view, language.view) => {
                Some("`Buffer.view(buffer, 0)` is a view of it, from a position on".to_string())
            }
            (view, Head::Bytes) if is(view, language.view) => Some(
                "a pattern copies bytes out of a view: `<<part::bytes(n), _::bytes>>`; a function whose patterns are for a \
                 view says so: `input :: Buffer.View`"
                    .to_string(),
            ),
            (Head::String, Head::Bytes) => Some("`String.to_bytes(…)` converts it".to_string()),
            (Head::Fun, _) if *expected_head != Head::Fun => Some("call it: `…()`".to_string()),
            _ => None,
        }
    }

    /// Two types with a constructor of the same name: the wrong one was found.
    fn constructor_of_both(&self, found: &Head, expected: &Head) -> Option<String> {
        let (Head::Named(found), Head::Named(expected)) = (found, expected) else { return None };
        let names = |id: &hir::TypeId| match &self.program.type_info(*id).kind {
            TypeKind::Sum(variants) => variants.iter().map(|(name, _)| name.clone()).collect(),
            TypeKind::Struct(_) => Vec::new(),
        };
        let own = names(expected);
        let both = names(found).into_iter().find(|name| own.contains(name))?;
        let name = &self.program.type_info(*expected).short;
        Some(format!(
            "both have a constructor `{both}`: `{name}.{both}` is the one of the type that is expected"
        ))
    }

    // Types with parameters

    /// Types of one's own for the parameters of a scheme; its constraints are to be proven.
    fn instantiate(&mut self, scheme: &Scheme, span: Span) -> (Vec<Ty>, Ty) {
        let fresh: Vec<(Skolem, Ty)> = scheme.vars.iter().map(|skolem| (*skolem, self.fresh())).collect();
        for constraint in &scheme.constraints {
            let constraint = substitute_constraint(constraint, &fresh);
            self.require(constraint, span);
        }
        let ty = substitute(&scheme.ty, &fresh);
        (fresh.into_iter().map(|(_, ty)| ty).collect(), ty)
    }

    fn require(&mut self, constraint: Constraint, span: Span) {
        self.postpone(PendingKind::Implements(constraint), span);
    }

    fn postpone(&mut self, kind: PendingKind, span: Span) {
        self.pending.push(Pending { kind, span, module: self.body.module });
    }

    /// A place in the tree that is filled in later.
    fn new_resolution(&mut self) -> usize {
        self.resolutions.push(Resolution::Open);
        self.resolutions.len() - 1
    }

    fn tree_types(&mut self, types: Vec<Ty>) -> Vec<hir::Type> {
        types.into_iter().map(|ty| self.tree_type(ty)).collect()
    }

    fn named_type(&self, id: Option<hir::TypeId>, arguments: Vec<Ty>) -> Ty {
        match id {
            Some(id) => Ty::named(id, arguments),
            None => Ty::Error,
        }
    }

    fn list_of(&self, element: Ty) -> Ty {
        self.named_type(self.program.language.list, vec![element])
    }
}

/// `1 argument`, `2 arguments`
pub(super) fn count_arguments(count: usize) -> String {
    format!("{count} {}", if count == 1 { "argument" } else { "arguments" })
}

/// `an Int`, `a String`
fn with_article(name: &str) -> String {
    let vowel = name.starts_with(['A', 'E', 'I', 'O']);
    format!("{} {name}", if vowel { "an" } else { "a" })
}
