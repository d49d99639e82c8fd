//! Objects and arrays: making them and reading and writing their words. Allocation moves a pointer in
//! place; only a full heap costs a call.

use crate::calling_convention::machine_type;
use crate::symbols::runtime;
use crate::translate::Translator;
use crate::translate::safepoints::Saved;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self as machine, InstBuilder, types};
use snow_abi::{self as abi, record};
use snow_ir::ir::{Class, Value};

impl<'a> Translator<'a> {
    /// An object with a header and the given words behind it.
    pub fn new_object(&mut self, header: u64, fields: &[Value], saved: Saved<'_>) -> machine::Value {
        let object = self.allocate(1 + fields.len(), saved);
        let header = self.builder.ins().iconst(types::I64, header as i64);
        self.builder.ins().store(self.memory.object, header, object, 0);
        for (index, &field) in fields.iter().enumerate() {
            self.store_word(object, 1 + index as u32, field);
        }
        object
    }

    fn allocate(&mut self, words: usize, saved: Saved<'_>) -> machine::Value {
        let saved = self.save_before_branch(saved);
        let flags = self.memory.record;
        let context = self.record();
        let next = self.builder.ins().load(types::I64, flags, context, record::HEAP_NEXT);
        let end = self.builder.ins().iadd_imm_s(next, 8 * words as i64);
        let limit = self.builder.ins().load(types::I64, flags, context, record::HEAP_LIMIT);
        let full = self.builder.ins().icmp(IntCC::UnsignedGreaterThan, end, limit);
        let [slow, fast, done] = [(); 3].map(|()| self.builder.create_block());
        self.builder.set_cold_block(slow);
        let object = self.builder.append_block_param(done, types::I64);
        self.builder.ins().brif(full, slow, &[], fast, &[]);

        self.builder.switch_to_block(fast);
        self.builder.seal_block(fast);
        let context = self.record();
        self.builder.ins().store(flags, end, context, record::HEAP_NEXT);
        self.builder.ins().jump(done, &[next.into()]);

        self.builder.switch_to_block(slow);
        self.builder.seal_block(slow);
        let words = self.builder.ins().iconst(types::I64, words as i64);
        let arguments = [(words, Class::Int)];
        let call = self.call_runtime_raw(runtime::ALLOCATE, &arguments, Some(Class::Ref), saved);
        let fresh = self.builder.inst_results(call)[0];
        self.builder.ins().jump(done, &[fresh.into()]);

        self.builder.switch_to_block(done);
        self.builder.seal_block(done);
        object
    }

    pub fn new_array(&mut self, references: bool, capacity: Value, saved: Saved<'_>) -> machine::Value {
        let references = self.builder.ins().iconst(types::I64, references as i64);
        let arguments = [(references, Class::Int), (self.get(capacity), Class::Int)];
        let call = self.call_runtime_raw(runtime::ALLOCATE_ARRAY, &arguments, Some(Class::Ref), saved);
        self.builder.inst_results(call)[0]
    }

    /// Stores a value into an object's word; `word` 1 is the first behind the header.
    pub fn store_word(&mut self, object: machine::Value, word: u32, value: Value) {
        let value = self.as_word(value);
        self.builder.ins().store(self.memory.object, value, object, 8 * word as i32);
    }

    /// A value of 64 bits, as objects hold it.
    fn as_word(&mut self, value: Value) -> machine::Value {
        let machine = self.get(value);
        match self.class(value) {
            Class::Bool => self.builder.ins().uextend(types::I64, machine),
            Class::Vector => panic!("a vector in an object, in `{}`", self.function.name),
            Class::Int | Class::Float | Class::Ref | Class::Address => machine,
        }
    }

    pub fn load_word(&mut self, object: Value, word: u32, class: Class) -> machine::Value {
        let object = self.get(object);
        // The low byte of a Bool's word comes first: both architectures are little-endian.
        self.builder.ins().load(machine_type(class), self.memory.object, object, 8 * word as i32)
    }

    pub fn array_get(&mut self, array: Value, index: Value, class: Class) -> machine::Value {
        let element = self.element(array, index);
        let offset = 8 * abi::array::ELEMENTS as i32;
        self.builder.ins().load(machine_type(class), self.memory.object, element, offset)
    }

    pub fn array_set(&mut self, array: Value, index: Value, value: Value) {
        let element = self.element(array, index);
        self.store_word(element, abi::array::ELEMENTS, value);
    }

    /// The array's address plus eight times the index: elements lie behind it at a constant offset.
    fn element(&mut self, array: Value, index: Value) -> machine::Value {
        let (array, index) = (self.get(array), self.get(index));
        let offset = self.builder.ins().ishl_imm_u(index, 3);
        self.builder.ins().iadd(array, offset)
    }
}
