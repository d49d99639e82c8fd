//! Conditions and loops as other languages write them.

use crate::parser::Parser;
use crate::parser::expressions::expression;
use crate::parser::statements::{indentation, open};
use crate::syntax_kind::SyntaxKind::*;

/// At a form of Elixir's that has a block of its own: reports it and leaves it out, its `end` too.
pub(crate) fn foreign_form(p: &mut Parser) -> bool {
    let (word, help) = match p.current() {
        CondKw => ("cond", "write `if … do … else if … do … else … end`"),
        WithKw => ("with", "take results apart with `case`, or hand a failure on with `?`"),
        Ident if p.at_word("try") && p.nth(1) == DoKw => (
            "try",
            "an error that is expected is a `Result`; an actor that crashes is what supervisors are for",
        ),
        _ => return false,
    };
    p.error_with_help(format!("there is no `{word}` here"), help);
    let margin = indentation(p.source, p.span().start as usize);
    let marker = p.start();
    p.bump();
    loop {
        let (begins, ends) =
            (p.lexeme(0).newline_before, p.nth(1) == EndOfFile || p.lexeme(1).newline_before);
        // A line may be long: only where it begins or ends is it asked.
        let indented = || indentation(p.source, p.span().start as usize);
        if p.at_any(&[EndOfFile, InterpolationEnd]) || begins && indented() < margin {
            break;
        }
        let closes = p.at(EndKw) && (begins || ends) && indented() == margin;
        p.bump();
        if closes {
            break;
        }
    }
    p.complete(marker, Error);
    true
}

/// At `unless`, which is then read as an `if`.
pub(crate) fn at_unless(p: &mut Parser) -> bool {
    let condition = matches!(p.nth(1), Ident | TrueKw | FalseKw | NotKw | Bang | StringStart | Int);
    if !p.at_word("unless") || !condition || p.lexeme(1).newline_before {
        return false;
    }
    p.error_with_help("there is no `unless` here", "write `if not … do`");
    true
}

/// At `elsif condition do` between the statements of a branch: those behind it are taken for the same branch's.
pub(crate) fn else_if(p: &mut Parser) -> bool {
    let word = ["elsif", "elif", "elseif"].into_iter().find(|word| p.at_word(word));
    let Some(word) = word.filter(|_| !matches!(p.nth(1), LeftParen | Dot | Equal)) else { return false };
    p.error_with_help(format!("there is no `{word}` here"), "write `else if … do`");
    p.bump();
    p.header(expression);
    open(p);
    true
}

/// How far the colon of `a ? b : c` is looked for, in tokens.
const LONGEST_TERNARY: usize = 100;

/// At the question mark of `a ? b : c`: takes the rest of it.
pub(crate) fn ternary(p: &mut Parser) -> bool {
    if !p.at(Question) || p.touches_previous(0) {
        return false;
    }
    let line = p.lexemes[p.position + 1..].iter().take_while(|token| !token.newline_before);
    if !line.take(LONGEST_TERNARY).any(|token| token.kind == Colon) {
        return false;
    }
    p.error_with_help("there is no `?` with `:` here", "a choice is `if a do b else c end`");
    let marker = p.start();
    p.bump();
    expression(p);
    if p.eat(Colon) {
        expression(p);
    }
    p.complete(marker, Error);
    true
}

/// At `x <- list` in a `for`: takes the arrow.
pub(crate) fn arrow_for_in(p: &mut Parser) -> bool {
    if !p.at(Less) || p.nth(1) != Minus || !p.touches_previous(1) {
        return false;
    }
    p.error_with_help("expected `in`, found `<-`", "write `for x in list do`");
    p.bump();
    p.bump();
    true
}

/// At `use x <- f()` or `use <- f()`: takes it.
pub(crate) fn rest_as_a_closure(p: &mut Parser) -> bool {
    let mut ahead = 1;
    while matches!(p.nth(ahead), Ident | Comma) && !p.lexeme(ahead).newline_before {
        ahead += 1;
    }
    if !p.at_word("use")
        || p.nth(ahead) != Less
        || p.nth(ahead + 1) != Minus
        || !p.touches_previous(ahead + 1)
    {
        return false;
    }
    let help = "what comes behind it goes into a closure: `f(fn x -> … end)`; a Result or an Option is unwrapped by `?`";
    p.error_with_help("there is no `use` here", help);
    let marker = p.start();
    for _ in 0..ahead + 2 {
        p.bump();
    }
    expression(p);
    p.complete(marker, Error);
    true
}

/// At the comma of `for key, value in map`: takes the second name, too.
pub(crate) fn second_name_in_for(p: &mut Parser) {
    if !p.at(Comma) || p.nth(1) != Ident || !matches!(p.nth(2), InKw | Less) {
        return;
    }
    p.error_with_help(
        "expected `in`, found `,`",
        "the keys of a map with their values are `for {key, value} in map do`",
    );
    let marker = p.start();
    p.bump();
    p.bump();
    p.complete(marker, Error);
}
