//! Where compiled code gives its worker to others: `park`, until the actor is woken, and `poll`, when its
//! time slice is over. The intrinsics that are called copy the stack into the actor's record and do not
//! come back before the actor goes on.

use crate::symbols::runtime;
use crate::translate::Translator;
use crate::translate::safepoints::Saved;
use cranelift_codegen::ir::{InstBuilder, types};
use snow_abi as abi;
use snow_ir::ir::Class;

impl<'a> Translator<'a> {
    /// Gives the worker away until the actor is woken.
    pub fn park(&mut self, saved: Saved<'_>) {
        self.call_runtime_raw(runtime::PARK, &[], Some(Class::Int), saved);
    }

    /// Gives the worker away if the time slice is over: a test of a flag in the actor's record.
    pub fn poll(&mut self, saved: Saved<'_>) {
        let saved = self.save_before_branch(saved);
        let record = self.record();
        let flag = self.builder.ins().load(types::I8, self.memory.record, record, abi::record::PREEMPT);
        let cold = self.builder.create_block();
        let next = self.builder.create_block();
        self.builder.set_cold_block(cold);
        self.builder.ins().brif(flag, cold, &[], next, &[]);
        self.builder.switch_to_block(cold);
        self.builder.seal_block(cold);
        self.call_runtime_raw(runtime::POLL, &[], Some(Class::Int), saved);
        self.builder.ins().jump(next, &[]);
        self.builder.switch_to_block(next);
        self.builder.seal_block(next);
    }
}
