//! `<<…>>` in expressions and patterns.

use super::Infer;
use super::patterns::Names;
use crate::hir::{self, BitSize, ExprKind, PatternKind};
use crate::types::Ty;
use snow_syntax::ast;
use snow_syntax::span::Span;

impl<'a> Infer<'_, 'a> {
    pub(super) fn bits(&mut self, segments: &'a [ast::BitSegment<ast::Expr>], span: Span) -> hir::Expr {
        let mut tree = Vec::new();
        for segment in segments {
            let ty = segment_type(&segment.size);
            let value = self.check(&segment.value, &ty);
            let size = self.bit_size(&segment.size, segment.little, segment.span);
            tree.push(hir::BitSegment {
                span: segment.span,
                value,
                size,
                signed: segment.signed,
                little: segment.little,
            });
        }
        self.check_alignment(segments.iter().map(|segment| (&segment.size, segment.span)), span, false);
        self.make(ExprKind::Bits(tree), Ty::bytes(), span)
    }

    pub(super) fn bit_pattern(
        &mut self,
        segments: &'a [ast::BitSegment<ast::Pattern>],
        ty: &Ty,
        span: Span,
        names: &mut Names,
    ) -> PatternKind {
        self.matches_type(&Ty::bytes(), ty, span);
        let mut tree = Vec::new();
        for segment in segments {
            // The size may use names of earlier segments, not this one's.
            let size = self.bit_size(&segment.size, segment.little, segment.span);
            let ty = segment_type(&segment.size);
            if !fits_segment(&segment.value) {
                self.error_with(
                    "E0075",
                    segment.value.span,
                    "a segment holds a name, `_`, a number or a range of numbers",
                    "bind it to a name, and look at it behind the `->`",
                );
            }
            let value = self.pattern(&segment.value, &ty, names);
            tree.push(hir::BitSegment {
                span: segment.span,
                value,
                size,
                signed: segment.signed,
                little: segment.little,
            });
        }
        self.check_alignment(segments.iter().map(|segment| (&segment.size, segment.span)), span, true);
        PatternKind::Bits(tree)
    }

    fn bit_size(&mut self, size: &'a ast::BitSize, little: bool, span: Span) -> BitSize {
        match size {
            ast::BitSize::Bits(bits) => {
                if *bits == 0 || *bits > 64 {
                    self.error("E0076", span, "a segment has 1 to 64 bits");
                } else if little && bits % 8 != 0 {
                    self.error("E0076", span, "a little-endian segment has a multiple of 8 bits");
                }
                BitSize::Bits(*bits)
            }
            ast::BitSize::Bytes(size) => BitSize::Bytes(Box::new(self.check(size, &Ty::int()))),
            ast::BitSize::Rest => BitSize::Rest,
        }
    }

    /// Bytes begin where a byte begins, and the whole consists of whole bytes.
    fn check_alignment<'s>(
        &mut self,
        sizes: impl Iterator<Item = (&'s ast::BitSize, Span)>,
        whole: Span,
        is_pattern: bool,
    ) where
        'a: 's,
    {
        let sizes: Vec<_> = sizes.collect();
        let mut bits = 0u64;
        for (index, (size, span)) in sizes.iter().enumerate() {
            match size {
                ast::BitSize::Bits(count) => bits += u64::from(*count),
                ast::BitSize::Bytes(_) | ast::BitSize::Rest => {
                    if !bits.is_multiple_of(8) {
                        self.error_with(
                            "E0077",
                            *span,
                            format!("there are {bits} bits in front of these bytes"),
                            "bytes begin at a multiple of 8 bits",
                        );
                        return;
                    }
                    if is_pattern && matches!(size, ast::BitSize::Rest) && index + 1 < sizes.len() {
                        self.error_with(
                            "E0075",
                            *span,
                            "this takes all bytes that are left, but more segments follow",
                            "give it a size: `name::bytes(n)`",
                        );
                        return;
                    }
                }
            }
        }
        if !bits.is_multiple_of(8) {
            self.error_with(
                "E0077",
                whole,
                format!("the segments have {bits} bits: not a whole number of bytes"),
                "add a segment that fills the last byte, such as `0::4` or `_::4`",
            );
        }
    }
}

fn fits_segment(value: &ast::Pattern) -> bool {
    match &value.kind {
        ast::PatternKind::Name(_)
        | ast::PatternKind::Wildcard
        | ast::PatternKind::Int(_)
        | ast::PatternKind::Range(..)
        | ast::PatternKind::Error => true,
        ast::PatternKind::As(inside, _) => fits_segment(inside),
        ast::PatternKind::Or(alternatives) => alternatives.iter().all(fits_segment),
        _ => false,
    }
}

fn segment_type(size: &ast::BitSize) -> Ty {
    match size {
        ast::BitSize::Bits(_) => Ty::int(),
        ast::BitSize::Bytes(_) | ast::BitSize::Rest => Ty::bytes(),
    }
}
