//! Calls: of functions, of closures, and of the runtime's intrinsics. Each one that returns is a safepoint.

use crate::calling_convention;
use crate::symbols::Symbol;
use crate::translate::Translator;
use crate::translate::safepoints::Saved;
use cranelift_codegen::ir::{self as machine, FuncRef, InstBuilder, types};
use snow_ir::ir::{Class, FuncId, Value};

impl<'a> Translator<'a> {
    pub fn call(&mut self, function: FuncId, arguments: &[Value], saved: Saved<'_>) -> machine::Value {
        let callee = self.snow_function(function);
        let inst = self.guarded(saved, |this| {
            let arguments = this.get_all(arguments);
            this.builder.ins().call(callee, &arguments)
        });
        self.builder.inst_results(inst)[0]
    }

    pub fn snow_function(&mut self, function: FuncId) -> FuncRef {
        let program = self.program;
        let signature = || calling_convention::of_function(&program.functions[function]);
        self.import(Symbol::Function(function), true, signature)
    }

    pub fn call_closure(
        &mut self,
        closure: Value,
        arguments: &[Value],
        result: Class,
        saved: Saved<'_>,
    ) -> machine::Value {
        let (signature, code) = self.closure_code(closure, arguments, result);
        let inst = self.guarded(saved, |this| {
            let mut all = vec![this.get(closure)];
            all.extend(this.get_all(arguments));
            this.builder.ins().call_indirect(signature, code, &all)
        });
        self.builder.inst_results(inst)[0]
    }

    /// Signature and code address of a closure's function; the closure is its first argument.
    pub fn closure_code(
        &mut self,
        closure: Value,
        arguments: &[Value],
        result: Class,
    ) -> (machine::SigRef, machine::Value) {
        let classes: Vec<Class> =
            [Class::Ref].into_iter().chain(arguments.iter().map(|value| self.class(*value))).collect();
        let signature = self.builder.import_signature(calling_convention::snow(classes, result));
        let object = self.get(closure);
        let code = self.builder.ins().load(types::I64, self.memory.object, object, 8);
        (signature, code)
    }

    /// Calls an intrinsic with machine values that hold no movable reference.
    pub fn call_runtime_raw(
        &mut self,
        name: &'static str,
        arguments: &[(machine::Value, Class)],
        result: Option<Class>,
        saved: Saved<'_>,
    ) -> machine::Inst {
        let callee = self.intrinsic(name, arguments.iter().map(|(_, class)| *class), result);
        self.guarded(saved, |this| {
            let mut all = vec![this.record()];
            all.extend(arguments.iter().map(|(value, _)| *value));
            this.builder.ins().call(callee, &all)
        })
    }

    pub fn call_runtime(
        &mut self,
        name: &'static str,
        arguments: &[Value],
        result: Class,
        saved: Saved<'_>,
    ) -> machine::Value {
        let arguments: Vec<_> =
            arguments.iter().map(|value| (self.get(*value), self.class(*value))).collect();
        let inst = self.call_runtime_raw(name, &arguments, Some(result), saved);
        self.builder.inst_results(inst)[0]
    }

    pub fn intrinsic(
        &mut self,
        name: &'static str,
        arguments: impl IntoIterator<Item = Class>,
        result: Option<Class>,
    ) -> FuncRef {
        let target = self.target;
        let symbol = self.symbols.runtime(name);
        self.import(symbol, false, || calling_convention::intrinsic(target, arguments, result))
    }
}
