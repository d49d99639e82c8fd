//! What other languages write between and behind statements and items.

use crate::parser::Parser;
use crate::syntax_kind::SyntaxKind::*;

/// At `//`: the rest of the line is left out.
pub(crate) fn slashes(p: &mut Parser) -> bool {
    if !p.at(Slash) || p.nth(1) != Slash || !p.touches_previous(1) {
        return false;
    }
    p.error_with_help("expected code, found `//`", "a comment begins with `#`");
    let marker = p.start();
    loop {
        p.bump();
        if p.at_end() || p.lexeme(0).newline_before {
            break;
        }
    }
    p.complete(marker, Error);
    true
}

/// At a token that cannot stand behind a statement.
pub(crate) fn stray_help(p: &Parser) -> &'static str {
    match p.current() {
        Equal => "there is no assignment: bind a new name with `let`; compare with `==`",
        Arrow => "only a pattern stands before `->`; a condition goes behind `when`: `n when n > 5 -> …`",
        Colon => "a choice is `if a do b else c end`",
        Comma => "statements and arms end with their line, without a comma",
        Bang => "`send(pid, message)` sends",
        ColonColon => "`[first] ++ rest` puts an element before a list; `first :: rest` is a pattern",
        _ => "",
    }
}

/// At the `!` of `pid ! message`.
pub(crate) fn at_send_operator(p: &Parser) -> bool {
    p.at(Bang) && !p.touches_previous(0) && !p.touches_previous(1) && !p.lexeme(0).newline_before
}

/// At a declaration of another language's: what it is called here.
pub(crate) fn declaration_help(p: &Parser) -> &'static str {
    match p.current() {
        TraitKw => "interfaces are declared with `interface`",
        _ => "",
    }
}
