//! Conditions (`if`, `and`, `or`), `while`, `?`, and the ways out of loops.

use crate::ir::{BlockId, Class, UnaryOp, Value};
use crate::lower::function::{FunctionLowering, Loop};
use crate::lower::static_dispatch::Resolved;
use crate::lower::types;
use snow_check::hir::{Expr, ExprKind, Target, Type};

/// Where control meets again behind a choice. In tail position it does not.
pub(crate) struct Join {
    block: BlockId,
    value: Value,
    class: Class,
    unit: bool,
    reached: bool,
}

impl<'p> FunctionLowering<'_, 'p> {
    /// A place to meet with a value of this type.
    pub fn join(&mut self, ty: &Type) -> Join {
        let block = self.builder.block();
        let class = self.class_of(ty);
        let value = self.builder.block_param(block, class);
        Join { block, value, class, unit: *ty == Type::Unit, reached: false }
    }

    /// Goes there with a value; of course not if control is gone.
    pub fn arrive(&mut self, join: &mut Join, value: Value, ty: &Type) {
        if !self.builder.reachable() {
            return;
        }
        join.reached = true;
        let value = match join.unit && *ty != Type::Unit {
            true => self.builder.unit(),
            false => self.fit(value, join.class),
        };
        self.builder.jump(join.block, vec![value]);
    }

    /// Goes on behind the choice.
    pub fn meet(&mut self, join: Join) -> Value {
        self.builder.resume(join.reached.then_some(join.block));
        join.value
    }

    pub fn if_else(
        &mut self,
        condition: &'p Expr,
        then: &'p Expr,
        otherwise: &'p Expr,
        ty: &Type,
        tail: bool,
    ) -> Value {
        let then_block = self.builder.block();
        let else_block = self.builder.block();
        self.condition(condition, then_block, else_block);
        let mut join = self.join(ty);
        for (block, branch) in [(then_block, then), (else_block, otherwise)] {
            self.builder.switch_to(block);
            let value = self.expr(branch, tail);
            self.arrive(&mut join, value, &branch.ty);
        }
        self.meet(join)
    }

    /// Goes to one of two blocks. Conditions that consist of others become control flow.
    pub fn condition(&mut self, condition: &'p Expr, then: BlockId, otherwise: BlockId) {
        match &condition.kind {
            ExprKind::And(a, b) => {
                let second = self.builder.block();
                self.condition(a, second, otherwise);
                self.builder.switch_to(second);
                self.condition(b, then, otherwise);
            }
            ExprKind::Or(a, b) => {
                let second = self.builder.block();
                self.condition(a, then, second);
                self.builder.switch_to(second);
                self.condition(b, then, otherwise);
            }
            ExprKind::Not(inner) => self.condition(inner, otherwise, then),
            ExprKind::Bool(value) => self.builder.jump(if *value { then } else { otherwise }, Vec::new()),
            _ => {
                let value = self.expr(condition, false);
                self.builder.branch(value, then, otherwise);
            }
        }
    }

    pub fn short_circuit(&mut self, expr: &'p Expr) -> Value {
        let yes = self.builder.block();
        let no = self.builder.block();
        self.condition(expr, yes, no);
        let mut join = self.join(&Type::Bool);
        for (block, value) in [(yes, true), (no, false)] {
            self.builder.switch_to(block);
            let value = self.builder.bool(value);
            self.arrive(&mut join, value, &Type::Bool);
        }
        self.meet(join)
    }

    pub fn while_loop(&mut self, condition: &'p Expr, body: &'p Expr) -> Value {
        let header = self.builder.block();
        let inside = self.builder.block();
        let exit = self.builder.block();
        self.builder.jump(header, Vec::new());
        self.builder.switch_to(header);
        self.condition(condition, inside, exit);
        self.builder.switch_to(inside);
        self.loops.push(Loop { break_to: exit, continue_to: header, state: Vec::new() });
        self.expr(body, false);
        self.loops.pop();
        self.builder.jump(header, Vec::new());
        self.builder.switch_to(exit);
        self.builder.unit()
    }

    pub fn leave_loop(&mut self, leave: bool) -> Value {
        match self.loops.last() {
            Some(innermost) => {
                let to = if leave { innermost.break_to } else { innermost.continue_to };
                let state = innermost.state.clone();
                self.builder.jump(to, state);
            }
            None => self.fail("`break` or `continue` outside a loop".to_owned()),
        }
        self.gone(&Type::Never)
    }

    /// `e?`: the payload of `Some` or `Ok`, or else back from the function.
    pub fn try_operator(&mut self, operand: &'p Expr, convert: Option<&'p Target>) -> Value {
        let value = self.expr(operand, false);
        let ty = self.substitution.apply(&operand.ty);
        let program = self.context.program;
        let is_option = matches!(&ty, Type::Named(id, _) if Some(*id) == program.lang.option);
        let failure = self.builder.block();
        let success = self.builder.block();
        let tested = match is_option {
            true => self.builder.unary(UnaryOp::IsImmediate, value),
            false => {
                let tag = self.builder.unary(UnaryOp::HeaderTag, value);
                self.builder.equal(tag, 1)
            }
        };
        self.builder.branch(tested, failure, success);

        self.builder.switch_to(failure);
        match convert {
            Some(target) if !is_option => {
                let error = types::payload(program, &ty, 1);
                let class = error.first().map_or(Class::Int, |ty| types::class(program, ty));
                let error = self.builder.load(value, 1, class);
                // Only the class of the result counts, which the conversion's own result type tells.
                let resolved = self.resolve(target);
                let result = self.converted_type(&resolved);
                let converted = self.call_resolved(resolved, vec![error], &result, false);
                let failed = self.builder.new_object(1, &[converted]);
                self.give_back(failed);
            }
            // `None` and `Err(e)` look the same whatever the type they are of.
            _ => self.give_back(value),
        }

        self.builder.switch_to(success);
        let payload = types::payload(program, &ty, if is_option { 1 } else { 0 });
        let class = payload.first().map_or(Class::Int, |ty| types::class(program, ty));
        self.builder.load(value, 1, class)
    }

    fn converted_type(&self, resolved: &Resolved) -> Type {
        match resolved {
            Resolved::Function(function, arguments) => {
                let definition = &self.context.program.functions[function.0 as usize];
                types::Substitution::of(arguments).apply(&definition.result)
            }
            Resolved::Constructor(_) | Resolved::Primitive(_) => Type::Never,
        }
    }
}
