//! Finds one of many texts or Floats in a `case`: texts by their length and by the bytes in which they
//! differ, Floats by binary search.

use crate::ir::{BinaryOp, BlockId, Class, Op, Value};
use crate::lower::function::FunctionLowering;
use std::collections::BTreeMap;

impl FunctionLowering<'_, '_> {
    /// Goes to the block of the Float that the value is equal to.
    pub fn find_float(&mut self, value: Value, mut cases: Vec<(f64, BlockId)>, otherwise: BlockId) {
        cases.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let mut waiting = vec![(self.builder.position(), &cases[..])];
        while let Some((block, cases)) = waiting.pop() {
            self.builder.resume(block);
            match cases {
                [] => self.builder.jump(otherwise, Vec::new()),
                [(number, block)] => {
                    let wanted = self.builder.emit(Op::Float(number.to_bits()), Class::Float);
                    let equal = self.builder.binary(BinaryOp::FloatEqual, value, wanted);
                    self.builder.branch(equal, *block, otherwise);
                }
                _ => {
                    let (low, high) = cases.split_at(cases.len() / 2);
                    let (below, above) = (self.builder.block(), self.builder.block());
                    let middle = self.builder.emit(Op::Float(high[0].0.to_bits()), Class::Float);
                    let less = self.builder.binary(BinaryOp::FloatLess, value, middle);
                    self.builder.branch(less, below, above);
                    waiting.extend([(Some(above), high), (Some(below), low)]);
                }
            }
        }
    }

    /// Goes to the block of the text that the value is equal to. The value may be missing when only
    /// the empty text is looked for.
    pub fn find_text(
        &mut self,
        value: Option<Value>,
        length: Value,
        cases: Vec<(&str, BlockId)>,
        otherwise: BlockId,
    ) {
        let mut by_length: BTreeMap<usize, Vec<(&str, BlockId)>> = BTreeMap::new();
        for (text, block) in cases {
            by_length.entry(text.len()).or_default().push((text, block));
        }
        let targets: Vec<BlockId> = by_length
            .iter()
            .map(|(length, cases)| if *length == 0 { cases[0].1 } else { self.builder.block() })
            .collect();
        let lengths = by_length.keys().map(|length| *length as i64).zip(targets.iter().copied());
        self.builder.switch(length, lengths.collect(), otherwise);
        let Some(value) = value else { return };
        for ((length, mut cases), block) in by_length.into_iter().zip(targets) {
            if length > 0 {
                cases.sort_unstable();
                self.builder.switch_to(block);
                self.find_among(value, &cases, otherwise);
            }
        }
    }

    /// Among texts of one length, in order. Each step looks at the first byte that is not the same in
    /// all of them, so that a byte of the source is looked at once.
    fn find_among(&mut self, value: Value, cases: &[(&str, BlockId)], otherwise: BlockId) {
        let mut waiting = vec![(self.builder.position(), 0, cases)];
        while let Some((block, same, cases)) = waiting.pop() {
            self.builder.resume(block);
            let (Some((first, target)), Some((last, _))) = (cases.first(), cases.last()) else { continue };
            let differing = (same..first.len()).find(|at| first.as_bytes()[*at] != last.as_bytes()[*at]);
            let Some(at) = differing else {
                let wanted = self.text(first);
                let equal = self.builder.runtime("bytes_equal", vec![value, wanted], Class::Bool);
                self.builder.branch(equal, *target, otherwise);
                continue;
            };
            let address = self.address(value);
            let offset = self.builder.int(at as i64);
            let byte = self.load_bytes(address, offset, 1, true, false);
            let runs = cases.chunk_by(|(a, _), (b, _)| a.as_bytes()[at] == b.as_bytes()[at]);
            let mut branches = Vec::new();
            for run in runs {
                let block = self.builder.block();
                branches.push((i64::from(run[0].0.as_bytes()[at]), block));
                waiting.push((Some(block), at + 1, run));
            }
            self.builder.switch(byte, branches, otherwise);
        }
    }
}
