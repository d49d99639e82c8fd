//! The visitor of the syntax tree: one walk, in the order of the source, for everyone who asks something of a tree.
//!
//! A visitor overrides the methods for the nodes that it is interested in, and calls the `walk_…` function of the same
//! name where it wants what is inside of them visited, too. A value is visited before the pattern that names it.

use crate::ast::*;

/// Each method visits what is inside; `'a` is the life of the tree.
pub trait Visitor<'a> {
    fn visit_item(&mut self, item: &'a Item) {
        walk_item(self, item);
    }

    /// One clause of a function, a method or a local function.
    fn visit_clause(&mut self, clause: &'a FnClause) {
        walk_clause(self, clause);
    }

    fn visit_param(&mut self, param: &'a Param) {
        walk_param(self, param);
    }

    fn visit_block(&mut self, block: &'a Block) {
        walk_block(self, block);
    }

    fn visit_statement(&mut self, statement: &'a Stmt) {
        walk_statement(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        walk_expr(self, expr);
    }

    /// Of a `case` or a `receive`.
    fn visit_arm(&mut self, arm: &'a Arm) {
        walk_arm(self, arm);
    }

    fn visit_closure_clause(&mut self, clause: &'a ClosureClause) {
        walk_closure_clause(self, clause);
    }

    /// A `for`, with the list that it goes through.
    fn visit_for(&mut self, parts: &'a ForExpr) {
        walk_for(self, parts);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        walk_pattern(self, pattern);
    }

    fn visit_type(&mut self, ty: &'a TypeExpr) {
        walk_type(self, ty);
    }
}

pub fn walk_item<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, item: &'a Item) {
    match &item.kind {
        ItemKind::Fn(clause) => visitor.visit_clause(clause),
        ItemKind::Extern(declaration) => {
            declaration.params.iter().for_each(|param| visitor.visit_param(param));
            declaration.result.iter().for_each(|ty| visitor.visit_type(ty));
        }
        ItemKind::Struct(declaration) => {
            for field in &declaration.fields {
                visitor.visit_type(&field.annotation);
                field.default.iter().for_each(|value| visitor.visit_expr(value));
            }
        }
        ItemKind::Sum(declaration) => {
            let payload = declaration.variants.iter().flat_map(|variant| &variant.payload);
            payload.for_each(|(_, ty)| visitor.visit_type(ty));
        }
        ItemKind::Alias(declaration) => visitor.visit_type(&declaration.target),
        ItemKind::Interface(declaration) => {
            for method in &declaration.methods {
                method.params.iter().for_each(|param| visitor.visit_param(param));
                method.result.iter().for_each(|ty| visitor.visit_type(ty));
                method.default.iter().for_each(|body| visitor.visit_block(body));
            }
        }
        ItemKind::Impl(declaration) => {
            declaration.arguments.iter().for_each(|ty| visitor.visit_type(ty));
            visitor.visit_type(&declaration.target);
            declaration
                .bounds
                .iter()
                .flat_map(|bound| &bound.arguments)
                .for_each(|ty| visitor.visit_type(ty));
            declaration.associated.iter().for_each(|(_, ty)| visitor.visit_type(ty));
            declaration.methods.iter().for_each(|method| visitor.visit_clause(method));
        }
        ItemKind::Actor(declaration) => {
            declaration.params.iter().for_each(|param| visitor.visit_param(param));
            visitor.visit_block(&declaration.body);
            declaration.terminate.iter().for_each(|block| visitor.visit_block(block));
        }
        ItemKind::Service(declaration) => {
            declaration
                .init
                .iter()
                .chain(&declaration.functions)
                .for_each(|clause| visitor.visit_clause(clause));
            for handler in &declaration.handlers {
                handler.params.iter().for_each(|param| visitor.visit_param(param));
                handler.reply.iter().for_each(|ty| visitor.visit_type(ty));
                visitor.visit_block(&handler.body);
            }
        }
        ItemKind::Supervisor(declaration) => {
            declaration.params.iter().for_each(|param| visitor.visit_param(param));
            let settings = declaration.children.iter().flat_map(|child| &child.settings);
            declaration.settings.iter().chain(settings).for_each(|(_, value)| visitor.visit_expr(value));
        }
        ItemKind::Module(_, items) => items.iter().for_each(|item| visitor.visit_item(item)),
        ItemKind::Let(statement) => walk_let(visitor, statement),
        ItemKind::Test(test) => visitor.visit_block(&test.body),
        ItemKind::Expr(expr) => visitor.visit_expr(expr),
        ItemKind::Import(_) | ItemKind::Error => {}
    }
}

pub fn walk_clause<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, clause: &'a FnClause) {
    clause.params.iter().for_each(|param| visitor.visit_param(param));
    clause.result.iter().for_each(|ty| visitor.visit_type(ty));
    clause.bounds.iter().flat_map(|bound| &bound.arguments).for_each(|ty| visitor.visit_type(ty));
    clause.guard.iter().for_each(|guard| visitor.visit_expr(guard));
    visitor.visit_block(&clause.body);
}

pub fn walk_param<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, param: &'a Param) {
    param.annotation.iter().for_each(|ty| visitor.visit_type(ty));
    visitor.visit_pattern(&param.pattern);
}

pub fn walk_block<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, block: &'a Block) {
    block.statements.iter().for_each(|statement| visitor.visit_statement(statement));
}

pub fn walk_statement<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, statement: &'a Stmt) {
    match statement {
        Stmt::Let(statement) => walk_let(visitor, statement),
        Stmt::Fn(clause) => visitor.visit_clause(clause),
        Stmt::Expr(expr) => visitor.visit_expr(expr),
        Stmt::Error(_) => {}
    }
}

fn walk_let<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, statement: &'a LetStmt) {
    statement.annotation.iter().for_each(|ty| visitor.visit_type(ty));
    visitor.visit_expr(&statement.value);
    visitor.visit_pattern(&statement.pattern);
}

pub fn walk_expr<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, expr: &'a Expr) {
    match &expr.kind {
        ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Bool(_)
        | ExprKind::Unit
        | ExprKind::Name(_)
        | ExprKind::Break
        | ExprKind::Continue
        | ExprKind::SelfCall
        | ExprKind::Previous
        | ExprKind::Error => {}
        ExprKind::String(parts) => {
            for part in parts {
                if let StringPart::Expr(expr) = part {
                    visitor.visit_expr(expr);
                }
            }
        }
        ExprKind::Tuple(inside)
        | ExprKind::List(inside)
        | ExprKind::Steps(inside)
        | ExprKind::Spawn(inside)
        | ExprKind::Send(inside)
        | ExprKind::Link(inside) => inside.iter().for_each(|expr| visitor.visit_expr(expr)),
        ExprKind::Map(entries) => {
            for (key, value) in entries {
                visitor.visit_expr(key);
                visitor.visit_expr(value);
            }
        }
        ExprKind::Struct(_, fields) => fields.iter().for_each(|(_, value)| visitor.visit_expr(value)),
        ExprKind::Update(base, fields) => {
            visitor.visit_expr(base);
            fields.iter().for_each(|(_, value)| visitor.visit_expr(value));
        }
        ExprKind::Call(callee, arguments) => {
            visitor.visit_expr(callee);
            arguments.iter().for_each(|argument| visitor.visit_expr(argument));
        }
        ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) | ExprKind::Pipe(a, b) => {
            visitor.visit_expr(a);
            visitor.visit_expr(b);
        }
        ExprKind::Member(inside, _)
        | ExprKind::Try(inside)
        | ExprKind::Unary(_, inside)
        | ExprKind::Assert(inside)
        | ExprKind::ChildStart(inside) => visitor.visit_expr(inside),
        ExprKind::Return(inside) => inside.iter().for_each(|inside| visitor.visit_expr(inside)),
        ExprKind::If(branches, otherwise) => {
            for (condition, then) in branches {
                visitor.visit_expr(condition);
                visitor.visit_block(then);
            }
            otherwise.iter().for_each(|otherwise| visitor.visit_block(otherwise));
        }
        ExprKind::Case(value, arms) => {
            visitor.visit_expr(value);
            arms.iter().for_each(|arm| visitor.visit_arm(arm));
        }
        ExprKind::Closure(clauses) => {
            clauses.iter().for_each(|clause| visitor.visit_closure_clause(clause));
        }
        ExprKind::For(parts) => visitor.visit_for(parts),
        ExprKind::While(condition, body) => {
            visitor.visit_expr(condition);
            visitor.visit_block(body);
        }
        ExprKind::Receive(arms, after) => {
            arms.iter().for_each(|arm| visitor.visit_arm(arm));
            if let Some(after) = after {
                visitor.visit_expr(&after.milliseconds);
                visitor.visit_block(&after.body);
            }
        }
        ExprKind::Bits(segments) => {
            for segment in segments {
                visitor.visit_expr(&segment.value);
                walk_size(visitor, &segment.size);
            }
        }
    }
}

fn walk_size<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, size: &'a BitSize) {
    if let Some(size) = size.expression() {
        visitor.visit_expr(size);
    }
}

pub fn walk_arm<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, arm: &'a Arm) {
    visitor.visit_pattern(&arm.pattern);
    arm.guard.iter().for_each(|guard| visitor.visit_expr(guard));
    visitor.visit_block(&arm.body);
}

pub fn walk_closure_clause<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, clause: &'a ClosureClause) {
    clause.params.iter().for_each(|param| visitor.visit_param(param));
    clause.guard.iter().for_each(|guard| visitor.visit_expr(guard));
    visitor.visit_block(&clause.body);
}

pub fn walk_for<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, parts: &'a ForExpr) {
    visitor.visit_expr(&parts.iterable);
    if let ForPattern::One(pattern) = &parts.pattern {
        visitor.visit_pattern(pattern);
    }
    parts.condition.iter().for_each(|condition| visitor.visit_expr(condition));
    visitor.visit_block(&parts.body);
}

pub fn walk_pattern<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, pattern: &'a Pattern) {
    match &pattern.kind {
        PatternKind::Wildcard
        | PatternKind::Name(_)
        | PatternKind::Int(_)
        | PatternKind::Range(..)
        | PatternKind::Float(_)
        | PatternKind::Bool(_)
        | PatternKind::String(_)
        | PatternKind::Unit
        | PatternKind::Error => {}
        PatternKind::Tuple(inside)
        | PatternKind::List(inside)
        | PatternKind::Or(inside)
        | PatternKind::Constructor(_, inside) => {
            inside.iter().for_each(|pattern| visitor.visit_pattern(pattern));
        }
        PatternKind::Struct(_, fields) => {
            fields.iter().for_each(|(_, pattern)| visitor.visit_pattern(pattern));
        }
        PatternKind::Cons(first, rest) => {
            first.iter().for_each(|pattern| visitor.visit_pattern(pattern));
            visitor.visit_pattern(rest);
        }
        PatternKind::As(inside, _) => visitor.visit_pattern(inside),
        PatternKind::Bits(segments) => {
            for segment in segments {
                walk_size(visitor, &segment.size);
                visitor.visit_pattern(&segment.value);
            }
        }
    }
}

pub fn walk_type<'a, V: Visitor<'a> + ?Sized>(visitor: &mut V, ty: &'a TypeExpr) {
    match &ty.kind {
        TypeKind::Named(_, inside) | TypeKind::Tuple(inside) => {
            inside.iter().for_each(|ty| visitor.visit_type(ty));
        }
        TypeKind::Fun(params, result) => {
            params.iter().for_each(|ty| visitor.visit_type(ty));
            visitor.visit_type(result);
        }
        TypeKind::Unit | TypeKind::Error => {}
    }
}
