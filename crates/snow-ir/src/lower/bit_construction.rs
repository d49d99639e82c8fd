//! `<<…>>` as an expression: one new Bytes of the right size, and stores into it.

use crate::ir::{BinaryOp, Class, Op, UnaryOp, Value};
use crate::lower::function::FunctionLowering;
use crate::lower::monomorphise::Work;
use crate::lower::string_concat::MOST_AT_ONCE;
use snow_check::hir::{BitSegment, BitSize, Expr};

/// A segment whose value has been computed.
enum Piece {
    Bits { value: Value, size: u64, little: bool },
    Bytes { value: Value, length: Value },
}

/// Where the next byte goes: so many bytes behind `base`, or behind the first byte.
struct Position {
    base: Option<Value>,
    offset: i64,
}

/// Bits that do not make a whole byte yet: an Int without other bits, and how many they are.
struct Pending {
    value: Option<Value>,
    bits: u64,
}

impl<'p> FunctionLowering<'_, 'p> {
    pub fn bits(&mut self, segments: &'p [BitSegment<Expr>]) -> Value {
        if segments.len() <= MOST_AT_ONCE {
            return self.bits_at_once(segments);
        }
        // Many are put together piece by piece: a piece is a run of bits, or some bytes.
        let runs = runs(segments);
        if let [only] = runs[..] {
            return self.run_of_bits(only);
        }
        let array = self.array_of(&runs, true, |lowering, run| match run {
            [first, ..] if !matches!(first.size, BitSize::Bytes(_) | BitSize::Rest | BitSize::Text) => {
                lowering.run_of_bits(run)
            }
            run => lowering.bits_at_once(run),
        });
        self.builder.runtime("bytes_concat", vec![array], Class::Ref)
    }

    /// Bits only: each is stored before the next one is computed.
    fn run_of_bits(&mut self, segments: &'p [BitSegment<Expr>]) -> Value {
        if segments.iter().any(is_computed) {
            return self.run_of_computed_bits(segments);
        }
        let size = |segment: &BitSegment<Expr>| match segment.size {
            BitSize::Bits(bits) => u64::from(bits),
            _ => 0,
        };
        let bits: u64 = segments.iter().map(size).sum();
        let total = self.builder.int((bits / 8) as i64);
        let target = self.builder.runtime("bytes_new", vec![total], Class::Ref);
        let mut position = Position { base: None, offset: 0 };
        let mut pending = Pending { value: None, bits: 0 };
        for segment in segments {
            let value = self.expr(&segment.value, false);
            // Derived anew each time: what computed the value may have moved the object.
            let address = self.address(target);
            self.put(address, &mut position, &mut pending, value, size(segment), segment.little);
        }
        if pending.bits != 0 {
            self.fail("the bits before `bytes` and at the end must make whole bytes".to_owned());
        }
        target
    }

    /// Bits of which some have a size that is worked out: written one behind the other into as much room as there can
    /// be need of.
    fn run_of_computed_bits(&mut self, segments: &'p [BitSegment<Expr>]) -> Value {
        let most = segments.iter().map(|segment| match segment.size {
            BitSize::Bits(bits) => u64::from(bits),
            _ => 64,
        });
        let room = self.builder.int(most.sum::<u64>().div_ceil(8) as i64);
        let target = self.builder.runtime("bytes_new", vec![room], Class::Ref);
        let mut bit = self.builder.int(0);
        for segment in segments {
            let mut value = self.expr(&segment.value, false);
            self.builder.span = segment.span;
            let size = match &segment.size {
                BitSize::Computed(size) => self.expr(size, false),
                BitSize::Bits(bits) => self.builder.int(i64::from(*bits)),
                _ => self.builder.int(0),
            };
            let most = self.builder.int(64);
            let wrong = self.builder.binary(BinaryOp::LessUnsigned, most, size);
            self.panic_if(wrong, "a bit segment has from 0 to 64 bits");
            if segment.little {
                let odd = self.builder.mask(size, 3);
                let zero = self.builder.int(0);
                let wrong = self.builder.binary(BinaryOp::NotEqual, odd, zero);
                self.panic_if(wrong, "a little-endian segment has a multiple of 8 bits");
                let unused = self.builder.binary(BinaryOp::Subtract, most, size);
                value = self.builder.unary(UnaryOp::SwapBytes, value);
                value = self.builder.binary(BinaryOp::ShiftRightUnsigned, value, unused);
            }
            bit = self.call_work(Work::WriteBits, vec![target, bit, value, size], Class::Int);
        }
        let zero = self.builder.int(0);
        let odd = self.builder.mask(bit, 3);
        let wrong = self.builder.binary(BinaryOp::NotEqual, odd, zero);
        self.panic_if(wrong, "the bits before `bytes` and at the end do not make whole bytes");
        let length = self.builder.shift(BinaryOp::ShiftRightUnsigned, bit, 3);
        self.builder.runtime("bytes_slice", vec![target, zero, length], Class::Ref)
    }

    fn bits_at_once(&mut self, segments: &'p [BitSegment<Expr>]) -> Value {
        let mut pieces = Vec::new();
        for run in runs(segments) {
            if run.iter().any(is_computed) {
                let value = self.run_of_computed_bits(run);
                pieces.push(Piece::Bytes { value, length: self.length(value) });
                continue;
            }
            for segment in run {
                let piece = self.piece(segment);
                pieces.push(piece);
            }
        }
        if let [Piece::Bytes { value, .. }] = pieces[..] {
            return value;
        }
        if !self.builder.reachable() {
            return self.builder.undefined(Class::Ref);
        }

        let mut bits = 0;
        let mut lengths = Vec::new();
        for piece in &pieces {
            match piece {
                Piece::Bits { size, .. } => bits += size,
                Piece::Bytes { length, .. } => lengths.push(*length),
            }
        }
        let mut total = self.builder.int((bits / 8) as i64);
        for length in lengths {
            total = self.builder.binary(BinaryOp::Add, total, length);
        }
        let target = self.builder.runtime("bytes_new", vec![total], Class::Ref);

        let mut address = None;
        let mut position = Position { base: None, offset: 0 };
        let mut pending = Pending { value: None, bits: 0 };
        for piece in pieces {
            match piece {
                Piece::Bits { value, size, little } => {
                    let to = *address.get_or_insert_with(|| self.address(target));
                    self.put(to, &mut position, &mut pending, value, size, little);
                }
                Piece::Bytes { value, length } => {
                    if pending.bits != 0 {
                        break;
                    }
                    let at = self.position(&position);
                    self.builder.runtime("bytes_copy_into", vec![target, at, value], Class::Int);
                    position.base = Some(self.builder.binary(BinaryOp::Add, at, length));
                    position.offset = 0;
                }
            }
        }
        if pending.bits != 0 {
            self.fail("the bits before `bytes` and at the end must make whole bytes".to_owned());
        }
        target
    }

    fn piece(&mut self, segment: &'p BitSegment<Expr>) -> Piece {
        let value = self.expr(&segment.value, false);
        match &segment.size {
            BitSize::Bits(bits) => Piece::Bits { value, size: u64::from(*bits), little: segment.little },
            BitSize::Bytes(count) => {
                let count = self.expr(count, false);
                let length = self.length(value);
                let wrong = self.builder.binary(BinaryOp::NotEqual, count, length);
                self.panic_if(wrong, "a bytes segment is not of the length that it states");
                Piece::Bytes { value, length }
            }
            _ => Piece::Bytes { value, length: self.length(value) },
        }
    }

    fn position(&mut self, position: &Position) -> Value {
        match position.base {
            Some(base) => self.builder.add_constant(base, position.offset),
            None => self.builder.int(position.offset),
        }
    }

    /// Adds the low `size` bits of a value.
    fn put(
        &mut self,
        address: Value,
        position: &mut Position,
        pending: &mut Pending,
        mut value: Value,
        size: u64,
        little: bool,
    ) {
        let is_word = matches!(size, 8 | 16 | 32 | 64);
        if pending.bits == 0 && is_word {
            return self.store_bytes(address, position, value, size / 8, !little);
        }
        if little {
            value = self.builder.unary(UnaryOp::SwapBytes, value);
            value = self.builder.shift(BinaryOp::ShiftRightUnsigned, value, 64 - size);
        }
        // From the top, as many bits as fit beside those that wait.
        let mut left = size;
        while left > 0 {
            let taken = left.min(64 - pending.bits);
            let part = self.builder.shift(BinaryOp::ShiftRightUnsigned, value, left - taken);
            let part = self.builder.mask(part, taken);
            let all = match pending.value {
                Some(before) => {
                    let before = self.builder.shift(BinaryOp::ShiftLeft, before, taken);
                    self.builder.binary(BinaryOp::Or, before, part)
                }
                None => part,
            };
            *pending = Pending { value: Some(all), bits: pending.bits + taken };
            left -= taken;
            if pending.bits.is_multiple_of(8) {
                self.flush(address, position, all, pending.bits / 8);
                *pending = Pending { value: None, bits: 0 };
            }
        }
    }

    /// Stores the low `bytes` bytes of a value, big-endian.
    fn flush(&mut self, address: Value, position: &mut Position, value: Value, bytes: u64) {
        let mut left = bytes;
        while left > 0 {
            let width = [8, 4, 2, 1].into_iter().find(|width| *width <= left).unwrap_or(1);
            let part = self.builder.shift(BinaryOp::ShiftRightUnsigned, value, 8 * (left - width));
            self.store_bytes(address, position, part, width, true);
            left -= width;
        }
    }

    fn store_bytes(&mut self, address: Value, position: &mut Position, value: Value, bytes: u64, big: bool) {
        let offset = self.position(position);
        self.builder.effect(Op::StoreBytes { address, offset, value, width: bytes as u8, big });
        position.offset += bytes as i64;
    }
}

fn is_computed(segment: &BitSegment<Expr>) -> bool {
    matches!(segment.size, BitSize::Computed(_))
}

/// Runs of bits, and segments of bytes one by one.
fn runs(segments: &[BitSegment<Expr>]) -> Vec<&[BitSegment<Expr>]> {
    let is_bits =
        |segment: &BitSegment<Expr>| matches!(segment.size, BitSize::Bits(_)) || is_computed(segment);
    segments.chunk_by(|a, b| is_bits(a) && is_bits(b)).collect()
}
