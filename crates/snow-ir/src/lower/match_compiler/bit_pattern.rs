//! Bit patterns: checks of the length, then loads, shifts and masks. Only `bytes` and `view` segments that
//! are bound to a name make an object.
//!
//! The bytes of a view may be other ones, or gone, behind every call of a function, and a size that is worked out
//! may call one. So each row reads the length anew, and so does each part of a pattern behind a size. Where
//! nothing can have written in between, numbering makes one read of them.

use crate::ir::{BinaryOp, BlockId, Class, Value};
use crate::lower::function::{Binding, FunctionLowering};
use crate::lower::match_compiler::bit_sizes::Sizes;
use crate::lower::match_compiler::bit_subject::{Position, Subject};
use crate::lower::match_compiler::places::{Matcher, PlaceId};
use crate::lower::match_compiler::{Row, Test};
use crate::lower::monomorphise::Work;
use snow_abi::bytes;
use snow_check::hir::{BitSegment, BitSize, Expr, Pattern, PatternKind, Type};

/// Where the parts of a pattern go: what they bind and what is left to test, and the way out.
struct Parts<'m, 'p> {
    matcher: &'m mut Matcher<'p>,
    row: &'m mut Row<'p>,
    fail: BlockId,
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
        let subject = match matcher.ty(place) {
            Type::Named(..) => {
                let parts = self.fields_of(matcher, place);
                let (buffer, at) = (self.read(matcher, parts[0]), self.read(matcher, parts[1]));
                let stop = self.builder.load_mutable(buffer, bytes::LENGTH);
                let gone = self.builder.binary(BinaryOp::Greater, at, stop);
                self.panic_if(gone, "the view begins behind the end of its Buffer, which has become shorter");
                Subject::of_view(buffer, at)
            }
            _ => Subject::of_bytes(self.read(matcher, place), self.length_of(matcher, place)),
        };
        self.segments(Parts { matcher, row, fail }, subject, segments);
    }

    fn segments(
        &mut self,
        mut parts: Parts<'_, 'p>,
        mut subject: Subject,
        segments: &'p [BitSegment<Pattern>],
    ) {
        let mut left = segments;
        loop {
            let is_fixed =
                |segment: &&BitSegment<Pattern>| matches!(segment.size, BitSize::Bits(_) | BitSize::Text);
            let (run, behind) = left.split_at(left.iter().take_while(is_fixed).count());
            self.run(&mut parts, &mut subject, run, behind.is_empty());
            let Some((segment, others)) = behind.split_first() else { return };
            self.builder.span = segment.span;
            match &segment.size {
                BitSize::Computed(size) => self.computed_segment(&mut parts, &mut subject, segment, size),
                BitSize::Bytes(count) => self.bytes_segment(&mut parts, &mut subject, segment, count),
                _ => return self.rest(&mut parts, &mut subject, segment),
            }
            left = others;
        }
    }

    /// Segments of sizes that are known. The first number or text that they are compared with comes first, as soon as
    /// there are bytes enough for it, so that arms which begin alike are told apart by what they begin with; then the
    /// others that they are compared with.
    fn run(
        &mut self,
        parts: &mut Parts<'_, 'p>,
        subject: &mut Subject,
        run: &'p [BitSegment<Pattern>],
        at_end: bool,
    ) {
        let is_text = |segment: &&BitSegment<Pattern>| matches!(segment.size, BitSize::Text);
        if run.iter().any(|segment| is_text(&segment)) {
            // Texts begin where a byte does; so far as that is known, the checker has seen to it.
            let lead = run.iter().take_while(|segment| !is_text(segment)).map(fixed_size).sum();
            self.align_behind(subject, lead, parts.fail);
        }
        let first = run.iter().position(is_literal).map_or(0, |first| first + 1);
        let last = run.iter().rposition(is_literal).map_or(0, |last| last + 1);
        let bytes_to = |end: usize| subject.bytes_for(run[..end].iter().map(fixed_size).sum());
        let mut ends = vec![first, last, run.len()];
        ends.dedup_by(|later, earlier| {
            // One check does for all that ends in the same byte.
            let together = bytes_to(*later) == bytes_to(*earlier);
            *earlier = if together { *later } else { *earlier };
            together
        });
        let mut from = 0;
        for end in ends {
            self.run_together(parts, subject, &run[from..end], at_end && end == run.len());
            from = end;
        }
    }

    /// The same after one check of the length: there are so many bytes, or, at the end of the pattern, no more and
    /// no fewer.
    fn run_together(
        &mut self,
        parts: &mut Parts<'_, 'p>,
        subject: &mut Subject,
        segments: &'p [BitSegment<Pattern>],
        at_end: bool,
    ) {
        if segments.is_empty() && !at_end {
            return;
        }
        self.check_length(subject, segments.iter().map(fixed_size).sum(), at_end, parts.fail);
        self.compare(&mut subject.clone(), segments, parts.fail);
        self.bind_numbers(parts, subject, segments);
    }

    fn compare(&mut self, subject: &mut Subject, segments: &[BitSegment<Pattern>], fail: BlockId) {
        for segment in segments {
            self.builder.span = segment.span;
            match &segment.value.kind {
                PatternKind::String(text) => self.match_text(subject, text, fail),
                PatternKind::Int(number) => {
                    let size = fixed_size(segment);
                    self.match_number(subject, size, *number, segment.signed, segment.little, fail);
                }
                _ => {}
            }
            self.advance(subject, fixed_size(segment));
        }
    }

    fn bind_numbers(
        &mut self,
        parts: &mut Parts<'_, 'p>,
        subject: &mut Subject,
        segments: &'p [BitSegment<Pattern>],
    ) {
        for segment in segments {
            let size = fixed_size(segment);
            if !is_literal(segment) && self.is_needed(&segment.value) {
                self.builder.span = segment.span;
                let value = self.extract(subject, size, segment.signed, segment.little);
                self.part(parts, &segment.value, Type::Int, value);
            }
            if let PatternKind::Bind(local) = segment.value.kind {
                subject.sizes.insert(local, Sizes::of_bits(size, segment.signed));
            }
            self.advance(subject, size);
        }
    }

    /// Bits whose number is worked out when the program runs: 0 to 64, else the pattern does not match.
    fn computed_segment(
        &mut self,
        parts: &mut Parts<'_, 'p>,
        subject: &mut Subject,
        segment: &'p BitSegment<Pattern>,
        size: &'p Expr,
    ) {
        let sizes = self.sizes_of(size, &subject.sizes);
        let size = self.expr(size, false);
        let needed = self.is_needed(&segment.value);
        let value = match (&subject.position, sizes.values) {
            (Position::Byte { .. }, Some(values)) => {
                self.one_of_sizes(subject, segment, size, &values, needed, parts.fail)
            }
            _ => self.any_size(subject, segment, size, sizes.whole_bytes, needed, parts.fail),
        };
        if let Some(value) = value {
            self.part(parts, &segment.value, Type::Int, value);
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
            self.check_length(&mut here, size, false, fail);
            let value = needed.then(|| self.extract(&mut here, size, segment.signed, segment.little));
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
        let fits = self.at_most(size, most);
        self.continue_if(fits, fail);
        if segment.little || whole_bytes {
            let odd = self.mask(size, 3);
            let whole = self.equal(odd, 0);
            self.continue_if(whole, fail);
        }
        let from = self.bit_of(subject);
        let to = self.builder.binary(BinaryOp::Add, from, size);
        let left = self.left(subject);
        let left = self.shift(BinaryOp::ShiftLeft, left, 3);
        let fits = self.builder.binary(BinaryOp::GreaterEqual, left, to);
        self.continue_if(fits, fail);
        let value = needed.then(|| {
            let value = self.read_bits(subject, from, size);
            let all = self.builder.int(64);
            let unused = self.builder.binary(BinaryOp::Subtract, all, size);
            self.as_number(value, unused, segment.signed, segment.little)
        });
        subject.position = match (&subject.position, whole_bytes) {
            (Position::Byte { lead, .. }, true) => {
                let base = self.shift(BinaryOp::ShiftRightUnsigned, to, 3);
                Position::Byte { base: Some(base), offset: 0, lead: *lead }
            }
            _ => Position::Bit { base: to, offset: 0 },
        };
        value
    }

    /// The bits from a bit on, of which so many are there, as an unsigned number.
    pub fn read_bits(&mut self, subject: &Subject, from: Value, size: Value) -> Value {
        let from = match subject.at {
            Some(at) => {
                let at = self.shift(BinaryOp::ShiftLeft, at, 3);
                self.builder.binary(BinaryOp::Add, at, from)
            }
            None => from,
        };
        let arguments = vec![subject.object, from, size];
        self.call_work(Work::ReadBits, arguments, Class::Int)
    }

    /// `x::bytes(n)`
    fn bytes_segment(
        &mut self,
        parts: &mut Parts<'_, 'p>,
        subject: &mut Subject,
        segment: &'p BitSegment<Pattern>,
        count: &'p Expr,
    ) {
        self.align(subject, parts.fail);
        let count = self.expr(count, false);
        // What worked out the count may have changed the Buffer.
        self.check_length(subject, 0, false, parts.fail);
        let from = self.byte_of(subject);
        let left = self.left(subject);
        let left = self.builder.binary(BinaryOp::Subtract, left, from);
        let fits = self.at_most(count, left);
        self.continue_if(fits, parts.fail);
        let to = self.builder.binary(BinaryOp::Add, from, count);
        if self.is_needed(&segment.value) {
            let part = self.copy_part(subject, from, to);
            self.part(parts, &segment.value, Type::Bytes, part);
        }
        match self.builder.constant(count) {
            Some(count @ 0..=0xffff) => self.advance(subject, 8 * count as u64),
            _ => subject.position = Position::Byte { base: Some(to), offset: 0, lead: 0 },
        }
    }

    /// The last segment, which takes all that is left.
    fn rest(&mut self, parts: &mut Parts<'_, 'p>, subject: &mut Subject, segment: &'p BitSegment<Pattern>) {
        self.align(subject, parts.fail);
        if !self.is_needed(&segment.value) {
            return;
        }
        let from = self.byte_of(subject);
        if let (BitSize::View, Some(at)) = (&segment.size, subject.at) {
            let at = self.builder.binary(BinaryOp::Add, at, from);
            let view = self.object(0, &[subject.object, at]);
            return self.part(parts, &segment.value, segment.value.ty.clone(), view);
        }
        let rest = match (subject.at, self.builder.constant(from)) {
            (None, Some(0)) => subject.object,
            _ => {
                let to = self.left(subject);
                self.copy_part(subject, from, to)
            }
        };
        self.part(parts, &segment.value, Type::Bytes, rest);
    }

    /// Does the pattern look at the value?
    fn is_needed(&self, pattern: &Pattern) -> bool {
        match &pattern.kind {
            PatternKind::Wildcard => false,
            PatternKind::Bind(local) => self.used.contains(local),
            _ => true,
        }
    }

    /// Matches a segment's value. Names are bound at once: sizes of later segments may use them.
    fn part(&mut self, parts: &mut Parts<'_, 'p>, pattern: &'p Pattern, ty: Type, value: Value) {
        let class = self.builder.class(value);
        match &pattern.kind {
            PatternKind::Wildcard => {}
            PatternKind::Int(number) => {
                let equal = self.equal(value, *number);
                self.continue_if(equal, parts.fail);
            }
            PatternKind::Bind(local) => {
                self.locals.insert(*local, Binding::Value(value, None));
                let place = parts.matcher.known(value, ty, class);
                parts.row.bindings.add(*local, place);
            }
            PatternKind::As(inner, local) => {
                self.locals.insert(*local, Binding::Value(value, None));
                let place = parts.matcher.known(value, ty.clone(), class);
                parts.row.bindings.add(*local, place);
                self.part(parts, inner, ty, value);
            }
            _ => {
                let place = parts.matcher.known(value, ty, class);
                parts.row.tests.push((place, Test::Pattern(pattern)));
            }
        }
    }

    pub fn continue_if(&mut self, condition: Value, fail: BlockId) {
        let next = self.builder.block();
        self.builder.branch(condition, next, fail);
        self.builder.switch_to(next);
    }
}

/// Is the segment compared with something?
fn is_literal(segment: &BitSegment<Pattern>) -> bool {
    matches!(segment.value.kind, PatternKind::Int(_) | PatternKind::String(_))
}

/// In bits, of a segment whose size is known.
fn fixed_size(segment: &BitSegment<Pattern>) -> u64 {
    match (&segment.size, &segment.value.kind) {
        (BitSize::Bits(bits), _) => u64::from(*bits),
        (BitSize::Text, PatternKind::String(text)) => 8 * text.len() as u64,
        _ => 0,
    }
}
