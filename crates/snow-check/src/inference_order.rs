//! In which order functions and constants are inferred: those that need each other together,
//! after all that they need.

use crate::hir::{ConstId, FnId};
use crate::program::{FunctionKind, ModuleId, Program, Value};
use crate::scope::Meaning;
use snow_syntax::ast::{self, ExprKind, PatternKind};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Item {
    Function(FnId),
    Constant(ConstId),
}

/// Groups in an order such that each needs earlier groups and itself only.
/// Whatever states its whole type needs no group: its users rely on what is written.
pub fn groups(program: &Program) -> Vec<Vec<Item>> {
    let functions = program.functions.len();
    let count = functions + program.constants.len();
    let mut edges: Vec<Vec<usize>> = Vec::with_capacity(count);
    for (index, function) in program.functions.iter().enumerate() {
        let mut walk = Walk { program, module: function.module, bound: Vec::new(), found: Vec::new() };
        walk.function(index);
        edges.push(walk.edges(functions, false));
    }
    for constant in &program.constants {
        let mut walk = Walk { program, module: constant.module, bound: Vec::new(), found: Vec::new() };
        walk.expr(&constant.declaration.value);
        edges.push(walk.edges(functions, true));
    }
    components(&edges)
        .into_iter()
        .map(|group| {
            let item = |node: usize| match node.checked_sub(functions) {
                None => Item::Function(FnId(node as u32)),
                Some(constant) => Item::Constant(ConstId(constant as u32)),
            };
            group.into_iter().map(item).collect()
        })
        .collect()
}

/// Strongly connected components, callees first (Tarjan), without recursion.
pub fn components(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    const UNSEEN: usize = usize::MAX;
    let mut order = vec![UNSEEN; edges.len()];
    let mut low = vec![0; edges.len()];
    let mut on_stack = vec![false; edges.len()];
    let mut stack = Vec::new();
    let mut next = 0;
    let mut result = Vec::new();
    for root in 0..edges.len() {
        if order[root] != UNSEEN {
            continue;
        }
        let mut work = vec![(root, 0)];
        while let Some((node, edge)) = work.last_mut() {
            let node = *node;
            if *edge == 0 {
                order[node] = next;
                low[node] = next;
                next += 1;
                stack.push(node);
                on_stack[node] = true;
            }
            if let Some(target) = edges[node].get(*edge).copied() {
                *edge += 1;
                if order[target] == UNSEEN {
                    work.push((target, 0));
                } else if on_stack[target] {
                    low[node] = low[node].min(order[target]);
                }
                continue;
            }
            work.pop();
            if let Some((parent, _)) = work.last() {
                low[*parent] = low[*parent].min(low[node]);
            }
            if low[node] == order[node] {
                let mut group = Vec::new();
                while let Some(member) = stack.pop() {
                    on_stack[member] = false;
                    group.push(member);
                    if member == node {
                        break;
                    }
                }
                group.sort_unstable();
                result.push(group);
            }
        }
    }
    result
}

/// Finds the functions and constants that a body names. Knows which names are bound inside of it.
struct Walk<'p, 'a> {
    program: &'p Program<'a>,
    module: ModuleId,
    bound: Vec<&'p str>,
    found: Vec<Value>,
}

impl<'p> Walk<'p, '_> {
    fn edges(self, functions: usize, of_constant: bool) -> Vec<usize> {
        let mut edges = Vec::new();
        for value in &self.found {
            match value {
                Value::Functions(ids) => edges.extend(
                    ids.iter().filter(|id| !self.program.function(**id).annotated).map(|id| id.0 as usize),
                ),
                Value::Constant(id) => {
                    if of_constant || self.program.constants[id.0 as usize].annotation.is_none() {
                        edges.push(functions + id.0 as usize);
                    }
                }
                Value::Constructor(..) | Value::Method(..) => {}
            }
        }
        edges.sort_unstable();
        edges.dedup();
        edges
    }

    fn function(&mut self, index: usize) {
        match &self.program.functions[index].kind {
            FunctionKind::Clauses(clauses) => {
                for clause in clauses {
                    self.clause(clause);
                }
            }
            FunctionKind::Default(method) => {
                if let Some(body) = &method.default {
                    self.params(&method.params);
                    self.block(body);
                }
            }
            FunctionKind::Actor(actor) => {
                if let Some(terminate) = &actor.terminate {
                    self.block(terminate);
                }
                self.params(&actor.params);
                self.block(&actor.body);
            }
            FunctionKind::Test(test) => self.block(&test.body),
            FunctionKind::Extern(_) | FunctionKind::Derived { .. } => {}
        }
    }

    fn scoped(&mut self, inside: impl FnOnce(&mut Self)) {
        let depth = self.bound.len();
        inside(self);
        self.bound.truncate(depth);
    }

    fn clause(&mut self, clause: &'p ast::FnClause) {
        self.scoped(|walk| {
            walk.params(&clause.params);
            if let Some(guard) = &clause.guard {
                walk.expr(guard);
            }
            walk.block(&clause.body);
        });
    }

    fn params(&mut self, params: &'p [ast::Param]) {
        for param in params {
            self.pattern(&param.pattern);
        }
    }

    fn pattern(&mut self, pattern: &'p ast::Pattern) {
        match &pattern.kind {
            PatternKind::Name(name) => self.bound.push(name),
            PatternKind::Tuple(inside)
            | PatternKind::List(inside)
            | PatternKind::Or(inside)
            | PatternKind::Constructor(_, inside) => {
                for pattern in inside {
                    self.pattern(pattern);
                }
            }
            PatternKind::Struct(_, fields) => {
                for (_, pattern) in fields {
                    self.pattern(pattern);
                }
            }
            PatternKind::Cons(first, rest) => {
                first.iter().for_each(|pattern| self.pattern(pattern));
                self.pattern(rest);
            }
            PatternKind::As(inside, name) => {
                self.pattern(inside);
                self.bound.push(&name.text);
            }
            PatternKind::Bits(segments) => {
                for segment in segments {
                    if let ast::BitSize::Bytes(size) = &segment.size {
                        self.expr(size);
                    }
                    self.pattern(&segment.value);
                }
            }
            PatternKind::Wildcard
            | PatternKind::Int(_)
            | PatternKind::Float(_)
            | PatternKind::Bool(_)
            | PatternKind::String(_)
            | PatternKind::Unit
            | PatternKind::Error => {}
        }
    }

    fn block(&mut self, block: &'p ast::Block) {
        self.scoped(|walk| {
            for statement in &block.statements {
                match statement {
                    ast::Stmt::Let(statement) => {
                        walk.expr(&statement.value);
                        walk.pattern(&statement.pattern);
                    }
                    ast::Stmt::Fn(clause) => {
                        walk.bound.push(&clause.name.text);
                        walk.clause(clause);
                    }
                    ast::Stmt::Expr(expr) => walk.expr(expr),
                    ast::Stmt::Error(_) => {}
                }
            }
        });
    }

    fn arms(&mut self, arms: &'p [ast::Arm]) {
        for arm in arms {
            self.scoped(|walk| {
                walk.pattern(&arm.pattern);
                if let Some(guard) = &arm.guard {
                    walk.expr(guard);
                }
                walk.block(&arm.body);
            });
        }
    }

    fn all(&mut self, exprs: &'p [ast::Expr]) {
        for expr in exprs {
            self.expr(expr);
        }
    }

    fn name(&mut self, name: &str) {
        if !self.bound.contains(&name)
            && let Ok(Meaning::Value(value)) = self.program.value(self.module, name)
        {
            self.found.push(value);
        }
    }

    /// `Module.name`; anything else is a member of a value.
    fn member(&mut self, base: &'p ast::Expr, name: &str) {
        let Some(path) = static_path(base) else { return self.expr(base) };
        if self.bound.contains(&path[0]) {
            return;
        }
        match self.program.path_module(self.module, &path) {
            Some((target, length)) if length == path.len() => {
                if let Ok(Meaning::Value(value)) = self.program.member_from(self.module, target, name) {
                    self.found.push(value);
                }
            }
            _ => self.expr(base),
        }
    }

    fn expr(&mut self, expr: &'p ast::Expr) {
        match &expr.kind {
            ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Bool(_)
            | ExprKind::Unit
            | ExprKind::Break
            | ExprKind::Continue
            | ExprKind::Previous
            | ExprKind::SelfCall
            | ExprKind::Error
            | ExprKind::Return(None) => {}
            ExprKind::String(parts) => {
                for part in parts {
                    if let ast::StringPart::Expr(expr) = part {
                        self.expr(expr);
                    }
                }
            }
            ExprKind::Name(name) => self.name(name),
            ExprKind::Tuple(inside)
            | ExprKind::List(inside)
            | ExprKind::Steps(inside)
            | ExprKind::Spawn(inside)
            | ExprKind::Send(inside)
            | ExprKind::Link(inside) => self.all(inside),
            ExprKind::Map(entries) => {
                for (key, value) in entries {
                    self.expr(key);
                    self.expr(value);
                }
            }
            ExprKind::Struct(_, fields) => {
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
            ExprKind::Member(base, name) => self.member(base, &name.text),
            ExprKind::Call(callee, arguments) => {
                self.expr(callee);
                self.all(arguments);
            }
            ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) | ExprKind::Pipe(a, b) => {
                self.expr(a);
                self.expr(b);
            }
            ExprKind::Try(inside)
            | ExprKind::Unary(_, inside)
            | ExprKind::Return(Some(inside))
            | ExprKind::Assert(inside)
            | ExprKind::ChildStart(inside) => self.expr(inside),
            ExprKind::If(branches, otherwise) => {
                for (condition, then) in branches {
                    self.expr(condition);
                    self.block(then);
                }
                otherwise.iter().for_each(|otherwise| self.block(otherwise));
            }
            ExprKind::Case(value, arms) => {
                self.expr(value);
                self.arms(arms);
            }
            ExprKind::Closure(clauses) => {
                for clause in clauses {
                    self.scoped(|walk| {
                        walk.params(&clause.params);
                        if let Some(guard) = &clause.guard {
                            walk.expr(guard);
                        }
                        walk.block(&clause.body);
                    });
                }
            }
            ExprKind::For(inside) => {
                self.expr(&inside.iterable);
                self.scoped(|walk| {
                    match &inside.pattern {
                        ast::ForPattern::One(pattern) => walk.pattern(pattern),
                        ast::ForPattern::Pair(key, value) => walk.bound.extend([&*key.text, &*value.text]),
                    }
                    if let Some(condition) = &inside.condition {
                        walk.expr(condition);
                    }
                    walk.block(&inside.body);
                });
            }
            ExprKind::While(condition, body) => {
                self.expr(condition);
                self.block(body);
            }
            ExprKind::Receive(arms, after) => {
                self.arms(arms);
                if let Some(after) = after {
                    self.expr(&after.milliseconds);
                    self.block(&after.body);
                }
            }
            ExprKind::Bits(segments) => {
                for segment in segments {
                    self.expr(&segment.value);
                    if let ast::BitSize::Bytes(size) = &segment.size {
                        self.expr(size);
                    }
                }
            }
        }
    }
}

/// `Geometry.Plane`, when the expression is names and dots only.
pub fn static_path(expr: &ast::Expr) -> Option<Vec<&str>> {
    let mut path = Vec::new();
    let mut expr = expr;
    loop {
        match &expr.kind {
            ExprKind::Name(name) => {
                path.push(name.as_str());
                path.reverse();
                return Some(path);
            }
            ExprKind::Member(base, name) => {
                path.push(name.text.as_str());
                expr = base;
            }
            _ => return None,
        }
    }
}
