//! The number that the next bits are: loads of whole bytes, then shifts and masks.

use crate::ir::{BinaryOp, Class, UnaryOp, Value};
use crate::lower::function::FunctionLowering;
use crate::lower::match_compiler::bit_subject::{Position, Subject};
use crate::lower::monomorphise::Work;

impl FunctionLowering<'_, '_> {
    /// The next `size` bits, as an Int.
    pub fn extract(&mut self, subject: &Subject, size: u64, signed: bool, little: bool) -> Value {
        if size == 0 {
            return self.builder.int(0);
        }
        let Position::Byte { lead, .. } = subject.position else {
            let (from, count) = (self.bit_of(subject), self.builder.int(size as i64));
            let value = self.read_bits(subject, from, count);
            let unused = self.builder.int(64 - size as i64);
            return self.as_number(value, unused, signed, little);
        };
        let bytes = (lead + size).div_ceil(8);
        if lead == 0 && matches!(size, 8 | 16 | 32 | 64) {
            return self.load(subject, 0, (size / 8) as u8, !little, signed && size < 64);
        }
        let trail = bytes * 8 - lead - size;
        let value = match bytes {
            9 => {
                // 64 bits at most, but over nine bytes: the last one apart.
                let high = self.load(subject, 0, 8, true, false);
                let low = self.load(subject, 8, 1, true, false);
                let high = self.builder.shift(BinaryOp::ShiftLeft, high, 8 - trail);
                let low = self.builder.shift(BinaryOp::ShiftRightUnsigned, low, trail);
                self.builder.binary(BinaryOp::Or, high, low)
            }
            _ => {
                let all = self.load_wide(subject, bytes);
                self.builder.shift(BinaryOp::ShiftRightUnsigned, all, trail)
            }
        };
        let value = match size == 64 || (lead == 0 && bytes <= 8) {
            true => value,
            false => self.builder.mask(value, size),
        };
        let unused = self.builder.int(64 - size as i64);
        self.as_number(value, unused, signed, little)
    }

    /// The bits from a bit on, of which so many are there, as an unsigned number.
    pub fn read_bits(&mut self, subject: &Subject, from: Value, size: Value) -> Value {
        let from = match subject.at {
            Some(at) => {
                let at = self.builder.shift(BinaryOp::ShiftLeft, at, 3);
                self.builder.binary(BinaryOp::Add, at, from)
            }
            None => from,
        };
        let arguments = vec![subject.object, from, size];
        self.call_work(Work::ReadBits, arguments, Class::Int)
    }

    /// What bits mean that were read as an unsigned big-endian number; so many of 64 are unused.
    pub fn as_number(&mut self, mut value: Value, unused: Value, signed: bool, little: bool) -> Value {
        if little {
            value = self.builder.unary(UnaryOp::SwapBytes, value);
            value = self.builder.binary(BinaryOp::ShiftRightUnsigned, value, unused);
        }
        if signed {
            value = self.builder.binary(BinaryOp::ShiftLeft, value, unused);
            value = self.builder.binary(BinaryOp::ShiftRight, value, unused);
        }
        value
    }

    /// So many bytes, at most 8, big-endian, put together from loads of 4, 2 and 1.
    pub fn load_wide(&mut self, subject: &Subject, bytes: u64) -> Value {
        let mut at = 0;
        let mut left = bytes;
        let mut all = None;
        while left > 0 {
            let width = [8, 4, 2, 1].into_iter().find(|width| *width <= left).unwrap_or(1);
            let part = self.load(subject, at, width as u8, true, false);
            all = Some(match all {
                None => part,
                Some(before) => {
                    let shifted = self.builder.shift(BinaryOp::ShiftLeft, before, 8 * width);
                    self.builder.binary(BinaryOp::Or, shifted, part)
                }
            });
            at += width as i64;
            left -= width;
        }
        all.unwrap_or_else(|| self.builder.int(0))
    }

    /// So many bytes, some bytes behind the present one.
    fn load(&mut self, subject: &Subject, behind: i64, width: u8, big: bool, signed: bool) -> Value {
        let from = self.byte_of(subject);
        let from = self.builder.add_constant(from, behind);
        let offset = match (subject.at, self.builder.constant(from)) {
            (Some(at), Some(from)) => self.builder.add_constant(at, from),
            (Some(at), None) => self.builder.binary(BinaryOp::Add, at, from),
            (None, _) => from,
        };
        let address = self.address(subject.object);
        self.load_bytes(address, offset, width, big || width == 1, signed)
    }
}
