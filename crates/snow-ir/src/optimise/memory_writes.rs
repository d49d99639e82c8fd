//! What operations may write: for the passes that move or drop loads.

use crate::ir::{Function, Op, Value};
use cranelift_entity::EntitySet;

/// What code may write.
#[derive(Clone, Copy, Default)]
pub struct Writes {
    /// The bookkeeping words of arrays and buffers, by word.
    pub words: [bool; 4],
    /// The elements of arrays.
    pub arrays: bool,
    /// The contents of Buffers.
    pub bytes: bool,
}

impl Writes {
    /// Adds what an operation may write.
    pub fn add(&mut self, op: &Op) {
        match op {
            Op::Store { word, .. } => self.words[*word as usize & 3] = true,
            Op::ArraySet { .. } => self.arrays = true,
            Op::StoreBytes { .. } | Op::StoreVector { .. } => self.bytes = true,
            // Nobody else touches what this actor can reach, so a poll changes nothing.
            Op::Call { .. } | Op::CallClosure { .. } | Op::Runtime { .. } | Op::Park => {
                *self = Writes { words: [true; 4], arrays: true, bytes: true };
            }
            _ => {}
        }
    }

    /// May this bookkeeping word be written?
    pub fn word(&self, word: u32) -> bool {
        self.words[word as usize & 3]
    }
}

/// Objects into which something is stored after they are made: their fields are not what `New` said.
pub fn written_objects(function: &Function) -> EntitySet<Value> {
    let mut written = EntitySet::with_capacity(function.values.len());
    for instruction in function.blocks.values().flat_map(|block| &block.instructions) {
        if let Op::Store { object, .. } = instruction.op {
            written.insert(object);
        }
    }
    written
}
