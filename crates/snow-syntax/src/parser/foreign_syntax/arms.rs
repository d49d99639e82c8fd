//! Arms of `case` as other languages write them.

use crate::parser::Parser;
use crate::parser::expressions::expression;
use crate::syntax_kind::SyntaxKind::*;

/// At the `else` of `else -> …` among arms, which is then read as `_`.
pub(crate) fn else_for_the_rest(p: &mut Parser) -> bool {
    if !p.at(ElseKw) || !matches!(p.nth(1), Arrow | FatArrow | Colon) {
        return false;
    }
    p.error_with_help("expected a pattern, found the keyword `else`", "`_ -> …` takes everything else");
    p.skip_as(WildcardPattern);
    true
}

/// At the word of `case A -> …`, `when A -> …` or `| A -> …` among arms: takes it.
pub(crate) fn word_before_a_pattern(p: &mut Parser) {
    if p.at_any(&[CaseKw, MatchKw, WhenKw, Bar]) {
        let found = p.found();
        let message = format!("expected a pattern, found {found}");
        p.error_with_help(message, "an arm begins with its pattern: `pattern -> statements`");
        p.skip_as(Error);
    }
}

/// At the `if` of `pattern if condition -> …`, which is then read as `when`.
pub(crate) fn if_as_guard(p: &mut Parser) -> bool {
    if !p.at(IfKw) {
        return false;
    }
    let line = p.lexemes[p.position..].iter().take_while(|token| !token.newline_before);
    let arrow = line.map(|token| token.kind).find(|kind| matches!(kind, DoKw | Arrow | FatArrow | EndOfFile));
    if !matches!(arrow, Some(Arrow | FatArrow)) {
        return false;
    }
    p.error_with_help(
        "expected `->` behind the pattern, found the keyword `if`",
        "a condition stands behind `when`: `pattern when condition -> statements`",
    );
    let marker = p.start();
    p.bump();
    p.header(expression);
    p.complete(marker, Guard);
    true
}

/// At what other languages write behind a pattern: takes it for `->`.
pub(crate) fn another_arrow(p: &mut Parser) -> bool {
    if !p.at_any(&[FatArrow, Colon, Equal]) {
        return false;
    }
    let found = p.found();
    let help = match p.text_at(p.position.saturating_sub(1)) {
        "default" => "an arm is `pattern -> statements`; `_ -> …` takes everything else",
        _ => "an arm is `pattern -> statements`, and ends where the next one begins",
    };
    p.error_with_help(format!("expected `->` behind the pattern, found {found}"), help);
    p.skip_as(Error);
    true
}
