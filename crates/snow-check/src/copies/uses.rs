//! What the code of a function, a constant or a polymorphic `let` names: functions, methods, constants
//! and polymorphic `let`s, with types that mention the parameters in scope.

use crate::hir::visit::{Visitor, walk_expr, walk_statement};
use crate::hir::*;
use snow_syntax::span::Span;
use std::collections::{HashMap, HashSet};

/// Code that is copied for the types of its parameters.
pub struct Body {
    /// The function that it is, or is a part of.
    pub function: Option<FnId>,
    pub file: usize,
    /// The type parameters in scope.
    pub params: Vec<u32>,
    /// Each once, in the order of the source.
    pub mentions: Vec<(Mention, Span)>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Mention {
    /// A function or a method.
    Target(Target),
    Constant(ConstId, Vec<Type>),
    /// Another body of the same function: its number, and the types of the parameters that it has in
    /// addition to those in scope around it.
    Inner(usize, Vec<Type>),
}

/// The bodies of a program, by number; each is read when it is asked for.
pub struct Bodies<'p> {
    program: &'p Program,
    pub all: Vec<Body>,
    functions: HashMap<FnId, usize>,
    constants: HashMap<ConstId, usize>,
}

impl<'p> Bodies<'p> {
    pub fn of(program: &'p Program) -> Bodies<'p> {
        Bodies { program, all: Vec::new(), functions: HashMap::new(), constants: HashMap::new() }
    }

    pub fn function(&mut self, id: FnId) -> usize {
        if let Some(known) = self.functions.get(&id) {
            return *known;
        }
        let program = self.program;
        let definition = &program.functions[id.0 as usize];
        let params = (0..definition.type_params as u32).collect();
        let roots: Vec<&Expr> = match &definition.kind {
            FnKind::Body(body) => vec![body],
            FnKind::Actor { body, terminate, .. } => std::iter::once(body).chain(terminate).collect(),
            FnKind::Extern { .. } => Vec::new(),
        };
        let body = self.read(Some(id), definition.file, params, &roots);
        self.functions.insert(id, body);
        body
    }

    pub fn constant(&mut self, id: ConstId) -> usize {
        if let Some(known) = self.constants.get(&id) {
            return *known;
        }
        let definition = &self.program.constants[id.0 as usize];
        let params = (0..definition.type_params as u32).collect();
        let body = self.read(None, definition.file, params, &[&definition.value]);
        self.constants.insert(id, body);
        body
    }

    fn read(&mut self, function: Option<FnId>, file: usize, params: Vec<u32>, roots: &[&Expr]) -> usize {
        let body = self.all.len();
        self.all.push(Body { function, file, params, mentions: Vec::new() });
        let mut reader = Reader {
            bodies: self,
            own: body,
            inner: HashMap::new(),
            seen: HashSet::new(),
            mentions: Vec::new(),
        };
        roots.iter().for_each(|root| reader.visit_expr(root));
        self.all[body].mentions = reader.mentions;
        body
    }
}

struct Reader<'b, 'p> {
    bodies: &'b mut Bodies<'p>,
    own: usize,
    /// The bodies of polymorphic `let`s in scope.
    inner: HashMap<LocalId, usize>,
    seen: HashSet<Mention>,
    mentions: Vec<(Mention, Span)>,
}

impl Reader<'_, '_> {
    fn mention(&mut self, mention: Mention, span: Span) {
        if self.seen.insert(mention.clone()) {
            self.mentions.push((mention, span));
        }
    }

    /// A `let` that is used at several types: a body of its own.
    fn polymorphic(&mut self, params: &[u32], value: &Expr) -> usize {
        let around = &self.bodies.all[self.own];
        let (function, file) = (around.function, around.file);
        let params = around.params.iter().chain(params).copied().collect();
        let body = self.bodies.all.len();
        self.bodies.all.push(Body { function, file, params, mentions: Vec::new() });
        let mut reader = Reader {
            bodies: &mut *self.bodies,
            own: body,
            // Numbers of locals are those of the whole function: none is meant twice.
            inner: std::mem::take(&mut self.inner),
            seen: HashSet::new(),
            mentions: Vec::new(),
        };
        reader.visit_expr(value);
        let (mentions, inner) = (reader.mentions, reader.inner);
        self.inner = inner;
        self.bodies.all[body].mentions = mentions;
        body
    }
}

impl Visitor for Reader<'_, '_> {
    fn visit_target(&mut self, target: &Target, span: Span) {
        if !matches!(target, Target::Constructor(_)) {
            self.mention(Mention::Target(target.clone()), span);
        }
    }

    fn visit_expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Const(id, types) => {
                self.mention(Mention::Constant(*id, types.clone()), expr.span);
            }
            ExprKind::Local(local, types) => {
                if let Some(body) = self.inner.get(local) {
                    self.mention(Mention::Inner(*body, types.clone()), expr.span);
                }
            }
            _ => walk_expr(self, expr),
        }
    }

    fn visit_statement(&mut self, statement: &Stmt) {
        match statement {
            // Read for each list of types that it is used at, not here.
            Stmt::LetPolymorphic(local, params, value) => {
                let body = self.polymorphic(params, value);
                self.inner.insert(*local, body);
            }
            _ => walk_statement(self, statement),
        }
    }
}
