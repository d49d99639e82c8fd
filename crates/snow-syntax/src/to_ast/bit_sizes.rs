//! The sizes of bit segments.

use super::{Lowering, child_where, children, name, span, token_span, tokens};
use crate::ast::{BitSegment, BitSize, Expr, ExprKind, Pattern, PatternKind};
use crate::span::Span;
use crate::syntax_kind::{SyntaxElement, SyntaxKind, SyntaxKind::*, SyntaxNode};

/// An `Int` has no more bits than that.
const MAX_BITS: i64 = 64;

#[derive(Default)]
struct Spec {
    size: Option<BitSize>,
    signed: bool,
    little: bool,
    /// The last of `signed`, `unsigned`, `little` and `big`.
    modified: Option<Span>,
    /// Something has been reported: one slip is one message.
    failed: bool,
}

impl Lowering<'_> {
    pub(super) fn pattern_segments(&mut self, node: &SyntaxNode) -> Vec<BitSegment<Pattern>> {
        let segments: Vec<SyntaxNode> = children(node, SyntaxKind::BitSegment).collect();
        let segments = segments.iter().map(|segment| {
            let value = self.required_pattern(segment);
            let is_text = matches!(value.kind, PatternKind::String(_));
            self.segment(segment, value, is_text)
        });
        segments.collect()
    }

    pub(super) fn expression_segments(&mut self, node: &SyntaxNode) -> Vec<BitSegment<Expr>> {
        let segments: Vec<SyntaxNode> = children(node, SyntaxKind::BitSegment).collect();
        let segments = segments.iter().map(|segment| {
            let value = self.required_expression(segment);
            let is_text = matches!(value.kind, ExprKind::String(_));
            self.segment(segment, value, is_text)
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

    fn segment<V>(&mut self, node: &SyntaxNode, value: V, is_text: bool) -> BitSegment<V> {
        let mut spec = self.spec(node);
        let size = if is_text { self.text_size(&mut spec, span(node)) } else { spec.size };
        let size = size.unwrap_or(BitSize::Bits(8));
        self.check_character(node, &size);
        BitSegment { span: span(node), value, size, signed: spec.signed, little: spec.little }
    }

    /// A text is as many bytes as it has: `::bytes` alone may stand behind it.
    fn text_size(&mut self, spec: &mut Spec, span: Span) -> Option<BitSize> {
        if !matches!(spec.size, None | Some(BitSize::Rest)) || spec.modified.is_some() {
            let help = "leave the size out: a text is as many bytes as its UTF-8 has";
            self.refuse(spec, span, "a text has a size of its own", help);
        }
        Some(BitSize::Text)
    }

    fn spec(&mut self, segment: &SyntaxNode) -> Spec {
        let mut spec = Spec::default();
        let Some(node) = children(segment, BitSpec).next() else { return spec };
        let mut elements = node.children_with_tokens().peekable();
        // The word in front of a parenthesis.
        let mut word = None;
        while let Some(element) = elements.next() {
            match element {
                SyntaxElement::Token(token) if token.kind() == Int => {
                    let bits = self.integer(&token, false);
                    if !(1..=MAX_BITS).contains(&bits) {
                        let message = format!("a segment of {bits} bits is not possible");
                        let help = "a number has from 1 to 64 bits; longer parts are `bytes(n)`";
                        self.refuse(&mut spec, token_span(&token), &message, help);
                    }
                    let bits = bits.clamp(1, MAX_BITS) as u32;
                    self.set_size(&mut spec, BitSize::Bits(bits), token_span(&token));
                }
                SyntaxElement::Node(inside) if inside.kind() == Name => {
                    let behind = elements.peek().map(SyntaxElement::kind);
                    word = Some(name(&inside)).filter(|_| behind == Some(LeftParen));
                    if word.is_none() {
                        let name = name(&inside);
                        self.word(&mut spec, &name.text, name.span);
                    }
                }
                SyntaxElement::Node(inside) if inside.kind().is_expression() => {
                    let value = Box::new(self.expression(&inside));
                    let at = value.span;
                    match word.take() {
                        None => self.set_size(&mut spec, BitSize::Computed(value), at),
                        Some(word) if word.text == "bytes" => {
                            self.set_size(&mut spec, BitSize::Bytes(value), word.span);
                        }
                        Some(word) => self.foreign_size(&mut spec, &word.text, word.span),
                    }
                }
                _ => {}
            }
        }
        if let (Some(span), Some(BitSize::Bytes(_) | BitSize::Rest | BitSize::View)) =
            (spec.modified, &spec.size)
        {
            self.refuse(&mut spec, span, "bytes have no sign and no byte order", "leave the modifier out");
        }
        spec
    }

    fn word(&mut self, spec: &mut Spec, word: &str, span: Span) {
        match word {
            "signed" => spec.signed = true,
            "little" => spec.little = true,
            "unsigned" => spec.signed = false,
            "big" => spec.little = false,
            "bytes" => return self.set_size(spec, BitSize::Rest, span),
            "view" => return self.set_size(spec, BitSize::View, span),
            _ => return self.foreign_size(spec, word, span),
        }
        spec.modified = Some(span);
    }

    /// A word that tells no size here: what Elixir and Erlang write, or a name that stands without parentheses.
    fn foreign_size(&mut self, spec: &mut Spec, word: &str, span: Span) {
        let help = match word {
            "size" => {
                "a size is a number of bits, `x::8`, or stands in parentheses, `x::(n)`; of bytes, `bytes(n)`"
            }
            "binary" | "bitstring" | "bits" => {
                "all bytes that are left are `rest::bytes`, n bytes `x::bytes(n)`"
            }
            "signed" | "unsigned" | "little" | "big" | "view" => "it stands alone, without parentheses",
            "integer" => "what is not `bytes` is a number: `x::16`",
            "unit" => "sizes are told in bits, those of `bytes(n)` in bytes",
            "native" => "say `little`, or leave it out: numbers are big-endian",
            "float" => "read 64 bits, `x::64`, and make a Float of them with `Float.from_bits`",
            "utf8" | "utf16" | "utf32" => {
                "take the bytes, `x::bytes(n)`, and make a text of them with `String.from_utf8`"
            }
            "text" | "string" => "take the bytes, and make a text of them with `String.from_utf8`",
            _ if word.starts_with(char::is_lowercase) => {
                let help = format!("a size that is worked out stands in parentheses: `x::({word})`");
                return self.refuse(spec, span, &format!("`{word}` says nothing about a bit segment"), &help);
            }
            _ => {
                "a size is a number of bits, `(n)`, `bytes` or `bytes(n)`; \
                 `signed`, `unsigned`, `little` and `big` go with a number"
            }
        };
        self.refuse(spec, span, &format!("`{word}` says nothing about a bit segment"), help);
    }

    fn set_size(&mut self, spec: &mut Spec, size: BitSize, span: Span) {
        if spec.size.is_some() {
            self.refuse(spec, span, "this segment has two sizes", "");
        }
        spec.size = Some(size);
    }

    fn refuse(&mut self, spec: &mut Spec, span: Span, message: &str, help: &str) {
        if !std::mem::replace(&mut spec.failed, true) {
            self.error("P0006", span, message, help);
        }
    }
}
