//! Patterns and parameters.

use super::types::{name, path, type_before_arrow, type_expression};
use super::{Completed, Parser, atoms, bit_segments, fields, foreign_syntax};
use crate::syntax_kind::SyntaxKind::{self, *};

/// A whole pattern: alternatives, `h :: t`, `as`.
pub(super) fn pattern(p: &mut Parser) {
    pattern_with(p, true);
}

/// A pattern where `|` means something else.
pub(super) fn pattern_without_alternatives(p: &mut Parser) {
    pattern_with(p, false);
}

fn pattern_with(p: &mut Parser, alternatives: bool) {
    p.nested(|p| {
        let mut left = cons(p, alternatives);
        let mut height = 1;
        while p.at_word("as") {
            let marker = p.precede(left);
            p.bump();
            name(p);
            left = p.complete(marker, AsPattern);
            height += 1;
            p.check_height(height);
        }
    });
}

fn cons(p: &mut Parser, alternatives: bool) -> Completed {
    let left = either(p, alternatives);
    if !p.at(ColonColon) {
        return left;
    }
    let marker = p.precede(left);
    rests(p, alternatives);
    p.complete(marker, ConsPattern)
}

/// `:: second :: rest`, behind the first element.
fn rests(p: &mut Parser, alternatives: bool) {
    while p.eat(ColonColon) {
        either(p, alternatives);
    }
}

fn either(p: &mut Parser, alternatives: bool) -> Completed {
    let left = primary(p);
    if !alternatives || !p.at(Bar) {
        return left;
    }
    let marker = p.precede(left);
    while p.eat(Bar) {
        primary(p);
    }
    p.complete(marker, OrPattern)
}

/// A pattern without `|`, `::` and `as`.
pub(super) fn primary(p: &mut Parser) -> Completed {
    let first = single(p);
    if !p.at_any(&[DotDot, DotDotEqual]) {
        return first;
    }
    let marker = p.precede(first);
    p.bump();
    foreign_syntax::third_dot(p);
    if p.at_any(&[Arrow, WhenKw, Comma, RightParen, RightBracket, RightBrace, Bar]) {
        let help = "`1..=9` ends with 9, `1..9` before it; without an end it is `n when n >= 1`";
        p.error_with_help("a range in a pattern has an end", help);
    } else {
        single(p);
    }
    p.complete(marker, RangePattern)
}

/// A pattern without operators.
fn single(p: &mut Parser) -> Completed {
    if p.at_any(&[Percent, Question]) {
        // What stands behind it is read.
        foreign_syntax::foreign_value(p, "a pattern");
    }
    foreign_syntax::byte_text(p);
    let marker = p.start();
    let kind = match p.current() {
        Ident if p.text_of(0) == "_" => {
            p.bump();
            WildcardPattern
        }
        Ident => named(p),
        SelfKw => {
            p.bump();
            NamePattern
        }
        Int | Float | Character | TrueKw | FalseKw | NilKw => {
            p.bump();
            LiteralPattern
        }
        Minus => {
            p.bump();
            if p.at_any(&[Int, Float]) {
                p.bump();
            } else {
                p.error("expected a number behind `-` in a pattern");
            }
            LiteralPattern
        }
        StringStart => {
            atoms::string_pieces(p, false);
            LiteralPattern
        }
        LeftParen => {
            p.inside_brackets(|p| list_of(p, RightParen));
            ParenPattern
        }
        LeftBracket => p.inside_brackets(list),
        Less if bit_segments::at_bits(p) => {
            bit_segments::bits(p, segment);
            BitsPattern
        }
        _ if foreign_syntax::foreign_value(p, "a pattern") => ErrorPattern,
        _ => {
            let found = p.found();
            let help = match p.current() {
                DotDot | DotDotEqual => {
                    "a range has both ends, `1..=9`; the rest of a list is the last part of `first :: rest`"
                }
                MapStart => "a map cannot be matched; look keys up with `Map.get`",
                kind if kind.is_keyword() => "keywords cannot name variables",
                _ => "",
            };
            p.error_with_help(format!("expected a pattern, found {found}"), help);
            // A keyword that was meant as a variable.
            let meant = matches!(p.nth(1), Comma | RightParen | ColonColon | Equal | Arrow);
            if p.at_any(&[DotDot, DotDotEqual]) {
                p.bump();
                if p.at_any(&[Ident, Int, Character]) {
                    single(p);
                }
            } else if p.at(MapStart) {
                p.bump();
                p.skip_to(&[RightBrace]);
                p.eat(RightBrace);
            } else if p.current().is_keyword() && p.same_line(0) && meant {
                p.bump();
            } else {
                atoms::skip_unless_boundary(p);
            }
            ErrorPattern
        }
    };
    p.complete(marker, kind)
}

/// The value of a bit segment: alternatives, `as`; `::` stands before its size.
fn segment(p: &mut Parser) {
    let left = either(p, true);
    if p.at_word("as") {
        let marker = p.precede(left);
        p.bump();
        name(p);
        p.complete(marker, AsPattern);
    }
}

/// A variable, constructor or struct pattern.
fn named(p: &mut Parser) -> SyntaxKind {
    let simple = p.nth(1) != Dot || !p.same_line(1);
    let opens = |p: &Parser, kind| p.at(kind) && p.same_line(0);
    if simple && !(matches!(p.nth(1), LeftParen | LeftBrace) && p.same_line(1)) {
        p.bump();
        return NamePattern;
    }
    path(p);
    if opens(p, LeftParen) {
        p.inside_brackets(|p| list_of(p, RightParen));
        ConstructorPattern
    } else if opens(p, LeftBrace) {
        p.inside_brackets(|p| {
            p.bump();
            fields::patterns(p);
            p.expect(RightBrace);
        });
        StructPattern
    } else {
        ConstructorPattern
    }
}

/// `[a, b]`, with the brackets.
fn list(p: &mut Parser) -> SyntaxKind {
    p.bump();
    let mut kind = ListPattern;
    while !p.at_any(&[RightBracket, EndOfFile]) {
        if foreign_syntax::at_rest_of_a_list(p) {
            primary(p);
            p.bump();
            primary(p);
            kind = ConsPattern;
            break;
        }
        if !foreign_syntax::dots_in_a_list(p) {
            pattern(p);
            foreign_syntax::dots_in_a_list(p);
        }
        if !p.another(RightBracket) {
            break;
        }
    }
    p.expect(RightBracket);
    kind
}

/// The bracket, patterns with commas, the closing bracket.
fn list_of(p: &mut Parser, close: SyntaxKind) {
    p.bump();
    while !p.at(close) && !p.at_end() {
        foreign_syntax::name_before_a_part(p);
        pattern(p);
        if !p.another(close) {
            break;
        }
    }
    p.expect(close);
}

/// `(a :: Int, b)`, with the parentheses.
pub(super) fn parameter_list(p: &mut Parser) {
    let marker = p.start();
    p.inside_brackets(|p| {
        p.expect(LeftParen);
        while !p.at_any(&[RightParen, EndOfFile]) {
            parameter(p);
            if !p.another(RightParen) {
                break;
            }
        }
        p.expect(RightParen);
    });
    p.complete(marker, ParamList);
}

/// A pattern with an optional `:: Type`. Behind a variable, `::` starts a type unless a list follows, or a
/// lower-case name that is no type here: then it is the pattern `h :: t`.
pub(super) fn parameter(p: &mut Parser) {
    let marker = p.start();
    annotated_pattern(p);
    p.complete(marker, Param);
}

/// What a parameter and a `let` have in common: a pattern and perhaps its type.
pub(super) fn annotated_pattern(p: &mut Parser) {
    let mut left = either(p, true);
    if p.at(ColonColon) && tail_follows(p, 1) {
        let marker = p.precede(left);
        rests(p, true);
        left = p.complete(marker, ConsPattern);
    }
    if p.at_word("as") {
        let marker = p.precede(left);
        p.bump();
        name(p);
        p.complete(marker, AsPattern);
    }
    if p.at(Colon) && p.nth(1) == Equal && p.touches_previous(1) {
        p.error_with_help("expected `=`, found `:=`", "a name is bound by `let name = value`");
        p.skip_as(Error);
    } else if p.at(Colon) {
        p.error_with_help("expected `::`, found `:`", "a type stands behind `::`");
        p.bump();
        type_expression(p);
    } else if p.eat(ColonColon) {
        type_expression(p);
    }
}

/// The token `ahead`, behind `::`, can only be the rest of a list.
fn tail_follows(p: &Parser, ahead: usize) -> bool {
    match p.nth(ahead) {
        Ident => {
            let name = p.text_of(ahead);
            let lower = name.starts_with(|c: char| c == '_' || c.is_lowercase());
            let stands_for_a_type = name == "_" && p.nth(ahead + 1) != ColonColon;
            let continues_as_type = matches!(p.nth(ahead + 1), Less | Dot | Question | Bang);
            lower && !stands_for_a_type && !continues_as_type && !p.type_names.contains(name)
        }
        LeftBracket => true,
        _ => false,
    }
}

/// A parameter of a closure without parentheses or between bars: no `|`, and annotations only
/// between bars.
pub(super) fn bare_parameter(p: &mut Parser, annotations: bool) {
    let marker = p.start();
    let variable = p.at(Ident) && p.nth(1) == ColonColon && !tail_follows(p, 2);
    if variable {
        primary(p);
        if !annotations {
            p.error_with_help(
                "a closure parameter with a type needs parentheses",
                "write `fn(x :: Int) -> … end`",
            );
        }
        p.bump();
        type_before_arrow(p);
    } else {
        pattern_without_alternatives(p);
    }
    p.complete(marker, Param);
}
