//! A jump to one of many blocks by a number. Few numbers are compared one after the other, many that lie close
//! together are looked up in a table, and what is neither is halved first.

use crate::translate::Translator;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self as machine, InstBuilder};
use cranelift_frontend::Switch;
use snow_ir::ir::{BlockId, Value};

/// So many comparisons are quicker than a table, whose use is a comparison, a load and an indirect jump.
const FEW: usize = 4;

/// Numbers that follow each other and lead to one block.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Range {
    first: i64,
    last: i64,
    to: machine::Block,
}

impl Translator<'_> {
    pub fn switch(&mut self, value: Value, cases: &[(i64, BlockId)], otherwise: BlockId) {
        let mut cases: Vec<(i64, machine::Block)> =
            cases.iter().map(|(case, block)| (*case, self.block(*block))).collect();
        let value = self.get(value);
        let otherwise = self.block(otherwise);
        // Of equal cases the first counts: the sort keeps their order.
        cases.sort_by_key(|(case, _)| *case);
        cases.dedup_by_key(|(case, _)| *case);
        self.search(value, &ranges(&cases), otherwise);
    }

    fn search(&mut self, value: machine::Value, ranges: &[Range], otherwise: machine::Block) {
        if ranges.len() <= FEW {
            return self.compare_each(value, ranges, otherwise);
        }
        let follow_each_other = ranges.windows(2).all(|pair| pair[1].first.wrapping_sub(pair[0].last) == 1);
        if follow_each_other && ranges.iter().all(|range| range.first == range.last) {
            let mut table = Switch::new();
            for range in ranges {
                table.set_entry(range.first as u64 as u128, range.to);
            }
            return table.emit(&mut self.builder, value, otherwise);
        }
        let (low, high) = ranges.split_at(ranges.len() / 2);
        let (low_block, high_block) = (self.builder.create_block(), self.builder.create_block());
        let is_low = self.builder.ins().icmp_imm_s(IntCC::SignedLessThan, value, high[0].first);
        self.builder.ins().brif(is_low, low_block, &[], high_block, &[]);
        for (block, ranges) in [(low_block, low), (high_block, high)] {
            self.builder.switch_to_block(block);
            self.builder.seal_block(block);
            self.search(value, ranges, otherwise);
        }
    }

    fn compare_each(&mut self, value: machine::Value, ranges: &[Range], otherwise: machine::Block) {
        let Some((last, others)) = ranges.split_last() else {
            self.builder.ins().jump(otherwise, &[]);
            return;
        };
        for range in others {
            let next = self.builder.create_block();
            self.compare(value, range, next);
            self.builder.switch_to_block(next);
            self.builder.seal_block(next);
        }
        self.compare(value, last, otherwise);
    }

    fn compare(&mut self, value: machine::Value, range: &Range, otherwise: machine::Block) {
        let inside = match range.last.wrapping_sub(range.first) {
            0 => self.builder.ins().icmp_imm_s(IntCC::Equal, value, range.first),
            width => {
                let above = self.builder.ins().iadd_imm_s(value, range.first.wrapping_neg());
                self.builder.ins().icmp_imm_s(IntCC::UnsignedLessThanOrEqual, above, width)
            }
        };
        self.builder.ins().brif(inside, range.to, &[], otherwise, &[]);
    }
}

/// Sorted cases, joined where they follow each other and lead to one block.
fn ranges(cases: &[(i64, machine::Block)]) -> Vec<Range> {
    let mut ranges: Vec<Range> = Vec::new();
    for (case, to) in cases {
        match ranges.last_mut() {
            Some(range) if range.to == *to && case.wrapping_sub(range.last) == 1 => range.last = *case,
            _ => ranges.push(Range { first: *case, last: *case, to: *to }),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_that_lead_to_one_block_are_one_range() {
        let block = |number| machine::Block::from_u32(number);
        let cases = [(-1, block(1)), (0, block(1)), (1, block(2)), (3, block(2)), (i64::MAX, block(2))];
        let expected = [(-1, 0, 1), (1, 1, 2), (3, 3, 2), (i64::MAX, i64::MAX, 2)];
        let expected: Vec<Range> = expected
            .iter()
            .map(|(first, last, to)| Range { first: *first, last: *last, to: block(*to) })
            .collect();
        assert_eq!(ranges(&cases), expected);
    }
}
