//! Versions of memory: a load gives the same value as an earlier one when nothing that it may read was
//! written in between. Each kind of memory that can change has a version of its own, which is a new one
//! wherever something may have been written: by a store, a call, or a turn of a loop.
//!
//! (The idea of memory SSA, without its phi nodes: where ways meet with different versions, a new one
//! begins.)

use super::Numbering;
use crate::control_flow_graph::Graph;
use crate::ir::{BinaryOp, BlockId, Function, Op, UnaryOp};
use crate::optimise::dead_code;
use crate::optimise::memory_writes::Writes;
use rustc_hash::FxHashMap;

/// The version of each kind of memory: loads of the same version find the same.
#[derive(Clone, Copy, Default)]
pub(super) struct Memory {
    /// Of the bookkeeping words of arrays and buffers, by word.
    words: [u32; 4],
    arrays: u32,
    bytes: u32,
}

impl Memory {
    /// Where the other has another version, a fresh one.
    fn or_fresh(self, other: Memory, fresh: u32) -> Memory {
        let or_fresh = |a, b| if a == b { a } else { fresh };
        let words = [0, 1, 2, 3].map(|word| or_fresh(self.words[word], other.words[word]));
        Memory {
            words,
            arrays: or_fresh(self.arrays, other.arrays),
            bytes: or_fresh(self.bytes, other.bytes),
        }
    }

    /// The versions after something may have been written.
    fn after(mut self, writes: Writes, fresh: u32) -> Memory {
        (0..4).filter(|word| writes.words[*word]).for_each(|word| self.words[word] = fresh);
        if writes.arrays {
            self.arrays = fresh;
        }
        if writes.bytes {
            self.bytes = fresh;
        }
        self
    }
}

/// By header, what the turns of each loop may write.
pub(super) fn loop_writes(function: &Function, graph: &Graph) -> FxHashMap<BlockId, Writes> {
    let mut all = FxHashMap::default();
    for found in graph.loops() {
        let mut writes = Writes::default();
        let blocks = found.blocks.iter().map(|block| &function.blocks[*block]);
        blocks.flat_map(|block| &block.instructions).for_each(|instruction| writes.add(&instruction.op));
        all.insert(found.header, writes);
    }
    all
}

impl Numbering<'_> {
    /// Where ways meet that all leave one version of memory, it keeps that version, unless a turn of a loop
    /// that begins here may write to it.
    pub(super) fn merged_memory(&mut self, block: BlockId) -> Memory {
        let fresh = self.fresh_memory();
        let mut merged: Option<Memory> = None;
        let mut natural = block != BlockId::ENTRY;
        for from in &self.graph.predecessors[block] {
            if self.graph.goes_back(*from, block) {
                natural &= self.graph.is_back_edge(*from, block);
                continue;
            }
            let end = self.at_end[*from];
            merged = Some(merged.map_or(end, |merged| merged.or_fresh(end, fresh)));
        }
        let unknown = Memory { words: [fresh; 4], arrays: fresh, bytes: fresh };
        match (merged, self.loop_writes.get(&block)) {
            (Some(merged), Some(writes)) if natural => merged.after(*writes, fresh),
            (Some(merged), None) if natural => merged,
            _ => unknown,
        }
    }

    fn fresh_memory(&mut self) -> u32 {
        self.memories += 1;
        self.memories
    }

    pub(super) fn note_writes(&mut self, op: &Op) {
        let mut writes = Writes::default();
        writes.add(op);
        let fresh = self.fresh_memory();
        self.memory = self.memory.after(writes, fresh);
        if let Op::Store { object, word, value } = op {
            // What was stored is what is found.
            let class = self.function.values[*value];
            let key = (Op::LoadMutable { object: *object, word: *word, class }, fresh);
            self.available.insert(key.clone(), *value);
            self.added.push(key);
        }
    }

    /// The version of what an operation reads; `None` when doing it once is not as good as doing it twice.
    pub(super) fn reads(&self, op: &Op) -> Option<u32> {
        match op {
            Op::LoadMutable { word, .. } => Some(self.memory.words[*word as usize & 3]),
            Op::ArrayGet { .. } => Some(self.memory.arrays),
            Op::LoadBytes { .. } | Op::LoadVector { .. } => Some(self.memory.bytes),
            // A fresh object that is still being filled.
            Op::Load { object, .. } if self.written.contains(*object) => None,
            // The code generator derives an address again behind a call.
            Op::Load { .. } | Op::Address(_) => Some(0),
            Op::Binary(BinaryOp::Divide | BinaryOp::Remainder, ..) | Op::Unary(UnaryOp::HeaderTag, _) => {
                Some(0)
            }
            op => dead_code::pure(op).then_some(0),
        }
    }
}
