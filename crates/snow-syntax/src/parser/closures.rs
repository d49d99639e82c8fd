//! `fn x -> x end` in all its forms.

use super::Parser;
use super::patterns::{bare_parameter, parameter_list};
use super::statements::{self, block, delimited, guard};
use crate::syntax_kind::SyntaxKind::*;

/// Clauses with `|` between them, from `fn` to `end`.
pub(super) fn closure(p: &mut Parser) {
    let opening = statements::open_at_keyword(p);
    p.inside_block(|p| {
        loop {
            clause(p);
            if !p.eat(Bar) {
                break;
            }
        }
    });
    statements::close(p, opening);
}

fn clause(p: &mut Parser) {
    let marker = p.start();
    if p.at(LeftParen) {
        parameter_list(p);
    } else if !p.at_any(&[Arrow, DoKw, WhenKw, EndKw]) {
        let parameters = p.start();
        loop {
            bare_parameter(p, false);
            if !p.eat(Comma) {
                break;
            }
        }
        p.complete(parameters, ParamList);
    }
    guard(p);
    if p.eat(Arrow) {
        if p.at(DoKw) {
            delimited(p, |p| block(p, &[]));
        } else {
            block(p, &[Bar]);
        }
    } else {
        if !p.eat(DoKw) {
            let found = p.found();
            p.error_with_help(
                format!("expected `->` or `do` in the closure, found {found}"),
                "a closure is written `fn x -> x + 1 end`",
            );
        }
        block(p, &[Bar]);
    }
    p.complete(marker, ClosureClause);
}
