//! Walking over the typed tree.

use crate::hir::{BitSegment, BitSize, Callee, Expr, ExprKind, ForIterable, Pattern, PatternKind, Stmt};

impl Expr {
    /// Calls `visit` with each expression directly inside of this one, in order. The value of a polymorphic
    /// `let` is none of them: it is read where it is used.
    pub fn each_part<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        let mut all = |exprs: &'e [Expr]| exprs.iter().for_each(&mut *visit);
        match &self.kind {
            ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Bool(_)
            | ExprKind::Unit
            | ExprKind::String(_)
            | ExprKind::Local(..)
            | ExprKind::Const(_)
            | ExprKind::Function(_)
            | ExprKind::Break
            | ExprKind::Continue
            | ExprKind::SelfPid => {}
            ExprKind::Call(callee, arguments) => {
                if let Callee::Value(callee) = callee {
                    visit(callee);
                }
                arguments.iter().for_each(visit);
            }
            ExprKind::Construct(_, inside)
            | ExprKind::Tuple(inside)
            | ExprKind::List(inside)
            | ExprKind::Concat(inside)
            | ExprKind::Spawn(_, inside)
            | ExprKind::Become(_, inside) => all(inside),
            ExprKind::Struct(fields) => fields.iter().for_each(|(_, value)| visit(value)),
            ExprKind::Update(base, fields) => {
                visit(base);
                fields.iter().for_each(|(_, value)| visit(value));
            }
            ExprKind::Block(block) => {
                for statement in &block.statements {
                    match statement {
                        Stmt::Let(pattern, value, _) => {
                            visit(value);
                            pattern.each_size(visit);
                        }
                        Stmt::LetPolymorphic(..) => {}
                        Stmt::LetRecursive(values) => values.iter().for_each(|(_, value)| visit(value)),
                        Stmt::Expr(expr) => visit(expr),
                    }
                }
                block.value.iter().for_each(|value| visit(value));
            }
            ExprKind::If(condition, then, otherwise) => {
                [condition, then, otherwise].into_iter().for_each(|part| visit(part));
            }
            ExprKind::Match(value, arms, _) => {
                visit(value);
                for arm in arms {
                    arm.pattern.each_size(visit);
                    arm.guard.iter().for_each(&mut *visit);
                    visit(&arm.body);
                }
            }
            ExprKind::Closure(closure) => visit(&closure.body),
            ExprKind::And(a, b) | ExprKind::Or(a, b) | ExprKind::While(a, b) | ExprKind::Send(a, b) => {
                visit(a);
                visit(b);
            }
            ExprKind::Field(inside, _)
            | ExprKind::Not(inside)
            | ExprKind::Return(inside)
            | ExprKind::Panic(inside)
            | ExprKind::Try { operand: inside, .. } => visit(inside),
            ExprKind::For(parts) => {
                match &parts.iterable {
                    ForIterable::Range(from, to) => {
                        visit(from);
                        visit(to);
                    }
                    ForIterable::List(list) => visit(list),
                }
                parts.pattern.each_size(visit);
                parts.condition.iter().for_each(&mut *visit);
                visit(&parts.body);
            }
            ExprKind::SpawnValue(actor, arguments) => {
                visit(actor);
                arguments.iter().for_each(visit);
            }
            ExprKind::Receive { arms, after, .. } => {
                for arm in arms {
                    arm.pattern.each_size(visit);
                    arm.guard.iter().for_each(&mut *visit);
                    visit(&arm.body);
                }
                if let Some((milliseconds, body)) = after {
                    visit(milliseconds);
                    visit(body);
                }
            }
            ExprKind::Bits(segments) => {
                for BitSegment { value, size, .. } in segments {
                    visit(value);
                    if let BitSize::Bytes(size) = size {
                        visit(size);
                    }
                }
            }
        }
    }
}

impl Pattern {
    /// Calls `visit` with each pattern directly inside of this one.
    pub fn each_part<'e>(&'e self, visit: &mut dyn FnMut(&'e Pattern)) {
        match &self.kind {
            PatternKind::Wildcard
            | PatternKind::Bind(_)
            | PatternKind::Int(_)
            | PatternKind::Float(_)
            | PatternKind::Bool(_)
            | PatternKind::String(_)
            | PatternKind::Unit => {}
            PatternKind::Tuple(inside)
            | PatternKind::Constructor(_, inside)
            | PatternKind::Struct(inside)
            | PatternKind::List(inside)
            | PatternKind::Or(inside) => inside.iter().for_each(visit),
            PatternKind::Cons(first, rest) => {
                first.iter().for_each(&mut *visit);
                visit(rest);
            }
            PatternKind::As(inside, _) => visit(inside),
            PatternKind::Bits(segments) => segments.iter().for_each(|segment| visit(&segment.value)),
        }
    }

    /// The sizes of segments of bytes are the expressions in a pattern.
    fn each_size<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        self.each_part(&mut |part| part.each_size(visit));
        if let PatternKind::Bits(segments) = &self.kind {
            for segment in segments {
                if let BitSize::Bytes(size) = &segment.size {
                    visit(size);
                }
            }
        }
    }
}
