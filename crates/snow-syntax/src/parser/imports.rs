//! Imports, and what stands in their place in other languages.

use super::groups::skip_group;
use super::statements::skip_line;
use super::types::{member_name, name, path_while};
use super::{Parser, foreign_syntax};
use crate::syntax_kind::SyntaxKind::{self, *};

/// At a declaration that begins with the word `from`?
pub(super) fn at_from(p: &Parser, ahead: usize) -> bool {
    let from = p.nth(ahead) == Ident && p.text_of(ahead) == "from";
    let names = matches!(p.nth(ahead + 1), Ident | Dot | StringStart);
    from && names && !p.lexeme(ahead + 1).newline_before
}

/// `import Geometry.Plane`, `import Geometry.Plane as Flat`, `import Geometry.Plane.{distance, Point as Dot}`
pub(super) fn import(p: &mut Parser) -> SyntaxKind {
    p.bump();
    if foreign_syntax::import_from_a_text(p) {
        return Error;
    }
    module_path(p);
    if p.at(Dot) && p.same_line(0) {
        p.bump();
        names_in_braces(p);
    } else if at_as(p) {
        alias(p);
    }
    foreign_syntax::behind_import(p);
    ImportDecl
}

/// `from Geometry.Plane import distance, Point as Dot`
pub(super) fn from_import(p: &mut Parser) -> SyntaxKind {
    p.bump();
    if !p.at(Ident) {
        p.error_with_help("expected a module's name", "write `from Geometry.Plane import distance`");
        skip_line(p, &[]);
        return Error;
    }
    module_path(p);
    if p.expect(ImportKw) {
        names_in_a_line(p);
    }
    FromDecl
}

/// `Geometry.Plane`, without the dot that stands before names in braces.
fn module_path(p: &mut Parser) {
    path_while(p, |p| {
        p.at(Dot) && p.same_line(0) && p.nth(1) != LeftBrace && !foreign_syntax::all_names(p, 1)
    });
}

fn names_in_braces(p: &mut Parser) {
    if foreign_syntax::all_names(p, 0) {
        return foreign_syntax::report_all_names(p);
    }
    if !p.at(LeftBrace) {
        p.expect(LeftBrace);
        return;
    }
    p.inside_brackets(|p| {
        p.bump();
        if p.at(RightBrace) {
            p.error_with_help("no names are imported here", "`import Name` brings the module itself");
        }
        while !p.at_any(&[RightBrace, EndOfFile]) {
            if foreign_syntax::all_names(p, 0) {
                foreign_syntax::report_all_names(p);
            } else if !imported_name(p) {
                break;
            }
            if !p.another(RightBrace) {
                break;
            }
        }
        p.expect(RightBrace);
    });
}

fn names_in_a_line(p: &mut Parser) {
    if foreign_syntax::all_names(p, 0) {
        return foreign_syntax::report_all_names(p);
    }
    if p.at_any(&[LeftBrace, LeftParen]) && !p.lexeme(0).newline_before {
        let found = p.found();
        let help = "the names stand alone, `from List import map, filter`; in braces they stand behind the module, \
                    `import List.{map, filter}`";
        p.error_with_help(format!("expected a name, found {found}"), help);
        let marker = p.start();
        skip_group(p);
        p.complete(marker, Error);
        return;
    }
    loop {
        if !imported_name(p) {
            return skip_line(p, &[]);
        }
        if !p.eat(Comma) {
            return;
        }
        // A trailing comma ends the list at the end of a line, unless more names follow on the next.
        let behind = if p.nth(1) == Ident && p.text_of(1) == "as" { 3 } else { 1 };
        let more = p.at(Ident)
            && (p.nth(behind) == Comma
                || p.lexeme(behind).newline_before && !p.at_word("from") && !p.at_word("test"));
        if p.lexeme(0).newline_before && !more {
            return;
        }
    }
}

/// `distance`, `Point as Dot`. A word of the language is a name here, as it is behind a dot.
fn imported_name(p: &mut Parser) -> bool {
    foreign_syntax::before_imported_name(p);
    let keyword = p.current().is_keyword() && !p.lexeme(0).newline_before;
    let marker = p.start();
    let named = if keyword || p.brackets > 0 { member_name(p) } else { name(p) };
    if at_as(p) {
        alias(p);
    } else if named {
        foreign_syntax::behind_imported_name(p);
    }
    p.complete(marker, ImportedName);
    named
}

fn at_as(p: &Parser) -> bool {
    p.at_word("as") && p.same_line(0)
}

fn alias(p: &mut Parser) {
    let marker = p.start();
    p.bump();
    if p.same_line(0) {
        name(p);
    } else {
        p.error_behind("expected a name behind `as`", "`import Geometry.Plane as Flat`");
    }
    p.complete(marker, ImportAlias);
}
