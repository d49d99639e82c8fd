//! Values of other languages: atoms, characters, tuples and structs, and parts of a value.

use crate::parser::Parser;
use crate::parser::groups::{behind_group, skip_group};
use crate::syntax_kind::SyntaxKind::*;

/// At `:name`, `?a`, `{a, b}` or `%Name {…}` in the place of `wanted`: reported, and taken; of
/// the struct and the character the mark alone.
pub(crate) fn foreign_value(p: &mut Parser, wanted: &str) -> bool {
    let name = p.nth(1) == Ident || p.nth(1).is_keyword();
    let (found, help) = match p.current() {
        Colon if name && p.touches_previous(1) => (
            format!(":{}", p.text_of(1)),
            "Snow has no atoms: declare a `type` with a constructor for each case",
        ),
        LeftBrace => ("{".to_string(), braces_help(p)),
        Question if p.touches_previous(1) => ("?".to_string(), "a character stands in single quotes: `'a'`"),
        Percent if p.nth(1) == Ident && p.touches_previous(1) => {
            ("%".to_string(), "a struct is `Name { field: value }`, without `%`")
        }
        _ => return false,
    };
    p.error_with_help(format!("expected {wanted}, found `{found}`"), help);
    let marker = p.start();
    match p.current() {
        LeftBrace => skip_group(p),
        Percent | Question => p.bump(),
        _ => {
            p.bump();
            p.bump();
        }
    }
    p.complete(marker, Error);
    true
}

/// At a `{` that begins nothing: what was meant by it.
fn braces_help(p: &Parser) -> &'static str {
    let end = behind_group(p, p.position).unwrap_or(p.position);
    let mut inside = p.position + 1;
    let mut comma = false;
    while inside < end && !comma {
        comma = p.lexemes[inside].kind == Comma;
        inside = behind_group(p, inside).unwrap_or(inside + 1);
    }
    match (p.nth(1), p.nth(2)) {
        (Colon, _) => "a result is `Ok(value)` or `Err(why)`; a tuple is `(a, b)`",
        (_, Colon) => "a struct is `Name { field: value }`, a map is `%{key => value}`",
        _ if comma => "a tuple is `(a, b)`",
        _ => {
            "a block is `do … end`; a tuple is `(a, b)`, a struct `Name { field: value }`, a map `%{key => value}`"
        }
    }
}

/// At the `b` of `b"text"`: takes it.
pub(crate) fn byte_text(p: &mut Parser) {
    if p.at_word("b") && p.nth(1) == StringStart && p.touches_previous(1) {
        p.error_with_help("expected a text, found `b`", "`<<\"text\">>` are the bytes of a text");
        p.skip_as(Error);
    }
}

/// `f.(x)` and `pair.0`: takes the dot, and the number.
pub(crate) fn dot_before_no_name(p: &mut Parser) -> bool {
    if !p.at(Dot) || p.lexeme(1).newline_before {
        return false;
    }
    let (message, help) = match p.nth(1) {
        LeftParen => ("expected a name, found `(`", "a closure is called like a function: `f(…)`"),
        Int => ("expected a name, found a number", "the parts of a tuple get names: `let (a, b) = pair`"),
        _ => return false,
    };
    p.error_with_help(message, help);
    let marker = p.start();
    p.bump();
    p.eat(Int);
    p.complete(marker, Error);
    true
}

/// Behind `..`: takes one dot more.
pub(crate) fn third_dot(p: &mut Parser) {
    if p.at(Dot) && p.touches_previous(0) {
        p.error_with_help(
            "expected an expression, found `.`",
            "`1..4` is 1, 2 and 3: the end is left out; `1..=4` has it",
        );
        p.bump();
    }
}

/// At the `mut` of `let mut x = 1`: takes it.
pub(crate) fn mutable_binding(p: &mut Parser) {
    if p.at_word("mut") && p.nth(1) == Ident && !p.lexeme(1).newline_before {
        let help = "a name is bound once; a later `let` of the same name hides it";
        p.error_with_help("there is no `mut` here", help);
        p.skip_as(Error);
    }
}
