//! What other languages write for `do` and `end`.

use crate::parser::Parser;
use crate::span::Span;
use crate::syntax_kind::SyntaxKind::*;

/// In a header, behind a value: does the `{` begin what other languages take for a block? Fields of a struct
/// follow it otherwise.
pub(crate) fn brace_begins_a_block(p: &Parser) -> bool {
    let name = p.text_at(p.position.saturating_sub(1)).starts_with(char::is_uppercase);
    let fields = match (p.nth(1), p.nth(2)) {
        (RightBrace, _) | (_, Colon) => true,
        (Ident, Comma | RightBrace) => name,
        _ => false,
    };
    !p.context.trailing_closures && !fields
}

/// At a `{` in the place of `do`: reported, and taken.
pub(crate) fn brace_for_do(p: &mut Parser) -> Option<Span> {
    if !p.at(LeftBrace) {
        return None;
    }
    p.error_with_help("expected `do`, found `{`", "a block is `do … end`, without braces");
    let brace = p.span();
    p.skip_as(Error);
    p.brackets += 1;
    p.brace_blocks.push(brace);
    Some(brace)
}

/// At the end of a block that a brace began: takes the closing one.
pub(crate) fn brace_for_end(p: &mut Parser, opening: Span) -> bool {
    let closes = leave_brace_block(p, opening) && p.at(RightBrace);
    if closes {
        p.skip_as(Error);
    }
    closes
}

/// At the `}` of `} else`: takes it.
pub(crate) fn brace_before_else(p: &mut Parser, opening: Span) {
    if p.at(RightBrace) && p.nth(1) == ElseKw && leave_brace_block(p, opening) {
        p.skip_as(Error);
    }
}

/// Ends the block if a brace began it.
fn leave_brace_block(p: &mut Parser, opening: Span) -> bool {
    let brace = p.brace_blocks.pop_if(|brace| *brace == opening).is_some();
    p.brackets -= u32::from(brace);
    brace
}

/// Where `do` is missing: what was written for it.
pub(crate) fn do_help(p: &Parser) -> &'static str {
    if p.at(Colon) || p.at_word("of") || p.at_word("then") { "a block is `do … end`" } else { "" }
}

/// At `of`, `then` or `:` in the place of `do`, which has been reported: takes it.
pub(crate) fn word_for_do(p: &mut Parser) {
    if !do_help(p).is_empty() {
        p.skip_as(Error);
    }
}

/// At the `do` of `else do`: takes it.
pub(crate) fn do_behind_else(p: &mut Parser) {
    if p.at(DoKw) {
        p.error_with_help(
            "expected the statements of `else`, found the keyword `do`",
            "one `end` closes both branches, and only the first one has a `do`: `if a do b else c end`",
        );
        p.skip_as(Error);
    }
}
