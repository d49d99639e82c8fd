//! In which order functions and constants are inferred: those that need each other together,
//! after all that they need.

use crate::hir::{ConstId, FnId};
use crate::program::{FunctionKind, ModuleId, Program, TypeKind, Value};
use crate::scope::Meaning;
use snow_syntax::ast::{self, ExprKind, PatternKind};
use snow_syntax::syntax_visitor::{
    Visitor, walk_arm, walk_block, walk_clause, walk_closure_clause, walk_expr, walk_for, walk_pattern,
    walk_statement,
};
use std::collections::{HashMap, HashSet};

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
        let mut walk = Walk::new(program, function.module, false);
        walk.function(index);
        edges.push(walk.edges(functions));
    }
    for constant in &program.constants {
        let mut walk = Walk::new(program, constant.module, true);
        walk.visit_expr(constant.value);
        edges.push(walk.edges(functions));
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

/// Is the constant needed for its own value?
pub fn names_itself(program: &Program, id: ConstId) -> bool {
    let constant = &program.constants[id.0 as usize];
    let mut walk = Walk::new(program, constant.module, true);
    walk.visit_expr(constant.value);
    walk.found.iter().any(|value| matches!(value, Value::Constant(found) if *found == id))
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
    /// Is it the value of a constant? It needs the values of others, and not only their types.
    of_constant: bool,
    /// Names that are bound here, in order; and how often each of them is.
    bound: Vec<&'p str>,
    bindings: HashMap<&'p str, usize>,
    found: Vec<Value>,
}

impl<'p, 'a> Walk<'p, 'a> {
    fn new(program: &'p Program<'a>, module: ModuleId, of_constant: bool) -> Walk<'p, 'a> {
        Walk { program, module, of_constant, bound: Vec::new(), bindings: HashMap::new(), found: Vec::new() }
    }

    fn edges(self, functions: usize) -> Vec<usize> {
        let mut edges = Vec::new();
        for value in &self.found {
            match value {
                Value::Functions(ids) => edges.extend(
                    ids.iter().filter(|id| !self.program.function(**id).annotated).map(|id| id.0 as usize),
                ),
                Value::Constant(id) => {
                    if self.of_constant || self.program.constants[id.0 as usize].annotation.is_none() {
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
            FunctionKind::Clauses(clauses) => clauses.iter().for_each(|clause| self.visit_clause(clause)),
            FunctionKind::Default(method) => {
                method.params.iter().for_each(|param| self.visit_param(param));
                method.default.iter().for_each(|body| self.visit_block(body));
            }
            FunctionKind::Actor(actor) => {
                actor.terminate.iter().for_each(|block| self.visit_block(block));
                actor.params.iter().for_each(|param| self.visit_param(param));
                self.visit_block(&actor.body);
            }
            FunctionKind::Test(test) => self.visit_block(&test.body),
            // What is derived names only what states its whole type.
            FunctionKind::Derived(_) | FunctionKind::Extern(_) => {}
        }
    }

    fn scoped(&mut self, inside: impl FnOnce(&mut Self)) {
        let depth = self.bound.len();
        inside(self);
        for name in self.bound.drain(depth..) {
            self.bindings.entry(name).and_modify(|count| *count -= 1);
        }
    }

    fn bind(&mut self, name: &'p str) {
        self.bound.push(name);
        *self.bindings.entry(name).or_default() += 1;
    }

    fn is_bound(&self, name: &str) -> bool {
        self.bindings.get(name).is_some_and(|count| *count > 0)
    }

    fn name(&mut self, name: &str) {
        if !self.is_bound(name)
            && let Ok(Meaning::Value(value)) = self.program.value(self.module, name)
        {
            self.found.push(value);
        }
    }

    /// `Module.name`; anything else is a member of a value.
    fn member(&mut self, base: &'p ast::Expr, name: &str) {
        let Some(path) = static_path(base) else { return self.visit_expr(base) };
        if self.is_bound(path[0]) {
            return;
        }
        match self.program.path_module(self.module, &path) {
            Some((target, length)) if length == path.len() => {
                if let Ok(Meaning::Value(value)) = self.program.member_from(self.module, target, name) {
                    self.found.push(value);
                }
            }
            _ => self.visit_expr(base),
        }
    }

    /// The defaults of the fields that a literal leaves out.
    fn defaults(&mut self, path: &ast::Path, given: &[(ast::Name, ast::Expr)]) {
        let segments: Vec<&str> = path.iter().map(|name| name.text.as_str()).collect();
        let Ok(id) = self.program.struct_path(self.module, &segments) else { return };
        let info = self.program.type_info(id);
        let TypeKind::Struct(fields) = &info.kind else { return };
        let given: HashSet<&str> = given.iter().map(|(name, _)| name.text.as_str()).collect();
        for ((field, _), default) in fields.iter().zip(&info.defaults) {
            if let Some(default) = default
                && !given.contains(field.as_str())
            {
                self.found.push(Value::Constant(*default));
            }
        }
    }
}

impl<'p> Visitor<'p> for Walk<'p, '_> {
    fn visit_clause(&mut self, clause: &'p ast::FnClause) {
        self.scoped(|walk| walk_clause(walk, clause));
    }

    fn visit_block(&mut self, block: &'p ast::Block) {
        self.scoped(|walk| walk_block(walk, block));
    }

    fn visit_statement(&mut self, statement: &'p ast::Stmt) {
        if let ast::Stmt::Fn(clause) = statement {
            self.bind(&clause.name.text);
        }
        walk_statement(self, statement);
    }

    fn visit_arm(&mut self, arm: &'p ast::Arm) {
        self.scoped(|walk| walk_arm(walk, arm));
    }

    fn visit_closure_clause(&mut self, clause: &'p ast::ClosureClause) {
        self.scoped(|walk| walk_closure_clause(walk, clause));
    }

    fn visit_for(&mut self, parts: &'p ast::ForExpr) {
        self.scoped(|walk| {
            if let ast::ForPattern::Pair(key, value) = &parts.pattern {
                walk.bind(&key.text);
                walk.bind(&value.text);
            }
            walk_for(walk, parts);
        });
    }

    fn visit_pattern(&mut self, pattern: &'p ast::Pattern) {
        walk_pattern(self, pattern);
        match &pattern.kind {
            PatternKind::Name(name) => self.bind(name),
            PatternKind::As(_, name) => self.bind(&name.text),
            _ => {}
        }
    }

    fn visit_expr(&mut self, expr: &'p ast::Expr) {
        match &expr.kind {
            ExprKind::Name(name) => self.name(name),
            ExprKind::Struct(path, fields) if self.of_constant => {
                walk_expr(self, expr);
                self.defaults(path, fields);
            }
            ExprKind::Member(base, name) => self.member(base, &name.text),
            _ => walk_expr(self, expr),
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
