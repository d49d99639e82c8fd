//! What a bit pattern takes apart, how far it has come, and whether there is enough left.

use crate::ir::{BinaryOp, BlockId, Value};
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
                self.builder.shift(BinaryOp::ShiftRightUnsigned, bit, 3)
            }
        }
    }

    /// The bit at which the position is.
    pub fn bit_of(&mut self, subject: &Subject) -> Value {
        match subject.position {
            Position::Byte { base: Some(base), offset, lead } => {
                let bit = self.builder.shift(BinaryOp::ShiftLeft, base, 3);
                self.builder.add_constant(bit, 8 * offset + lead as i64)
            }
            Position::Byte { base: None, offset, lead } => self.builder.int(8 * offset + lead as i64),
            Position::Bit { base, offset } => self.builder.add_constant(base, offset),
        }
    }

    /// Are there so many bits from here on, or, at the end, no more and no fewer? Goes to `fail` if not.
    pub fn check_length(&mut self, subject: &Subject, bits: u64, at_end: bool, fail: BlockId) {
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
                (self.builder.shift(BinaryOp::ShiftLeft, left, 3), to)
            }
        };
        let fits = self.builder.binary(op, left, to);
        self.builder.continue_if(fits, fail);
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
                let lead = self.builder.mask(place, 3);
                let whole = self.builder.equal(lead, 0);
                self.builder.continue_if(whole, fail);
                if bits.is_multiple_of(8) {
                    let base = self.byte_of(subject);
                    subject.position = Position::Byte { base: Some(base), offset: 0, lead: 0 };
                }
            }
        }
    }
}
