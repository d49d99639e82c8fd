//! Blocks and statements.

use super::{Environment, Function, Machine, Outcome, Stop, Value};
use crate::program::{Block, Expression, Leave, Statement};
use std::rc::Rc;

impl Machine<'_> {
    pub fn block(&mut self, block: &Block, mut environment: Environment) -> Outcome {
        for statement in &block.statements {
            self.statement(statement, &mut environment)?;
        }
        self.evaluate(&block.value, &environment)
    }

    fn statement(&mut self, statement: &Statement, environment: &mut Environment) -> Outcome<()> {
        match statement {
            Statement::Let(pattern, _, value) => {
                let value = self.evaluate(value, environment)?;
                if !self.matches(pattern, &value, environment)? {
                    return Err(Stop::Crash("non-exhaustive match".into()));
                }
            }
            Statement::Function(name, closure) => {
                let function = Function::Closure(Rc::new(closure.clone()), environment.clone());
                environment.bind(*name, Value::Function(function));
            }
            Statement::Expression(value) => {
                self.evaluate(value, environment)?;
            }
            Statement::LeaveIf(condition, leave) => {
                if self.truth(condition, environment)? {
                    return Err(self.leave(leave, environment)?);
                }
            }
        }
        Ok(())
    }

    pub fn leave(&mut self, leave: &Leave, environment: &Environment) -> Outcome<Stop> {
        Ok(match leave {
            Leave::Return(value) => Stop::Return(self.evaluate(value, environment)?),
            Leave::Break => Stop::Break,
            Leave::Continue => Stop::Continue,
        })
    }

    /// A guard's answer; true where there is none.
    pub fn holds(&mut self, guard: Option<&Expression>, environment: &Environment) -> Outcome<bool> {
        guard.map_or(Ok(true), |guard| self.truth(guard, environment))
    }

    pub fn truth(&mut self, condition: &Expression, environment: &Environment) -> Outcome<bool> {
        match self.evaluate(condition, environment)? {
            Value::Bool(truth) => Ok(truth),
            other => unreachable!("{other:?} is no condition"),
        }
    }
}
