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
    if p.at(LeftParen) && !tuple_comes_first(p) {
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

/// `fn (a, b), c -> …`: the parentheses are a tuple pattern when a comma follows them.
fn tuple_comes_first(p: &Parser) -> bool {
    let mut open = 0;
    let mut ahead = 0;
    loop {
        match p.nth(ahead) {
            LeftParen => open += 1,
            RightParen if open == 1 => return p.nth(ahead + 1) == Comma,
            RightParen => open -= 1,
            // No parameter list holds these: what closes behind them is another bracket.
            EndOfFile | DoKw | EndKw | Equal | LetKw | FnKw => return false,
            _ => {}
        }
        ahead += 1;
    }
}
