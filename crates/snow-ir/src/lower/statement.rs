//! Blocks and their statements.

use crate::ir::{FuncId, Value};
use crate::lower::function::{Binding, FunctionLowering};
use snow_check::hir::{Block, Expr, ExprKind, PatternKind, Stmt, Type};

impl<'p> FunctionLowering<'_, 'p> {
    pub fn block(&mut self, block: &'p Block, ty: &Type, tail: bool) -> Value {
        for statement in &block.statements {
            if !self.builder.reachable() {
                return self.gone(ty);
            }
            self.statement(statement);
        }
        match &block.value {
            Some(value) => {
                let found = self.expr(value, tail);
                // A value of type Never has no class of its own to go on with.
                if self.builder.reachable() { found } else { self.gone(ty) }
            }
            None => {
                let unit = self.builder.unit();
                if tail {
                    self.give_back(unit);
                }
                unit
            }
        }
    }

    fn statement(&mut self, statement: &'p Stmt) {
        match statement {
            Stmt::Let(pattern, value, fallthrough) => match &pattern.kind {
                PatternKind::Bind(local) => {
                    let (value, known) = self.known(value);
                    self.locals.insert(*local, Binding::Value(value, known));
                }
                PatternKind::Wildcard => drop(self.expr(value, false)),
                _ => self.let_pattern(pattern, value, fallthrough),
            },
            Stmt::LetPolymorphic(local, parameters, value) => {
                let copy = self.copy;
                self.locals.insert(*local, Binding::Polymorphic { parameters, value, copy });
            }
            Stmt::LetRecursive(group) => self.let_recursive(group),
            Stmt::Expr(value) => drop(self.expr(value, false)),
        }
    }

    /// A value, and its code when that is known.
    pub fn known(&mut self, value: &'p Expr) -> (Value, Option<FuncId>) {
        match &value.kind {
            ExprKind::Closure(closure) if self.builder.reachable() => {
                let (value, function) = self.closure_value(closure);
                (value, Some(function))
            }
            ExprKind::Local(local, type_arguments) => self.local(*local, type_arguments),
            _ => (self.expr(value, false), None),
        }
    }
}
