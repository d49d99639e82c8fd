//! Bit patterns: one check of the length, then loads, shifts and masks. Only `bytes`
//! segments that are bound to a name make an object, which shares the storage.

use crate::ir::{BinaryOp, BlockId, Class, UnaryOp, Value};
use crate::lower::function::{Binding, FunctionLowering};
use crate::lower::match_compiler::places::{Matcher, PlaceId};
use crate::lower::match_compiler::{Row, Test};
use snow_check::hir::{BitSegment, BitSize, Pattern, PatternKind, Type};

/// A Bytes that is taken apart, and how far.
struct Subject {
    bytes: Value,
    length: Value,
    address: Option<Value>,
    /// Where the present run of bits begins: so many bytes behind `base`, or behind the first byte.
    base: Option<Value>,
    offset: i64,
    /// Loads of the present run: offset, width, big-endian.
    loads: Vec<((i64, u8, bool), Value)>,
}

impl<'p> FunctionLowering<'_, 'p> {
    /// Matches the segments in a place; what is left to test goes to the row.
    pub fn match_bits(
        &mut self,
        matcher: &mut Matcher<'p>,
        row: &mut Row<'p>,
        place: PlaceId,
        segments: &'p [BitSegment<Pattern>],
        fail: BlockId,
    ) {
        let bytes = self.read(matcher, place);
        let length = self.length_of(matcher, place);
        let subject = Subject { bytes, length, address: None, base: None, offset: 0, loads: Vec::new() };
        self.segments(matcher, row, subject, segments, fail);
    }

    fn segments(
        &mut self,
        matcher: &mut Matcher<'p>,
        row: &mut Row<'p>,
        mut subject: Subject,
        segments: &'p [BitSegment<Pattern>],
        fail: BlockId,
    ) {
        let mut index = 0;
        loop {
            // A run of bits, which may be empty, up to a bytes segment or the end.
            let size = |segment: &BitSegment<Pattern>| match segment.size {
                BitSize::Bits(bits) => Some(u64::from(bits)),
                _ => None,
            };
            let run: Vec<u64> = segments[index..].iter().map_while(size).collect();
            let end = index + run.len();
            let bits: u64 = run.iter().sum();
            if !bits.is_multiple_of(8) {
                return self.fail("the bits before `bytes` and at the end must make whole bytes".to_owned());
            }
            self.check_length(&mut subject, (bits / 8) as i64, end == segments.len(), fail);
            let mut at = 0;
            for (segment, size) in segments[index..end].iter().zip(run) {
                self.bits_segment(matcher, row, &mut subject, segment, at, size, fail);
                at += size;
            }
            subject.offset += (bits / 8) as i64;
            subject.loads.clear();
            let Some(segment) = segments.get(end) else { return };
            index = end + 1;
            match &segment.size {
                BitSize::Bytes(count) => {
                    self.builder.span = segment.span;
                    let count = self.expr(count, false);
                    let from = self.position_in(&subject);
                    let left = self.builder.binary(BinaryOp::Subtract, subject.length, from);
                    let fits = self.at_most(count, left);
                    self.continue_if(fits, fail);
                    if self.is_needed(&segment.value) {
                        let to = self.builder.binary(BinaryOp::Add, from, count);
                        let arguments = vec![subject.bytes, from, to];
                        let part = self.builder.runtime("bytes_slice", arguments, Class::Ref);
                        self.part(matcher, row, &segment.value, part, fail);
                    }
                    match (self.builder.constant(count), subject.base) {
                        (Some(count), _) => subject.offset += count,
                        (None, _) => {
                            subject.base = Some(self.builder.binary(BinaryOp::Add, from, count));
                            subject.offset = 0;
                        }
                    }
                }
                BitSize::Rest => {
                    if self.is_needed(&segment.value) {
                        let part = match (subject.base, subject.offset) {
                            (None, 0) => subject.bytes,
                            _ => {
                                let from = self.position_in(&subject);
                                let arguments = vec![subject.bytes, from, subject.length];
                                self.builder.runtime("bytes_slice", arguments, Class::Ref)
                            }
                        };
                        self.part(matcher, row, &segment.value, part, fail);
                    }
                    return;
                }
                BitSize::Bits(_) => unreachable!("the run ended at another segment"),
            }
        }
    }

    /// Are there so many bytes from here on, or, at the end, no more and no fewer?
    fn check_length(&mut self, subject: &mut Subject, bytes: i64, at_end: bool, fail: BlockId) {
        if bytes == 0 && !at_end {
            return;
        }
        let from = self.position_in(subject);
        let to = self.builder.add_constant(from, bytes);
        let op = if at_end { BinaryOp::Equal } else { BinaryOp::GreaterEqual };
        let fits = self.builder.binary(op, subject.length, to);
        self.continue_if(fits, fail);
    }

    fn continue_if(&mut self, condition: Value, fail: BlockId) {
        let next = self.builder.block();
        self.builder.branch(condition, next, fail);
        self.builder.switch_to(next);
    }

    fn position_in(&mut self, subject: &Subject) -> Value {
        match subject.base {
            Some(base) => self.builder.add_constant(base, subject.offset),
            None => self.builder.int(subject.offset),
        }
    }

    /// Does the pattern look at the value?
    fn is_needed(&self, pattern: &Pattern) -> bool {
        match &pattern.kind {
            PatternKind::Wildcard => false,
            PatternKind::Bind(local) => self.used.contains(local),
            _ => true,
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn bits_segment(
        &mut self,
        matcher: &mut Matcher<'p>,
        row: &mut Row<'p>,
        subject: &mut Subject,
        segment: &'p BitSegment<Pattern>,
        at: u64,
        size: u64,
        fail: BlockId,
    ) {
        if self.is_needed(&segment.value) {
            self.builder.span = segment.span;
            let value = self.extract(subject, at, size, segment.signed, segment.little);
            self.part(matcher, row, &segment.value, value, fail);
        }
    }

    /// Matches a segment's value. Names are bound at once: sizes of later segments may use them.
    fn part(
        &mut self,
        matcher: &mut Matcher<'p>,
        row: &mut Row<'p>,
        pattern: &'p Pattern,
        value: Value,
        fail: BlockId,
    ) {
        let class = self.builder.class(value);
        let ty = if class == Class::Ref { Type::Bytes } else { Type::Int };
        match &pattern.kind {
            PatternKind::Wildcard => {}
            PatternKind::Int(number) => {
                let equal = self.equal(value, *number);
                self.continue_if(equal, fail);
            }
            PatternKind::Bind(local) => {
                self.locals.insert(*local, Binding::Value(value, None));
                let place = matcher.known(value, ty, class);
                row.bindings.add(*local, place);
            }
            PatternKind::As(inner, local) => {
                self.locals.insert(*local, Binding::Value(value, None));
                let place = matcher.known(value, ty, class);
                row.bindings.add(*local, place);
                self.part(matcher, row, inner, value, fail);
            }
            _ => {
                let place = matcher.known(value, ty, class);
                row.tests.push((place, Test::Pattern(pattern)));
            }
        }
    }

    /// `size` bits from bit `at` of the present run on, as an Int.
    fn extract(&mut self, subject: &mut Subject, at: u64, size: u64, signed: bool, little: bool) -> Value {
        let first = (at / 8) as i64;
        let lead = at % 8;
        let bytes = (lead + size).div_ceil(8);
        if lead == 0 && matches!(size, 8 | 16 | 32 | 64) {
            if signed && size < 64 {
                let address = self.subject_address(subject);
                let from = self.position_in(subject);
                let offset = self.builder.add_constant(from, first);
                return self.load_bytes(address, offset, (size / 8) as u8, !little, true);
            }
            return self.load(subject, first, (size / 8) as u8, !little);
        }
        let trail = bytes * 8 - lead - size;
        let value = match bytes {
            9 => {
                // 64 bits at most, but over nine bytes: the last one apart.
                let high = self.load(subject, first, 8, true);
                let low = self.load(subject, first + 8, 1, true);
                let high = self.shift(BinaryOp::ShiftLeft, high, 8 - trail);
                let low = self.shift(BinaryOp::ShiftRightUnsigned, low, trail);
                self.builder.binary(BinaryOp::Or, high, low)
            }
            _ => {
                let all = self.load_wide(subject, first, bytes);
                self.shift(BinaryOp::ShiftRightUnsigned, all, trail)
            }
        };
        let mut value = match size == 64 || (lead == 0 && bytes <= 8) {
            true => value,
            false => self.mask(value, size),
        };
        if little {
            value = self.builder.unary(UnaryOp::SwapBytes, value);
            value = self.shift(BinaryOp::ShiftRightUnsigned, value, 64 - size);
        }
        if signed {
            value = self.shift(BinaryOp::ShiftLeft, value, 64 - size);
            value = self.shift(BinaryOp::ShiftRight, value, 64 - size);
        }
        value
    }

    /// So many bytes, at most 8, big-endian, put together from loads of 4, 2 and 1.
    fn load_wide(&mut self, subject: &mut Subject, first: i64, bytes: u64) -> Value {
        let mut at = first;
        let mut left = bytes;
        let mut all = None;
        while left > 0 {
            let width = [8, 4, 2, 1].into_iter().find(|width| *width <= left).unwrap_or(1);
            let part = self.load(subject, at, width as u8, true);
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

    fn load(&mut self, subject: &mut Subject, first: i64, width: u8, big: bool) -> Value {
        let key = (first, width, big || width == 1);
        if let Some((_, known)) = subject.loads.iter().find(|(loaded, _)| *loaded == key) {
            return *known;
        }
        let address = self.subject_address(subject);
        let from = self.position_in(subject);
        let offset = self.builder.add_constant(from, first);
        let value = self.load_bytes(address, offset, width, big, false);
        subject.loads.push((key, value));
        value
    }

    fn subject_address(&mut self, subject: &mut Subject) -> Value {
        match subject.address {
            Some(address) => address,
            None => {
                let address = self.address(subject.bytes);
                subject.address = Some(address);
                address
            }
        }
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
