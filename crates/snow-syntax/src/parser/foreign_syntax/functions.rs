//! Functions of other languages: their bodies, types and closures, and what stands for a function.

use crate::parser::Parser;
use crate::parser::expressions::expression;
use crate::parser::types::type_expression;
use crate::syntax_kind::SyntaxKind::*;

/// At `, do: expression` behind a function's parameters: takes all but the expression.
pub(crate) fn keyword_body(p: &mut Parser) -> bool {
    if !p.at(Comma) || p.nth(1) != DoKw || p.nth(2) != Colon {
        return false;
    }
    p.error_with_help(
        "expected `do` or `=` in the function, found `,`",
        "write `fn name(a, b) = expression`",
    );
    p.bump();
    p.bump();
    p.bump();
    true
}

/// At the arrow of `call Get() -> Int`.
pub(crate) fn reply_behind_arrow(p: &mut Parser) {
    let help = "the type of a reply stands behind `::`: `call Get() :: Int do |state|`";
    p.error_with_help("expected `::`, found `->`", help);
}

/// At the colons of `fn f(x) :: Int`, or at the one of `fn f(x): Int`.
pub(crate) fn result_behind_colons(p: &mut Parser) {
    let found = p.found();
    let help = "the type of a result stands behind `->`: `fn f(x :: Int) -> Int`";
    p.error_with_help(format!("expected `->`, found {found}"), help);
}

/// At the type `fn(A) -> B`, which is then read as `Fun(A) -> B`.
pub(crate) fn at_function_type(p: &mut Parser) -> bool {
    if !p.at(FnKw) || p.nth(1) != LeftParen {
        return false;
    }
    p.error_with_help("expected a type, found the keyword `fn`", "the type of a function is `Fun(A) -> B`");
    true
}

/// Behind the type A, at the arrow of `A -> B`: takes B, too.
pub(crate) fn arrow_behind_type(p: &mut Parser) {
    if !p.at(Arrow) || !p.same_line(0) {
        return;
    }
    p.error_with_help("expected the end of the type, found `->`", "the type of a function is `Fun(A) -> B`");
    let marker = p.start();
    p.bump();
    type_expression(p);
    p.complete(marker, Error);
}

/// At the `&` of `&name`: takes it; the lexer has reported it.
pub(crate) fn capture(p: &mut Parser) -> bool {
    let captures = p.text_of(0) == "&" && p.nth(1) == Ident && p.touches_previous(1);
    if captures {
        p.bump();
    }
    captures
}

/// At the operator of `List.reduce(list, 0, +)`, where a function is wanted.
pub(crate) fn operator_as_value(p: &mut Parser) -> bool {
    let operator = matches!(
        p.current(),
        Plus | Minus
            | Star
            | Slash
            | Percent
            | Less
            | Greater
            | LessEqual
            | GreaterEqual
            | EqualEqual
            | NotEqual
            | Diamond
            | PlusPlus
            | AndKw
            | OrKw
            | NotKw
    );
    if !operator || !matches!(p.nth(1), Comma | RightParen) {
        return false;
    }
    let operator = p.current().text();
    let closure = match p.current() {
        NotKw => "`fn a -> not a end`".to_string(),
        _ => format!("`fn a, b -> a {operator} b end`"),
    };
    let help = format!("an operator is no value: a closure is, {closure}");
    p.error_with_help(format!("expected an expression, found `{operator}`"), &help);
    p.skip_as(Error);
    true
}

const CLOSURE: &str = "a closure is `fn x -> … end`";

/// At `|x| expression`: leaves out what stands up to the second bar.
pub(crate) fn closure_in_bars(p: &mut Parser) -> bool {
    if !p.at(Bar) || p.nth(1) != Ident || !matches!(p.nth(2), Bar | Comma) {
        return false;
    }
    p.error_with_help("expected an expression, found `|`", CLOSURE);
    p.bump();
    while p.at_any(&[Ident, Comma]) {
        p.bump();
    }
    p.eat(Bar);
    expression(p);
    true
}

/// Behind an element of a list in brackets, at what can follow none.
pub(crate) fn help_behind_element(p: &Parser) -> &'static str {
    match p.current() {
        FatArrow => CLOSURE,
        ColonColon if p.touches_previous(0) && p.touches_previous(1) => {
            "what is inside of a module stands behind a dot: `String.trim`"
        }
        _ => "",
    }
}
