//! Expressions and patterns with their final types.

use super::{Finish, sendable};
use crate::hir::visit::{VisitorMut, walk_expr_mut, walk_pattern_mut, walk_statement_mut};
use crate::hir::*;
use crate::infer::pending::Resolution;
use crate::infer::placeholders;
use crate::types::Skolem;
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;

impl Finish<'_, '_, '_> {
    fn finish_expr(&mut self, expr: &mut Expr) {
        self.span = expr.span;
        self.ty(&mut expr.ty);
        let span = expr.span;
        if let ExprKind::Call(Callee::Target(Target::Constructor(index)), _) = &expr.kind
            && let Some(number) = placeholders::open_number(*index)
        {
            self.open_call(expr, number);
            return;
        }
        match &mut expr.kind {
            ExprKind::Local(local, types) => {
                let local = *local;
                self.type_arguments(types);
                self.use_local(local);
            }
            ExprKind::Const(_, types) => self.type_arguments(types),
            ExprKind::Field(_, index) => {
                if let Some(number) = placeholders::open_number(*index) {
                    *index = match self.infer.resolutions[number] {
                        Resolution::Field(field) => field,
                        _ => 0,
                    };
                }
                walk_expr_mut(self, expr);
            }
            ExprKind::Block(_) => {
                walk_expr_mut(self, expr);
                let ExprKind::Block(block) = &mut expr.kind else { return };
                // A dropped value that turned out to be Unit is none: calls stay in tail position.
                if let ([Stmt::Expr(only)], None) = (&block.statements[..], &block.value)
                    && matches!(only.ty, Type::Unit | Type::Never)
                    && let Some(Stmt::Expr(only)) = block.statements.pop()
                {
                    *expr = only;
                }
            }
            ExprKind::Match(..) => {
                walk_expr_mut(self, expr);
                let ExprKind::Match(value, arms, fallthrough) = &mut expr.kind else { return };
                self.check_match(&value.ty, arms, fallthrough, span);
            }
            ExprKind::Closure(closure) => {
                self.depth += 1;
                for param in &mut closure.params {
                    self.param(param);
                }
                self.ty(&mut closure.result);
                walk_expr_mut(self, expr);
                self.depth -= 1;
            }
            ExprKind::For(_) => {
                walk_expr_mut(self, expr);
                let ExprKind::For(parts) = &expr.kind else { return };
                let diagnostic = self.matches().irrefutable(&parts.pattern);
                self.report_all(diagnostic);
            }
            ExprKind::Spawn(target, arguments) => {
                self.visit_target(target, span);
                self.sent(arguments);
            }
            ExprKind::Send(pid, message) => {
                self.visit_expr(pid);
                self.sent(std::slice::from_mut(message));
            }
            ExprKind::Receive { message, .. } => {
                self.ty(message);
                walk_expr_mut(self, expr);
                let ExprKind::Receive { message, arms, fallthrough, .. } = &mut expr.kind else { return };
                self.check_match(message, arms, fallthrough, span);
            }
            _ => walk_expr_mut(self, expr),
        }
        self.span = span;
    }

    /// An expression whose meaning came after it.
    fn open_call(&mut self, expr: &mut Expr, number: usize) {
        let ExprKind::Call(_, arguments) = std::mem::replace(&mut expr.kind, ExprKind::Unit) else { return };
        let mut arguments = arguments;
        arguments.iter_mut().for_each(|argument| self.visit_expr(argument));
        let resolution = self.infer.resolutions[number].clone();
        match resolution {
            Resolution::Itself => {
                if let Some(itself) = arguments.pop() {
                    *expr = itself;
                }
            }
            Resolution::NoText | Resolution::Open | Resolution::Field(_) => {
                expr.kind = ExprKind::String("…".to_string());
                expr.ty = Type::String;
            }
            Resolution::FieldCall(index, ty) => {
                let receiver = arguments.remove(0);
                let ty = self.inferred_type(&ty);
                expr.kind = crate::infer::field_call(receiver, index, ty, arguments);
            }
            Resolution::Method { interface, index, arguments: of_interface, self_type, type_args } => {
                let target = Target::Method {
                    interface,
                    arguments: of_interface.iter().map(|ty| self.inferred_type(ty)).collect(),
                    index,
                    self_type: self.inferred_type(&self_type),
                    type_args: type_args.iter().map(|ty| self.inferred_type(ty)).collect(),
                };
                expr.kind = ExprKind::Call(Callee::Target(target), arguments);
            }
            Resolution::Function(id, types) => {
                let types: Vec<Type> = types.iter().map(|ty| self.inferred_type(ty)).collect();
                expr.kind = ExprKind::Call(Callee::Target(Target::Function(id, types)), arguments);
            }
            Resolution::Concat => self.concatenation(expr, arguments),
        }
    }

    fn concatenation(&mut self, expr: &mut Expr, arguments: Vec<Expr>) {
        expr.kind = match &expr.ty {
            Type::Named(_, elements) => match self.infer.program.library_function("List", "concat", 2) {
                Some(concat) => {
                    let target = Target::Function(concat, elements.clone());
                    ExprKind::Call(Callee::Target(target), arguments)
                }
                None => {
                    let message = "`List.concat` is not part of this program";
                    self.report(Diagnostic::error("E0031", self.file(), expr.span, message));
                    ExprKind::Unit
                }
            },
            Type::Bytes => ExprKind::Bits(
                arguments
                    .into_iter()
                    .map(|value| BitSegment {
                        span: value.span,
                        value,
                        size: BitSize::Rest,
                        signed: false,
                        little: false,
                    })
                    .collect(),
            ),
            _ => {
                // A chain of `<>` is one concatenation.
                let mut parts = Vec::new();
                for argument in arguments {
                    match argument.kind {
                        ExprKind::Concat(inside) => parts.extend(inside),
                        _ => parts.push(argument),
                    }
                }
                ExprKind::Concat(parts)
            }
        };
    }
}

impl VisitorMut for Finish<'_, '_, '_> {
    fn visit_expr(&mut self, expr: &mut Expr) {
        let before = self.captured_buffers.len();
        self.finish_expr(expr);
        // A closure that is called here, or given to a function that gives no closure, is not part of the value. The
        // closures around it hold the Buffer all the same.
        if self.captured_buffers.len() > before && !sendable::holds_function(self.definitions, &expr.ty) {
            let mut inside = self.captured_buffers.split_off(before);
            inside.retain(|(_, bound)| *bound < self.depth);
            self.captured_buffers.extend(inside);
        }
    }

    fn visit_target(&mut self, target: &mut Target, span: Span) {
        self.span = span;
        match target {
            Target::Function(_, types) => self.type_arguments(types),
            Target::Method { arguments, self_type, type_args, .. } => {
                self.type_arguments(arguments);
                self.ty(self_type);
                self.type_arguments(type_args);
            }
            Target::Constructor(_) => {}
        }
    }

    fn visit_statement(&mut self, statement: &mut Stmt) {
        match statement {
            Stmt::LetPolymorphic(local, params, _) => {
                for param in params.iter_mut() {
                    *param = self.numbering.number(Skolem(*param));
                }
                self.bind(*local, &Type::Unit);
            }
            Stmt::LetRecursive(values) => {
                for (local, _) in values.iter() {
                    self.bind(*local, &Type::Unit);
                }
            }
            Stmt::Let(..) | Stmt::Expr(_) => {}
        }
        walk_statement_mut(self, statement);
        if let Stmt::Let(pattern, _, fallthrough) = statement
            && matches!(fallthrough, Fallthrough::Unchecked(_))
        {
            let diagnostic = self.matches().irrefutable(pattern);
            self.report_all(diagnostic);
            *fallthrough = Fallthrough::Impossible;
        }
    }

    fn visit_pattern(&mut self, pattern: &mut Pattern) {
        self.span = pattern.span;
        self.ty(&mut pattern.ty);
        if let PatternKind::Bind(local) | PatternKind::As(_, local) = pattern.kind {
            self.bind(local, &pattern.ty);
        }
        walk_pattern_mut(self, pattern);
    }
}
