//! Segments that are compared with a number or a text, of sizes that are known.

use crate::ir::{BinaryOp, BlockId, Value};
use crate::lower::function::FunctionLowering;
use crate::lower::match_compiler::bit_sizes::fixed_size;
use crate::lower::match_compiler::bit_subject::{Position, Subject};
use snow_check::hir::{BitSegment, Pattern, PatternKind};

impl FunctionLowering<'_, '_> {
    /// Compares what segments stand there with their numbers and texts; the length has been checked.
    pub fn compare_segments(&mut self, subject: &Subject, segments: &[BitSegment<Pattern>], fail: BlockId) {
        let mut here = subject.clone();
        for segment in segments {
            self.builder.span = segment.span;
            match &segment.value.kind {
                PatternKind::String(text) => self.match_text(&here, text, fail),
                PatternKind::Int(number) => {
                    let size = fixed_size(segment);
                    self.match_number(&here, size, *number, segment.signed, segment.little, fail);
                }
                _ => {}
            }
            self.advance(&mut here, fixed_size(segment));
        }
    }

    /// The bytes of a text come next.
    fn match_text(&mut self, subject: &Subject, text: &str, fail: BlockId) {
        let mut here = subject.clone();
        let mut left = text.as_bytes();
        while !left.is_empty() {
            let width = [8, 4, 2, 1].into_iter().find(|width| *width <= left.len()).unwrap_or(1);
            let (first, others) = left.split_at(width);
            let wanted = first.iter().fold(0u64, |all, byte| all << 8 | u64::from(*byte));
            let value = self.extract(&here, 8 * width as u64, false, false);
            let equal = self.builder.equal(value, wanted as i64);
            self.builder.continue_if(equal, fail);
            self.advance(&mut here, 8 * width as u64);
            left = others;
        }
    }

    /// The next `size` bits are this number.
    fn match_number(
        &mut self,
        subject: &Subject,
        size: u64,
        number: i64,
        signed: bool,
        little: bool,
        fail: BlockId,
    ) {
        let Some(wanted) = bits_of(number, size, signed, little) else {
            return self.builder.jump(fail, Vec::new());
        };
        let bytes = (subject.lead() + size).div_ceil(8);
        let equal = match subject.position {
            _ if size == 0 => return,
            Position::Byte { lead, .. } if bytes <= 8 => {
                // Compared where they stand: without a shift.
                let trail = bytes * 8 - lead - size;
                let all = self.load_wide(subject, bytes);
                let ones = (u64::MAX >> (64 - size)) << trail;
                match (size == 8 * bytes, ones.is_power_of_two() && wanted == 1) {
                    (true, _) => self.builder.equal(all, wanted as i64),
                    (false, true) => {
                        let bit = self.masked(all, ones);
                        let zero = self.builder.int(0);
                        self.builder.binary(BinaryOp::NotEqual, bit, zero)
                    }
                    (false, false) => {
                        let bits = self.masked(all, ones);
                        self.builder.equal(bits, (wanted << trail) as i64)
                    }
                }
            }
            _ => {
                let value = self.extract(subject, size, false, false);
                self.builder.equal(value, wanted as i64)
            }
        };
        self.builder.continue_if(equal, fail);
    }

    /// The bits where `ones` has ones, at their places.
    fn masked(&mut self, value: Value, ones: u64) -> Value {
        let ones = self.builder.int(ones as i64);
        self.builder.binary(BinaryOp::And, value, ones)
    }
}

/// Is the segment compared with something?
pub(super) fn is_literal(segment: &BitSegment<Pattern>) -> bool {
    matches!(segment.value.kind, PatternKind::Int(_) | PatternKind::String(_))
}

/// How a number stands in so many bits, the first bit highest; `None` if it cannot stand there.
fn bits_of(number: i64, size: u64, signed: bool, little: bool) -> Option<u64> {
    if size == 0 {
        return (number == 0).then_some(0);
    }
    let unused = 64 - size;
    let fits = match signed {
        true => number << unused >> unused == number,
        false => (number as u64) << unused >> unused == number as u64,
    };
    let bits = (number as u64) << unused;
    fits.then_some(if little { bits.swap_bytes() & u64::MAX >> unused } else { bits >> unused })
}

#[cfg(test)]
mod tests {
    use super::bits_of;

    #[test]
    fn numbers_stand_as_they_are_read() {
        assert_eq!(bits_of(5, 3, false, false), Some(5));
        assert_eq!(bits_of(8, 3, false, false), None);
        assert_eq!(bits_of(-1, 3, true, false), Some(7));
        assert_eq!(bits_of(-1, 3, false, false), None);
        assert_eq!(bits_of(4, 3, true, false), None);
        assert_eq!(bits_of(0x0102, 16, false, true), Some(0x0201));
        assert_eq!(bits_of(0x0102, 24, false, true), Some(0x02_0100));
        assert_eq!(bits_of(-2, 64, false, true), Some(0xfeff_ffff_ffff_ffff));
        assert_eq!(bits_of(i64::MIN, 64, false, false), Some(1 << 63));
    }
}
