//! The arms of `case`, `match` and `receive`.

use super::arm_start::{arm_begins, arm_begins_on_one_line, arrow_is_missing};
use super::patterns::pattern;
use super::statements::{
    block, delimited, expression_statement, guard, over, skip_line, starts_statement, statement, statements,
};
use super::{Parser, foreign_syntax};
use crate::syntax_kind::SyntaxKind::{self, *};

/// `pattern [when guard] -> body`, up to the `end` or to a token of `stops`.
pub(super) fn arms(p: &mut Parser, stops: &[SyntaxKind]) {
    p.nested(|p| {
        loop {
            while p.eat(Semicolon) {}
            if over(p, stops) {
                break;
            }
            if foreign_syntax::slashes(p) {
                continue;
            }
            let before = p.position;
            arm(p, stops);
            p.ensure_progress(before);
        }
    });
}

fn arm(p: &mut Parser, stops: &[SyntaxKind]) {
    let marker = p.start();
    if !foreign_syntax::else_for_the_rest(p) {
        foreign_syntax::word_before_a_pattern(p);
        pattern(p);
    }
    if !foreign_syntax::if_as_guard(p) {
        guard(p);
    }
    if p.eat(Arrow) || foreign_syntax::another_arrow(p) {
        arm_body(p, stops);
    } else {
        let found = p.found();
        p.error_behind(
            format!("expected `->` behind the pattern, found {found}"),
            "an arm is `pattern -> statements`, and ends where the next one begins",
        );
        if starts_statement(p) && !arm_begins(p) {
            arm_body(p, stops);
        } else {
            skip_line(p, stops);
        }
    }
    p.complete(marker, Arm);
}

/// Statements up to the next arm, or `do … end`.
pub(super) fn arm_body(p: &mut Parser, stops: &[SyntaxKind]) {
    if p.at(DoKw) {
        return delimited(p, |p| block(p, &[]));
    }
    let marker = p.start();
    if over(p, stops) || arm_begins_on_one_line(p) {
        let help = "`A | B -> …` is one arm for several patterns; `()` stands for doing nothing";
        p.error_behind("this arm has no body", help);
    } else {
        let first = if begins_closure(p) { expression_statement } else { statement };
        statements(p, stops, first, |p| arm_begins(p) || arrow_is_missing(p));
    }
    p.complete(marker, Block);
}

/// Directly behind the arrow, `fn` begins a closure, unless it is clearly the declaration of a function.
fn begins_closure(p: &Parser) -> bool {
    let name = p.nth(1) == Ident && p.text_of(1).starts_with(|c: char| c.is_lowercase());
    p.at(FnKw) && !(name && matches!(p.nth(2), LeftParen | Less | Equal))
}
