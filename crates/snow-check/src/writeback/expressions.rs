//! Expressions and patterns with their final types.

use super::{Finish, sendable};
use crate::hir::*;
use crate::infer::pending::Resolution;
use crate::infer::placeholders;
use crate::types::Skolem;
use snow_syntax::diagnostic::Diagnostic;

impl Finish<'_, '_, '_> {
    pub fn expr(&mut self, expr: &mut Expr) {
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
            ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Bool(_)
            | ExprKind::Unit
            | ExprKind::String(_)
            | ExprKind::Const(_)
            | ExprKind::Break
            | ExprKind::Continue
            | ExprKind::SelfPid => {}
            ExprKind::Local(local, types) => {
                let local = *local;
                self.type_arguments(types);
                self.use_local(local);
            }
            ExprKind::Function(target) => self.target(target),
            ExprKind::Call(callee, arguments) => {
                match callee {
                    Callee::Target(target) => self.target(target),
                    Callee::Value(value) => self.expr(value),
                }
                self.all(arguments);
            }
            ExprKind::Construct(_, inside)
            | ExprKind::Tuple(inside)
            | ExprKind::List(inside)
            | ExprKind::Concat(inside) => self.all(inside),
            ExprKind::Struct(fields) => {
                for (_, value) in fields {
                    self.expr(value);
                }
            }
            ExprKind::Update(base, fields) => {
                self.expr(base);
                for (_, value) in fields {
                    self.expr(value);
                }
            }
            ExprKind::Field(base, index) => {
                if let Some(number) = placeholders::open_number(*index) {
                    *index = match self.infer.resolutions[number] {
                        Resolution::Field(field) => field,
                        _ => 0,
                    };
                }
                self.expr(base);
            }
            ExprKind::Block(block) => {
                self.block(block);
                // A dropped value that turned out to be Unit is none: calls stay in tail position.
                if let ([Stmt::Expr(only)], None) = (&block.statements[..], &block.value)
                    && matches!(only.ty, Type::Unit | Type::Never)
                    && let Some(Stmt::Expr(only)) = block.statements.pop()
                {
                    *expr = only;
                }
            }
            ExprKind::If(condition, then, otherwise) => {
                self.expr(condition);
                self.expr(then);
                self.expr(otherwise);
            }
            ExprKind::Match(value, arms, fallthrough) => {
                self.expr(value);
                self.arms(arms);
                let scrutinee = value.ty.clone();
                let findings = self.matches().complete(&scrutinee, arms, fallthrough, span);
                self.report_all(findings);
            }
            ExprKind::Closure(closure) => {
                self.depth += 1;
                for param in &mut closure.params {
                    self.param(param);
                }
                self.ty(&mut closure.result);
                self.expr(&mut closure.body);
                self.depth -= 1;
            }
            ExprKind::And(a, b) | ExprKind::Or(a, b) | ExprKind::While(a, b) => {
                self.expr(a);
                self.expr(b);
            }
            ExprKind::Not(inside) | ExprKind::Return(inside) | ExprKind::Panic(inside) => self.expr(inside),
            ExprKind::For(inside) => {
                match &mut inside.iterable {
                    ForIterable::Range(from, to) => {
                        self.expr(from);
                        self.expr(to);
                    }
                    ForIterable::List(list) => self.expr(list),
                }
                self.pattern(&mut inside.pattern);
                let finding = self.matches().irrefutable(&inside.pattern);
                self.report_all(finding);
                if let Some(condition) = &mut inside.condition {
                    self.expr(condition);
                }
                self.expr(&mut inside.body);
            }
            ExprKind::Try { operand, convert } => {
                self.expr(operand);
                if let Some(target) = convert {
                    self.target(target);
                }
            }
            ExprKind::Spawn(target, arguments) => {
                self.target(target);
                self.sent(arguments);
            }
            ExprKind::Become(target, arguments) => {
                self.target(target);
                self.all(arguments);
            }
            ExprKind::SpawnValue(actor, arguments) => {
                self.sent(std::slice::from_mut(actor));
                self.sent(arguments);
            }
            ExprKind::Send(pid, message) => {
                self.expr(pid);
                self.sent(std::slice::from_mut(message));
            }
            ExprKind::Receive { message, arms, fallthrough, after } => {
                self.ty(message);
                self.arms(arms);
                let message = message.clone();
                let findings = self.matches().complete(&message, arms, fallthrough, span);
                self.report_all(findings);
                if let Some((milliseconds, body)) = after {
                    self.expr(milliseconds);
                    self.expr(body);
                }
            }
            ExprKind::Bits(segments) => {
                for segment in segments {
                    self.expr(&mut segment.value);
                    if let BitSize::Bytes(size) = &mut segment.size {
                        self.expr(size);
                    }
                }
            }
        }
        self.span = span;
    }

    pub(super) fn all(&mut self, exprs: &mut [Expr]) {
        for expr in exprs {
            self.expr(expr);
        }
    }

    /// An expression whose meaning came after it.
    fn open_call(&mut self, expr: &mut Expr, number: usize) {
        let ExprKind::Call(_, arguments) = std::mem::replace(&mut expr.kind, ExprKind::Unit) else { return };
        let mut arguments = arguments;
        self.all(&mut arguments);
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

    fn block(&mut self, block: &mut Block) {
        for statement in &mut block.statements {
            match statement {
                Stmt::Let(pattern, value, fallthrough) => {
                    self.expr(value);
                    self.pattern(pattern);
                    if matches!(fallthrough, Fallthrough::Unchecked(_)) {
                        let finding = self.matches().irrefutable(pattern);
                        self.report_all(finding);
                        *fallthrough = Fallthrough::Impossible;
                    }
                }
                Stmt::LetPolymorphic(local, params, value) => {
                    for param in params.iter_mut() {
                        *param = self.numbering.number(Skolem(*param));
                    }
                    self.bind(*local, &Type::Unit);
                    self.expr(value);
                }
                Stmt::LetRecursive(values) => {
                    for (local, _) in values.iter() {
                        self.bind(*local, &Type::Unit);
                    }
                    for (_, value) in values {
                        self.expr(value);
                    }
                }
                Stmt::Expr(expr) => self.expr(expr),
            }
        }
        if let Some(value) = &mut block.value {
            self.expr(value);
        }
    }

    fn arms(&mut self, arms: &mut [Arm]) {
        for arm in arms {
            self.pattern(&mut arm.pattern);
            if let Some(guard) = &mut arm.guard {
                self.expr(guard);
            }
            self.expr(&mut arm.body);
        }
    }

    fn pattern(&mut self, pattern: &mut Pattern) {
        self.span = pattern.span;
        self.ty(&mut pattern.ty);
        let ty = pattern.ty.clone();
        match &mut pattern.kind {
            PatternKind::Bind(local) => self.bind(*local, &ty),
            PatternKind::As(inside, local) => {
                self.bind(*local, &ty);
                self.pattern(inside);
            }
            PatternKind::Tuple(inside)
            | PatternKind::Constructor(_, inside)
            | PatternKind::Struct(inside)
            | PatternKind::List(inside)
            | PatternKind::Or(inside) => {
                for pattern in inside {
                    self.pattern(pattern);
                }
            }
            PatternKind::Cons(first, rest) => {
                first.iter_mut().for_each(|pattern| self.pattern(pattern));
                self.pattern(rest);
            }
            PatternKind::Bits(segments) => {
                for segment in segments {
                    self.pattern(&mut segment.value);
                    if let BitSize::Bytes(size) = &mut segment.size {
                        self.expr(size);
                    }
                }
            }
            PatternKind::Wildcard
            | PatternKind::Int(_)
            | PatternKind::Float(_)
            | PatternKind::Bool(_)
            | PatternKind::String(_)
            | PatternKind::Unit => {}
        }
    }
}
