//! Objects and arrays: reading and writing their words.

use crate::calling_convention::machine_type;
use crate::symbols::runtime;
use crate::translate::Translator;
use cranelift_codegen::ir::{self as machine, InstBuilder, types};
use snow_abi as abi;
use snow_ir::ir::{Class, Value};

impl<'a> Translator<'a> {
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
        if self.class(value) == Class::Ref && !self.young.contains(&array) {
            self.remember(array, element);
        }
    }

    /// Tells the collector of a slot that has been written, if the array is old: what it refers to may be young. The
    /// collector does not run there, so that this is no safepoint.
    fn remember(&mut self, array: Value, element: machine::Value) {
        let [old, next] = [(); 2].map(|()| self.builder.create_block());
        self.builder.set_cold_block(old);
        let array = self.get(array);
        let flags = self.builder.ins().load(types::I8, self.memory.object, array, 0);
        let is_old = self.builder.ins().band_imm_u(flags, abi::OLD_BIT as i64);
        self.builder.ins().brif(is_old, old, &[], next, &[]);

        self.builder.switch_to_block(old);
        self.builder.seal_block(old);
        let slot = self.builder.ins().iadd_imm_s(element, 8 * abi::array::ELEMENTS as i64);
        let remember = self.intrinsic(runtime::REMEMBER, [Class::Int], Some(Class::Int));
        let record = self.record();
        self.builder.ins().call(remember, &[record, slot]);
        self.builder.ins().jump(next, &[]);

        self.builder.switch_to_block(next);
        self.builder.seal_block(next);
    }

    /// The array's address plus eight times the index: elements lie behind it at a constant offset.
    fn element(&mut self, array: Value, index: Value) -> machine::Value {
        let (array, index) = (self.get(array), self.get(index));
        let offset = self.builder.ins().ishl_imm_u(index, 3);
        self.builder.ins().iadd(array, offset)
    }
}
