//! Where an actor parks: the operation, and what waits by it.
//!
//! Nothing parks inside of the runtime. An intrinsic that would have to wait says so, compiled code parks,
//! and asks again when it has been woken: a wake-up may come for another reason.
//! The code generator makes of `Op::Park` the call that copies the stack into the actor's record
//! (`snow_codegen::translate::scheduling`).

use crate::ir::{Class, Op, Value};
use crate::lower::function::FunctionLowering;

impl FunctionLowering<'_, '_> {
    /// Gives the worker to others until the actor is woken. The only place that emits a park.
    pub fn park(&mut self) {
        self.builder.effect(Op::Park);
    }

    /// Parks until so many milliseconds have passed.
    pub fn sleep(&mut self, milliseconds: Value) -> Value {
        let deadline = self.builder.runtime("actor_deadline", vec![milliseconds], Class::Int);
        let ask = self.builder.block();
        let park = self.builder.block();
        let done = self.builder.block();
        self.builder.jump(ask, Vec::new());
        self.builder.switch_to(ask);
        let answer = self.builder.runtime("actor_sleep", vec![deadline], Class::Int);
        let waiting = self.equal(answer, 1);
        self.builder.branch(waiting, park, done);
        self.builder.switch_to(park);
        self.park();
        self.builder.jump(ask, Vec::new());
        self.builder.switch_to(done);
        self.builder.unit()
    }
}
