//! What a bit pattern takes apart, how far it has come, and how numbers are read there.

use crate::ir::{BinaryOp, BlockId, Class, UnaryOp, Value};
use crate::lower::function::FunctionLowering;
use crate::lower::match_compiler::bit_sizes::Sizes;
use snow_abi::bytes;
use snow_check::hir::LocalId;
use std::collections::HashMap;

/// Bytes, or the bytes of a Buffer from a position on.
#[derive(Clone)]
pub(crate) struct Subject {
    pub object: Value,
    /// Of Bytes; that of a Buffer is read each time that it is needed.
    length: Option<Value>,
    /// Where the view begins in the Buffer.
    pub at: Option<Value>,
    pub position: Position,
    /// What is known of the numbers that the pattern has bound.
    pub sizes: HashMap<LocalId, Sizes>,
}

/// How far a pattern has come, counted from its first byte. There was so much at the last check of the length, and
/// nothing has run since that could have changed it.
#[derive(Clone)]
pub(crate) enum Position {
    /// So many bytes behind `base`, or behind the first one, and so many bits, fewer than 8.
    Byte { base: Option<Value>, offset: i64, lead: u64 },
    /// So many bits behind a bit.
    Bit { base: Value, offset: i64 },
}

impl Subject {
    pub fn of_bytes(bytes: Value, length: Value) -> Subject {
        Subject {
            object: bytes,
            length: Some(length),
            at: None,
            position: Position::start(),
            sizes: HashMap::new(),
        }
    }

    pub fn of_view(buffer: Value, at: Value) -> Subject {
        Subject {
            object: buffer,
            length: None,
            at: Some(at),
            position: Position::start(),
            sizes: HashMap::new(),
        }
    }

    /// How many bytes there must be for so many bits more, from the present one on.
    pub fn bytes_for(&self, bits: u64) -> u64 {
        (self.lead() + bits).div_ceil(8)
    }

    /// The bits of the present byte that have been read, where that is known.
    pub fn lead(&self) -> u64 {
        match self.position {
            Position::Byte { lead, .. } => lead,
            Position::Bit { .. } => 0,
        }
    }
}

impl Position {
    fn start() -> Position {
        Position::Byte { base: None, offset: 0, lead: 0 }
    }
}

impl FunctionLowering<'_, '_> {
    /// How many bytes there are from the first one on, now.
    pub fn left(&mut self, subject: &Subject) -> Value {
        match (subject.length, subject.at) {
            (Some(length), _) => length,
            (None, at) => {
                let stop = self.builder.load_mutable(subject.object, bytes::LENGTH);
                match at {
                    Some(at) => self.builder.binary(BinaryOp::Subtract, stop, at),
                    None => stop,
                }
            }
        }
    }

    /// The byte at which the position is.
    pub fn byte_of(&mut self, subject: &Subject) -> Value {
        match subject.position {
            Position::Byte { base: Some(base), offset, .. } => self.builder.add_constant(base, offset),
            Position::Byte { base: None, offset, .. } => self.builder.int(offset),
            Position::Bit { .. } => {
                let bit = self.bit_of(subject);
                self.shift(BinaryOp::ShiftRightUnsigned, bit, 3)
            }
        }
    }

    /// The bit at which the position is.
    pub fn bit_of(&mut self, subject: &Subject) -> Value {
        match subject.position {
            Position::Byte { base: Some(base), offset, lead } => {
                let bit = self.shift(BinaryOp::ShiftLeft, base, 3);
                self.builder.add_constant(bit, 8 * offset + lead as i64)
            }
            Position::Byte { base: None, offset, lead } => self.builder.int(8 * offset + lead as i64),
            Position::Bit { base, offset } => self.builder.add_constant(base, offset),
        }
    }

    /// Are there so many bits from here on, or, at the end, no more and no fewer? Goes to `fail` if not.
    pub fn check_length(&mut self, subject: &mut Subject, bits: u64, at_end: bool, fail: BlockId) {
        let op = if at_end { BinaryOp::Equal } else { BinaryOp::GreaterEqual };
        let (left, to) = match subject.position {
            Position::Byte { base, offset, lead } => {
                if at_end && !(lead + bits).is_multiple_of(8) {
                    return self.builder.jump(fail, Vec::new());
                }
                let bytes = offset + (lead + bits).div_ceil(8) as i64;
                // Nothing can have become of Bytes.
                if bits == 0 && !at_end && subject.at.is_none() {
                    return;
                }
                let to = match base {
                    Some(base) => self.builder.add_constant(base, bytes),
                    None => self.builder.int(bytes),
                };
                (self.left(subject), to)
            }
            Position::Bit { base, offset } => {
                let to = self.builder.add_constant(base, offset + bits as i64);
                let left = self.left(subject);
                (self.shift(BinaryOp::ShiftLeft, left, 3), to)
            }
        };
        let fits = self.builder.binary(op, left, to);
        self.continue_if(fits, fail);
    }

    /// Goes on behind so many bits.
    pub fn advance(&mut self, subject: &mut Subject, bits: u64) {
        match &mut subject.position {
            Position::Byte { offset, lead, .. } => {
                *offset += ((*lead + bits) / 8) as i64;
                *lead = (*lead + bits) % 8;
            }
            Position::Bit { offset, .. } => *offset += bits as i64,
        }
    }

    /// What comes next begins where a byte does; goes to `fail` if this is no such place.
    pub fn align(&mut self, subject: &mut Subject, fail: BlockId) {
        self.align_behind(subject, 0, fail);
    }

    /// The same for what comes behind so many bits more.
    pub fn align_behind(&mut self, subject: &mut Subject, bits: u64, fail: BlockId) {
        match subject.position {
            Position::Byte { lead, .. } if (lead + bits).is_multiple_of(8) => {}
            Position::Byte { .. } => self.builder.jump(fail, Vec::new()),
            Position::Bit { base, offset } => {
                let place = self.builder.add_constant(base, offset + bits as i64);
                let lead = self.mask(place, 3);
                let whole = self.equal(lead, 0);
                self.continue_if(whole, fail);
                if bits.is_multiple_of(8) {
                    let base = self.byte_of(subject);
                    subject.position = Position::Byte { base: Some(base), offset: 0, lead: 0 };
                }
            }
        }
    }

    /// The bytes between two positions: those of Bytes share the storage, those of a view are a copy.
    pub fn copy_part(&mut self, subject: &Subject, from: Value, to: Value) -> Value {
        let (name, from, to) = match subject.at {
            Some(at) => {
                let from = self.builder.binary(BinaryOp::Add, at, from);
                ("buffer_copy", from, self.builder.binary(BinaryOp::Add, at, to))
            }
            None => ("bytes_slice", from, to),
        };
        self.builder.runtime(name, vec![subject.object, from, to], Class::Ref)
    }

    /// The bytes of a text come next.
    pub fn match_text(&mut self, subject: &mut Subject, text: &str, fail: BlockId) {
        let mut here = subject.clone();
        let mut left = text.as_bytes();
        while !left.is_empty() {
            let width = [8, 4, 2, 1].into_iter().find(|width| *width <= left.len()).unwrap_or(1);
            let (first, others) = left.split_at(width);
            let wanted = first.iter().fold(0u64, |all, byte| all << 8 | u64::from(*byte));
            let value = self.extract(&mut here, 8 * width as u64, false, false);
            let equal = self.equal(value, wanted as i64);
            self.continue_if(equal, fail);
            self.advance(&mut here, 8 * width as u64);
            left = others;
        }
    }

    /// The next `size` bits are this number.
    pub fn match_number(
        &mut self,
        subject: &mut Subject,
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
                    (true, _) => self.equal(all, wanted as i64),
                    (false, true) => {
                        let bit = self.masked(all, ones);
                        let zero = self.builder.int(0);
                        self.builder.binary(BinaryOp::NotEqual, bit, zero)
                    }
                    (false, false) => {
                        let bits = self.masked(all, ones);
                        self.equal(bits, (wanted << trail) as i64)
                    }
                }
            }
            _ => {
                let value = self.extract(subject, size, false, false);
                self.equal(value, wanted as i64)
            }
        };
        self.continue_if(equal, fail);
    }

    fn masked(&mut self, value: Value, ones: u64) -> Value {
        let ones = self.builder.int(ones as i64);
        self.builder.binary(BinaryOp::And, value, ones)
    }

    /// The next `size` bits, as an Int.
    pub fn extract(&mut self, subject: &mut Subject, size: u64, signed: bool, little: bool) -> Value {
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
                let high = self.shift(BinaryOp::ShiftLeft, high, 8 - trail);
                let low = self.shift(BinaryOp::ShiftRightUnsigned, low, trail);
                self.builder.binary(BinaryOp::Or, high, low)
            }
            _ => {
                let all = self.load_wide(subject, bytes);
                self.shift(BinaryOp::ShiftRightUnsigned, all, trail)
            }
        };
        let value = match size == 64 || (lead == 0 && bytes <= 8) {
            true => value,
            false => self.mask(value, size),
        };
        let unused = self.builder.int(64 - size as i64);
        self.as_number(value, unused, signed, little)
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
    fn load_wide(&mut self, subject: &Subject, bytes: u64) -> Value {
        let mut at = 0;
        let mut left = bytes;
        let mut all = None;
        while left > 0 {
            let width = [8, 4, 2, 1].into_iter().find(|width| *width <= left).unwrap_or(1);
            let part = self.load(subject, at, width as u8, true, false);
            all = Some(match all {
                None => part,
                Some(before) => {
                    let shifted = self.shift(BinaryOp::ShiftLeft, before, 8 * width);
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

    pub fn shift(&mut self, op: BinaryOp, value: Value, count: u64) -> Value {
        match count {
            0 => value,
            _ => {
                let count = self.builder.int(count as i64);
                self.builder.binary(op, value, count)
            }
        }
    }

    /// The low `size` bits.
    pub fn mask(&mut self, value: Value, size: u64) -> Value {
        match size {
            64.. => value,
            _ => {
                let mask = self.builder.int(((1u64 << size) - 1) as i64);
                self.builder.binary(BinaryOp::And, value, mask)
            }
        }
    }
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
