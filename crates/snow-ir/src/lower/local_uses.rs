//! Which locals a piece of the tree reads.

use snow_check::hir::{
    BitSegment, BitSize, Block, Callee, Expr, ExprKind, FnDef, FnKind, ForIterable, LocalId, Pattern,
    PatternKind, Stmt,
};
use std::collections::HashSet;

/// All that a function reads, closures inside included.
pub(crate) fn in_function(function: &FnDef) -> HashSet<LocalId> {
    let mut found = HashSet::new();
    let mut visit = |local| {
        found.insert(local);
    };
    match &function.kind {
        FnKind::Body(body) => expr(body, &mut visit),
        FnKind::Actor { body, terminate, .. } => {
            expr(body, &mut visit);
            terminate.iter().for_each(|terminate| expr(terminate, &mut visit));
        }
        FnKind::Extern { .. } => {}
    }
    found
}

/// In order of first mention, each once.
pub(crate) fn in_exprs<'a>(roots: impl IntoIterator<Item = &'a Expr>) -> Vec<LocalId> {
    let mut seen = HashSet::new();
    let mut order = Vec::new();
    for root in roots {
        expr(root, &mut |local| {
            if seen.insert(local) {
                order.push(local);
            }
        });
    }
    order
}

fn expr(root: &Expr, visit: &mut dyn FnMut(LocalId)) {
    match &root.kind {
        ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Bool(_)
        | ExprKind::Unit
        | ExprKind::String(_)
        | ExprKind::Const(_)
        | ExprKind::Function(_)
        | ExprKind::Break
        | ExprKind::Continue
        | ExprKind::SelfPid => {}
        ExprKind::Local(local, _) => visit(*local),
        ExprKind::Call(callee, arguments) => {
            if let Callee::Value(callee) = callee {
                expr(callee, visit);
            }
            exprs(arguments, visit);
        }
        ExprKind::Construct(_, all)
        | ExprKind::Tuple(all)
        | ExprKind::List(all)
        | ExprKind::Concat(all)
        | ExprKind::Spawn(_, all)
        | ExprKind::Become(_, all) => exprs(all, visit),
        ExprKind::Struct(fields) => fields.iter().for_each(|(_, value)| expr(value, visit)),
        ExprKind::Update(base, fields) => {
            expr(base, visit);
            fields.iter().for_each(|(_, value)| expr(value, visit));
        }
        ExprKind::Field(inner, _)
        | ExprKind::Not(inner)
        | ExprKind::Return(inner)
        | ExprKind::Panic(inner)
        | ExprKind::Try { operand: inner, .. } => expr(inner, visit),
        ExprKind::Block(inner) => block(inner, visit),
        ExprKind::If(condition, then, otherwise) => {
            expr(condition, visit);
            expr(then, visit);
            expr(otherwise, visit);
        }
        ExprKind::Match(scrutinee, arms, _) => {
            expr(scrutinee, visit);
            for arm in arms {
                pattern(&arm.pattern, visit);
                arm.guard.iter().for_each(|guard| expr(guard, visit));
                expr(&arm.body, visit);
            }
        }
        ExprKind::Closure(closure) => expr(&closure.body, visit),
        ExprKind::And(a, b) | ExprKind::Or(a, b) | ExprKind::While(a, b) | ExprKind::Send(a, b) => {
            expr(a, visit);
            expr(b, visit);
        }
        ExprKind::For(inner) => {
            match &inner.iterable {
                ForIterable::Range(from, to) => {
                    expr(from, visit);
                    expr(to, visit);
                }
                ForIterable::List(list) => expr(list, visit),
            }
            pattern(&inner.pattern, visit);
            inner.condition.iter().for_each(|condition| expr(condition, visit));
            expr(&inner.body, visit);
        }
        ExprKind::SpawnValue(function, arguments) => {
            expr(function, visit);
            exprs(arguments, visit);
        }
        ExprKind::Receive { arms, after, .. } => {
            for arm in arms {
                pattern(&arm.pattern, visit);
                arm.guard.iter().for_each(|guard| expr(guard, visit));
                expr(&arm.body, visit);
            }
            if let Some((milliseconds, body)) = after {
                expr(milliseconds, visit);
                expr(body, visit);
            }
        }
        ExprKind::Bits(segments) => {
            for segment in segments {
                expr(&segment.value, visit);
                size(segment, visit);
            }
        }
    }
}

fn exprs(all: &[Expr], visit: &mut dyn FnMut(LocalId)) {
    all.iter().for_each(|one| expr(one, visit));
}

fn block(block: &Block, visit: &mut dyn FnMut(LocalId)) {
    for statement in &block.statements {
        match statement {
            Stmt::Let(bound, value, _) => {
                pattern(bound, visit);
                expr(value, visit);
            }
            Stmt::LetPolymorphic(_, _, value) | Stmt::Expr(value) => expr(value, visit),
            Stmt::LetRecursive(group) => group.iter().for_each(|(_, value)| expr(value, visit)),
        }
    }
    block.value.iter().for_each(|value| expr(value, visit));
}

/// A pattern reads locals only in the sizes of bytes segments.
fn pattern(root: &Pattern, visit: &mut dyn FnMut(LocalId)) {
    match &root.kind {
        PatternKind::Tuple(all)
        | PatternKind::Constructor(_, all)
        | PatternKind::Struct(all)
        | PatternKind::List(all)
        | PatternKind::Or(all) => all.iter().for_each(|one| pattern(one, visit)),
        PatternKind::Cons(head, tail) => {
            head.iter().for_each(|one| pattern(one, visit));
            pattern(tail, visit);
        }
        PatternKind::As(inner, _) => pattern(inner, visit),
        PatternKind::Bits(segments) => {
            for segment in segments {
                pattern(&segment.value, visit);
                size(segment, visit);
            }
        }
        PatternKind::Wildcard
        | PatternKind::Bind(_)
        | PatternKind::Int(_)
        | PatternKind::Float(_)
        | PatternKind::Bool(_)
        | PatternKind::String(_)
        | PatternKind::Unit => {}
    }
}

fn size<V>(segment: &BitSegment<V>, visit: &mut dyn FnMut(LocalId)) {
    if let BitSize::Bytes(length) = &segment.size {
        expr(length, visit);
    }
}
