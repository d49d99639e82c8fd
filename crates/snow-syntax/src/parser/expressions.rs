//! Operators, calls, members: a Pratt parser.
//!
//! Operands that operators of one level join are one node, and so are the calls and members behind a
//! value: a chain does not nest, however long it is.

use super::patterns::bare_parameter;
use super::types::member_name;
use super::{Completed, Marker, Parser, atoms, bit_segments, fields, foreign_syntax, statements};
use crate::operator_chain::MAX_LINKS;
use crate::syntax_kind::SyntaxKind::*;

/// How tightly prefix operators hold: tighter than every infix operator.
const PREFIX: u8 = 10;

/// A whole expression.
pub(super) fn expression(p: &mut Parser) {
    operators(p, 1);
}

/// Can the current token start an expression?
pub(super) fn starts_expression(p: &Parser) -> bool {
    match p.current() {
        Ident | Int | Float | Character | StringStart | LeftParen | LeftBracket | MapStart | Minus | Bang => {
            true
        }
        TrueKw | FalseKw | NilKw | NotKw | IfKw | CaseKw | MatchKw | FnKw | ForKw | WhileKw | ReturnKw
        | BreakKw | ContinueKw | SpawnKw | SendKw | LinkKw | SelfKw | ReceiveKw => true,
        Less => bit_segments::at_bits(p),
        _ => at_keyword_function(p),
    }
}

/// At a call of a function that has a keyword for its name: one that begins no expression itself.
pub(super) fn at_keyword_function(p: &Parser) -> bool {
    let name = p.at_any(&[CallKw, CastKw, MonitorKw, AliasKw, CondKw, TraitKw, TrapKw, WithKw]);
    name && p.nth(1) == LeftParen && p.touches_previous(1)
}

/// The level of the infix operator at the current token; the levels are those of the language's
/// table, all left associative.
fn infix_level(p: &Parser) -> Option<u8> {
    let level = match p.current() {
        Pipe => 1,
        OrKw | OrOr => 2,
        AndKw | AndAnd => 3,
        EqualEqual | NotEqual => 4,
        Less if bit_segments::at_bits(p) => return None,
        Greater if bit_segments::at_bits_end(p) => return None,
        Less | Greater | LessEqual | GreaterEqual => 5,
        DotDot | DotDotEqual => 6,
        Diamond | PlusPlus => 7,
        Plus | Minus => 8,
        Star | Slash | Percent => 9,
        _ => return None,
    };
    (level == 1 || p.same_line(0)).then_some(level)
}

/// An expression of infix operators of at least `minimum`.
fn operators(p: &mut Parser, minimum: u8) {
    p.nested(|p| {
        // The height of what is on the left: each operator behind it pushes it one level down.
        let outer = std::mem::replace(&mut p.deepest, p.depth);
        if let Some(left) = prefix(p) {
            infix(p, left, minimum);
        }
        p.deepest = p.deepest.max(outer);
    });
}

/// The operators behind an operand, and their operands. From left to right the levels only fall: what
/// holds tighter belongs to the operand before.
fn infix(p: &mut Parser, mut left: Completed, minimum: u8) {
    let mut open: Option<(Marker, u8)> = None;
    let mut links = 0;
    let close = |p: &mut Parser, (marker, level): (Marker, u8)| {
        p.complete(marker, if level == 1 { PipeExpr } else { BinaryExpr })
    };
    loop {
        if foreign_syntax::slashes(p) {
            break;
        }
        let Some(level) = infix_level(p).filter(|level| *level >= minimum) else { break };
        if open.as_ref().is_none_or(|(_, own)| *own != level) {
            if let Some(chain) = open.take() {
                left = close(p, chain);
            }
            open = Some((p.precede(left), level));
            links = 0;
        }
        links += 1;
        p.link(links);
        let range = p.at(DotDot);
        p.bump();
        if range {
            foreign_syntax::third_dot(p);
        }
        // A trailing operator continues the expression on the next line.
        operators(p, level + 1);
    }
    if let Some(chain) = open {
        close(p, chain);
    }
}

fn prefix(p: &mut Parser) -> Option<Completed> {
    if foreign_syntax::operator_as_value(p) {
        return None;
    }
    if p.at_any(&[Minus, Bang, NotKw]) {
        let marker = p.start();
        p.bump();
        operators(p, PREFIX);
        return Some(p.complete(marker, UnaryExpr));
    }
    if p.at(Plus) {
        p.error_with_help("expected an expression, found `+`", "there is no unary plus");
        p.skip_as(Error);
    }
    if p.at_any(&[Percent, Question]) {
        // What stands behind it is read.
        foreign_syntax::foreign_value(p, "an expression");
    }
    let atom = atoms::atom(p)?;
    Some(postfix(p, atom))
}

/// The calls, members, indices, `?` and struct literals behind a value.
fn postfix(p: &mut Parser, value: Completed) -> Completed {
    let mut chain = None;
    let mut links = 0;
    let mut members = 0;
    while p.same_line(0) {
        if foreign_syntax::dot_before_no_name(p) || foreign_syntax::ternary(p) {
            continue;
        }
        let kind = match p.current() {
            LeftParen => CallSuffix,
            Dot => MemberSuffix,
            LeftBracket => IndexSuffix,
            Question => TrySuffix,
            LeftBrace if foreign_syntax::brace_begins_a_block(p) => break,
            LeftBrace => StructSuffix,
            _ => break,
        };
        links += 1;
        // A path is not taken apart.
        members = if kind == MemberSuffix { members + 1 } else { 0 };
        p.link(if members > MAX_LINKS { 1 } else { links });
        if chain.is_none() {
            chain = Some(p.precede(value));
        }
        let marker = p.start();
        match kind {
            CallSuffix => {
                arguments(p);
                trailing_closure(p);
            }
            MemberSuffix => {
                p.bump();
                member_name(p);
            }
            IndexSuffix => p.inside_brackets(|p| {
                p.bump();
                expression(p);
                p.expect(RightBracket);
            }),
            StructSuffix => p.inside_brackets(|p| {
                p.bump();
                fields::values(p);
                p.expect(RightBrace);
            }),
            _ => p.bump(),
        }
        p.complete(marker, kind);
    }
    match chain {
        Some(chain) => p.complete(chain, PostfixExpr),
        None => value,
    }
}

/// `(a, b)`, with the parentheses; trailing `key: value` pairs are one map.
pub(super) fn arguments(p: &mut Parser) {
    let marker = p.start();
    p.inside_brackets(|p| {
        p.expect(LeftParen);
        while !p.at_any(&[RightParen, EndOfFile]) {
            if p.at(Ident) && p.nth(1) == Colon {
                let pair = p.start();
                member_name(p);
                p.bump();
                expression(p);
                p.complete(pair, KeywordArgument);
            } else {
                expression(p);
            }
            if !p.another(RightParen) {
                break;
            }
        }
        p.expect(RightParen);
    });
    p.complete(marker, Arguments);
}

/// `do |x, y| … end` behind a call, unless this `do` belongs to the `if`, `while`, … before it.
fn trailing_closure(p: &mut Parser) {
    if !p.at(DoKw) || !p.same_line(0) || !p.context.trailing_closures {
        return;
    }
    let marker = p.start();
    let clause = p.start();
    statements::delimited(p, |p| {
        if p.at(OrOr) {
            p.bump();
        } else if p.at(Bar) {
            let parameters = p.start();
            p.bump();
            while !p.at_any(&[Bar, EndOfFile, EndKw]) {
                bare_parameter(p, true);
                if !p.eat(Comma) {
                    break;
                }
            }
            p.expect(Bar);
            p.complete(parameters, ParamList);
        }
        statements::block(p, &[]);
    });
    p.complete(clause, ClosureClause);
    p.complete(marker, ClosureExpr);
}
