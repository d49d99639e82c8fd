//! Bit patterns: checks of the length, then loads, shifts and masks. Only `bytes` and `view` segments that
//! are bound to a name make an object.
//!
//! The bytes of a view may be other ones, or gone, behind every call of a function, and a size that is worked out
//! may call one. So each row reads the length anew, and so does each part of a pattern behind a size. Where
//! nothing can have written in between, numbering makes one read of them.

use crate::ir::{BinaryOp, BlockId, Class, Value};
use crate::lower::function::{Binding, FunctionLowering};
use crate::lower::match_compiler::bit_comparison::is_literal;
use crate::lower::match_compiler::bit_sizes::{Sizes, fixed_size};
use crate::lower::match_compiler::bit_subject::{Position, Subject};
use crate::lower::match_compiler::places::{Matcher, PlaceId};
use crate::lower::match_compiler::{Row, Test};
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
                BitSize::Computed(size) => {
                    let needed = self.is_needed(&segment.value);
                    let value = self.computed_number(&mut subject, segment, size, needed, parts.fail);
                    if let Some(value) = value {
                        self.part(&mut parts, &segment.value, Type::Int, value);
                    }
                }
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
        self.compare_segments(subject, segments, parts.fail);
        self.bind_numbers(parts, subject, segments);
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
        let fits = self.builder.at_most(count, left);
        self.builder.continue_if(fits, parts.fail);
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

    /// The bytes between two positions: those of Bytes share the storage, those of a view are a copy.
    fn copy_part(&mut self, subject: &Subject, from: Value, to: Value) -> Value {
        let (name, from, to) = match subject.at {
            Some(at) => {
                let from = self.builder.binary(BinaryOp::Add, at, from);
                ("buffer_copy", from, self.builder.binary(BinaryOp::Add, at, to))
            }
            None => ("bytes_slice", from, to),
        };
        self.builder.runtime(name, vec![subject.object, from, to], Class::Ref)
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
                let equal = self.builder.equal(value, *number);
                self.builder.continue_if(equal, parts.fail);
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
}
