//! The arms of `case`, `match` and `receive`.

use super::patterns::pattern;
use super::statements::{block, delimited, expression_block, guard, over, skip_line};
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
            let marker = p.start();
            pattern(p);
            guard(p);
            if p.eat(Arrow) {
                arm_body(p);
            } else {
                let found = p.found();
                p.error_behind(
                    format!("expected `->` behind the pattern, found {found}"),
                    "an arm is `pattern -> expression`; several statements go into `-> do … end`",
                );
                skip_line(p, stops);
            }
            p.complete(marker, Arm);
            p.ensure_progress(before);
        }
    });
}

/// One expression, or `do … end`.
pub(super) fn arm_body(p: &mut Parser) {
    if p.at(DoKw) {
        delimited(p, |p| block(p, &[]));
    } else {
        expression_block(p);
    }
}
