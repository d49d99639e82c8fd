//! Does a name occur in an expression? Bindings are not looked at: the answer may be a needless yes.

use snow_syntax::ast::{self, ExprKind};

pub fn block(block: &ast::Block, name: &str) -> bool {
    block.statements.iter().any(|statement| match statement {
        ast::Stmt::Let(statement) => expr(&statement.value, name),
        ast::Stmt::Fn(clause) => {
            self::block(&clause.body, name) || clause.guard.as_ref().is_some_and(|guard| expr(guard, name))
        }
        ast::Stmt::Expr(inside) => expr(inside, name),
        ast::Stmt::Error(_) => false,
    })
}

pub fn expr(expr: &ast::Expr, name: &str) -> bool {
    let all = |exprs: &[ast::Expr]| exprs.iter().any(|inside| self::expr(inside, name));
    let arms = |arms: &[ast::Arm]| {
        arms.iter().any(|arm| {
            block(&arm.body, name) || arm.guard.as_ref().is_some_and(|guard| self::expr(guard, name))
        })
    };
    match &expr.kind {
        ExprKind::Name(own) => own == name,
        ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Bool(_)
        | ExprKind::Unit
        | ExprKind::Break
        | ExprKind::Continue
        | ExprKind::Previous
        | ExprKind::SelfCall
        | ExprKind::Error
        | ExprKind::Return(None) => false,
        ExprKind::String(parts) => parts.iter().any(|part| match part {
            ast::StringPart::Expr(inside) => self::expr(inside, name),
            ast::StringPart::Text(_) => false,
        }),
        ExprKind::Tuple(inside)
        | ExprKind::List(inside)
        | ExprKind::Steps(inside)
        | ExprKind::Spawn(inside)
        | ExprKind::Send(inside)
        | ExprKind::Link(inside) => all(inside),
        ExprKind::Map(entries) => {
            entries.iter().any(|(key, value)| self::expr(key, name) || self::expr(value, name))
        }
        ExprKind::Struct(_, fields) => fields.iter().any(|(_, value)| self::expr(value, name)),
        ExprKind::Update(base, fields) => {
            self::expr(base, name) || fields.iter().any(|(_, value)| self::expr(value, name))
        }
        ExprKind::Call(callee, arguments) => self::expr(callee, name) || all(arguments),
        ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) | ExprKind::Pipe(a, b) => {
            self::expr(a, name) || self::expr(b, name)
        }
        ExprKind::Member(inside, _)
        | ExprKind::Try(inside)
        | ExprKind::Unary(_, inside)
        | ExprKind::Return(Some(inside))
        | ExprKind::Assert(inside)
        | ExprKind::ChildStart(inside) => self::expr(inside, name),
        ExprKind::If(branches, otherwise) => {
            branches.iter().any(|(condition, then)| self::expr(condition, name) || block(then, name))
                || otherwise.as_ref().is_some_and(|otherwise| block(otherwise, name))
        }
        ExprKind::Case(value, inside) => self::expr(value, name) || arms(inside),
        ExprKind::Closure(clauses) => clauses.iter().any(|clause| {
            block(&clause.body, name) || clause.guard.as_ref().is_some_and(|guard| self::expr(guard, name))
        }),
        ExprKind::For(inside) => {
            self::expr(&inside.iterable, name)
                || block(&inside.body, name)
                || inside.condition.as_ref().is_some_and(|condition| self::expr(condition, name))
        }
        ExprKind::While(condition, body) => self::expr(condition, name) || block(body, name),
        ExprKind::Receive(inside, after) => {
            arms(inside)
                || after
                    .as_ref()
                    .is_some_and(|after| self::expr(&after.milliseconds, name) || block(&after.body, name))
        }
        ExprKind::Bits(segments) => segments.iter().any(|segment| {
            self::expr(&segment.value, name)
                || matches!(&segment.size, ast::BitSize::Bytes(size) if self::expr(size, name))
        }),
    }
}
