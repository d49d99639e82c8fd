//! The fields of a struct in a literal, an update and a pattern: `left: 1, right`.
//!
//! A field's name alone stands for itself: `right: right`.

use super::expressions::expression;
use super::patterns::pattern;
use super::types::member_name;
use super::{Parser, foreign_syntax};
use crate::syntax_kind::SyntaxKind::{self, *};

/// Fields with their values, up to the `}`.
pub(super) fn values(p: &mut Parser) {
    fields(p, FieldValue, expression, "a field is `name: value`");
}

/// Fields with their patterns, up to the `}`.
pub(super) fn patterns(p: &mut Parser) {
    fields(p, FieldPattern, pattern, "a field is `name: pattern`");
}

/// Commas or newlines stand in between.
fn fields(p: &mut Parser, kind: SyntaxKind, part: fn(&mut Parser), shape: &str) {
    while !p.at_any(&[RightBrace, EndOfFile]) {
        let before = p.position;
        // A keyword is a field's name only before a colon: it is no variable.
        if p.at(Ident) || p.current().is_keyword() && p.nth(1) == Colon {
            let marker = p.start();
            member_name(p);
            if p.eat(Colon) || foreign_syntax::another_colon(p, shape) {
                part(p);
            }
            p.complete(marker, kind);
            if !p.eat(Comma) && !p.lexeme(0).newline_before && p.nth(1) != Colon {
                p.another(RightBrace);
            }
        } else if !foreign_syntax::rest_of_a_struct(p, kind) {
            let found = p.found();
            p.error_behind(format!("expected a field, found {found}"), shape);
            p.skip_to(&[Comma]);
            p.eat(Comma);
        }
        if p.position == before {
            break;
        }
    }
}
