//! The ends of blocks: jumps, branches, returns, tail calls and panics.

use crate::stack_maps::liveness::Safepoint;
use crate::symbols::runtime;
use crate::translate::Translator;
use cranelift_codegen::ir::{self as machine, BlockArg, InstBuilder, TrapCode, types};
use snow_ir::ir::{Class, Terminator, Value};

/// Behind a call that does not return. Never reached.
const UNREACHABLE: TrapCode = TrapCode::unwrap_user(1);

impl<'a> Translator<'a> {
    pub fn terminator(&mut self, terminator: &Terminator) {
        match terminator {
            Terminator::Jump(block, arguments) => {
                let arguments = self.block_arguments(arguments);
                let block = self.block(*block);
                self.builder.ins().jump(block, &arguments);
            }
            Terminator::Branch(condition, (then, then_arguments), (otherwise, otherwise_arguments)) => {
                let condition = self.get(*condition);
                let then_arguments = self.block_arguments(then_arguments);
                let otherwise_arguments = self.block_arguments(otherwise_arguments);
                let (then, otherwise) = (self.block(*then), self.block(*otherwise));
                self.builder.ins().brif(condition, then, &then_arguments, otherwise, &otherwise_arguments);
            }
            Terminator::Switch(value, cases, otherwise) => self.switch(*value, cases, *otherwise),
            Terminator::Return(value) => {
                let value = self.get(*value);
                self.builder.ins().return_(&[value]);
            }
            Terminator::TailCall { function, arguments, span } => {
                self.locate(self.function.file, span.start);
                let callee = self.snow_function(*function);
                let arguments = self.get_all(arguments);
                self.builder.ins().return_call(callee, &arguments);
            }
            Terminator::TailCallClosure { closure, arguments, span } => {
                self.locate(self.function.file, span.start);
                let (signature, code) = self.closure_code(*closure, arguments, self.function.result);
                let mut all = vec![self.get(*closure)];
                all.extend(self.get_all(arguments));
                self.builder.ins().return_call_indirect(signature, code, &all);
            }
            Terminator::Panic { message, span, file } => {
                self.locate(*file, span.start);
                let address = self.symbol_address(self.symbols.message(message));
                let length = self.builder.ins().iconst(types::I64, message.len() as i64);
                self.end_actor(runtime::PANIC_STATIC, &[(address, Class::Int), (length, Class::Int)]);
            }
            Terminator::PanicWith { message, span, file } => {
                self.locate(*file, span.start);
                let message = self.get(*message);
                self.end_actor(runtime::PANIC, &[(message, Class::Ref)]);
            }
            Terminator::Unreachable => {
                self.builder.ins().trap(UNREACHABLE);
            }
        }
    }

    fn block_arguments(&mut self, values: &[Value]) -> Vec<BlockArg> {
        values.iter().map(|value| self.get(*value).into()).collect()
    }

    /// Nothing is live behind the call, since it does not come back.
    fn end_actor(&mut self, name: &'static str, arguments: &[(machine::Value, Class)]) {
        let nothing =
            Safepoint { instruction: 0, cold: false, references: Vec::new(), addresses: Vec::new() };
        self.call_runtime_raw(name, arguments, Some(Class::Int), (&nothing, &[]));
        self.builder.ins().trap(UNREACHABLE);
    }
}
