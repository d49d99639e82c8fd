//! Inference of one group of functions and constants that need each other: from their parameters to their types.

use super::local_names::LocalNames;
use super::{ActorFrame, Body, Infer, ResultFrame};
use crate::hir::{self, ConstId, FnId};
use crate::inference_order::Item;
use crate::program::FunctionKind;
use crate::types::{Scheme, Skolem, Ty, substitute};
use snow_syntax::ast;
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;

/// A function as inferred; its tree still holds numbers.
pub struct InferredFunction {
    pub id: FnId,
    pub params: Vec<hir::Param>,
    pub result: Ty,
    pub body: InferredBody,
    pub locals: Vec<(String, Ty)>,
}

pub enum InferredBody {
    Expr(hir::Expr),
    Actor(Box<InferredActor>),
    Extern(String),
}

pub struct InferredActor {
    pub message: Ty,
    pub body: hir::Expr,
    pub terminate: Option<hir::Expr>,
}

/// All that is known about a group in the end.
pub struct InferredGroup {
    pub functions: Vec<InferredFunction>,
    pub constants: Vec<(ConstId, Ty, hir::Expr)>,
    pub schemes: Vec<(FnId, Scheme)>,
    /// Type parameters of every function of the group.
    pub vars: Vec<Skolem>,
}

impl<'a> Infer<'_, 'a> {
    pub fn group(&mut self, items: &[Item]) -> InferredGroup {
        for item in items {
            match item {
                Item::Function(id) => self.open_function(*id),
                Item::Constant(id) => {
                    let annotation = self.program.constants[id.0 as usize].annotation.clone();
                    let ty = annotation.unwrap_or_else(|| self.fresh());
                    self.constants.insert(*id, ty);
                }
            }
        }
        let mut functions = Vec::new();
        let mut constants = Vec::new();
        for item in items {
            match item {
                Item::Function(id) => functions.extend(self.function(*id)),
                Item::Constant(id) => constants.push(self.constant(*id)),
            }
        }
        self.settle();
        self.report_dropped_results();
        let (vars, schemes) = self.generalise_group(items);
        InferredGroup { functions, constants, schemes, vars }
    }

    /// Gives a function that is not fully annotated a type for use within the group.
    fn open_function(&mut self, id: FnId) {
        let info = self.program.function(id);
        self.givens.extend(info.givens.iter().cloned());
        if info.annotated {
            return;
        }
        let found = self.fill_holes(&info.holes);
        let stated = |infer: &mut Self, ty: &Option<Ty>| match ty {
            Some(ty) => substitute(ty, &found),
            None => infer.fresh(),
        };
        let params: Vec<Ty> = match &info.kind {
            FunctionKind::Test(_) => Vec::new(),
            _ => info.params.iter().map(|ty| stated(self, ty)).collect(),
        };
        let result = match &info.kind {
            FunctionKind::Actor(_) => Ty::pid(self.fresh()),
            _ => stated(self, &info.result),
        };
        self.group.insert(id, Ty::fun(params, result));
    }

    fn function(&mut self, id: FnId) -> Option<InferredFunction> {
        let program = self.program;
        let info = program.function(id);
        let ty = match (&info.scheme, self.group.get(&id)) {
            (Some(scheme), _) => scheme.ty.clone(),
            (None, Some(ty)) => ty.clone(),
            (None, None) => return None,
        };
        let (params, result) = ty.as_fun().map(|(params, result)| (params.to_vec(), result.clone()))?;
        self.body = Body {
            module: info.module,
            type_params: info.type_params.clone(),
            self_type: info.self_type.clone(),
            associated: info.associated.clone(),
            names: LocalNames::of_one_scope(),
            ..Body::default()
        };
        self.refuse_vector_params(id, &params);
        let (tree_params, body) = match &info.kind {
            FunctionKind::Extern(declaration) => {
                let tree_params = self.anonymous_params(&params);
                (tree_params, InferredBody::Extern(declaration.name.text.clone()))
            }
            FunctionKind::Clauses(clauses) => {
                let annotated = clauses[0].result.is_some() || info.self_type.is_some();
                self.enter_function(result.clone(), annotated);
                let stated =
                    self.check_method_annotations(clauses, &params, &result, info.self_type.is_some());
                let (tree_params, body) = self.function_clauses(clauses, &params, &stated);
                (tree_params, InferredBody::Expr(body))
            }
            FunctionKind::Default(method) => {
                let body = method.default.as_ref()?;
                self.enter_function(result.clone(), true);
                let patterns: Vec<&ast::Pattern> = method.params.iter().map(|param| &param.pattern).collect();
                let (tree_params, body) =
                    self.fold_single(&patterns, &params, |infer| infer.checked_body(body, &result));
                (tree_params, InferredBody::Expr(body))
            }
            FunctionKind::Actor(actor) => {
                let message = match self.shallow(&result) {
                    Ty::Con(_, arguments) => arguments.first().cloned().unwrap_or(Ty::Error),
                    _ => Ty::Error,
                };
                self.actor(actor, &params, message)
            }
            FunctionKind::Test(test) => {
                let message = self.fresh();
                self.body.actor = Some(ActorFrame {
                    message: message.clone(),
                    receives: false,
                    is_test: true,
                    address: None,
                });
                self.coerce(&Ty::unit(), &result, info.span);
                self.enter_function(Ty::unit(), false);
                let body = self.discarded_block(&test.body);
                let body = self.with_address(body);
                let actor = InferredActor { message, body, terminate: None };
                (Vec::new(), InferredBody::Actor(Box::new(actor)))
            }
            FunctionKind::Derived(clause) => {
                self.enter_function(result.clone(), true);
                let (tree_params, body) = self.function_clauses(&[clause], &params, &result);
                (tree_params, InferredBody::Expr(body))
            }
        };
        let locals = std::mem::take(&mut self.body.locals);
        Some(InferredFunction { id, params: tree_params, result, body, locals })
    }

    pub(super) fn enter_function(&mut self, result: Ty, annotated: bool) {
        self.body.results.push(ResultFrame {
            ty: result,
            is_closure: false,
            annotated,
            loops: 0,
            first_try: None,
        });
        self.body.tail = true;
    }

    fn anonymous_params(&mut self, params: &[Ty]) -> Vec<hir::Param> {
        params
            .iter()
            .enumerate()
            .map(|(index, ty)| {
                let local = self.new_local(&format!("p{index}"), ty.clone());
                hir::Param { local, ty: self.tree_type(ty.clone()) }
            })
            .collect()
    }

    /// Annotations of a method say the same as the interface.
    /// Gives the result that the body is held to.
    fn check_method_annotations(
        &mut self,
        clauses: &[&'a ast::FnClause],
        params: &[Ty],
        result: &Ty,
        is_method: bool,
    ) -> Ty {
        let mut stated = result.clone();
        for (index, clause) in clauses.iter().enumerate() {
            for (param, ty) in clause.params.iter().zip(params) {
                let Some(annotation) = &param.annotation else { continue };
                if index == 0 && !is_method {
                    continue;
                }
                let written = self.written_type(annotation);
                self.same_annotation(&written, ty, annotation.span, is_method);
            }
            if let Some(annotation) = &clause.result
                && is_method
            {
                let written = self.written_type(annotation);
                if !self.same_annotation(&written, result, annotation.span, true) {
                    stated = written;
                }
            }
        }
        stated
    }

    fn same_annotation(&mut self, written: &Ty, expected: &Ty, span: Span, is_method: bool) -> bool {
        if let Err(clash) = self.variables.unify(expected, written) {
            if is_method {
                let (own, theirs) = (self.print(written), self.print(expected));
                let message = format!("this method has {own} where its interface has {theirs}");
                let diagnostic = Diagnostic::error("E0008", self.file(), span, message).help(
                    "an impl has the same types as the interface, with the implementing type for `Self`",
                );
                let roles = [(written, "that the method has"), (expected, "that the interface has")];
                self.report(self.tell_apart(diagnostic, roles));
            } else {
                self.report_clash(clash, written, expected, span, "E0001");
            }
            return false;
        }
        true
    }

    /// A parameter may be a vector, a type argument may not; structs were checked where they are declared.
    fn refuse_vector_params(&mut self, id: FnId, params: &[Ty]) {
        let info = self.program.function(id);
        if info.is_actor() && params.iter().any(|ty| ty.head() == Some(crate::types::Head::U8x16)) {
            let file = self.file();
            self.report(crate::declarations::written_types::vector_inside(file, info.span));
        }
    }

    fn function_clauses(
        &mut self,
        clauses: &[&'a ast::FnClause],
        params: &[Ty],
        result: &Ty,
    ) -> (Vec<hir::Param>, hir::Expr) {
        self.check_clause_order(clauses);
        let span = clauses[0].name.span;
        let folded: Vec<super::closures::Clause<'a>> = clauses
            .iter()
            .map(|clause| super::closures::Clause {
                span: clause.name.span.to(clause.body.span),
                patterns: clause.params.iter().map(|param| &param.pattern).collect(),
                guard: clause.guard.as_ref(),
                body: &clause.body,
            })
            .collect();
        self.fold_clauses(&folded, params, result, span)
    }

    /// A clause that takes everything must be the last.
    pub(super) fn check_clause_order(&mut self, clauses: &[&ast::FnClause]) {
        for (index, clause) in clauses.iter().enumerate() {
            let takes_all = clause.guard.is_none()
                && clause.params.iter().all(|param| match &param.pattern.kind {
                    ast::PatternKind::Wildcard => true,
                    ast::PatternKind::Name(name) => {
                        self.program.constructors(self.body.module, name).is_empty()
                    }
                    _ => false,
                });
            if takes_all && let Some(next) = clauses.get(index + 1) {
                let name = &clause.name.text;
                let file = self.file();
                self.report(
                    snow_syntax::diagnostic::Diagnostic::error(
                        "E0022",
                        file,
                        clause.name.span,
                        format!("this clause of `{name}` takes everything, but more clauses follow"),
                    )
                    .also(next.name.span, "this one could never be reached")
                    .help("clauses are tried from top to bottom: the one for all other cases comes last"),
                );
                return;
            }
        }
    }

    fn constant(&mut self, id: ConstId) -> (ConstId, Ty, hir::Expr) {
        let info = &self.program.constants[id.0 as usize];
        self.body = Body {
            module: info.module,
            names: LocalNames::of_one_scope(),
            constant: true,
            type_params: info.type_params.clone(),
            ..Body::default()
        };
        let ty = self.constants.get(&id).cloned().unwrap_or(Ty::Error);
        let value = self.check(info.value, &ty);
        (id, ty, value)
    }
}
