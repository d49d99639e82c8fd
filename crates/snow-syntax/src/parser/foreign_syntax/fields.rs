//! Fields and entries as other languages write them: of structs, maps and settings.

use crate::parser::Parser;
use crate::parser::expressions::expression;
use crate::syntax_kind::SyntaxKind::{self, *};

/// At `key: value` in a map: takes both.
pub(crate) fn map_key_with_colon(p: &mut Parser) -> bool {
    if !p.at(Ident) || p.nth(1) != Colon {
        return false;
    }
    let help = "an entry of a map is `\"key\" => value`; a struct is `Name { field: value }`";
    p.error_with_help("this is neither a map nor a struct", help);
    let marker = p.start();
    p.bump();
    p.bump();
    p.complete(marker, ErrorExpr);
    expression(p);
    true
}

/// At `..defaults` or `...rest` among the fields of a struct: reported, and taken.
pub(crate) fn rest_of_a_struct(p: &mut Parser, field: SyntaxKind) -> bool {
    if !p.at(DotDot) {
        return false;
    }
    let help = match field {
        FieldPattern => "fields that are not named match anything",
        _ => {
            "`%{value | field: …}` changes some fields of a value; a field that has a default may be left out"
        }
    };
    p.error_with_help("expected a field, found `..`", help);
    p.skip_to(&[Comma]);
    p.eat(Comma);
    true
}

/// At the `=` or `=>` of `Name { field = value }`: takes it for a colon.
pub(crate) fn another_colon(p: &mut Parser, help: &str) -> bool {
    if !p.at_any(&[Equal, FatArrow]) {
        return false;
    }
    let found = p.found();
    p.error_with_help(format!("expected `:`, found {found}"), help);
    p.skip_as(Error);
    true
}

/// `key: :word` or `key = word` in a supervisor: what is meant is clear.
pub(crate) fn setting_value(p: &mut Parser) {
    if p.at(Equal) {
        p.error_with_help("expected `:`, found `=`", "a setting is `key: value`");
        p.bump();
    } else {
        p.expect(Colon);
    }
    if p.at(Colon) && p.nth(1) == Ident {
        let help = format!("write `{}` without the colon: there are no atoms", p.text_of(1));
        p.error_with_help("expected a value, found `:`", &help);
        p.bump();
    }
}

/// At `name: ` before a part of a constructor's pattern: takes it.
pub(crate) fn name_before_a_part(p: &mut Parser) {
    if !p.at(Ident) || p.nth(1) != Colon {
        return;
    }
    let help = "the parts of a constructor stand in their order, without names: `Disc(radius)`";
    p.error_with_help("expected a pattern, found a name with `:`", help);
    let marker = p.start();
    p.bump();
    p.bump();
    p.complete(marker, Error);
}
