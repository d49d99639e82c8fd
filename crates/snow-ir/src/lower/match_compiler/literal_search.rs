//! Finds one of many texts, numbers or ranges of numbers in a `case`: texts by their length and by the bytes in which
//! they differ, numbers by a jump or by binary search.

use crate::ir::{BinaryOp, BlockId, Class, Op, Value};
use crate::lower::function::FunctionLowering;
use std::collections::BTreeMap;

/// Ranges of so many numbers in all are written out as the cases of a jump, unless they are few.
const MOST_IN_A_JUMP: i128 = 256;
const FEW_RANGES: usize = 3;

impl FunctionLowering<'_, '_> {
    /// Goes to the block of the numbers, from a first to a last one, that the value is among. They do not overlap.
    pub fn find_number(&mut self, value: Value, mut cases: Vec<(i64, i64, BlockId)>, otherwise: BlockId) {
        cases.sort_unstable_by_key(|(first, ..)| *first);
        let size = |(first, last, _): &(i64, i64, BlockId)| i128::from(*last) - i128::from(*first) + 1;
        let sizes: i128 = cases.iter().map(size).sum();
        if sizes == cases.len() as i128 || cases.len() > FEW_RANGES && sizes <= MOST_IN_A_JUMP {
            let each =
                cases.iter().flat_map(|(first, last, block)| (*first..=*last).map(|number| (number, *block)));
            return self.builder.switch(value, each.collect(), otherwise);
        }
        // Where numbers begin that lead to another block than those below them.
        let mut begins: Vec<(i64, BlockId)> = vec![(i64::MIN, otherwise)];
        for (first, last, block) in cases {
            begins.pop_if(|(begin, _)| *begin == first);
            begins.push((first, block));
            begins.extend(last.checked_add(1).map(|behind| (behind, otherwise)));
        }
        begins.dedup_by_key(|(_, block)| *block);
        self.find_begin(value, &begins);
    }

    /// By halves: goes to the block of the last begin that the value is not below.
    fn find_begin(&mut self, value: Value, begins: &[(i64, BlockId)]) {
        let mut waiting = vec![(self.builder.position(), begins)];
        while let Some((position, begins)) = waiting.pop() {
            self.builder.resume(position);
            if let [(_, only)] = begins {
                self.builder.jump(*only, Vec::new());
                continue;
            }
            let (low, high) = begins.split_at(begins.len() / 2);
            let [below, above] = [low, high].map(|half| match half {
                [(_, only)] => *only,
                _ => {
                    let block = self.builder.block();
                    waiting.push((Some(block), half));
                    block
                }
            });
            let middle = self.builder.int(high[0].0);
            let less = self.builder.binary(BinaryOp::Less, value, middle);
            self.builder.branch(less, below, above);
        }
    }

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
