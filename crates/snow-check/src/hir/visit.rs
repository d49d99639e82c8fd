//! The visitor of the typed tree: one walk in the order of evaluation, for everyone who asks
//! something of a tree ([`Visitor`]) or changes it in place ([`VisitorMut`]).
//!
//! A visitor overrides the methods for the nodes that it is interested in, and calls the `walk_…`
//! function of the same name where it wants what is inside of them visited, too.
//! A walk costs one step for each node.

use super::{
    Arm, BitSegment, BitSize, Callee, Expr, ExprKind, ForIterable, Pattern, PatternKind, Stmt, Target,
};
use snow_syntax::span::Span;

/// Writes a visitor trait and its walks: with `mut` that of a tree that is changed, else that of one
/// that is read. The match on all kinds of nodes stands here once.
macro_rules! visitor {
    (
        $(#[$documentation:meta])*
        $Visitor:ident, $walk_expr:ident, $walk_pattern:ident, $walk_statement:ident, $($mutability:ident)?
    ) => {
        $(#[$documentation])*
        pub trait $Visitor {
            /// Each expression, those in sizes of segments included.
            fn visit_expr(&mut self, expr: &$($mutability)? Expr) {
                $walk_expr(self, expr);
            }

            fn visit_pattern(&mut self, pattern: &$($mutability)? Pattern) {
                $walk_pattern(self, pattern);
            }

            fn visit_statement(&mut self, statement: &$($mutability)? Stmt) {
                $walk_statement(self, statement);
            }

            /// What a call, a value, an actor that is started or a conversion refers to; the span is that of
            /// the expression that it stands in.
            fn visit_target(&mut self, _target: &$($mutability)? Target, _span: Span) {}
        }

        /// Visits what is directly inside of an expression.
        pub fn $walk_expr<V: $Visitor + ?Sized>(visitor: &mut V, expr: &$($mutability)? Expr) {
            let span = expr.span;
            match &$($mutability)? expr.kind {
                ExprKind::Int(_)
                | ExprKind::Float(_)
                | ExprKind::Bool(_)
                | ExprKind::Unit
                | ExprKind::String(_)
                | ExprKind::Local(..)
                | ExprKind::Const(..)
                | ExprKind::Break
                | ExprKind::Continue
                | ExprKind::SelfPid => {}
                ExprKind::Function(target) => visitor.visit_target(target, span),
                ExprKind::Call(callee, arguments) => {
                    match callee {
                        Callee::Target(target) => visitor.visit_target(target, span),
                        Callee::Value(value) => visitor.visit_expr(value),
                    }
                    for argument in arguments {
                        visitor.visit_expr(argument);
                    }
                }
                ExprKind::Construct(_, inside)
                | ExprKind::Tuple(inside)
                | ExprKind::List(inside)
                | ExprKind::Concat(inside) => {
                    for part in inside {
                        visitor.visit_expr(part);
                    }
                }
                ExprKind::Struct(fields) => {
                    for (_, value) in fields {
                        visitor.visit_expr(value);
                    }
                }
                ExprKind::Update(base, fields) => {
                    visitor.visit_expr(base);
                    for (_, value) in fields {
                        visitor.visit_expr(value);
                    }
                }
                ExprKind::Block(block) => {
                    for statement in &$($mutability)? block.statements {
                        visitor.visit_statement(statement);
                    }
                    if let Some(value) = &$($mutability)? block.value {
                        visitor.visit_expr(value);
                    }
                }
                ExprKind::If(condition, then, otherwise) => {
                    visitor.visit_expr(condition);
                    visitor.visit_expr(then);
                    visitor.visit_expr(otherwise);
                }
                ExprKind::Match(value, arms, _) => {
                    visitor.visit_expr(value);
                    for arm in arms {
                        walk_arm(visitor, arm);
                    }
                }
                ExprKind::Closure(closure) => visitor.visit_expr(&$($mutability)? closure.body),
                ExprKind::And(a, b) | ExprKind::Or(a, b) | ExprKind::While(a, b) | ExprKind::Send(a, b) => {
                    visitor.visit_expr(a);
                    visitor.visit_expr(b);
                }
                ExprKind::Field(inside, _)
                | ExprKind::Not(inside)
                | ExprKind::Return(inside)
                | ExprKind::Panic(inside) => visitor.visit_expr(inside),
                ExprKind::Try { operand, convert } => {
                    visitor.visit_expr(operand);
                    if let Some(target) = convert {
                        visitor.visit_target(target, span);
                    }
                }
                ExprKind::For(parts) => {
                    match &$($mutability)? parts.iterable {
                        ForIterable::Range(from, to) => {
                            visitor.visit_expr(from);
                            visitor.visit_expr(to);
                        }
                        ForIterable::Elements(elements) => visitor.visit_expr(elements),
                    }
                    visitor.visit_pattern(&$($mutability)? parts.pattern);
                    if let Some(condition) = &$($mutability)? parts.condition {
                        visitor.visit_expr(condition);
                    }
                    visitor.visit_expr(&$($mutability)? parts.body);
                }
                ExprKind::Spawn(target, arguments) | ExprKind::Become(target, arguments) => {
                    visitor.visit_target(target, span);
                    for argument in arguments {
                        visitor.visit_expr(argument);
                    }
                }
                ExprKind::Receive { arms, after, .. } => {
                    for arm in arms {
                        walk_arm(visitor, arm);
                    }
                    if let Some((milliseconds, body)) = after {
                        visitor.visit_expr(milliseconds);
                        visitor.visit_expr(body);
                    }
                }
                ExprKind::Bits(segments) => {
                    for BitSegment { value, size, .. } in segments {
                        visitor.visit_expr(value);
                        if let BitSize::Bytes(size) | BitSize::Computed(size) = size {
                            visitor.visit_expr(size);
                        }
                    }
                }
            }

            fn walk_arm<V: $Visitor + ?Sized>(visitor: &mut V, arm: &$($mutability)? Arm) {
                visitor.visit_pattern(&$($mutability)? arm.pattern);
                if let Some(guard) = &$($mutability)? arm.guard {
                    visitor.visit_expr(guard);
                }
                visitor.visit_expr(&$($mutability)? arm.body);
            }
        }

        /// Visits what is directly inside of a pattern: other patterns, and the sizes of segments.
        pub fn $walk_pattern<V: $Visitor + ?Sized>(visitor: &mut V, pattern: &$($mutability)? Pattern) {
            match &$($mutability)? pattern.kind {
                PatternKind::Wildcard
                | PatternKind::Bind(_)
                | PatternKind::Int(_)
                | PatternKind::Range(..)
                | PatternKind::Float(_)
                | PatternKind::Bool(_)
                | PatternKind::String(_)
                | PatternKind::Unit => {}
                PatternKind::Tuple(inside)
                | PatternKind::Constructor(_, inside)
                | PatternKind::Struct(inside)
                | PatternKind::List(inside)
                | PatternKind::Or(inside) => {
                    for part in inside {
                        visitor.visit_pattern(part);
                    }
                }
                PatternKind::Cons(first, rest) => {
                    for part in first {
                        visitor.visit_pattern(part);
                    }
                    visitor.visit_pattern(rest);
                }
                PatternKind::As(inside, _) => visitor.visit_pattern(inside),
                PatternKind::Bits(segments) => {
                    for BitSegment { value, size, .. } in segments {
                        visitor.visit_pattern(value);
                        if let BitSize::Bytes(size) | BitSize::Computed(size) = size {
                            visitor.visit_expr(size);
                        }
                    }
                }
            }
        }

        /// Visits what is directly inside of a statement.
        pub fn $walk_statement<V: $Visitor + ?Sized>(visitor: &mut V, statement: &$($mutability)? Stmt) {
            match statement {
                Stmt::Let(pattern, value, _) => {
                    visitor.visit_expr(value);
                    visitor.visit_pattern(pattern);
                }
                Stmt::LetPolymorphic(_, _, value) | Stmt::Expr(value) => visitor.visit_expr(value),
                Stmt::LetRecursive(values) => {
                    for (_, value) in values {
                        visitor.visit_expr(value);
                    }
                }
            }
        }
    };
}

visitor! {
    /// Reads a tree.
    Visitor, walk_expr, walk_pattern, walk_statement,
}

visitor! {
    /// Changes a tree in place.
    VisitorMut, walk_expr_mut, walk_pattern_mut, walk_statement_mut, mut
}
