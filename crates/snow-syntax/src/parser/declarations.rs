//! Types, interfaces, actors, services, supervisors.

use super::atoms::string_pieces;
use super::items::{self, function};
use super::patterns::parameter_list;
use super::statements::{self, block, delimited};
use super::types::{member_name, name, path, type_arguments, type_expression, type_parameters, where_clause};
use super::{Parser, expressions, foreign_syntax};
use crate::syntax_kind::SyntaxKind::{self, *};

/// `struct Pair<A, B> do left :: A = default … end deriving(Eq)`
pub(super) fn structure(p: &mut Parser) -> SyntaxKind {
    p.bump();
    name(p);
    type_parameters(p);
    delimited(p, |p| {
        members(p, "a field `name :: Type`", |p| {
            if p.at(Ident) || p.current().is_keyword() && p.nth(1) == ColonColon {
                let marker = p.start();
                member_name(p);
                if p.at(Colon) {
                    p.error_with_help("expected `::`, found `:`", "a field is `name :: Type`");
                    p.bump();
                    type_expression(p);
                } else if p.expect(ColonColon) {
                    type_expression(p);
                }
                if p.eat(Equal) {
                    expressions::expression(p);
                }
                p.complete(marker, FieldDecl);
            }
        });
    });
    deriving(p);
    StructDecl
}

/// `type Tree<T> do … end deriving(Eq)` or `type Celsius = Float`
pub(super) fn type_declaration(p: &mut Parser) -> SyntaxKind {
    p.bump();
    name(p);
    type_parameters(p);
    if p.eat(Equal) {
        type_expression(p);
        return AliasDecl;
    }
    delimited(p, |p| members(p, "a constructor", variant));
    deriving(p);
    SumDecl
}

fn variant(p: &mut Parser) {
    if !p.at(Ident) {
        return;
    }
    let marker = p.start();
    name(p);
    if p.at(LeftParen) && p.same_line(0) {
        p.inside_brackets(|p| {
            p.bump();
            while !p.at_any(&[RightParen, EndOfFile]) {
                let field = p.start();
                if p.nth(1) == ColonColon {
                    member_name(p);
                    p.bump();
                }
                type_expression(p);
                p.complete(field, PayloadField);
                if !p.another(RightParen) {
                    break;
                }
            }
            p.expect(RightParen);
        });
    }
    p.complete(marker, VariantDecl);
}

fn deriving(p: &mut Parser) {
    if !p.at_word("deriving") || p.nth(1) != LeftParen {
        return;
    }
    let marker = p.start();
    p.bump();
    p.inside_brackets(|p| {
        p.bump();
        while p.at(Ident) {
            derived(p);
            if !p.eat(Comma) {
                break;
            }
        }
        p.expect(RightParen);
    });
    p.complete(marker, Deriving);
}

/// `Eq`, `Json(user_name: "userName")`
fn derived(p: &mut Parser) {
    let marker = p.start();
    name(p);
    if p.at(LeftParen) {
        p.inside_brackets(|p| {
            p.bump();
            while !p.at_any(&[RightParen, EndOfFile]) {
                renaming(p);
                if !p.another(RightParen) {
                    break;
                }
            }
            p.expect(RightParen);
        });
    }
    p.complete(marker, Derived);
}

fn renaming(p: &mut Parser) {
    let marker = p.start();
    member_name(p);
    if p.expect(Colon) {
        if p.at(StringStart) {
            string_pieces(p, false);
        } else {
            let found = p.found();
            p.error(format!("expected a name in quotes, found {found}"));
        }
    }
    p.complete(marker, Renaming);
}

/// `interface Area do … end`
pub(super) fn interface(p: &mut Parser) -> SyntaxKind {
    p.bump();
    name(p);
    type_parameters(p);
    delimited(p, |p| members(p, "a method or an associated type", |p| method(p, false)));
    InterfaceDecl
}

/// `impl Eq for List<T> where T: Eq do … end`
pub(super) fn implementation(p: &mut Parser) -> SyntaxKind {
    p.bump();
    let header = p.position;
    path(p);
    type_arguments(p);
    if p.expect(ForKw) {
        type_expression(p);
    }
    // The type parameters of an implementation are the names in it that are no other types.
    for index in header..p.position {
        if p.lexemes[index].kind == Ident {
            p.type_names.add_parameter(p.text_at(index));
        }
    }
    where_clause(p);
    delimited(p, |p| members(p, "a method or an associated type", |p| method(p, true)));
    ImplDecl
}

/// A method, or `type Item` with its `= X` in an implementation.
fn method(p: &mut Parser, needs_body: bool) {
    let outside = p.type_names.enter();
    let marker = p.start();
    if p.at(PubKw) {
        p.error_with_help("methods are as public as their interface", "remove the `pub`");
        p.bump();
    }
    if p.at_any(&[FnKw, DefKw]) {
        function(p, needs_body);
        p.complete(marker, FnDecl);
    } else if p.at(TypeKw) {
        p.bump();
        name(p);
        if needs_body {
            if p.expect(Equal) {
                type_expression(p);
            }
        } else if p.at(Equal) {
            p.error_with_help("an interface names the type alone", "each `impl` says what it is");
            p.bump();
            type_expression(p);
        }
        p.complete(marker, AssociatedType);
    } else {
        p.abandon(marker);
    }
    p.type_names.leave(outside);
}

/// `actor name(params) do … terminate do … end end`
pub(super) fn actor(p: &mut Parser) -> SyntaxKind {
    p.bump();
    name(p);
    parameters(p);
    delimited(p, |p| {
        block(p, &[TerminateKw]);
        if p.at(TerminateKw) {
            let marker = p.start();
            p.bump();
            delimited(p, |p| block(p, &[]));
            p.complete(marker, TerminateClause);
            while p.eat(Semicolon) {}
            if p.at(TerminateKw) {
                p.error("an actor has at most one `terminate`");
                p.bump();
                delimited(p, |p| block(p, &[]));
            } else if !p.at_any(&[EndKw, EndOfFile]) {
                p.error_with_help("`terminate` stands last in an actor", "move these statements above it");
                block(p, &[]);
            }
        }
    });
    ActorDecl
}

/// `service Stock do fn init … call … cast … end`
pub(super) fn service(p: &mut Parser) -> SyntaxKind {
    p.bump();
    name(p);
    delimited(p, |p| {
        members(p, "`fn`, `call`, `cast`", |p| match p.current() {
            CallKw | CastKw => handler(p),
            FnKw | DefKw | PubKw => method(p, true),
            _ => {}
        });
    });
    ServiceDecl
}

/// `call TakeOut(n :: Int) :: Bool do |state| … end`
fn handler(p: &mut Parser) {
    let marker = p.start();
    let is_call = p.at(CallKw);
    p.bump();
    name(p);
    parameters(p);
    if p.at_any(&[ColonColon, Arrow]) {
        if !is_call {
            p.error_with_help("a cast has no reply", "declare it with `call`, or leave the type out");
        } else if p.at(Arrow) {
            foreign_syntax::reply_behind_arrow(p);
        }
        p.bump();
        type_expression(p);
    }
    delimited(p, |p| {
        if p.eat(Bar) {
            let state = p.start();
            name(p);
            p.complete(state, StateName);
            p.expect(Bar);
        }
        block(p, &[]);
    });
    p.complete(marker, HandlerDecl);
}

/// `supervisor Tree(size) do strategy: … child db do … end end`
pub(super) fn supervisor(p: &mut Parser) -> SyntaxKind {
    p.bump();
    name(p);
    parameters(p);
    delimited(p, |p| {
        members(p, "`key: value` or `child name do … end`", |p| {
            if p.at_word("child") && p.nth(1) != Colon {
                let marker = p.start();
                p.bump();
                name(p);
                delimited(p, |p| members(p, "`key: value`", |p| setting(p, &CHILD_KEYS)));
                p.complete(marker, ChildDecl);
            } else {
                setting(p, &SUPERVISOR_KEYS);
            }
        });
    });
    SupervisorDecl
}

const SUPERVISOR_KEYS: [&str; 3] = ["strategy", "max_restarts", "max_seconds"];
const CHILD_KEYS: [&str; 3] = ["start", "restart", "shutdown"];

/// `key: value`
fn setting(p: &mut Parser, known: &[&str]) {
    let keyword = !p.at(Ident);
    if keyword && p.nth(1) != Colon {
        return;
    }
    if !known.contains(&p.text_of(0)) {
        let message = format!("unknown key `{}`", p.text_of(0));
        p.error_with_help(message, &format!("the keys here are `{}`", known.join("`, `")));
    }
    let marker = p.start();
    // Elixir's child specifications have a `type:`.
    if keyword {
        p.skip_as(Error);
    } else {
        name(p);
    }
    foreign_syntax::setting_value(p);
    expressions::expression(p);
    p.complete(marker, Setting);
}

fn parameters(p: &mut Parser) {
    if p.at(LeftParen) && p.same_line(0) {
        parameter_list(p);
    }
}

/// Members up to the `end`. `member` takes nothing when none stands here.
fn members(p: &mut Parser, what: &str, member: impl Fn(&mut Parser)) {
    loop {
        while p.eat(Semicolon) {}
        let at_margin = p.lexeme(0).newline_before && statements::at_left_margin(p);
        let declaration = items::is_declaration_keyword(p.current()) && !p.at(TypeKw);
        let brace = p.at(RightBrace) && p.brackets > 0;
        if p.at_any(&[EndKw, EndOfFile, InterpolationEnd]) || brace || declaration && at_margin {
            break;
        }
        let before = p.position;
        member(p);
        if p.position == before {
            // No member, but a declaration: the `end` is missing.
            if p.at_any(&[FnKw, DefKw, LetKw]) && at_margin {
                break;
            }
            let found = p.found();
            p.error(format!("expected {what} or `end`, found {found}"));
            leave_out(p);
        }
    }
}

/// Steps over what stands where no such thing may: a whole statement, so that one mistake is one message.
fn leave_out(p: &mut Parser) {
    let (before, reported) = (p.position, p.diagnostics.len());
    let marker = p.start();
    if statements::starts_statement(p) {
        items::item(p);
        p.diagnostics.truncate(reported);
    }
    p.complete(marker, Error);
    if p.position == before {
        p.skip_as(Error);
        statements::skip_line(p, &[]);
    }
}
