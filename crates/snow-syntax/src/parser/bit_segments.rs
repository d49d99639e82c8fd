//! `<<…>>`, in patterns and in expressions.

use super::groups::behind_group;
use super::types::name;
use super::{Parser, expressions};
use crate::syntax_kind::SyntaxKind::*;

/// At `<<`: two `<` that touch. Only asked where an expression or a pattern may start.
pub(super) fn at_bits(p: &Parser) -> bool {
    p.at(Less) && matches!(p.nth(1), Less | Diamond) && p.touches_previous(1)
}

/// At the `>>` that closes bits. `>>=` and `>>==` begin with it too.
pub(super) fn at_bits_end(p: &Parser) -> bool {
    p.at(Greater) && matches!(p.nth(1), Greater | GreaterEqual) && p.touches_previous(1)
}

/// The index behind the `>>` of the bit pattern whose `<<` is at `at`, by its tokens alone.
pub(super) fn behind_bits(p: &Parser, mut at: usize) -> Option<usize> {
    let kind = |at: usize| p.lexemes.get(at).map_or(EndOfFile, |lexeme| lexeme.kind);
    let touches = |at: usize| p.lexemes.get(at).is_some_and(|lexeme| p.lexemes[at - 1].end == lexeme.start);
    let mut open = 0;
    loop {
        match kind(at) {
            Less if kind(at + 1) == Less && touches(at + 1) => {
                open += 1;
                at += 2;
            }
            Greater if kind(at + 1) == Greater && touches(at + 1) => {
                open -= 1;
                at += 2;
            }
            // `<<>>` arrives as `<`, `<>`, `>`.
            Less if kind(at + 1) == Diamond && touches(at + 1) && kind(at + 2) == Greater => at += 3,
            Ident | Int | Float | Character | TrueKw | FalseKw | NilKw | Minus | Comma | Dot | ColonColon
            | Bar | DotDot | DotDotEqual => at += 1,
            // Sizes as other languages write them.
            Colon | Slash | Star | Plus | Percent => at += 1,
            StringStart | LeftParen | LeftBracket => at = behind_group(p, at)?,
            _ => return None,
        }
        if open == 0 {
            return Some(at);
        }
    }
}

/// The segments, with `<<` and `>>`; `value` parses what stands before `::`.
pub(super) fn bits(p: &mut Parser, value: fn(&mut Parser)) {
    p.bump();
    if p.at(Diamond) {
        p.bump_first_half(Less, Greater);
    } else {
        p.bump();
    }
    p.inside_brackets(|p| {
        // `<<>>` arrives as `<`, `<>`, `>`.
        let empty = p.at(Greater);
        while !empty && !at_bits_end(p) && !p.at_end() {
            segment(p, value);
            if !p.eat(Comma) {
                break;
            }
        }
        if at_bits_end(p) {
            p.bump();
            p.eat_greater();
        } else {
            let found = p.found();
            p.error(format!("expected `,` or `>>`, found {found}"));
        }
    });
}

fn segment(p: &mut Parser, value: fn(&mut Parser)) {
    let marker = p.start();
    value(p);
    if !erlang_size(p) && p.eat(ColonColon) {
        let spec = p.start();
        loop {
            match p.current() {
                Int => p.bump(),
                LeftParen => worked_out(p),
                Ident => {
                    name(p);
                    if p.at(LeftParen) {
                        worked_out(p);
                    }
                }
                _ => {
                    let found = p.found();
                    p.error_with_help(
                        format!("expected the size of a bit segment, found {found}"),
                        "a size is a number of bits, `(n)`, `bytes` or `bytes(n)`",
                    );
                    break;
                }
            }
            operator_in_a_size(p);
            if !p.eat(Minus) {
                break;
            }
        }
        p.complete(spec, BitSpec);
    }
    p.complete(marker, BitSegment);
}

/// `(n)`
fn worked_out(p: &mut Parser) {
    p.bump();
    p.inside_brackets(expressions::expression);
    p.expect(RightParen);
}

/// At Erlang's `x:16/little` or `rest/binary` behind the value of a bit segment: takes all that tells the size.
fn erlang_size(p: &mut Parser) -> bool {
    let found = match p.current() {
        Colon => "`:`",
        Slash => "`/`",
        _ => return false,
    };
    let help = "size and modifiers stand behind `::`, with `-` between them: `x::16-little`, `rest::bytes`";
    p.error_with_help(format!("expected `::`, `,` or `>>`, found {found}"), help);
    let marker = p.start();
    while p.at_any(&[Colon, Slash, Minus, Int, Ident]) {
        p.bump();
    }
    p.complete(marker, Error);
    true
}

/// At the operator of `x::8*n`, or at the slash of `x::16/little`: takes it, and what stands behind it.
fn operator_in_a_size(p: &mut Parser) {
    let help = match p.current() {
        Slash if p.nth(1) == Ident => "modifiers stand behind `-`: `x::16-little`",
        Star | Plus | Slash | Percent => "a size that is worked out stands in parentheses: `x::(8 * n)`",
        _ => return,
    };
    let found = p.found();
    p.error_with_help(format!("expected `-`, `,` or `>>`, found {found}"), help);
    let marker = p.start();
    while p.at_any(&[Star, Plus, Slash, Percent, Int, Ident]) {
        p.bump();
    }
    p.complete(marker, Error);
}
