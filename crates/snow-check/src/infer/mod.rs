//! Type inference: Hindley and Milner's, with levels, one group of functions at a time.
//!
//! The typed tree is built in its final form at once. What is not known yet stands in it as a
//! number, see [`placeholders`]; `writeback` fills it in when the whole group is inferred.

mod actors;
mod arguments_of_other_languages;
mod assertions;
mod bit_syntax;
mod calls;
mod clashes;
mod closures;
mod control;
mod dropped_values;
mod expressions;
mod fields;
mod functions;
mod generalise;
mod local_names;
mod loops;
mod members;
mod method_calls;
mod method_errors;
mod names;
mod operators;
mod patterns;
pub mod pending;
pub mod placeholders;
mod postponed_calls;
mod same_named_types;
mod settling;
mod statements;
mod structures;
mod tail_calls;

use crate::hir::{self, FnId, LocalId};
use crate::program::{ModuleId, Program};
use crate::types::{Constraint, Head, Scheme, Skolem, Ty, substitute, substitute_constraint};
use crate::unify::Variables;
use local_names::{Binding, LocalNames};
use pending::{Pending, PendingKind, Resolution};
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;
use std::collections::HashMap;

pub use dropped_values::lost_failure;
pub use functions::{InferredBody, InferredGroup};
pub use postponed_calls::field_call;

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
    names: LocalNames,
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
    associated: Vec<(String, Ty)>,
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
        self.body.names.bind(name, Binding { local, scheme: None });
    }

    fn find_local(&self, name: &str) -> Option<Binding> {
        self.body.names.find(name).cloned()
    }

    fn local_expr(&mut self, local: LocalId, span: Span) -> hir::Expr {
        let ty = self.local_type(local);
        self.make(hir::ExprKind::Local(local, Vec::new()), ty, span)
    }

    fn scoped<R>(&mut self, inside: impl FnOnce(&mut Self) -> R) -> R {
        self.body.names.enter();
        let result = inside(self);
        self.body.names.leave();
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
