//! Calls: what lives across them is stored before, and loaded again behind when it is needed.

use crate::calling_convention;
use crate::stack_maps::liveness::Safepoint;
use crate::symbols::{Symbol, runtime};
use crate::translate::Translator;
use cranelift_codegen::ir::{self as machine, FuncRef, InstBuilder, UserStackMapEntry, types};
use snow_abi as abi;
use snow_ir::ir::{Class, FuncId, Value};

/// A safepoint and those of its references that are not in their slots yet.
pub(crate) type Saved<'a> = (&'a Safepoint, &'a [Value]);

impl<'a> Translator<'a> {
    /// Before a branch to a cold path with a call: saves what is not to be saved on that path alone.
    pub fn save_before_branch<'s>(&mut self, (safepoint, stores): Saved<'s>) -> Saved<'s> {
        if safepoint.cold {
            return (safepoint, stores);
        }
        self.save(stores);
        (safepoint, &[])
    }

    fn save(&mut self, references: &[Value]) {
        for &value in references {
            let word = self.get(value);
            let address = self.slot_address(value);
            self.builder.ins().store(self.memory.stack, word, address, 0);
        }
    }

    /// Emits the call that `call` makes, as a safepoint.
    fn guarded(
        &mut self,
        (safepoint, stores): Saved<'_>,
        call: impl FnOnce(&mut Self) -> machine::Inst,
    ) -> machine::Inst {
        self.save(stores);
        let inst = call(self);
        for &value in &safepoint.references {
            let slot = self.stack_slot(value);
            let entry = UserStackMapEntry { ty: types::I64, slot, offset: 0 };
            self.builder.func.dfg.append_user_stack_map_entry(inst, entry);
        }
        if safepoint.cold {
            self.reload_beside(safepoint);
        } else {
            self.stale.extend(safepoint.references.iter().chain(&safepoint.addresses));
        }
        inst
    }

    /// Behind a call on a cold path: what was in a register on the other path must be again.
    fn reload_beside(&mut self, safepoint: &Safepoint) {
        for &value in &safepoint.references {
            if self.stale.contains(&value) {
                continue;
            }
            let word = self.load_slot(value);
            self.define(value, word);
        }
        for &value in &safepoint.addresses {
            if self.stale.contains(&value) {
                continue;
            }
            // Its origin is not stale either: deriving an address loads the origin first.
            let address = self.derive_address(self.origin(value));
            self.define(value, address);
        }
    }

    /// Makes those of the values that are stale usable again.
    pub fn refresh(&mut self, values: &[Value]) {
        for &value in values {
            if !self.stale.remove(&value) {
                continue;
            }
            let current = match self.class(value) {
                Class::Address => self.derive_address(self.origin(value)),
                _ => self.load_slot(value),
            };
            self.define(value, current);
        }
    }

    fn origin(&self, address: Value) -> Value {
        self.liveness.origin[address].expect("constant addresses do not change")
    }

    fn load_slot(&mut self, value: Value) -> machine::Value {
        let address = self.slot_address(value);
        self.builder.ins().load(types::I64, self.memory.stack, address, 0)
    }

    fn stack_slot(&self, value: Value) -> machine::StackSlot {
        self.stack_slots[self.slots.slot[value].expect("live references have slots")]
    }

    /// Folded into the load or store that uses it; `frame_checks` makes sure of that.
    fn slot_address(&mut self, value: Value) -> machine::Value {
        let slot = self.stack_slot(value);
        self.builder.ins().stack_addr(types::I64, slot, 0)
    }

    /// The address of the first byte of a Bytes, String or Buffer.
    pub fn derive_address(&mut self, object: Value) -> machine::Value {
        let object = self.get(object);
        let offset = 8 * abi::bytes::ADDRESS as i32;
        self.builder.ins().load(types::I64, self.memory.object, object, offset)
    }

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

    /// Gives the processor away if the time slice is over.
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
