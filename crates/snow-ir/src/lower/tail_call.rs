//! Tail calls: which calls replace the function that makes them, so that a recursion of any depth
//! needs no stack.
//!
//! The rule: a call in tail position whose result has the class of the function's own result is a tail
//! call. What is in tail position is said where expressions are lowered (`FunctionLowering::expr` and its
//! `tail`): the body of a function, and from there the last expression of a block, both branches of an
//! `if`, the arms of `case` and `receive`, and what is given to `return`.
//!
//! A tail call of the function itself is a jump to its start, which makes a loop of it. All others stay
//! calls for the machine, with the convention in which a callee takes over its caller's frame
//! (`snow_codegen::calling_convention`). Inlining keeps the promise (`optimise::inlining`).

use crate::ir::{Class, FuncId, Terminator, Value};
use crate::lower::function::FunctionLowering;

impl FunctionLowering<'_, '_> {
    /// Only an actor's body may call in tail position what returns another class: nobody looks at the
    /// value of an actor.
    pub fn is_tail_call(&self, tail: bool, result: Class) -> bool {
        tail && result == self.builder.result_class()
    }

    /// Goes to a function for good: a jump when it is this one.
    pub fn tail_call(&mut self, function: FuncId, mut arguments: Vec<Value>) {
        if function == self.own
            && let Some(header) = self.header
            && (self.closure.is_none() || self.closure == arguments.first().copied())
        {
            if self.closure.is_some() {
                arguments.remove(0);
            }
            return self.builder.jump(header, arguments);
        }
        let span = self.builder.span;
        self.builder.terminate(Terminator::TailCall { function, arguments, span });
    }

    /// Goes to a closure's function for good.
    pub fn tail_call_closure(&mut self, closure: Value, arguments: Vec<Value>) {
        let span = self.builder.span;
        self.builder.terminate(Terminator::TailCallClosure { closure, arguments, span });
    }
}
