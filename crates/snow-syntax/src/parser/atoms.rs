//! Expressions that begin with a token of their own: literals, names, brackets, control flow.

use super::arms::arms;
use super::expressions::{arguments, at_keyword_function, expression, starts_expression};
use super::statements::{self, block, delimited, guard};
use super::types::name;
use super::{
    Completed, Context, Parser, bit_segments, closures, fields, foreign_syntax, items, patterns, processes,
};
use crate::syntax_kind::SyntaxKind::{self, *};

/// An expression without operators around it. `None` where there is none, which is reported.
pub(super) fn atom(p: &mut Parser) -> Option<Completed> {
    foreign_syntax::byte_text(p);
    let marker = p.start();
    let kind = match p.current() {
        Int | Float | Character | TrueKw | FalseKw | NilKw => {
            p.bump();
            LiteralExpr
        }
        StringStart => {
            string_pieces(p, true);
            StringExpr
        }
        Ident if foreign_syntax::at_unless(p) => {
            if_branches(p);
            IfExpr
        }
        Ident if p.nth(1) == DoKw && foreign_syntax::foreign_form(p) => ErrorExpr,
        Ident => {
            p.bump();
            NameExpr
        }
        LeftParen => {
            p.inside_brackets(|p| list_of(p, RightParen));
            ParenExpr
        }
        LeftBracket => {
            p.inside_brackets(|p| list_of(p, RightBracket));
            ListExpr
        }
        MapStart => p.inside_brackets(map_or_update),
        Less if bit_segments::at_bits(p) => {
            bit_segments::bits(p, expression);
            BitsExpr
        }
        IfKw => {
            if_branches(p);
            IfExpr
        }
        CaseKw | MatchKw => {
            p.bump();
            p.header(expression);
            delimited(p, |p| arms(p, &[]));
            CaseExpr
        }
        ForKw => {
            for_loop(p);
            ForExpr
        }
        WhileKw => {
            p.bump();
            p.header(expression);
            delimited(p, |p| block(p, &[]));
            WhileExpr
        }
        FnKw => {
            closures::closure(p);
            ClosureExpr
        }
        ReturnKw => {
            p.bump();
            if p.same_line(0) && starts_expression(p) {
                expression(p);
            }
            ReturnExpr
        }
        BreakKw => {
            p.bump();
            BreakExpr
        }
        ContinueKw => {
            p.bump();
            ContinueExpr
        }
        SpawnKw => call_form(p, SpawnExpr),
        SendKw => call_form(p, SendExpr),
        LinkKw => call_form(p, LinkExpr),
        SelfKw => processes::self_expression(p),
        ReceiveKw => {
            processes::receive(p);
            ReceiveExpr
        }
        _ if at_keyword_function(p) => {
            p.bump();
            NameExpr
        }
        Unknown if foreign_syntax::capture(p) => {
            p.abandon(marker);
            return atom(p);
        }
        Unknown => {
            // The lexer has reported it; operators may stand behind it.
            p.bump();
            return Some(p.complete(marker, ErrorExpr));
        }
        _ if foreign_syntax::foreign_form(p)
            || foreign_syntax::foreign_value(p, "an expression")
            || foreign_syntax::closure_in_bars(p) =>
        {
            ErrorExpr
        }
        _ => {
            report_missing(p);
            skip_unless_boundary(p);
            ErrorExpr
        }
    };
    let completed = p.complete(marker, kind);
    (kind != ErrorExpr).then_some(completed)
}

fn report_missing(p: &mut Parser) {
    let found = p.found();
    let help = match p.current() {
        DoKw => "there is no free-standing block: `do` follows `if`, `case`, `->` and the like",
        Equal => "there is no assignment: bind a new name with `let`",
        kind if kind.is_keyword() && !p.lexeme(0).newline_before => "keywords cannot be used as names",
        _ => "",
    };
    let message = format!("expected an expression, found {found}");
    let operator = (Plus..=PlusPlus).contains(&p.current()) || p.at_any(&[AndKw, OrKw, Dot]);
    if operator && p.lexeme(0).newline_before {
        let help = "only `|>` continues the line above; put other operators at the end of that line";
        p.error_with_help(message, help);
    } else if p.current().is_keyword() || p.at_end() {
        p.error_behind(message, help);
    } else {
        p.error_with_help(message, help);
    }
}

/// Takes a token that can belong to nothing here, but none that an enclosing construct waits for.
pub(super) fn skip_unless_boundary(p: &mut Parser) {
    let boundary = matches!(
        p.current(),
        EndOfFile
            | EndKw
            | DoKw
            | ElseKw
            | AfterKw
            | TerminateKw
            | WhenKw
            | InKw
            | RightParen
            | RightBracket
            | RightBrace
            | InterpolationEnd
            | StringText
            | InterpolationStart
            | StringEnd
            | Comma
            | Semicolon
            | Arrow
            | FatArrow
            | Bar
            | Greater
            | Equal
    );
    let keyword = p.at_any(&[LetKw, FnKw, DefKw]) || items::is_declaration_keyword(p.current());
    let declares = keyword && p.lexeme(0).newline_before;
    if !boundary && !declares && p.same_line(0) {
        p.bump();
    }
}

/// A string with its quotes.
pub(super) fn string_pieces(p: &mut Parser, interpolation: bool) {
    p.bump();
    loop {
        match p.current() {
            StringText => p.bump(),
            InterpolationStart => {
                if !interpolation {
                    p.error_with_help(
                        "this string may not interpolate",
                        "only a string in an expression can hold `${…}`; write `\\${` for the characters themselves",
                    );
                }
                let marker = p.start();
                p.bump();
                p.in_context(Context { trailing_closures: true, ..p.context }, expression);
                close_interpolation(p);
                p.complete(marker, Interpolation);
            }
            StringEnd => return p.bump(),
            // The lexer has reported it.
            _ => return,
        }
    }
}

fn close_interpolation(p: &mut Parser) {
    if p.eat(InterpolationEnd) {
        return;
    }
    // Without an end the string has none either, which the lexer has reported.
    let rest = &p.lexemes[p.position..];
    if rest.iter().any(|lexeme| lexeme.kind == InterpolationEnd) {
        let found = p.found();
        p.error(format!("expected `}}` at the end of the interpolation, found {found}"));
    }
    let marker = p.start();
    let mut open = 0;
    while !p.at_end() {
        match p.current() {
            InterpolationStart => open += 1,
            InterpolationEnd if open == 0 => break,
            InterpolationEnd => open -= 1,
            _ => {}
        }
        p.bump();
    }
    p.complete(marker, Error);
    p.eat(InterpolationEnd);
}

/// The bracket, expressions with commas, the closing bracket.
fn list_of(p: &mut Parser, close: SyntaxKind) {
    p.bump();
    while !p.at(close) && !p.at_end() {
        foreign_syntax::spread_in_a_list(p, close);
        expression(p);
        foreign_syntax::bar_in_a_list(p, close);
        if !p.another(close) {
            break;
        }
    }
    p.expect(close);
}

/// `%{k => v}` or `%{base | field: value}`
fn map_or_update(p: &mut Parser) -> SyntaxKind {
    p.bump();
    if p.eat(RightBrace) {
        return MapExpr;
    }
    let first = p.start();
    let mut complete = foreign_syntax::map_key_with_colon(p);
    if !complete {
        expression(p);
    }
    if !complete && p.at(Bar) {
        // The base stays a direct child.
        p.abandon(first);
        p.bump();
        fields::values(p);
        p.expect(RightBrace);
        return UpdateExpr;
    }
    let mut entry = first;
    loop {
        if !complete && p.expect(FatArrow) {
            expression(p);
        }
        p.complete(entry, MapEntry);
        if !p.another(RightBrace) || p.at_any(&[RightBrace, EndOfFile]) {
            break;
        }
        entry = p.start();
        complete = foreign_syntax::map_key_with_colon(p);
        if !complete {
            expression(p);
        }
    }
    p.expect(RightBrace);
    MapExpr
}

/// `if a do … else if b do … else … end`: one `end` for the whole chain.
fn if_branches(p: &mut Parser) {
    loop {
        p.bump();
        p.header(expression);
        let opening = statements::open(p);
        p.inside_block(|p| block(p, &[ElseKw]));
        foreign_syntax::brace_before_else(p, opening);
        if !p.eat(ElseKw) {
            return statements::close(p, opening);
        }
        if !p.at(IfKw) || p.lexeme(0).newline_before {
            let opening = foreign_syntax::brace_for_do(p).unwrap_or(opening);
            foreign_syntax::do_behind_else(p);
            p.inside_block(|p| block(p, &[]));
            return statements::close(p, opening);
        }
    }
}

/// `for x in xs when x > 0 do … end`, `for {k, v} in map do … end`
fn for_loop(p: &mut Parser) {
    p.bump();
    if p.at(LeftBrace) {
        let pair = p.start();
        p.inside_brackets(|p| {
            p.bump();
            name(p);
            p.expect(Comma);
            name(p);
            p.expect(RightBrace);
        });
        p.complete(pair, ForPair);
    } else {
        patterns::pattern(p);
    }
    foreign_syntax::second_name_in_for(p);
    if !foreign_syntax::arrow_for_in(p) {
        p.expect(InKw);
    }
    p.header(expression);
    guard(p);
    delimited(p, |p| block(p, &[]));
}

/// `spawn(…)` and its like: keywords that exist only as calls.
fn call_form(p: &mut Parser, kind: SyntaxKind) -> SyntaxKind {
    let keyword = p.current().text();
    p.bump();
    if p.at(LeftParen) && p.same_line(0) {
        arguments(p);
    } else {
        p.error_with_help(
            format!("`{keyword}` must be called: expected `(`"),
            "keywords cannot be used as names or as values",
        );
    }
    kind
}
