//! `self` and `receive`.

use super::Parser;
use super::arms::{arm_body, arms};
use super::expressions::expression;
use super::statements::{delimited, over};
use crate::syntax_kind::SyntaxKind::{self, *};

/// `self()`, the actor's address, or the variable `self` of a method.
pub(super) fn self_expression(p: &mut Parser) -> SyntaxKind {
    p.bump();
    if !p.at(LeftParen) || !p.same_line(0) {
        return NameExpr;
    }
    p.bump();
    if !p.at(RightParen) {
        p.error("`self()` takes no arguments");
        while !p.at_any(&[RightParen, EndOfFile, EndKw, InterpolationEnd]) && p.same_line(0) {
            p.bump();
        }
    }
    p.eat(RightParen);
    SelfExpr
}

/// `receive do … after ms -> e end`
pub(super) fn receive(p: &mut Parser) {
    p.bump();
    delimited(p, |p| {
        arms(p, &[AfterKw]);
        while p.at(AfterKw) {
            let marker = p.start();
            p.bump();
            p.header(expression);
            p.expect(Arrow);
            arm_body(p, &[AfterKw]);
            p.complete(marker, AfterClause);
            if !over(p, &[]) {
                let message = if p.at(AfterKw) { "a second `after`" } else { "an arm behind `after`" };
                p.error_with_help(message, "a `receive` has one `after`, behind all its arms");
                arms(p, &[AfterKw]);
            }
        }
    });
}
