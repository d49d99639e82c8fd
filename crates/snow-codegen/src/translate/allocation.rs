//! Making objects and arrays. Allocation moves a pointer in place; only a full heap, or a large array, costs a call.

use crate::symbols::runtime;
use crate::translate::Translator;
use crate::translate::safepoints::Saved;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self as machine, Block, InstBuilder, InstructionData, Opcode, ValueDef, types};
use snow_abi::{self as abi, Kind, array, record};
use snow_ir::ir::{Class, Value};

/// Arrays of more slots are made by the runtime, which knows what is too large, and what a collection should not copy.
const MOST_SLOTS: i64 = 64;
/// So many slots, if their number is known, are cleared one by one.
const FEW_SLOTS: i64 = 8;

/// Bytes of a word, and of what clears two slots at once.
const WORD: i64 = 8;
const PAIR: i64 = 2 * WORD;

impl<'a> Translator<'a> {
    /// An object with a header and the given words behind it.
    pub fn new_object(&mut self, header: u64, fields: &[Value], saved: Saved<'_>) -> machine::Value {
        let saved = self.save_before_branch(saved);
        let [slow, done] = [(); 2].map(|()| self.builder.create_block());
        let object = self.builder.append_block_param(done, types::I64);
        let words = 1 + fields.len() as i64;
        let bytes = self.builder.ins().iconst(types::I64, WORD * words);
        let here = self.allocate(bytes, slow);
        self.builder.ins().jump(done, &[here.into()]);

        let words = self.begin_slow(slow, words);
        let fresh = self.ask_runtime(runtime::ALLOCATE, &[(words, Class::Int)], saved);
        self.builder.ins().jump(done, &[fresh.into()]);

        self.builder.switch_to_block(done);
        self.builder.seal_block(done);
        self.set_header(object, header);
        for (index, &field) in fields.iter().enumerate() {
            self.store_word(object, 1 + index as u32, field);
        }
        object
    }

    /// An array whose slots and ends are zero.
    pub fn new_array(&mut self, references: bool, capacity: Value, saved: Saved<'_>) -> machine::Value {
        let saved = self.save_before_branch(saved);
        let [slow, done] = [(); 2].map(|()| self.builder.create_block());
        let object = self.builder.append_block_param(done, types::I64);
        let capacity = self.get(capacity);
        let known = self.constant(capacity);
        if known.is_none_or(|known| !(0..=MOST_SLOTS).contains(&known)) {
            let small = self.builder.create_block();
            let fits = self.builder.ins().icmp_imm_u(IntCC::UnsignedLessThanOrEqual, capacity, MOST_SLOTS);
            self.builder.ins().brif(fits, small, &[], slow, &[]);
            self.builder.switch_to_block(small);
            self.builder.seal_block(small);
        }
        let slots = self.builder.ins().ishl_imm_u(capacity, 3);
        let bytes = self.builder.ins().iadd_imm_s(slots, WORD * array::ELEMENTS as i64);
        let here = self.allocate(bytes, slow);
        let kind = if references { Kind::RefArray } else { Kind::RawArray };
        self.set_header(here, abi::header(kind, 0, 0, 0));
        self.set(here, array::CAPACITY, capacity);
        let zero = self.builder.ins().iconst(types::I64, 0);
        self.set(here, array::FRONT, zero);
        self.set(here, array::BACK, zero);
        match known {
            Some(known @ ..=FEW_SLOTS) => {
                (0..known as u32).for_each(|slot| self.set(here, array::ELEMENTS + slot, zero));
            }
            _ => self.clear_slots(here, bytes),
        }
        self.builder.ins().jump(done, &[here.into()]);

        let references = self.begin_slow(slow, references.into());
        let arguments = [(references, Class::Int), (capacity, Class::Int)];
        let fresh = self.ask_runtime(runtime::ALLOCATE_ARRAY, &arguments, saved);
        self.builder.ins().jump(done, &[fresh.into()]);

        self.builder.switch_to_block(done);
        self.builder.seal_block(done);
        object
    }

    /// So many bytes of the heap; `slow` is where a full one leads.
    fn allocate(&mut self, bytes: machine::Value, slow: Block) -> machine::Value {
        let flags = self.memory.record;
        let context = self.record();
        let next = self.builder.ins().load(types::I64, flags, context, record::HEAP_NEXT);
        let end = self.builder.ins().iadd(next, bytes);
        let limit = self.builder.ins().load(types::I64, flags, context, record::HEAP_LIMIT);
        let full = self.builder.ins().icmp(IntCC::UnsignedGreaterThan, end, limit);
        let fast = self.builder.create_block();
        self.builder.ins().brif(full, slow, &[], fast, &[]);

        self.builder.switch_to_block(fast);
        self.builder.seal_block(fast);
        let context = self.record();
        self.builder.ins().store(flags, end, context, record::HEAP_NEXT);
        next
    }

    /// Clears the slots of an array of so many bytes from the end on, two at a time. Of an odd number the last two are
    /// the first slot and the word before it, which is still zero.
    fn clear_slots(&mut self, object: machine::Value, bytes: machine::Value) {
        let [pair, cleared] = [(); 2].map(|()| self.builder.create_block());
        let zeros = self.vector_constant([0; PAIR as usize]);
        let end = self.builder.ins().iadd(object, bytes);
        let last = self.builder.ins().iadd_imm_s(end, -PAIR);
        let first = self.builder.ins().iadd_imm_s(object, WORD * array::BACK as i64);
        let any = self.builder.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, last, first);
        let at = self.builder.append_block_param(pair, types::I64);
        self.builder.ins().brif(any, pair, &[last.into()], cleared, &[]);

        self.builder.switch_to_block(pair);
        self.builder.ins().store(self.memory.object, zeros, at, 0);
        let before = self.builder.ins().iadd_imm_s(at, -PAIR);
        let more = self.builder.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, before, first);
        self.builder.ins().brif(more, pair, &[before.into()], cleared, &[]);
        self.builder.seal_block(pair);

        self.builder.switch_to_block(cleared);
        self.builder.seal_block(cleared);
    }

    /// Goes on where the heap is full, with a number for the runtime.
    fn begin_slow(&mut self, slow: Block, number: i64) -> machine::Value {
        self.builder.set_cold_block(slow);
        self.builder.switch_to_block(slow);
        self.builder.seal_block(slow);
        self.builder.ins().iconst(types::I64, number)
    }

    fn ask_runtime(
        &mut self,
        name: &'static str,
        arguments: &[(machine::Value, Class)],
        saved: Saved<'_>,
    ) -> machine::Value {
        let call = self.call_runtime_raw(name, arguments, Some(Class::Ref), saved);
        self.builder.inst_results(call)[0]
    }

    fn set_header(&mut self, object: machine::Value, header: u64) {
        let header = self.builder.ins().iconst(types::I64, header as i64);
        self.set(object, 0, header);
    }

    /// Stores a word of a new object.
    fn set(&mut self, object: machine::Value, word: u32, value: machine::Value) {
        self.builder.ins().store(self.memory.object, value, object, WORD as i32 * word as i32);
    }

    fn constant(&self, value: machine::Value) -> Option<i64> {
        let ValueDef::Result(definition, _) = self.builder.func.dfg.value_def(value) else { return None };
        match self.builder.func.dfg.insts[definition] {
            InstructionData::UnaryImm { opcode: Opcode::Iconst, imm } => Some(imm.bits()),
            _ => None,
        }
    }
}
