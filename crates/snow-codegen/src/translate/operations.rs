//! Which part of the translation each operation belongs to.

use crate::calling_convention::machine_type;
use crate::symbols::Symbol;
use crate::translate::Translator;
use crate::translate::safepoints::Saved;
use cranelift_codegen::ir::{self as machine, InstBuilder, types};
use snow_ir::ir::{FuncId, Op};

impl<'a> Translator<'a> {
    /// `saved` is there for safepoints and only for them.
    pub fn instruction(&mut self, op: &Op, saved: Option<Saved<'_>>) -> Option<machine::Value> {
        let safepoint = || saved.expect("every call was found to be a safepoint");
        let value = match op {
            Op::Int(value) => self.builder.ins().iconst(types::I64, *value),
            Op::Float(bits) => self.builder.ins().f64const(f64::from_bits(*bits)),
            Op::Bool(value) => self.builder.ins().iconst(types::I8, *value as i64),
            Op::Immediate(tag) => self.builder.ins().iconst(types::I64, snow_abi::immediate(*tag) as i64),
            Op::Static(id) => self.symbol_address(Symbol::Static(*id)),
            Op::VectorConst(bytes) => self.vector_constant(*bytes),
            Op::FunctionAddress(function) => self.function_address(*function),
            Op::Unary(op, a) => self.unary(*op, *a),
            Op::Binary(op, a, b) => self.binary(*op, *a, *b),
            Op::VectorShiftRight(a, bits) => {
                let vector = self.get(*a);
                match bits {
                    0..8 => self.builder.ins().ushr_imm_u(vector, *bits as i64),
                    _ => self.vector_constant([0; 16]),
                }
            }
            Op::VectorAlign(a, b, count) => self.vector_align(*a, *b, *count),
            Op::Select(condition, a, b) => {
                let (condition, a, b) = (self.get(*condition), self.get(*a), self.get(*b));
                self.builder.ins().select(condition, a, b)
            }
            Op::New { header, fields } => self.new_object(*header, fields, safepoint()),
            Op::NewArray { references, capacity } => self.new_array(*references, *capacity, safepoint()),
            Op::Load { object, word, class } | Op::LoadMutable { object, word, class } => {
                self.load_word(*object, *word, *class)
            }
            Op::Store { object, word, value } => {
                let object = self.get(*object);
                self.store_word(object, *word, *value);
                return None;
            }
            Op::ArrayGet { array, index, class } => self.array_get(*array, *index, *class),
            Op::ArraySet { array, index, value } => {
                self.array_set(*array, *index, *value);
                return None;
            }
            Op::Address(object) => self.derive_address(*object),
            Op::LoadBytes { address, offset, width, big, signed } => {
                self.load_bytes(*address, *offset, *width, *big, *signed)
            }
            Op::StoreBytes { address, offset, value, width, big } => {
                self.store_bytes(*address, *offset, *value, *width, *big);
                return None;
            }
            Op::LoadVector { address, offset } => self.load_vector(*address, *offset),
            Op::StoreVector { address, offset, value } => {
                self.store_vector(*address, *offset, *value);
                return None;
            }
            Op::Call { function, arguments } => self.call(*function, arguments, safepoint()),
            Op::CallClosure { closure, arguments, result } => {
                self.call_closure(*closure, arguments, *result, safepoint())
            }
            Op::Runtime { name, arguments, result } => {
                self.call_runtime(name, arguments, *result, safepoint())
            }
            Op::Record { offset, class } => {
                let record = self.record();
                self.builder.ins().load(machine_type(*class), self.memory.record, record, *offset)
            }
            Op::Park => {
                self.park(safepoint());
                return None;
            }
            Op::Poll => {
                self.poll(safepoint());
                return None;
            }
        };
        Some(value)
    }

    /// What the runtime is given to start an actor, or what a closure object holds.
    fn function_address(&mut self, function: FuncId) -> machine::Value {
        let entry = self.program.functions[function].entry;
        self.symbol_address(if entry { Symbol::Entry(function) } else { Symbol::Function(function) })
    }
}
