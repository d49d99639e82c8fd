//! Modules and imports of other languages.

use crate::parser::Parser;
use crate::parser::groups::skip_group;
use crate::parser::statements::skip_line;
use crate::syntax_kind::SyntaxKind::*;

const IMPORTS: &str = "`import Geometry.Plane` brings a module in, `import Geometry.Plane.{distance, origin}` names of it, \
                       `as` gives another name";

/// At `defmodule`, which is then read as `module`.
pub(crate) fn at_defmodule(p: &mut Parser) -> bool {
    if !p.at_word("defmodule") || p.nth(1) != Ident {
        return false;
    }
    let help = "a file is a module, named like the file; a module inside of it is `module Name do … end`";
    p.error_with_help("there is no `defmodule` here", help);
    true
}

/// At `use a::b`, `alias A.B`, `require A` and the like: reports it and leaves its line out.
pub(crate) fn foreign_import(p: &mut Parser) -> bool {
    let words = ["use", "require", "include", "using", "open", "extends", "export"];
    let word = p.at(AliasKw) || words.iter().any(|word| p.at_word(word));
    let names = matches!(p.nth(1), Ident | StringStart | LeftBrace | Star | ImportKw | ModuleKw);
    let names = names && !p.lexeme(1).newline_before;
    if !word || !names {
        return false;
    }
    let help = match p.text_of(0) {
        "export" => {
            "`pub` stands before what a module exports; `pub import Name.{a, b}` hands on what others declare"
        }
        _ => IMPORTS,
    };
    p.error_with_help(format!("there is no `{}` here", p.text_of(0)), help);
    p.bump();
    skip_line(p, &[]);
    true
}

/// Behind `import`: at what names a file and no module.
pub(crate) fn import_from_a_text(p: &mut Parser) -> bool {
    if p.lexeme(0).newline_before {
        return false;
    }
    let from = p.nth(1) == Ident && p.text_of(1) == "from" && !p.lexeme(1).newline_before;
    let text = p.at_any(&[StringStart, LeftBrace, Star]) || p.at(Ident) && from;
    if !text {
        return false;
    }
    let found = p.found();
    let help = "modules have names, which come first: `import Geometry.Plane.{distance, origin}`";
    p.error_with_help(format!("expected a module's name behind `import`, found {found}"), help);
    skip_line(p, &[]);
    true
}

/// Behind an import: at what belongs to those of other languages.
pub(crate) fn behind_import(p: &mut Parser) {
    if p.lexeme(0).newline_before {
        return;
    }
    let help = match p.current() {
        Comma if p.nth(1) == Ident && p.nth(2) != Colon => {
            "one line imports one module: write `import` once for each"
        }
        Comma => IMPORTS,
        ColonColon => "a dot stands between the names: `import Geometry.Plane`",
        Slash => "a module is named with dots and capital letters: `geometry/plane.snow` is `Geometry.Plane`",
        LeftParen | LeftBrace => {
            "names stand in braces behind a dot: `import Geometry.Plane.{distance, origin}`"
        }
        Ident if ["exposing", "hiding", "using", "show", "only"].iter().any(|word| p.at_word(word)) => {
            IMPORTS
        }
        _ => return,
    };
    let found = p.found();
    p.error_with_help(format!("expected the end of the import, found {found}"), help);
    skip_line(p, &[]);
}

/// Does `*` stand here, or `(..)`: all names of a module?
pub(crate) fn all_names(p: &Parser, ahead: usize) -> bool {
    p.nth(ahead) == Star
}

/// At `*` in the place of names.
pub(crate) fn report_all_names(p: &mut Parser) {
    let help = "list the names: `from List import map, filter`, `import List.{map, filter}`";
    p.error_with_help("glob imports are not allowed", help);
    p.bump();
}

/// At a word before an imported name: `type` in Gleam, `self` alone in Rust.
pub(crate) fn before_imported_name(p: &mut Parser) {
    if p.at(TypeKw) && p.nth(1) == Ident {
        p.error_with_help(
            "expected a name, found the keyword `type`",
            "types are imported by their names alone",
        );
        p.bump();
    } else if p.at(SelfKw) {
        let help = "`import Name` brings the module itself, in a line of its own";
        p.error_with_help("expected a name, found the keyword `self`", help);
    }
}

/// Behind an imported name: `a: b` renames it in other languages, `A.b` and `A::b` lead farther.
pub(crate) fn behind_imported_name(p: &mut Parser) {
    let help = match p.current() {
        Colon if p.nth(1) == Ident => "another name stands behind `as`: `{distance as far}`",
        Dot | ColonColon if !p.lexeme(0).newline_before => {
            "names of a module further inside are imported in a line of their own"
        }
        _ => return,
    };
    let found = p.found();
    p.error_with_help(format!("expected `,` behind the name, found {found}"), help);
    let marker = p.start();
    while !p.at_any(&[Comma, RightBrace, EndOfFile]) && !p.lexeme(0).newline_before {
        if p.at(LeftBrace) { skip_group(p) } else { p.bump() }
    }
    p.complete(marker, Error);
}
