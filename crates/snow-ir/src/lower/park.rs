//! Where an actor parks: the operation, and what waits by it.
//!
//! Nothing parks inside of the runtime. An intrinsic that would have to wait says so, compiled code parks,
//! and asks again when it has been woken: a wake-up may come for another reason.
//! The code generator makes of `Op::Park` the call that copies the stack into the actor's record
//! (`snow_codegen::translate::scheduling`).

use crate::ir::{Class, Op, Value};
use crate::lower::function::FunctionLowering;
use snow_abi::record;

impl FunctionLowering<'_, '_> {
    /// Gives the worker to others until the actor is woken. The only place that emits a park.
    pub fn park(&mut self) {
        self.builder.effect(Op::Park);
    }

    /// Parks until so many milliseconds have passed.
    pub fn sleep(&mut self, milliseconds: Value) -> Value {
        let deadline = self.builder.runtime("actor_deadline", vec![milliseconds], Class::Int);
        self.park_while(|lowering| lowering.builder.runtime("actor_sleep", vec![deadline], Class::Bool));
        self.builder.unit()
    }

    /// Parks until the answer is there, or will not come, or the deadline has passed: which of them.
    pub fn wait_for_answer(&mut self, reference: Value, deadline: Value) -> Value {
        self.park_while(|lowering| {
            let is_known = lowering.builder.runtime("reply_state", vec![reference, deadline], Class::Int);
            lowering.builder.equal(is_known, 0)
        });
        // The payload of `Some`.
        self.builder.emit(Op::Record { offset: record::OUT[0], class: Class::Int }, Class::Int)
    }

    /// Asks, and parks, until the answer is false.
    fn park_while(&mut self, must_wait: impl FnOnce(&mut Self) -> Value) {
        let ask = self.builder.block();
        let park = self.builder.block();
        let done = self.builder.block();
        self.builder.jump(ask, Vec::new());
        self.builder.switch_to(ask);
        let waits = must_wait(self);
        self.builder.branch(waits, park, done);
        self.builder.switch_to(park);
        self.park();
        self.builder.jump(ask, Vec::new());
        self.builder.switch_to(done);
    }
}
