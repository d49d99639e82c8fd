//! How other languages take a list apart and put one together.

use crate::parser::{Parser, atoms};
use crate::span::Span;
use crate::syntax_kind::SyntaxKind::{self, *};

/// What takes a list apart, and bytes.
pub(crate) const REST_OF_A_LIST: &str = "the first element of a list and the rest are `first :: rest`, without brackets; those of bytes are `<<first, rest::bytes>>`";

/// At the last element of the list pattern `[first | rest]`.
pub(crate) fn at_rest_of_a_list(p: &mut Parser) -> bool {
    let shape = [p.nth(1), p.nth(2), p.nth(3)] == [Bar, Ident, RightBracket];
    let name = p.text_of(2).starts_with(|c: char| c == '_' || c.is_lowercase());
    if !shape || !name || !p.at_any(&[Ident, Int, TrueKw, FalseKw]) {
        return false;
    }
    let bar = Span::new(p.lexeme(1).start, p.lexeme(1).end);
    let help = "the first element of a list and the rest are `first :: rest`, without brackets";
    p.error_at(p.position + 1, bar, "expected `,` or `]`, found `|`", help);
    true
}

/// At `..rest`, `rest..` or, behind the sign in `rest @ ..`, at the dots of a list: takes all of it.
pub(crate) fn dots_in_a_list(p: &mut Parser) -> bool {
    let name = p.at(Ident) && p.nth(1) == DotDot && matches!(p.nth(2), RightBracket | Comma);
    if !name && !p.at(DotDot) {
        return false;
    }
    // The lexer has reported the sign before them.
    let before = p.source[..p.span().start as usize].trim_end();
    if !before.ends_with('@') {
        let found = if name { p.text_of(1) } else { p.text_of(0) };
        p.error_with_help(format!("expected a pattern, found `{found}`"), REST_OF_A_LIST);
    }
    let marker = p.start();
    p.eat(Ident);
    p.bump();
    p.eat(Dot);
    p.eat(Ident);
    p.complete(marker, Error);
    true
}

/// At the `|` of the list `[first | rest]`: takes the rest.
pub(crate) fn bar_in_a_list(p: &mut Parser, close: SyntaxKind) {
    if p.at(Bar) && close == RightBracket {
        let help = "`[first] ++ rest` puts an element before a list; in a pattern it is `first :: rest`";
        p.error_with_help("expected `,` or `]`, found `|`", help);
        let marker = p.start();
        p.bump();
        atoms::atom(p);
        p.complete(marker, Error);
    }
}

/// At the dots of `[...list, 2]`: takes them.
pub(crate) fn spread_in_a_list(p: &mut Parser, close: SyntaxKind) {
    if close != RightBracket || !p.at(DotDot) {
        return;
    }
    let marker = p.start();
    let third = p.nth(1) == Dot && p.touches_previous(1);
    let found = if third { "..." } else { ".." };
    let help = "`++` joins lists: `xs ++ [2]`, `[1] ++ xs`";
    p.error_with_help(format!("expected an expression, found `{found}`"), help);
    p.bump();
    if third {
        p.bump();
    }
    p.complete(marker, Error);
}
