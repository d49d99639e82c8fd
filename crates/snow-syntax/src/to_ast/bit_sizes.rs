//! The sizes of bit segments.

use super::{Lowering, child, child_where, children, name, span, token_span, tokens};
use crate::ast::{BitSegment, BitSize, Expr, ExprKind, Pattern, PatternKind, StringPart};
use crate::span::Span;
use crate::syntax_kind::{SyntaxElement, SyntaxKind, SyntaxKind::*, SyntaxNode};

/// An `Int` has no more bits than that.
const MAX_BITS: i64 = 64;

struct Spec {
    size: Option<BitSize>,
    signed: bool,
    little: bool,
}

impl Lowering<'_> {
    pub(super) fn pattern_segments(&mut self, node: &SyntaxNode) -> Vec<BitSegment<Pattern>> {
        let segments: Vec<SyntaxNode> = children(node, SyntaxKind::BitSegment).collect();
        let segments = segments.iter().map(|segment| {
            let value = self.required_pattern(segment);
            let text = match &value.kind {
                PatternKind::String(text) => Some(text.len()),
                _ => None,
            };
            self.segment(segment, value, text)
        });
        segments.collect()
    }

    pub(super) fn expression_segments(&mut self, node: &SyntaxNode) -> Vec<BitSegment<Expr>> {
        let segments: Vec<SyntaxNode> = children(node, SyntaxKind::BitSegment).collect();
        let segments = segments.iter().map(|segment| {
            let value = self.required_expression(segment);
            let text = match &value.kind {
                ExprKind::String(parts) => literal_length(parts),
                _ => None,
            };
            let interpolated = matches!(value.kind, ExprKind::String(_)) && text.is_none();
            let mut segment = self.segment(segment, value, text);
            if interpolated && matches!(segment.size, BitSize::Bits(_)) {
                segment.size = BitSize::Rest;
            }
            segment
        });
        segments.collect()
    }

    /// A character beyond ASCII is no byte of a text.
    fn check_character(&mut self, segment: &SyntaxNode, size: &BitSize) {
        let literal = child_where(segment, |kind| matches!(kind, LiteralPattern | LiteralExpr));
        let token = literal.and_then(|literal| tokens(&literal).find(|token| token.kind() == Character));
        if let (Some(token), BitSize::Bits(..=8)) = (token, size)
            && self.character(&token) > 0x7f
        {
            let text = token.text().trim_matches('\'');
            let help = format!("the bytes of it in a text are written `\"{text}\"`");
            let message = format!("`{}` is not one byte", token.text());
            self.error("P0006", token_span(&token), message, &help);
        }
    }

    /// A string literal is as many bytes as it has; its `::bytes` may be left out.
    fn segment<V>(&mut self, node: &SyntaxNode, value: V, text: Option<usize>) -> BitSegment<V> {
        let spec = self.spec(node);
        let span = span(node);
        let size = match (spec.size, text) {
            (None | Some(BitSize::Rest), Some(length)) => BitSize::Bytes(length_expression(length, span)),
            (Some(size), _) => size,
            (None, None) => BitSize::Bits(8),
        };
        self.check_character(node, &size);
        BitSegment { span, value, size, signed: spec.signed, little: spec.little }
    }

    fn spec(&mut self, segment: &SyntaxNode) -> Spec {
        let mut spec = Spec { size: None, signed: false, little: false };
        let Some(node) = child(segment, BitSpec) else { return spec };
        let count = child_where(&node, SyntaxKind::is_expression);
        let mut modified = None;
        for element in node.children_with_tokens() {
            match element {
                SyntaxElement::Token(token) if token.kind() == Int => {
                    let bits = self.integer(&token, false);
                    if !(1..=MAX_BITS).contains(&bits) {
                        let message = format!("a segment of {bits} bits is not possible");
                        let help = "a number has from 1 to 64 bits; longer parts are `bytes(n)`";
                        self.error("P0006", token_span(&token), message, help);
                    }
                    let bits = bits.clamp(1, MAX_BITS) as u32;
                    self.set_size(&mut spec, BitSize::Bits(bits), token_span(&token));
                }
                SyntaxElement::Node(word) if word.kind() == Name => {
                    let word = name(&word);
                    match word.text.as_str() {
                        "signed" => spec.signed = true,
                        "little" => spec.little = true,
                        "unsigned" => spec.signed = false,
                        "big" => spec.little = false,
                        "bytes" => {
                            let size = match &count {
                                Some(count) => BitSize::Bytes(Box::new(self.expression(count))),
                                None => BitSize::Rest,
                            };
                            self.set_size(&mut spec, size, word.span);
                            continue;
                        }
                        other => {
                            let message = format!("`{other}` says nothing about a bit segment");
                            let help = "a size is a number of bits, `bytes` or `bytes(n)`; \
                                        `signed`, `unsigned`, `little` and `big` go with a number";
                            self.error("P0006", word.span, message, help);
                            continue;
                        }
                    }
                    modified = Some(word.span);
                }
                _ => {}
            }
        }
        if let (Some(span), Some(BitSize::Bytes(_) | BitSize::Rest)) = (modified, &spec.size) {
            self.error("P0006", span, "bytes have no sign and no byte order", "leave the modifier out");
        }
        spec
    }

    fn set_size(&mut self, spec: &mut Spec, size: BitSize, span: Span) {
        if spec.size.is_some() {
            self.error("P0006", span, "this segment has two sizes", "");
        }
        spec.size = Some(size);
    }
}

fn length_expression(length: usize, span: Span) -> Box<Expr> {
    Box::new(Expr { span, kind: ExprKind::Int(length as i64) })
}

/// The length in bytes of a string without interpolations.
fn literal_length(parts: &[StringPart]) -> Option<usize> {
    parts.iter().try_fold(0, |length, part| match part {
        StringPart::Text(text) => Some(length + text.len()),
        StringPart::Expr(_) => None,
    })
}
