//! Blocks, statements, and where blocks begin and end.

use super::expressions::{expression, starts_expression};
use super::groups::skip_group;
use super::patterns::annotated_pattern;
use super::{Parser, foreign_syntax, items};
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::syntax_kind::SyntaxKind::{self, *};

/// `do`, the contents, `end`.
pub(super) fn delimited(p: &mut Parser, inner: impl FnOnce(&mut Parser)) {
    let opening = open(p);
    p.inside_block(inner);
    close(p, opening);
}

/// Takes the `do` of a block; where it is missing, the block is taken to begin here.
pub(super) fn open(p: &mut Parser) -> Span {
    if let Some(brace) = foreign_syntax::brace_for_do(p) {
        return brace;
    }
    let opening = if p.at(DoKw) { p.span() } else { p.previous_span() };
    if !p.eat(DoKw) {
        let found = p.found();
        p.error_behind(format!("expected `do`, found {found}"), foreign_syntax::do_help(p));
        foreign_syntax::word_for_do(p);
    }
    opening
}

/// Takes the keyword that opens a block by itself: the `fn` of a closure.
pub(super) fn open_at_keyword(p: &mut Parser) -> Span {
    let opening = p.span();
    p.bump();
    opening
}

/// Takes the `end` of the block that `opening` began.
pub(super) fn close(p: &mut Parser, opening: Span) {
    if foreign_syntax::brace_for_end(p, opening) {
        return;
    }
    if p.at(EndKw) {
        if p.suspect.is_none() && p.lexeme(0).newline_before {
            let opened = indentation(p.source, opening.start as usize);
            let closed = indentation(p.source, p.span().start as usize);
            if closed < opened {
                p.suspect = Some(opening);
            }
        }
        return p.bump();
    }
    if p.last_error == Some(p.position) {
        return;
    }
    p.last_error = Some(p.position);
    let found = p.found();
    let culprit = if p.at_end() { p.suspect.unwrap_or(opening) } else { opening };
    let diagnostic = Diagnostic::error("P0001", p.file, p.span(), format!("expected `end`, found {found}"))
        .also(culprit, if culprit == opening { "this has no `end`" } else { "this seems to have no `end`" })
        .help("every `do` and every closure's `fn` needs an `end`");
    p.diagnostics.push(diagnostic);
}

/// The width of the white space that begins the line of this byte.
pub(super) fn indentation(source: &str, offset: usize) -> usize {
    let line = source[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    source[line..].chars().take_while(|c| *c == ' ' || *c == '\t').count()
}

/// Statements up to the `end` or to a token of `stops`, which stay.
pub(super) fn block(p: &mut Parser, stops: &[SyntaxKind]) {
    let marker = p.start();
    p.nested(|p| statements(p, stops, statement, |_| false));
    p.complete(marker, Block);
}

/// Statements up to what ends the block, a token of `stops`, or where `ends` says so of a statement behind the
/// first. `first` takes that one.
pub(super) fn statements(
    p: &mut Parser,
    stops: &[SyntaxKind],
    first: fn(&mut Parser),
    ends: fn(&mut Parser) -> bool,
) {
    let mut first = Some(first);
    loop {
        while p.eat(Semicolon) {}
        if over(p, stops) || first.is_none() && ends(p) {
            break;
        }
        let before = p.position;
        if foreign_syntax::slashes(p) || stops.contains(&ElseKw) && foreign_syntax::else_if(p) {
            continue;
        }
        first.take().unwrap_or(statement)(p);
        p.ensure_progress(before);
        let ended = p.at(Semicolon) || p.lexeme(0).newline_before || over(p, stops);
        if !ended && !ends(p) && (!starts_statement(p) || foreign_syntax::at_send_operator(p)) {
            let found = p.found();
            let found = found.trim_start_matches("the ");
            let help = foreign_syntax::stray_help(p);
            p.error_with_help(format!("unexpected {found} behind this statement"), help);
            skip_line(p, stops);
        }
    }
}

/// Must the block end here?
pub(super) fn over(p: &Parser, stops: &[SyntaxKind]) -> bool {
    match p.current() {
        EndOfFile | EndKw | InterpolationEnd | StringEnd => true,
        RightParen | RightBracket | RightBrace => p.brackets > 0,
        // A declaration at the left margin: an `end` is missing before it.
        PubKw | StructKw | TypeKw | InterfaceKw | ImplKw | ActorKw | ServiceKw | SupervisorKw | ModuleKw
        | ImportKw => p.lexeme(0).newline_before && at_left_margin(p),
        kind => stops.contains(&kind),
    }
}

/// The current token's line is not indented.
pub(super) fn at_left_margin(p: &Parser) -> bool {
    indentation(p.source, p.span().start as usize) == 0
}

pub(super) fn starts_statement(p: &Parser) -> bool {
    match p.current() {
        LetKw | DefKw => true,
        kind => items::is_declaration_keyword(kind) || starts_expression(p),
    }
}

/// Leaves out the rest of the line; a block that opens in it is parsed, so that its `end` is its own.
pub(super) fn skip_line(p: &mut Parser, stops: &[SyntaxKind]) {
    let marker = p.start();
    while !over(p, stops) && !p.at(Semicolon) && !p.lexeme(0).newline_before {
        if p.at(DoKw) {
            delimited(p, |p| block(p, &[]));
        } else if p.at(StringStart) {
            skip_group(p);
        } else {
            p.bump();
        }
    }
    p.complete(marker, Error);
}

pub(super) fn statement(p: &mut Parser) {
    match p.current() {
        LetKw => let_statement(p),
        FnKw | DefKw if items::declares_function(p) => items::item(p),
        kind if items::is_declaration_keyword(kind) => {
            p.error_with_help(
                format!("`{}` cannot stand inside a block", kind.text()),
                "declarations stand at the top level of a file or module",
            );
            items::item(p);
        }
        _ if foreign_syntax::rest_as_a_closure(p) => {}
        _ => expression_statement(p),
    }
}

/// `let (a, b) :: T = expr`
pub(super) fn let_statement(p: &mut Parser) {
    let marker = p.start();
    binding(p);
    p.complete(marker, LetStmt);
}

/// What stands in a `let`, from the keyword on.
pub(super) fn binding(p: &mut Parser) {
    p.bump();
    foreign_syntax::mutable_binding(p);
    annotated_pattern(p);
    if p.expect(Equal) {
        expression(p);
    }
}

/// An expression, or `assert expr`.
pub(super) fn expression_statement(p: &mut Parser) {
    let marker = p.start();
    if at_assert(p) {
        let assert = p.start();
        p.bump();
        expression(p);
        p.complete(assert, AssertExpr);
    } else {
        expression(p);
    }
    p.complete(marker, ExprStmt);
}

/// The word `assert` before an expression on the same line. Where both a call or an operator and an
/// assertion are possible, white space decides: `assert [1] == x` asserts, `assert[1]` is an index.
fn at_assert(p: &Parser) -> bool {
    if !p.at_word("assert") || p.lexeme(1).newline_before {
        return false;
    }
    let apart = !p.touches_previous(1);
    match p.nth(1) {
        LeftBracket => apart,
        Minus => apart && p.touches_previous(2),
        Less => apart && p.nth(2) == Less && p.touches_previous(2),
        Ident | Int | Float | Character | StringStart | LeftParen | MapStart | Bang => true,
        TrueKw | FalseKw | NilKw | NotKw | IfKw | CaseKw | MatchKw | FnKw | ForKw | SelfKw | ReceiveKw
        | SpawnKw => true,
        _ => false,
    }
}

/// One expression in the place of a block.
pub(super) fn expression_block(p: &mut Parser) {
    let marker = p.start();
    expression_statement(p);
    p.complete(marker, Block);
}

/// `when condition`, if it is there.
pub(super) fn guard(p: &mut Parser) {
    if p.at(WhenKw) {
        let marker = p.start();
        p.bump();
        p.header(expression);
        p.complete(marker, Guard);
    }
}
