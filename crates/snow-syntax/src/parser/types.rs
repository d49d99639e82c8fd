//! Types, type parameters and `where` clauses.

use super::{Parser, foreign_syntax};
use crate::syntax_kind::SyntaxKind::*;

/// `T`, `List<T>`, `(A, B)`, `Fun(A) -> B`, with `?` and `!E` behind.
pub(super) fn type_expression(p: &mut Parser) {
    p.nested(|p| {
        alone(p);
        foreign_syntax::arrow_behind_type(p);
    });
}

/// A type with an arrow behind it that is not its own: in a closure's parameter without parentheses.
pub(super) fn type_before_arrow(p: &mut Parser) {
    p.nested(alone);
}

fn alone(p: &mut Parser) {
    let mut left = atom(p);
    let mut height = 1;
    while p.at(Question) && p.same_line(0) {
        let marker = p.precede(left);
        p.bump();
        left = p.complete(marker, OptionType);
        height += 1;
        p.check_height(height);
    }
    if p.at(Bang) && p.same_line(0) {
        let marker = p.precede(left);
        p.bump();
        type_before_arrow(p);
        p.complete(marker, ResultOfType);
    }
}

fn atom(p: &mut Parser) -> super::Completed {
    let marker = p.start();
    match p.current() {
        LeftParen => {
            p.inside_brackets(type_list);
            p.complete(marker, TupleType)
        }
        FnKw | Ident if at_function(p) => {
            p.bump();
            p.inside_brackets(type_list);
            if p.expect(Arrow) {
                type_expression(p);
            }
            p.complete(marker, FunType)
        }
        Ident => {
            path(p);
            type_arguments(p);
            p.complete(marker, NamedType)
        }
        _ => {
            let found = p.found();
            p.error_behind(format!("expected a type, found {found}"), "");
            p.complete(marker, ErrorType)
        }
    }
}

fn at_function(p: &mut Parser) -> bool {
    p.at_word("Fun") && p.nth(1) == LeftParen && p.same_line(1) || foreign_syntax::at_function_type(p)
}

/// `(A, B)` with the parentheses.
fn type_list(p: &mut Parser) {
    p.expect(LeftParen);
    while !p.at_any(&[RightParen, EndOfFile]) {
        type_expression(p);
        if !p.another(RightParen) {
            break;
        }
    }
    p.expect(RightParen);
}

/// `<A, B>` behind a type's or an interface's name, if it is there.
pub(super) fn type_arguments(p: &mut Parser) {
    if !p.at(Less) || !p.same_line(0) {
        return;
    }
    let marker = p.start();
    p.inside_brackets(|p| {
        p.bump();
        while !p.at_any(&[Greater, GreaterEqual, EndOfFile]) {
            type_expression(p);
            if !p.eat(Comma) {
                break;
            }
        }
        if !p.eat_greater() {
            let found = p.found();
            p.error_behind(format!("expected `,` or `>` in the type arguments, found {found}"), "");
        }
    });
    p.complete(marker, TypeArguments);
}

/// `<T, U>` behind a declared name, if it is there.
pub(super) fn type_parameters(p: &mut Parser) {
    if !p.at(Less) || !p.same_line(0) {
        return;
    }
    let marker = p.start();
    p.inside_brackets(|p| {
        p.bump();
        while p.at(Ident) {
            let parameter = p.start();
            p.type_names.add_parameter(p.text_of(0));
            name(p);
            p.complete(parameter, TypeParam);
            if !p.eat(Comma) {
                break;
            }
        }
        if !p.eat_greater() {
            let found = p.found();
            p.error_with_help(
                format!("expected a type parameter or `>`, found {found}"),
                "type parameters are plain names; conditions on them go into `where`",
            );
        }
    });
    p.complete(marker, TypeParams);
}

/// `where T: Eq, U: Plane.Shape<T>, U.Item: Eq`, if it is there.
pub(super) fn where_clause(p: &mut Parser) {
    if !p.at(WhereKw) {
        return;
    }
    let marker = p.start();
    p.bump();
    loop {
        let bound = p.start();
        name(p);
        if p.eat(Dot) {
            name(p);
        }
        p.expect(Colon);
        path(p);
        type_arguments(p);
        p.complete(bound, Bound);
        if !p.eat(Comma) {
            break;
        }
    }
    p.complete(marker, WhereClause);
}

/// An identifier.
pub(super) fn name(p: &mut Parser) -> bool {
    if p.at(Ident) {
        p.skip_as(Name);
        return true;
    }
    let found = p.found();
    if p.current().is_keyword() && !p.lexeme(0).newline_before {
        p.error_with_help(
            format!("expected a name, found {found}"),
            "keywords are names only behind a dot and in `fn` declarations",
        );
    } else {
        p.error_behind(format!("expected a name, found {found}"), "");
    }
    false
}

/// An identifier or a keyword that stands for one, as behind a dot.
pub(super) fn member_name(p: &mut Parser) -> bool {
    if p.at(Ident) || p.current().is_keyword() {
        p.skip_as(Name);
        return true;
    }
    name(p)
}

/// `Geometry.Plane`
pub(super) fn path(p: &mut Parser) {
    path_while(p, |p| p.at(Dot) && p.same_line(0));
}

/// A module lies in so many others at the most. Looking a path up takes time for each of its beginnings.
const MOST_SEGMENTS: usize = 32;

/// The same, as far as `goes_on` says at a dot.
pub(super) fn path_while(p: &mut Parser, goes_on: fn(&Parser) -> bool) {
    let marker = p.start();
    name(p);
    let mut segments = 1;
    while goes_on(p) {
        if segments == MOST_SEGMENTS {
            skip_segments(p);
            break;
        }
        p.bump();
        if !member_name(p) {
            break;
        }
        segments += 1;
    }
    p.complete(marker, Path);
}

/// Behind as many segments as a path may have.
fn skip_segments(p: &mut Parser) {
    let help = "a module is named by the folders that it lies in, and its file: `Geometry.Plane`";
    p.error_with_help(format!("this name has more than {MOST_SEGMENTS} parts"), help);
    let marker = p.start();
    while p.at_any(&[Dot, Ident]) && p.same_line(0) {
        p.bump();
    }
    p.complete(marker, Error);
}
