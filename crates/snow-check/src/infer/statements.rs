//! Blocks, `let` and local functions.

use super::Infer;
use super::closures::{Clause, last_span};
use super::dropped_values::Ending;
use super::local_names::Binding;
use crate::hir::{self, ExprKind, LocalId};
use crate::name_occurrence::names_in_clauses;
use crate::types::Ty;
use snow_syntax::ast;
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;
use std::collections::HashMap;
use std::rc::Rc;

impl<'a> Infer<'_, 'a> {
    /// A block that must have a type, if one is expected.
    pub(super) fn block(&mut self, block: &'a ast::Block, expected: Option<&Ty>, tail: bool) -> hir::Expr {
        let tree = self.block_with(block, |infer, last| {
            infer.body.tail = tail;
            match expected {
                Some(expected) => infer.check(last, expected),
                None => infer.expr(last, None),
            }
        });
        if let (Some(expected), false) = (expected, has_value(block)) {
            self.expect_unit(block, expected);
        }
        tree
    }

    /// The value of a block without a last expression is `()`: that must be what is expected.
    pub(super) fn expect_unit(&mut self, block: &ast::Block, expected: &Ty) {
        if self.variables.unify(expected, &Ty::unit()).is_ok() {
            return;
        }
        let (span, label) = match last_span(block) {
            Some(span) => (span, "this has no value"),
            None => (block.span, "nothing stands here"),
        };
        let message = format!("expected {}, found ()", self.print(expected));
        self.report(
            Diagnostic::error("E0001", self.file(), span, message)
                .label(label)
                .help("the value of a block is that of the expression at its end"),
        );
    }

    pub(super) fn block_with(
        &mut self,
        block: &'a ast::Block,
        value: impl FnOnce(&mut Self, &'a ast::Expr) -> hir::Expr,
    ) -> hir::Expr {
        self.body.tail = false;
        self.scoped(|infer| {
            let mut statements = Vec::new();
            let mut result = None;
            let mut value = Some(value);
            let count = block.statements.len();
            let mut index = 0;
            while index < count {
                let statement = &block.statements[index];
                index += 1;
                match statement {
                    ast::Stmt::Expr(expr) if index == count => {
                        result = value.take().map(|value| value(infer, expr));
                    }
                    ast::Stmt::Expr(expr) => {
                        let expr = infer.discarded(expr, Ending::default());
                        statements.push(hir::Stmt::Expr(expr));
                    }
                    ast::Stmt::Let(statement) => statements.push(infer.let_statement(statement)),
                    ast::Stmt::Fn(_) => {
                        let start = index - 1;
                        while index < count && matches!(block.statements[index], ast::Stmt::Fn(_)) {
                            index += 1;
                        }
                        infer.local_functions(&block.statements[start..index], &mut statements);
                    }
                    ast::Stmt::Error(span) => {
                        let broken = infer.broken(*span);
                        // Whatever stood here, nothing follows from its absence.
                        if index == count {
                            result = Some(broken);
                        }
                    }
                }
            }
            if statements.is_empty()
                && let Some(result) = result
            {
                return result;
            }
            let ty = match &result {
                Some(result) => infer.type_of(result),
                None => Ty::unit(),
            };
            let span = last_span(block).map_or(block.span, |last| block.span.to(last));
            let block = hir::Block { statements, value: result.map(Box::new) };
            infer.make(ExprKind::Block(block), ty, span)
        })
    }

    fn let_statement(&mut self, statement: &'a ast::LetStmt) -> hir::Stmt {
        let annotation = statement.annotation.as_ref().map(|annotation| self.written_type(annotation));
        if let (ast::PatternKind::Name(name), ast::ExprKind::Closure(_)) =
            (&statement.pattern.kind, &statement.value.kind)
            && !name.starts_with(char::is_uppercase)
        {
            let value = self.generalised(|infer| match &annotation {
                Some(ty) => infer.check(&statement.value, ty),
                None => infer.expr(&statement.value, None),
            });
            return self.bind_closure(name, value, statement.pattern.span);
        }
        let value = match &annotation {
            Some(ty) => self.check(&statement.value, ty),
            None => self.expr(&statement.value, None),
        };
        let ty = match annotation {
            Some(ty) => ty,
            None => self.type_of(&value),
        };
        let pattern = self.pattern_in_scope(&statement.pattern, &ty);
        hir::Stmt::Let(pattern, value, hir::Fallthrough::Unchecked(hir::Origin::Let))
    }

    /// Infers one `let` level deeper, so that what stays open in it can be generalised.
    fn generalised<R>(&mut self, inside: impl FnOnce(&mut Self) -> R) -> R {
        self.level += 1;
        let result = inside(self);
        self.level -= 1;
        result
    }

    fn bind_closure(&mut self, name: &str, value: hir::Expr, span: Span) -> hir::Stmt {
        let ty = self.type_of(&value);
        match self.generalise_let(&ty) {
            None => {
                let local = self.new_local(name, ty.clone());
                self.bind_name(name, local);
                let pattern =
                    hir::Pattern { ty: self.tree_type(ty), span, kind: hir::PatternKind::Bind(local) };
                hir::Stmt::Let(pattern, value, hir::Fallthrough::Impossible)
            }
            Some(scheme) => {
                let local = self.new_local(name, scheme.ty.clone());
                // Numbers of program-wide parameters; `writeback` renumbers them for the function.
                let params = scheme.vars.iter().map(|skolem| skolem.0).collect();
                let binding = Binding { local, scheme: Some(Rc::new(scheme)) };
                self.body.names.bind(name, binding);
                hir::Stmt::LetPolymorphic(local, params, value)
            }
        }
    }

    /// Adjacent local functions, which may call each other.
    fn local_functions(&mut self, statements: &'a [ast::Stmt], into: &mut Vec<hir::Stmt>) {
        let mut groups: Vec<Vec<&'a ast::FnClause>> = Vec::new();
        for statement in statements {
            let ast::Stmt::Fn(clause) = statement else { continue };
            match groups.last_mut() {
                Some(group)
                    if group[0].name.text == clause.name.text
                        && group[0].params.len() == clause.params.len() =>
                {
                    group.push(clause);
                }
                _ => groups.push(vec![clause]),
            }
        }
        // Those that need each other together, after those that they need.
        let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, group) in groups.iter().enumerate() {
            by_name.entry(&group[0].name.text).or_default().push(index);
        }
        let mentioned = |group: &Vec<&'a ast::FnClause>| {
            let names = names_in_clauses(group).into_iter();
            let mut mentioned: Vec<usize> =
                names.filter_map(|name| by_name.get(name)).flatten().copied().collect();
            mentioned.sort_unstable();
            mentioned
        };
        let edges: Vec<Vec<usize>> = groups.iter().map(mentioned).collect();
        for component in crate::inference_order::components(&edges) {
            match component[..] {
                [only] if !edges[only].contains(&only) => {
                    let name = &groups[only][0].name;
                    let value = self.generalised(|infer| infer.local_function(&groups[only], None));
                    into.push(self.bind_closure(&name.text, value, name.span));
                }
                _ => self.recursive_functions(component.iter().map(|index| &groups[*index]), into),
            }
        }
    }

    fn recursive_functions<'g>(
        &mut self,
        groups: impl Iterator<Item = &'g Vec<&'a ast::FnClause>>,
        into: &mut Vec<hir::Stmt>,
    ) where
        'a: 'g,
    {
        let groups: Vec<&Vec<&'a ast::FnClause>> = groups.collect();
        let mut locals: Vec<(LocalId, Ty)> = Vec::new();
        for group in &groups {
            let name = &group[0].name.text;
            let ty = self.fresh();
            let local = self.new_local(name, ty.clone());
            self.bind_name(name, local);
            locals.push((local, ty));
        }
        let mut values = Vec::new();
        for (group, (local, ty)) in groups.iter().zip(&locals) {
            let value = self.local_function(group, Some(ty));
            values.push((*local, value));
        }
        into.push(hir::Stmt::LetRecursive(values));
    }

    fn local_function(&mut self, clauses: &[&'a ast::FnClause], own: Option<&Ty>) -> hir::Expr {
        let first = clauses[0];
        if let Some(param) = first.type_params.first() {
            self.error_with(
                "E0079",
                param.name.span,
                "a local function declares no type parameters",
                "leave them out: its type is inferred",
            );
        }
        self.check_clause_order(clauses);
        let params: Vec<Ty> = first.params.iter().map(|_| self.fresh()).collect();
        for clause in clauses {
            for (param, ty) in clause.params.iter().zip(&params) {
                if let Some(annotation) = &param.annotation {
                    let written = self.written_type(annotation);
                    self.coerce(&written, ty, annotation.span);
                }
            }
        }
        let result = match &first.result {
            Some(annotation) => self.written_type(annotation),
            None => self.fresh(),
        };
        let ty = Ty::fun(params.clone(), result.clone());
        if let Some(own) = own {
            self.coerce(&ty, own, first.name.span);
        }
        let folded: Vec<Clause<'a>> = clauses
            .iter()
            .map(|clause| Clause {
                span: clause.name.span.to(clause.body.span),
                patterns: clause.params.iter().map(|param| &param.pattern).collect(),
                guard: clause.guard.as_ref(),
                body: &clause.body,
            })
            .collect();
        let span = first.name.span;
        let (tree_params, body) =
            self.in_closure(&result, |infer| infer.fold_clauses(&folded, &params, &result, span));
        let tree_result = self.tree_type(result);
        let closure = hir::Closure { params: tree_params, body, result: tree_result };
        self.make(ExprKind::Closure(Box::new(closure)), ty, span)
    }
}

/// Does a block end with an expression? Of what could not be read nothing is said.
pub(super) fn has_value(block: &ast::Block) -> bool {
    matches!(block.statements.last(), Some(ast::Stmt::Expr(_) | ast::Stmt::Error(_)))
}
