//! Where an arm begins: at a pattern with `->` or `when` behind it.
//!
//! An arm holds statements, so this is asked before each of them. Tokens tell: no statement begins like that.
//! A group in brackets is one step, for the parser knows its end beforehand; and what was found out about a place is kept.
//! So looking ahead costs as much as the file is long, however deeply arms nest.

use super::groups::behind_group;
use super::{Parser, bit_segments};
use crate::syntax_kind::SyntaxKind::*;

/// Does an arm begin here? Also with a word or an arrow of another language, which the arm reports.
pub(super) fn arm_begins(p: &mut Parser) -> bool {
    arrow(p).is_some()
}

/// Where a body is expected: what goes on in the next line may be the body, and an arm behind it.
pub(super) fn arm_begins_on_one_line(p: &mut Parser) -> bool {
    arrow(p).is_some_and(|arrow| p.lexemes[p.position + 1..=arrow].iter().all(|token| !token.newline_before))
}

/// The index of the `->` or `when` behind the pattern that begins here, or of what was written in its place.
fn arrow(p: &mut Parser) -> Option<usize> {
    let word = usize::from(p.at_any(&[CaseKw, MatchKw, WhenKw, Bar]));
    let end = if p.at(ElseKw) { p.position + 1 } else { pattern_end(p, p.position + word)? };
    matches!(p.lexemes[end].kind, Arrow | WhenKw | FatArrow | Colon).then_some(end)
}

/// At a line that begins with a constructor or a literal, and goes on with a statement or with `=`: an arm
/// whose arrow was forgotten.
pub(super) fn arrow_is_missing(p: &mut Parser) -> bool {
    if !p.lexeme(0).newline_before {
        return false;
    }
    let literal = p.at_any(&[Int, Float, Character, StringStart, TrueKw, FalseKw]);
    if !literal && !names_constructor(p) {
        return false;
    }
    let Some(end) = pattern_end(p, p.position) else { return false };
    let behind = p.lexemes[end];
    let word = behind.kind.is_keyword() && !matches!(behind.kind, DoKw | EndKw | ElseKw | AndKw | OrKw);
    let value = word || matches!(behind.kind, Ident | Int | Float | Character | StringStart);
    !behind.newline_before && (value || literal && behind.kind == Equal)
}

/// At `_`, `Name` or `Path.To.Name`.
fn names_constructor(p: &Parser) -> bool {
    let mut last = 0;
    while p.nth(last) == Ident && p.nth(last + 1) == Dot {
        last += 2;
    }
    p.nth(last) == Ident && p.text_of(last).starts_with(|c: char| c == '_' || c.is_uppercase())
}

/// The index of the token behind the pattern that begins at `start`, if one does.
fn pattern_end(p: &mut Parser, start: usize) -> Option<usize> {
    let mut starts = Vec::new();
    let mut at = start;
    let end = loop {
        if let Some(known) = p.pattern_ends[at] {
            break known;
        }
        starts.push(at);
        let Some(behind) = primary_end(p, at) else { break None };
        at = behind;
        while p.lexemes[at].kind == Ident && p.text_at(at) == "as" && p.lexemes[at + 1].kind == Ident {
            at += 2;
        }
        match p.lexemes[at].kind {
            Bar | ColonColon => at += 1,
            DotDot | DotDotEqual => {
                at += 1 + usize::from(p.lexemes[at + 1].kind == Dot);
                // A range without an end is reported as a pattern.
                if primary_end(p, at).is_none() {
                    break Some(at);
                }
            }
            _ => break Some(at),
        }
    };
    for start in starts {
        p.pattern_ends[start] = Some(end);
    }
    end
}

/// The index behind a pattern without `|`, `::`, `..` and `as`; what other languages write for one counts.
fn primary_end(p: &Parser, at: usize) -> Option<usize> {
    match p.lexemes[at].kind {
        Int | Float | Character | TrueKw | FalseKw | NilKw | SelfKw => Some(at + 1),
        Minus if matches!(p.lexemes[at + 1].kind, Int | Float) => Some(at + 2),
        StringStart | LeftParen | LeftBracket | LeftBrace | MapStart => behind_group(p, at),
        // `%Name {…}`, `?a`, `..9`, `:name`
        Percent | Question | DotDot | DotDotEqual => primary_end(p, at + 1),
        Colon if p.lexemes[at + 1].kind == Ident || p.lexemes[at + 1].kind.is_keyword() => Some(at + 2),
        // `b"text"`
        Ident if p.lexemes[at + 1].kind == StringStart && p.text_at(at) == "b" => behind_group(p, at + 1),
        Ident => {
            let mut end = at + 1;
            while p.lexemes[end].kind == Dot && p.lexemes[end + 1].kind == Ident {
                end += 2;
            }
            match p.lexemes[end] {
                lexeme if lexeme.newline_before => Some(end),
                lexeme if matches!(lexeme.kind, LeftParen | LeftBrace) => behind_group(p, end),
                _ => Some(end),
            }
        }
        Less => bit_segments::behind_bits(p, at),
        _ => None,
    }
}
