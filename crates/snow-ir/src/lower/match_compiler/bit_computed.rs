//! Segments whose size is worked out when the program runs: read like those of known sizes where there are few sizes
//! that it can be, otherwise by a loop.

use crate::ir::{BinaryOp, BlockId, Class, Value};
use crate::lower::function::FunctionLowering;
use crate::lower::match_compiler::bit_subject::{Position, Subject};
use snow_check::hir::{BitSegment, Expr, Pattern};

impl<'p> FunctionLowering<'_, 'p> {
    /// Bits whose number is worked out when the program runs: 0 to 64, else the pattern does not match. The value is
    /// read only where it is needed.
    pub fn computed_number(
        &mut self,
        subject: &mut Subject,
        segment: &BitSegment<Pattern>,
        size: &'p Expr,
        needed: bool,
        fail: BlockId,
    ) -> Option<Value> {
        let sizes = self.sizes_of(size, &subject.sizes);
        let size = self.expr(size, false);
        match (&subject.position, sizes.values) {
            (Position::Byte { .. }, Some(values)) => {
                self.one_of_sizes(subject, segment, size, &values, needed, fail)
            }
            _ => self.any_size(subject, segment, size, sizes.whole_bytes, needed, fail),
        }
    }

    /// The few sizes that there can be are each read like one that is known.
    fn one_of_sizes(
        &mut self,
        subject: &mut Subject,
        segment: &BitSegment<Pattern>,
        size: Value,
        values: &[i64],
        needed: bool,
        fail: BlockId,
    ) -> Option<Value> {
        let fits = |size: &&i64| (0..=64).contains(*size) && !(segment.little && **size % 8 != 0);
        let sizes: Vec<u64> = values.iter().filter(fits).map(|size| *size as u64).collect();
        let join = self.builder.block();
        let value = needed.then(|| self.builder.block_param(join, Class::Int));
        let position = self.builder.block_param(join, Class::Int);
        let cases: Vec<BlockId> = sizes.iter().map(|_| self.builder.block()).collect();
        let numbers = sizes.iter().map(|size| *size as i64);
        self.builder.switch(size, numbers.zip(cases.iter().copied()).collect(), fail);
        let lead = subject.lead();
        // Behind all of them the same bit of a byte comes next, or that is known only when the program runs.
        let common = sizes.first().map(|size| (lead + size) % 8);
        let common = common.filter(|common| sizes.iter().all(|size| (lead + size) % 8 == *common));
        for (block, size) in cases.into_iter().zip(sizes) {
            self.builder.switch_to(block);
            let mut here = subject.clone();
            self.check_length(&here, size, false, fail);
            let value = needed.then(|| self.extract(&here, size, segment.signed, segment.little));
            self.advance(&mut here, size);
            let position = if common.is_some() { self.byte_of(&here) } else { self.bit_of(&here) };
            self.builder.jump(join, value.into_iter().chain([position]).collect());
        }
        self.builder.switch_to(join);
        subject.position = match common {
            Some(lead) => Position::Byte { base: Some(position), offset: 0, lead },
            None => Position::Bit { base: position, offset: 0 },
        };
        value
    }

    /// A size that may be any.
    fn any_size(
        &mut self,
        subject: &mut Subject,
        segment: &BitSegment<Pattern>,
        size: Value,
        whole_bytes: bool,
        needed: bool,
        fail: BlockId,
    ) -> Option<Value> {
        let most = self.builder.int(64);
        let fits = self.builder.at_most(size, most);
        self.builder.continue_if(fits, fail);
        if segment.little || whole_bytes {
            let odd = self.builder.mask(size, 3);
            let whole = self.builder.equal(odd, 0);
            self.builder.continue_if(whole, fail);
        }
        let from = self.bit_of(subject);
        let to = self.builder.binary(BinaryOp::Add, from, size);
        let left = self.left(subject);
        let left = self.builder.shift(BinaryOp::ShiftLeft, left, 3);
        let fits = self.builder.binary(BinaryOp::GreaterEqual, left, to);
        self.builder.continue_if(fits, fail);
        let value = needed.then(|| {
            let value = self.read_bits(subject, from, size);
            let all = self.builder.int(64);
            let unused = self.builder.binary(BinaryOp::Subtract, all, size);
            self.as_number(value, unused, segment.signed, segment.little)
        });
        subject.position = match (&subject.position, whole_bytes) {
            (Position::Byte { lead, .. }, true) => {
                let base = self.builder.shift(BinaryOp::ShiftRightUnsigned, to, 3);
                Position::Byte { base: Some(base), offset: 0, lead: *lead }
            }
            _ => Position::Bit { base: to, offset: 0 },
        };
        value
    }
}
