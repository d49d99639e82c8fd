//! Patterns: what they match, and the names they bind.

use super::Infer;
use super::structures::path_span;
use crate::hir::{self, LocalId, PatternKind, TypeId};
use crate::program::TypeKind;
use crate::scope::opaque_types::Attempt;
use crate::scope::{Candidates, NameError};
use crate::types::{Head, Skolem, Ty, substitute};
use snow_syntax::ast;
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;

/// Names that a pattern binds.
#[derive(Default)]
pub(super) struct Names {
    bound: Vec<(String, LocalId, Span)>,
    /// In a later alternative: the locals of the first one.
    shared: Vec<(String, LocalId)>,
}

impl<'a> Infer<'_, 'a> {
    /// Binds the names in the innermost scope.
    pub(super) fn pattern_in_scope(&mut self, pattern: &'a ast::Pattern, ty: &Ty) -> hir::Pattern {
        self.pattern(pattern, ty, &mut Names::default())
    }

    /// Several patterns side by side, which bind their names together.
    pub(super) fn patterns(&mut self, patterns: &[&'a ast::Pattern], types: &[Ty]) -> Vec<hir::Pattern> {
        let mut names = Names::default();
        patterns.iter().zip(types).map(|(pattern, ty)| self.pattern(pattern, ty, &mut names)).collect()
    }

    fn make_pattern(&mut self, kind: PatternKind, ty: &Ty, span: Span) -> hir::Pattern {
        hir::Pattern { ty: self.tree_type(ty.clone()), span, kind }
    }

    pub(super) fn pattern(&mut self, pattern: &'a ast::Pattern, ty: &Ty, names: &mut Names) -> hir::Pattern {
        let span = pattern.span;
        let kind = match &pattern.kind {
            ast::PatternKind::Wildcard => PatternKind::Wildcard,
            ast::PatternKind::Error => {
                self.failed = true;
                PatternKind::Wildcard
            }
            ast::PatternKind::Int(value) => self.literal(PatternKind::Int(*value), Ty::int(), ty, span),
            ast::PatternKind::Range(first, last) => {
                self.literal(PatternKind::Range(*first, *last), Ty::int(), ty, span)
            }
            ast::PatternKind::Float(value) => {
                self.literal(PatternKind::Float(*value), Ty::plain(Head::Float), ty, span)
            }
            ast::PatternKind::Bool(value) => self.literal(PatternKind::Bool(*value), Ty::bool(), ty, span),
            ast::PatternKind::String(value) => {
                self.literal(PatternKind::String(value.clone()), Ty::string(), ty, span)
            }
            ast::PatternKind::Unit => self.literal(PatternKind::Unit, Ty::unit(), ty, span),
            ast::PatternKind::Name(name) if name == "_" => PatternKind::Wildcard,
            ast::PatternKind::Name(name) => {
                let candidates = self.program.constructors(self.body.module, name);
                if candidates.is_empty() && !name.starts_with(char::is_uppercase) {
                    PatternKind::Bind(self.bind_in_pattern(name, ty, span, names))
                } else {
                    self.named_constructor(candidates, &[name], &[], ty, span, names)
                }
            }
            ast::PatternKind::Tuple(elements) => {
                let types = match self.shallow(ty) {
                    Ty::Con(Head::Tuple, types) if types.len() == elements.len() => types.to_vec(),
                    _ => {
                        let types: Vec<Ty> = elements.iter().map(|_| self.fresh()).collect();
                        self.matches_type(&Ty::tuple(types.clone()), ty, span);
                        types
                    }
                };
                let elements = elements
                    .iter()
                    .zip(&types)
                    .map(|(element, ty)| self.pattern(element, ty, names))
                    .collect();
                PatternKind::Tuple(elements)
            }
            ast::PatternKind::Constructor(path, arguments) => {
                let segments: Vec<&str> = path.iter().map(|name| name.text.as_str()).collect();
                let candidates = self.program.constructor_path(self.body.module, &segments);
                self.named_constructor(candidates, &segments, arguments, ty, span, names)
            }
            ast::PatternKind::Struct(path, fields) => self.struct_pattern(path, fields, ty, span, names),
            ast::PatternKind::List(elements) => {
                let element = self.element_type(ty, span);
                PatternKind::List(
                    elements.iter().map(|pattern| self.pattern(pattern, &element, names)).collect(),
                )
            }
            ast::PatternKind::Cons(first, rest) => {
                let element = self.element_type(ty, span);
                let list = self.list_of(element.clone());
                let first =
                    first.iter().map(|pattern| self.element_pattern(pattern, &element, names)).collect();
                let rest = self.pattern(rest, &list, names);
                PatternKind::Cons(first, Box::new(rest))
            }
            ast::PatternKind::Or(alternatives) => self.or_pattern(alternatives, ty, names),
            ast::PatternKind::As(inside, name) => {
                let inside = self.pattern(inside, ty, names);
                let local = self.bind_in_pattern(&name.text, ty, name.span, names);
                PatternKind::As(Box::new(inside), local)
            }
            ast::PatternKind::Bits(segments) => self.bit_pattern(segments, ty, span, names),
        };
        self.make_pattern(kind, ty, span)
    }

    fn literal(&mut self, kind: PatternKind, own: Ty, ty: &Ty, span: Span) -> PatternKind {
        self.matches_type(&own, ty, span);
        kind
    }

    /// The type that a pattern is for, against the type of the value.
    pub(super) fn matches_type(&mut self, own: &Ty, ty: &Ty, span: Span) {
        if self.variables.is_never(ty) {
            return;
        }
        if let Err(clash) = self.variables.unify(ty, own) {
            if clash == crate::unify::Clash::Different {
                let message =
                    format!("this pattern is for {}, the value is {}", self.print(own), self.print(ty));
                let mut diagnostic = Diagnostic::error("E0001", self.file(), span, message);
                let help = self.other_quotes(own, ty, span);
                diagnostic.help = help.or_else(|| self.help_for_pattern(own, ty).map(str::to_string));
                let roles = [(own, "that the pattern is for"), (ty, "that the value is")];
                self.report(self.tell_apart(diagnostic, roles));
            } else {
                self.report_clash(clash, own, ty, span, "E0001");
            }
        }
    }

    fn element_type(&mut self, ty: &Ty, span: Span) -> Ty {
        let element = self.fresh();
        let list = self.list_of(element.clone());
        self.matches_type(&list, ty, span);
        element
    }

    fn bind_in_pattern(&mut self, name: &str, ty: &Ty, span: Span, names: &mut Names) -> LocalId {
        if let Some((_, _, earlier)) = names.bound.iter().find(|(own, ..)| own == name) {
            let earlier = *earlier;
            let file = self.file();
            self.report(
                Diagnostic::error("E0044", file, span, format!("`{name}` is bound twice in one pattern"))
                    .also(earlier, "the first time is here")
                    .help("to compare the two, give them different names and add `when a == b`"),
            );
        }
        let shared = names.shared.iter().find(|(own, _)| own == name).map(|(_, local)| *local);
        let local = match shared {
            Some(local) => {
                let other = self.local_type(local);
                if self.variables.unify(&other, ty).is_err() {
                    let (there, here) = (self.print(&other), self.print(ty));
                    let message = format!("`{name}` is {here} here, but {there} in the first alternative");
                    let diagnostic = Diagnostic::error("E0011", self.file(), span, message);
                    let roles = [(&other, "of the first alternative"), (ty, "of this one")];
                    self.report(self.tell_apart(diagnostic, roles));
                }
                local
            }
            None => self.new_local(name, ty.clone()),
        };
        names.bound.push((name.to_string(), local, span));
        self.bind_name(name, local);
        local
    }

    /// An element before `::`. When its alternatives are wrong, lists may have been meant.
    fn element_pattern(&mut self, pattern: &'a ast::Pattern, ty: &Ty, names: &mut Names) -> hir::Pattern {
        let before = self.program.diagnostics.borrow().len();
        let tree = self.pattern(pattern, ty, names);
        if matches!(pattern.kind, ast::PatternKind::Or(_))
            && let Some(diagnostic) = self.program.diagnostics.borrow_mut().get_mut(before)
        {
            let help = "`|` holds tighter than `::`: `[] | x :: rest` is `([] | x) :: rest`; write `[] | (x :: rest)`";
            diagnostic.help = Some(help.to_string());
        }
        tree
    }

    fn or_pattern(&mut self, alternatives: &'a [ast::Pattern], ty: &Ty, names: &mut Names) -> PatternKind {
        let Some((first, others)) = alternatives.split_first() else { return PatternKind::Wildcard };
        let before = names.bound.len();
        let mut tree = vec![self.pattern(first, ty, names)];
        let of_first: Vec<(String, LocalId)> =
            names.bound[before..].iter().map(|(name, local, _)| (name.clone(), *local)).collect();
        for other in others {
            let mut own = Names { bound: Vec::new(), shared: of_first.clone() };
            tree.push(self.pattern(other, ty, &mut own));
            let missing =
                of_first.iter().find(|(name, _)| !own.bound.iter().any(|(bound, ..)| bound == name));
            let extra = own.bound.iter().find(|(name, ..)| !of_first.iter().any(|(first, _)| first == name));
            let name = missing.map(|(name, _)| name).or(extra.map(|(name, ..)| name));
            if let Some(name) = name {
                self.error_with(
                    "E0011",
                    other.span,
                    format!("`{name}` is not bound by every alternative"),
                    "all alternatives of a pattern bind the same names, so that the arm can use them",
                );
            }
        }
        PatternKind::Or(tree)
    }

    /// The sum or struct type with variables for its parameters, and what they stand for.
    pub(super) fn open_type(&mut self, id: TypeId) -> (Ty, Vec<(Skolem, Ty)>) {
        let params = self.program.type_info(id).params.clone();
        let fresh: Vec<(Skolem, Ty)> = params.into_iter().map(|skolem| (skolem, self.fresh())).collect();
        (Ty::named(id, fresh.iter().map(|(_, ty)| ty.clone()).collect()), fresh)
    }

    /// A constructor by its name, of which there may be several.
    fn named_constructor(
        &mut self,
        candidates: Candidates,
        path: &[&str],
        arguments: &'a [ast::Pattern],
        ty: &Ty,
        span: Span,
        names: &mut Names,
    ) -> PatternKind {
        let chosen = if candidates.is_empty() {
            self.unknown_constructor(path, ty, span);
            None
        } else {
            self.choose_constructor(&candidates, path[path.len() - 1], Some(ty), span)
        };
        match chosen {
            Some((id, index)) => self.constructor_pattern(id, index, arguments, ty, span, names),
            None => {
                for argument in arguments {
                    self.pattern(argument, &Ty::Error, names);
                }
                PatternKind::Wildcard
            }
        }
    }

    fn constructor_pattern(
        &mut self,
        id: TypeId,
        index: usize,
        arguments: &'a [ast::Pattern],
        ty: &Ty,
        span: Span,
        names: &mut Names,
    ) -> PatternKind {
        let (own, substitution) = self.open_type(id);
        self.matches_type(&own, ty, span);
        let (name, payload) = match &self.program.type_info(id).kind {
            TypeKind::Sum(constructors) => constructors[index].clone(),
            TypeKind::Struct(_) => return PatternKind::Wildcard,
        };
        if payload.len() != arguments.len() {
            let values = if payload.len() == 1 { "value" } else { "values" };
            self.error_with(
                "E0003",
                span,
                format!("`{name}` holds {} {values}, the pattern has {}", payload.len(), arguments.len()),
                format!("write `{}`", example(&name, payload.len())),
            );
            for argument in arguments {
                self.pattern(argument, &Ty::Error, names);
            }
            return PatternKind::Wildcard;
        }
        let arguments = arguments
            .iter()
            .zip(&payload)
            .map(|(argument, ty)| {
                let ty = substitute(ty, &substitution);
                self.pattern(argument, &ty, names)
            })
            .collect();
        PatternKind::Constructor(index, arguments)
    }

    fn unknown_constructor(&mut self, path: &[&str], ty: &Ty, span: Span) {
        if self.program.import_failed_for(self.body.module, path[0]) {
            self.failed = true;
            return;
        }
        if let Some(id) = self.closed_constructor(path, ty)
            && self.refuses(id, Attempt::Match, path.last().copied(), span)
        {
            return;
        }
        if let Err(NameError::Private) = self.constructor_error(path) {
            let message = format!("the constructor `{}` is private", path.join("."));
            let help = "write `pub` in front of its declaration to use it in other files";
            return self.error_with("E0035", span, message, help);
        }
        let name = &path.join(".");
        let known = || {
            let known = self.program.value_names(self.body.module).into_iter();
            known.filter(|name| name.starts_with(char::is_uppercase))
        };
        let diagnostic =
            Diagnostic::error("E0010", self.file(), span, format!("there is no constructor `{name}`"));
        let help = self.help_for_qualified(path);
        let diagnostic = match self.program.meant(name, known) {
            _ if help.is_some() => Diagnostic { help, ..diagnostic },
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help("names that a pattern binds begin with a small letter"),
        };
        self.report(diagnostic);
    }

    /// Why a path does not lead to a constructor.
    fn constructor_error(&self, path: &[&str]) -> Result<(), NameError> {
        let module = self.body.module;
        let Some((name, prefix)) = path.split_last() else { return Ok(()) };
        if self.program.private_module(module, path).is_some() {
            return Err(NameError::Private);
        }
        match self.program.path_module(module, prefix) {
            Some((target, length)) if !prefix.is_empty() && length == prefix.len() => {
                self.program.member_from(module, target, name).map(drop)
            }
            _ => Ok(()),
        }
    }

    /// The closed type that the constructor is one of: by its path, or by the value that it is to match.
    fn closed_constructor(&mut self, path: &[&str], ty: &Ty) -> Option<TypeId> {
        if let Some(id) = self.program.closed_constructor(self.body.module, path) {
            return Some(id);
        }
        match (self.shallow(ty).head(), path) {
            (Some(Head::Named(id)), [name]) => self.program.constructor_index(id, name).map(|_| id),
            _ => None,
        }
    }

    fn struct_pattern(
        &mut self,
        path: &'a ast::Path,
        fields: &'a [(ast::Name, ast::Pattern)],
        ty: &Ty,
        span: Span,
        names: &mut Names,
    ) -> PatternKind {
        let Some(id) = self.struct_by_path(path) else {
            for (_, pattern) in fields {
                self.pattern(pattern, &Ty::Error, names);
            }
            return PatternKind::Wildcard;
        };
        if self.refuses(id, Attempt::Match, None, path_span(path)) {
            for (_, pattern) in fields {
                self.pattern(pattern, &Ty::Error, names);
            }
            return PatternKind::Wildcard;
        }
        let (own, substitution) = self.open_type(id);
        self.matches_type(&own, ty, span);
        let declared = match &self.program.type_info(id).kind {
            TypeKind::Struct(fields) => fields.clone(),
            TypeKind::Sum(_) => return PatternKind::Wildcard,
        };
        let mut tree: Vec<Option<hir::Pattern>> = declared.iter().map(|_| None).collect();
        for (name, pattern) in fields {
            match declared.iter().position(|(field, _)| *field == name.text) {
                Some(index) => {
                    if tree[index].is_some() {
                        self.error("E0044", name.span, format!("the field `{}` is matched twice", name.text));
                    }
                    let field = substitute(&declared[index].1, &substitution);
                    tree[index] = Some(self.pattern(pattern, &field, names));
                }
                None => {
                    self.report_unknown_field(id, name);
                    self.pattern(pattern, &Ty::Error, names);
                }
            }
        }
        let tree = tree
            .into_iter()
            .zip(&declared)
            .map(|(pattern, (_, ty))| match pattern {
                Some(pattern) => pattern,
                None => {
                    let ty = substitute(ty, &substitution);
                    self.make_pattern(PatternKind::Wildcard, &ty, span)
                }
            })
            .collect();
        PatternKind::Struct(tree)
    }
}

/// `Node(_, _)`
fn example(name: &str, count: usize) -> String {
    if count == 0 { name.to_string() } else { format!("{name}({})", vec!["_"; count].join(", ")) }
}
