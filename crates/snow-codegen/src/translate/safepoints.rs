//! Safepoints: what happens around a call. References that are needed behind it are stored in stack slots
//! before it, where the collector finds and updates them, and are loaded again when they are used; addresses
//! of bytes are derived again.
//!
//! `stack_maps` says which references these are, which slots they have and which lie there already.

use crate::stack_maps::liveness::Safepoint;
use crate::translate::Translator;
use cranelift_codegen::ir::{self as machine, InstBuilder, UserStackMapEntry, types};
use snow_abi as abi;
use snow_ir::ir::{Class, Value};

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
    pub(super) fn guarded(
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
}
