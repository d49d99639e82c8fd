//! `for` over ranges, lists, what can be made a list, and what can be gone through step by step.

use super::Infer;
use super::pending::{PendingKind, Resolution};
use super::placeholders;
use crate::hir::{self, ExprKind, FnId, ForIterable};
use crate::types::{Head, Ty};
use snow_syntax::ast::{self, BinaryOp};
use snow_syntax::span::Span;

impl<'a> Infer<'_, 'a> {
    pub(super) fn for_loop(&mut self, inside: &'a ast::ForExpr, collect: bool, span: Span) -> hir::Expr {
        let mut element = self.fresh();
        let pair = matches!(inside.pattern, ast::ForPattern::Pair(..));
        let iterable = match &inside.iterable.kind {
            ast::ExprKind::Binary(op @ (BinaryOp::Range | BinaryOp::RangeInclusive), from, to) if !pair => {
                let (from, to) = self.range_ends(*op, from, to);
                let _ = self.variables.unify(&element, &Ty::int());
                ForIterable::Range(from, to)
            }
            _ => {
                let iterable = self.expr(&inside.iterable, None);
                let (ty, at) = (self.type_of(&iterable), inside.iterable.span);
                let resolution = self.new_resolution();
                let (iterated, source) = (ty.clone(), self.fresh());
                let kind = PendingKind::Iterate {
                    iterable: ty,
                    source: source.clone(),
                    element: element.clone(),
                    pair,
                    resolution,
                };
                self.postpone(kind, at);
                self.solve();
                let iterated = self.shallow(&iterated);
                self.refuse_pairs_in_parentheses(inside, &iterated, &mut element);
                ForIterable::Elements(self.make(
                    placeholders::open_call(resolution, vec![iterable]),
                    source,
                    at,
                ))
            }
        };
        self.scoped(|infer| {
            let pattern = match &inside.pattern {
                ast::ForPattern::One(pattern) => infer.pattern_in_scope(pattern, &element),
                ast::ForPattern::Pair(key, value) => infer.pair_pattern(key, value, &element),
            };
            let condition = inside.condition.as_ref().map(|condition| infer.guard(condition));
            let body = infer.in_loop(|infer| {
                if collect {
                    infer.block(&inside.body, None, false)
                } else {
                    let body = infer.discarded_block(&inside.body);
                    infer.drop_value(body)
                }
            });
            let ty = if collect {
                let element = match infer.type_of(&body) {
                    Ty::Con(Head::Never, _) => infer.fresh(),
                    ty => ty,
                };
                infer.list_of(element)
            } else {
                Ty::unit()
            };
            let inner = hir::For { pattern, iterable, condition, body, collect };
            infer.make(ExprKind::For(Box::new(inner)), ty, span)
        })
    }

    /// `for (key, value) in map`, of a map whose keys are no pairs: nothing more is said about the pattern.
    fn refuse_pairs_in_parentheses(&mut self, inside: &'a ast::ForExpr, iterated: &Ty, element: &mut Ty) {
        let ast::ForPattern::One(pattern) = &inside.pattern else { return };
        let ast::PatternKind::Tuple(parts) = &pattern.kind else { return };
        let key = match self.shallow(element) {
            Ty::Con(Head::Tuple, _) | Ty::Var(_) | Ty::Error => return,
            key => self.print(&key),
        };
        let [
            ast::Pattern { kind: ast::PatternKind::Name(first), .. },
            ast::Pattern { kind: ast::PatternKind::Name(second), .. },
        ] = &parts[..]
        else {
            return;
        };
        let is_map = matches!(
            iterated,
            Ty::Con(Head::Named(id), _) if Some(*id) == self.program.language.map
        );
        if is_map {
            let message =
                format!("this pattern is for a pair, the elements here are the keys of the map: {key}");
            let help = format!("keys with their values stand in braces: `for {{{first}, {second}}} in …`");
            self.error_with("E0001", pattern.span, message, help);
            *element = Ty::Error;
        }
    }

    fn pair_pattern(&mut self, key: &ast::Name, value: &ast::Name, element: &Ty) -> hir::Pattern {
        let (key_type, value_type) = (self.fresh(), self.fresh());
        let ty = Ty::tuple(vec![key_type.clone(), value_type.clone()]);
        let span = key.span.to(value.span);
        self.coerce(&ty, element, span);
        let mut parts = Vec::new();
        for (name, ty) in [(key, key_type), (value, value_type)] {
            let kind = if name.text == "_" {
                hir::PatternKind::Wildcard
            } else {
                let local = self.new_local(&name.text, ty.clone());
                self.bind_name(&name.text, local);
                hir::PatternKind::Bind(local)
            };
            parts.push(hir::Pattern { ty: self.tree_type(ty), span: name.span, kind });
        }
        hir::Pattern { ty: self.tree_type(ty), span, kind: hir::PatternKind::Tuple(parts) }
    }

    /// The iterable's outermost type is known: how are its elements found, and of what type are they?
    pub(super) fn settle_iteration(
        &mut self,
        iterable: &Ty,
        source: &Ty,
        element: &Ty,
        pair: bool,
        resolution: usize,
        span: Span,
    ) {
        let ty = self.shallow(iterable);
        let list = self.list_of(element.clone());
        let language = &self.program.language;
        let function = match &ty {
            Ty::Error => {
                let _ = self.variables.unify(element, &Ty::Error);
                let _ = self.variables.unify(source, &Ty::Error);
                return;
            }
            Ty::Con(Head::Named(id), _) if Some(*id) == language.list => {
                self.resolutions[resolution] = Resolution::Itself;
                self.coerce(&ty, &list, span);
                let _ = self.variables.unify(source, &list);
                return;
            }
            Ty::Con(Head::Never, _) => {
                self.resolutions[resolution] = Resolution::Itself;
                let _ = self.variables.unify(source, &list);
                return;
            }
            Ty::Con(Head::Named(id), _) if Some(*id) == language.map && !pair => {
                self.program.library_function("Map", "keys", 1)
            }
            _ => self.to_list_function(&ty),
        };
        let steps = self.named_type(self.program.language.iter_loop, vec![element.clone()]);
        let (function, elements) = match function {
            Some(_) => (function, list),
            None => (self.program.library_function("Iter.Loop", "begin", 1), steps),
        };
        let _ = self.variables.unify(source, &elements);
        if let Some(function) = function
            && let Some(scheme) = self.program.function(function).scheme.clone()
        {
            let (type_args, function_type) = self.instantiate(&scheme, span);
            if let Some(([param], result)) = function_type.as_fun() {
                self.coerce(&ty, param, span);
                self.coerce(result, &elements, span);
                self.resolutions[resolution] = Resolution::Function(function, type_args);
                return;
            }
        }
        let text = self.print(&ty);
        self.error_with(
            "E0001",
            span,
            format!("`for` cannot run over {text}"),
            "it runs over ranges (`0..n`), lists, maps, sets, and whatever has an `impl Iterable` (see `Iter`)",
        );
        let _ = self.variables.unify(element, &Ty::Error);
    }

    /// The function of its module that makes a list of a value. An Iter may have no end, so it is gone through.
    fn to_list_function(&self, ty: &Ty) -> Option<FnId> {
        let module = &self.program.modules[self.module_of_type(ty)?].name;
        if module == "Iter" { None } else { self.program.library_function(module, "to_list", 1) }
    }
}
