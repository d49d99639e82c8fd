//! The file, and which declaration stands where. The declarations themselves: `declarations`.

use super::statements::{
    binding, block, delimited, expression_block, expression_statement, guard, let_statement,
};
use super::types::{member_name, name, type_expression, type_parameters, where_clause};
use super::{Parser, atoms, declarations, expressions, foreign_syntax, imports, patterns};
use crate::syntax_kind::SyntaxKind::{self, *};

/// The whole file.
pub(super) fn file(p: &mut Parser) {
    let marker = p.start();
    while !p.at_end() {
        items(p);
        if p.at(EndKw) {
            p.error_with_help("this `end` closes nothing", "remove it, or look for a missing `do` above");
            p.skip_as(Error);
        }
    }
    p.complete(marker, File);
}

/// Declarations up to an `end` or the end of the file.
pub(super) fn items(p: &mut Parser) {
    loop {
        while p.eat(Semicolon) {}
        if p.at_any(&[EndKw, EndOfFile]) {
            break;
        }
        let before = p.position;
        item(p);
        p.ensure_progress(before);
    }
}

/// Keywords that begin nothing but a declaration; `fn` is none, for it begins closures too.
pub(super) fn is_declaration_keyword(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        PubKw
            | StructKw
            | TypeKw
            | InterfaceKw
            | ImplKw
            | ActorKw
            | ServiceKw
            | SupervisorKw
            | ModuleKw
            | ImportKw
    )
}

/// Does the `fn` or `def` here declare a named function (rather than begin a closure)?
pub(super) fn declares_function(p: &Parser) -> bool {
    match p.nth(1) {
        _ if p.at(DefKw) => true,
        Ident if p.text_of(1) == "_" => false,
        Ident => match p.nth(2) {
            Comma | WhenKw | Bar => false,
            Arrow => result_type_follows(p),
            _ => true,
        },
        DoKw | TrueKw | FalseKw | NilKw | WhenKw => false,
        kind => kind.is_keyword() && matches!(p.nth(2), LeftParen | Less | Equal),
    }
}

/// Behind `fn name ->` stands a type and then what can follow a function's result type. Otherwise it
/// is the closure `fn name -> expression end`.
fn result_type_follows(p: &Parser) -> bool {
    let mut ahead = 3;
    loop {
        let ends = p.lexeme(ahead).newline_before;
        match p.nth(ahead) {
            Ident | LeftParen if ends => return false,
            Ident | Dot | Less | Greater | Comma | LeftParen | RightParen | Question | Bang | Arrow => {
                ahead += 1
            }
            DoKw | Equal | WhereKw | WhenKw | GreaterEqual => return true,
            _ => return false,
        }
    }
}

/// One declaration, or a top-level `let` or expression.
pub(super) fn item(p: &mut Parser) {
    let outside = p.type_names.enter();
    declaration(p);
    p.type_names.leave(outside);
}

fn declaration(p: &mut Parser) {
    if p.at_word("test") && p.nth(1) == StringStart && !p.lexeme(1).newline_before {
        return test(p);
    }
    let marker = p.start();
    let public = p.eat(PubKw);
    if !p.at_any(&[FnKw, DefKw]) {
        p.type_names.end_clauses();
    }
    let kind = match p.current() {
        FnKw | DefKw if public || p.nth(1).is_keyword() && p.nth(2) == LeftParen || declares_function(p) => {
            function(p, true);
            FnDecl
        }
        Ident if p.text_of(0) == "extern" && matches!(p.nth(1), FnKw | DefKw) => {
            p.bump();
            p.bump();
            signature(p);
            ExternFn
        }
        Ident if at_opaque(p) || public && p.at_word("opaque") => opaque(p, public),
        StructKw => declarations::structure(p),
        TypeKw => declarations::type_declaration(p),
        InterfaceKw => declarations::interface(p),
        ImplKw => declarations::implementation(p),
        ActorKw => declarations::actor(p),
        ServiceKw => declarations::service(p),
        SupervisorKw => declarations::supervisor(p),
        ModuleKw | Ident if p.at(ModuleKw) || foreign_syntax::at_defmodule(p) => {
            p.bump();
            name(p);
            p.nested(|p| delimited(p, items));
            ModuleDecl
        }
        ImportKw => imports::import(p),
        Ident if imports::at_from(p, 0) => imports::from_import(p),
        _ if foreign_syntax::foreign_import(p) => Error,
        LetKw if public => {
            binding(p);
            LetStmt
        }
        _ if public => {
            let found = p.found();
            p.error_with_help(
                format!("expected a declaration behind `pub`, found {found}"),
                "`pub` stands before `fn`, `struct`, `type`, `opaque`, `interface`, `actor`, `service`, `supervisor`, `module`, `let`, `import` and `from`",
            );
            Error
        }
        _ => {
            p.abandon(marker);
            return top_level_statement(p);
        }
    };
    p.complete(marker, kind);
}

/// `opaque` is a name everywhere else.
fn at_opaque(p: &Parser) -> bool {
    p.at_word("opaque") && matches!(p.nth(1), StructKw | TypeKw | PubKw) && !p.lexeme(1).newline_before
}

/// `pub opaque struct …` or `pub opaque type … do`: what others may hold, but not look into.
fn opaque(p: &mut Parser, public: bool) -> SyntaxKind {
    if !public {
        let help = match p.nth(1) {
            PubKw => "write `pub opaque`, in this order",
            _ => {
                "a type without `pub` belongs to its module alone: write `pub opaque`, or leave `opaque` out"
            }
        };
        p.error_with_help("`opaque` without `pub` in front of it", help);
    }
    let (position, span) = (p.position, p.span());
    p.bump();
    p.eat(PubKw);
    let kind = match p.current() {
        StructKw => declarations::structure(p),
        TypeKw => declarations::type_declaration(p),
        _ => {
            let found = p.found();
            p.error(format!("expected `struct` or `type` behind `opaque`, found {found}"));
            Error
        }
    };
    if kind == AliasDecl {
        let help =
            "an alias is another name of its type, and as open as that: declare a `struct` or a `type … do`";
        p.error_at(position, span, "an alias cannot be opaque", help);
    }
    kind
}

fn top_level_statement(p: &mut Parser) {
    if p.at(LetKw) {
        return let_statement(p);
    }
    if expressions::starts_expression(p) {
        return expression_statement(p);
    }
    if foreign_syntax::slashes(p) {
        return;
    }
    let found = p.found();
    let help = foreign_syntax::declaration_help(p);
    p.error_with_help(format!("expected a declaration, found {found}"), help);
    let marker = p.start();
    p.bump();
    while !p.at_end() && !starts_line_with_declaration(p) {
        if p.at(DoKw) {
            delimited(p, |p| block(p, &[]));
        } else if p.at(EndKw) {
            break;
        } else {
            p.bump();
        }
    }
    p.complete(marker, Error);
}

fn starts_line_with_declaration(p: &Parser) -> bool {
    let declaration = is_declaration_keyword(p.current())
        || p.at_any(&[FnKw, DefKw, LetKw])
        || p.at_word("from")
        || p.at_word("test")
        || p.at_word("extern");
    declaration && p.lexeme(0).newline_before
}

/// `fn name<T>(params) -> T where … when … do … end`; a method of an interface may lack the body.
pub(super) fn function(p: &mut Parser, needs_body: bool) {
    p.bump();
    signature(p);
    let clauses = p.type_names.clauses();
    behind_signature(p, needs_body);
    p.type_names.leave_clause(clauses);
}

fn behind_signature(p: &mut Parser, needs_body: bool) {
    where_clause(p);
    guard(p);
    if p.at_any(&[DoKw, LeftBrace]) {
        return delimited(p, |p| block(p, &[]));
    }
    if p.eat(Equal) {
        return expression_block(p);
    }
    if !needs_body {
        return;
    }
    if foreign_syntax::keyword_body(p) {
        return expression_block(p);
    }
    let found = p.found();
    let help = if p.at(Arrow) {
        "at the start of a statement `fn name` declares a function; put a closure in parentheses"
    } else {
        "a function is `fn name(a, b) do … end` or `fn name(a, b) = expression`"
    };
    p.error_behind(format!("expected `do` or `=` in the function, found {found}"), help);
    if !p.lexeme(0).newline_before {
        skip_to_body(p);
    } else if p.at(LetKw) || expressions::starts_expression(p) && !declares_function(p) {
        // Only the `do` is missing.
        delimited(p, |p| block(p, &[]));
    }
}

/// Behind a broken signature: leaves out the rest of its line, but not the body.
fn skip_to_body(p: &mut Parser) {
    let marker = p.start();
    while !p.at_any(&[DoKw, EndKw, EndOfFile, InterpolationEnd]) && !p.lexeme(0).newline_before {
        p.bump();
    }
    p.complete(marker, Error);
    if p.at(DoKw) {
        delimited(p, |p| block(p, &[]));
    }
}

/// `name<T>(params) -> T`
fn signature(p: &mut Parser) {
    p.type_names.enter_clause(p.text_of(0));
    member_name(p);
    let outside = p.type_names.enter();
    type_parameters(p);
    p.type_names.declare_for_clauses(&outside);
    if p.at(LeftParen) && p.same_line(0) {
        patterns::parameter_list(p);
    }
    result_type(p);
}

fn result_type(p: &mut Parser) {
    let colon = p.at(Colon) && p.same_line(0) && matches!(p.nth(1), Ident | LeftParen);
    if p.at(ColonColon) || colon {
        foreign_syntax::result_behind_colons(p);
    }
    if p.at_any(&[Arrow, ColonColon]) || colon {
        let marker = p.start();
        p.bump();
        type_expression(p);
        p.complete(marker, ResultType);
    }
}

/// `test "name" do … end`, `test "name" with system do … end`
fn test(p: &mut Parser) {
    let marker = p.start();
    p.bump();
    atoms::string_pieces(p, false);
    if p.eat(WithKw) {
        if p.at_word("system") {
            p.bump();
        } else {
            let help = "`test \"…\" with system do` runs with the system's clock, sockets and workers";
            p.error_with_help("expected `system`", help);
        }
    }
    delimited(p, |p| block(p, &[]));
    p.complete(marker, TestDecl);
}
