//! `<<…>>` in expressions and patterns.

use super::Infer;
use super::patterns::Names;
use crate::hir::{self, BitSize, ExprKind, PatternKind};
use crate::program::Value;
use crate::scope::Meaning;
use crate::types::{Head, Ty};
use snow_syntax::ast;
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;

/// An `Int` has no more bits than that.
const MAX_BITS: i64 = 64;

/// How far constants are followed to find a size.
const DEPTH: u32 = 20;

/// What Erlang writes behind a slash.
const ERLANG_TYPES: [&str; 10] =
    ["binary", "bytes", "bitstring", "bits", "integer", "signed", "unsigned", "little", "big", "utf8"];

impl<'a> Infer<'_, 'a> {
    pub(super) fn bits(&mut self, segments: &'a [ast::BitSegment<ast::Expr>], span: Span) -> hir::Expr {
        let mut tree = Vec::new();
        for segment in segments {
            if let Some((word, at)) = self.erlang_type(&segment.value) {
                let message = format!("`/{word}` is not how a segment is told its form");
                let help = "size and modifiers stand behind `::`, with `-` between them: `x::16-little`, `rest::bytes`";
                self.error_with("E0004", at, message, help);
                continue;
            }
            if matches!(segment.size, ast::BitSize::View) {
                let help = "`view` stands in patterns; what a view shows is put in as bytes";
                self.error_with("E0075", segment.span, "a view is no part of bytes", help);
                continue;
            }
            let value = self.check(&segment.value, &self.segment_type(&segment.size));
            let size = self.bit_size(&segment.size, segment.little, segment.span);
            let (span, signed, little) = (segment.span, segment.signed, segment.little);
            tree.push(hir::BitSegment { span, value, size, signed, little });
        }
        self.check_alignment(&tree, span, false);
        self.make(ExprKind::Bits(tree), Ty::bytes(), span)
    }

    /// `rest/binary`, where there is nothing of the name `binary`.
    fn erlang_type(&self, value: &'a ast::Expr) -> Option<(&'a str, Span)> {
        let ast::ExprKind::Binary(ast::BinaryOp::Divide, _, right) = &value.kind else { return None };
        let ast::ExprKind::Name(word) = &right.kind else { return None };
        let meant = ERLANG_TYPES.contains(&word.as_str())
            && self.find_local(word).is_none()
            && self.program.value(self.body.module, word).is_err();
        meant.then_some((word, right.span))
    }

    pub(super) fn bit_pattern(
        &mut self,
        segments: &'a [ast::BitSegment<ast::Pattern>],
        ty: &Ty,
        span: Span,
        names: &mut Names,
    ) -> PatternKind {
        let view = self.named_type(self.program.language.view, Vec::new());
        let takes_view = segments.iter().any(|segment| matches!(segment.size, ast::BitSize::View));
        let is_view = match (self.shallow(ty), &view) {
            (Ty::Con(head, _), Ty::Con(view, _)) => head == *view,
            // What is not known yet are Bytes, unless the pattern says otherwise.
            _ => takes_view,
        };
        let subject = if is_view { view } else { Ty::bytes() };
        self.matches_type(&subject, ty, span);
        let mut tree = Vec::new();
        for (index, segment) in segments.iter().enumerate() {
            // The size may use names of earlier segments, not this one's.
            let unread = segments[index..].iter().filter_map(|segment| match &segment.value.kind {
                ast::PatternKind::Name(name) => Some(name.clone()),
                ast::PatternKind::As(_, name) => Some(name.text.clone()),
                _ => None,
            });
            let before = std::mem::replace(&mut self.body.unread, unread.collect());
            let size = self.bit_size(&segment.size, segment.little, segment.span);
            self.body.unread = before;
            let fits = fits_segment(&segment.value);
            if !fits {
                let message = "a segment holds a name, `_`, a number, a range of numbers or a text";
                let help = match segment.value.kind {
                    ast::PatternKind::Or(_) => {
                        "texts may differ in length: write alternatives of all of it, `<<\"a\", …>> | <<\"bc\", …>>`"
                    }
                    _ => "bind it to a name, and look at it behind the `->`",
                };
                self.error_with("E0075", segment.value.span, message, help);
            }
            if matches!(segment.size, ast::BitSize::View) && !is_view {
                let help = "what is left of Bytes is `rest::bytes`, which shares their storage";
                self.error_with("E0075", segment.span, "only a view of a Buffer leaves a view", help);
            }
            let ty = if fits { self.segment_type(&segment.size) } else { Ty::Error };
            let value = self.pattern(&segment.value, &ty, names);
            let (span, signed, little) = (segment.span, segment.signed, segment.little);
            tree.push(hir::BitSegment { span, value, size, signed, little });
        }
        self.check_alignment(&tree, span, true);
        PatternKind::Bits(tree)
    }

    fn segment_type(&self, size: &ast::BitSize) -> Ty {
        match size {
            ast::BitSize::Bits(_) | ast::BitSize::Computed(_) => Ty::int(),
            ast::BitSize::Bytes(_) | ast::BitSize::Rest => Ty::bytes(),
            ast::BitSize::View => self.named_type(self.program.language.view, Vec::new()),
            ast::BitSize::Text => Ty::string(),
        }
    }

    fn bit_size(&mut self, size: &'a ast::BitSize, little: bool, span: Span) -> BitSize {
        match size {
            ast::BitSize::Bits(bits) => {
                self.check_bits(i64::from(*bits), little, span);
                BitSize::Bits(*bits)
            }
            ast::BitSize::Computed(size) => {
                let tree = self.check(size, &Ty::int());
                match self.constant_int(size, DEPTH) {
                    // Of what has been refused, nothing more is said.
                    Some(bits) if self.check_bits(bits, little, size.span) => BitSize::Bits(bits as u32),
                    _ => BitSize::Computed(Box::new(tree)),
                }
            }
            ast::BitSize::Bytes(size) => {
                if let Some(count @ ..=-1) = self.constant_int(size, DEPTH) {
                    self.error("E0076", size.span, format!("a segment of {count} bytes is not possible"));
                }
                BitSize::Bytes(Box::new(self.check(size, &Ty::int())))
            }
            ast::BitSize::Rest => BitSize::Rest,
            ast::BitSize::View => BitSize::View,
            ast::BitSize::Text => BitSize::Text,
        }
    }

    fn check_bits(&mut self, bits: i64, little: bool, span: Span) -> bool {
        let is_possible = (0..=MAX_BITS).contains(&bits);
        let is_whole = !little || bits % 8 == 0;
        if !is_possible {
            let message = format!("a segment of {bits} bits is not possible");
            let help = "a number has up to 64 bits; longer parts are `bytes(n)`";
            self.error_with("E0076", span, message, help);
        } else if !is_whole {
            self.error("E0076", span, "a little-endian segment has a multiple of 8 bits");
        }
        is_possible && is_whole
    }

    /// The number that an expression always is: literals, constants, and what is worked out of them.
    fn constant_int(&self, expr: &ast::Expr, depth: u32) -> Option<i64> {
        let depth = depth.checked_sub(1)?;
        match &expr.kind {
            ast::ExprKind::Int(number) => Some(*number),
            ast::ExprKind::Unary(ast::UnaryOp::Negate, inside) => {
                self.constant_int(inside, depth)?.checked_neg()
            }
            ast::ExprKind::Binary(op, a, b) => {
                let (a, b) = (self.constant_int(a, depth)?, self.constant_int(b, depth)?);
                match op {
                    ast::BinaryOp::Add => a.checked_add(b),
                    ast::BinaryOp::Subtract => a.checked_sub(b),
                    ast::BinaryOp::Multiply => a.checked_mul(b),
                    _ => None,
                }
            }
            ast::ExprKind::Name(name) if self.find_local(name).is_none() => {
                match self.program.value(self.body.module, name) {
                    Ok(Meaning::Value(Value::Constant(id))) => {
                        let constant = &self.program.constants[id.0 as usize];
                        // Names in it are those of its own module, which this one may not see.
                        match &constant.value.kind {
                            ast::ExprKind::Int(number) => Some(*number),
                            _ => None,
                        }
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Bytes begin where a byte begins, and the whole consists of whole bytes. Behind a size that is worked out
    /// when the program runs, so is this.
    fn check_alignment(&mut self, segments: &[hir::BitSegment<impl Sized>], whole: Span, is_pattern: bool) {
        let mut bits = Some(0u64);
        for (index, hir::BitSegment { size, span, .. }) in segments.iter().enumerate() {
            match size {
                BitSize::Bits(count) => bits = bits.map(|bits| bits + u64::from(*count)),
                BitSize::Computed(_) => bits = None,
                BitSize::Bytes(_) | BitSize::Rest | BitSize::View | BitSize::Text => {
                    if let Some(bits) = bits.filter(|bits| !bits.is_multiple_of(8)) {
                        self.error_with(
                            "E0077",
                            *span,
                            format!("there are {bits} bits in front of these bytes"),
                            "bytes begin at a multiple of 8 bits",
                        );
                        return;
                    }
                    bits = bits.or(Some(0));
                    let takes_all = matches!(size, BitSize::Rest | BitSize::View);
                    if is_pattern && takes_all && index + 1 < segments.len() {
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
        if let Some(bits) = bits.filter(|bits| !bits.is_multiple_of(8)) {
            self.error_with(
                "E0077",
                whole,
                format!("the segments have {bits} bits: not a whole number of bytes"),
                "add a segment that fills the last byte, such as `0::4` or `_::4`",
            );
        }
    }

    /// A size that uses a name of its own segment or of a later one. True: it has been reported.
    pub(super) fn report_unread(&mut self, name: &str, span: Span) -> bool {
        let unread = self.body.unread.iter().any(|later| later == name);
        if unread {
            let message = format!("`{name}` has not been read when this size is needed");
            let diagnostic = Diagnostic::error("E0004", self.file(), span, message)
                .help("a size may use what stands before it in the pattern, and what is known around it");
            self.report(diagnostic);
        }
        unread
    }

    /// What to write where a pattern is for one type and the value is of another.
    pub(super) fn help_for_pattern(&self, own: &Ty, ty: &Ty) -> Option<&'static str> {
        let (Ty::Con(own, _), Ty::Con(ty, _)) = (self.shallow(own), self.shallow(ty)) else { return None };
        let language = &self.program.language;
        let is_bytes = |head: &Head| {
            *head == Head::Bytes || matches!(head, Head::Named(id) if Some(*id) == language.view)
        };
        let is_list = |head: &Head| matches!(head, Head::Named(id) if Some(*id) == language.list);
        match (&own, &ty) {
            (own, Head::Buffer) if is_bytes(own) => {
                Some("take a view of the Buffer, from a position on: `case Buffer.view(buffer, 0) do`")
            }
            (own, Head::String) if is_bytes(own) => {
                Some("`case String.to_bytes(text) do` looks at its bytes")
            }
            (own, ty) if is_list(own) && is_bytes(ty) => {
                Some("bytes are taken apart with `<<first, rest::bytes>>`")
            }
            (own, ty) if is_bytes(own) && is_list(ty) => Some("a list is taken apart with `first :: rest`"),
            (Head::String, ty) if is_bytes(ty) => Some("a text in bytes is `<<\"text\">>`"),
            _ => None,
        }
    }
}

/// A text stands alone: its length is the size.
fn fits_segment(value: &ast::Pattern) -> bool {
    matches!(value.kind, ast::PatternKind::String(_)) || fits_number(value)
}

fn fits_number(value: &ast::Pattern) -> bool {
    match &value.kind {
        ast::PatternKind::Name(_)
        | ast::PatternKind::Wildcard
        | ast::PatternKind::Int(_)
        | ast::PatternKind::Range(..)
        | ast::PatternKind::Error => true,
        ast::PatternKind::As(inside, _) => fits_number(inside),
        ast::PatternKind::Or(alternatives) => alternatives.iter().all(fits_number),
        _ => false,
    }
}
