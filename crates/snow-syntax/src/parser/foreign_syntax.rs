//! Syntax of other languages (Elixir, Erlang, Rust, C) that means nothing here: it is recognised, so
//! that one slip is one message, with the words of this language.

use super::expressions::expression;
use super::groups::{behind_group, skip_group};
use super::statements::{indentation, open, skip_line};
use super::types::type_expression;
use super::{Parser, atoms};
use crate::span::Span;
use crate::syntax_kind::SyntaxKind::{self, *};

/// At a form of Elixir's that has a block of its own: reports it and leaves it out, its `end` too.
pub(super) fn foreign_form(p: &mut Parser) -> bool {
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
        let indented = indentation(p.source, p.span().start as usize);
        if p.at_any(&[EndOfFile, InterpolationEnd]) || begins && indented < margin {
            break;
        }
        let closes = p.at(EndKw) && indented == margin && (begins || ends);
        p.bump();
        if closes {
            break;
        }
    }
    p.complete(marker, Error);
    true
}

/// At `unless`, which is then read as an `if`.
pub(super) fn at_unless(p: &mut Parser) -> bool {
    let condition = matches!(p.nth(1), Ident | TrueKw | FalseKw | NotKw | Bang | StringStart | Int);
    if !p.at_word("unless") || !condition || p.lexeme(1).newline_before {
        return false;
    }
    p.error_with_help("there is no `unless` here", "write `if not … do`");
    true
}

/// At `elsif condition do` between the statements of a branch: those behind it are taken for the same branch's.
pub(super) fn else_if(p: &mut Parser) -> bool {
    let word = ["elsif", "elif", "elseif"].into_iter().find(|word| p.at_word(word));
    let Some(word) = word.filter(|_| !matches!(p.nth(1), LeftParen | Dot | Equal)) else { return false };
    p.error_with_help(format!("there is no `{word}` here"), "write `else if … do`");
    p.bump();
    p.header(expression);
    open(p);
    true
}

/// At `:name`, `?a`, `{a, b}` or `%Name {…}` in the place of `wanted`: reported, and taken; of
/// the struct and the character the mark alone.
pub(super) fn foreign_value(p: &mut Parser, wanted: &str) -> bool {
    let name = p.nth(1) == Ident || p.nth(1).is_keyword();
    let (found, help) = match p.current() {
        Colon if name && p.touches_previous(1) => (
            format!(":{}", p.text_of(1)),
            "Snow has no atoms: declare a `type` with a constructor for each case",
        ),
        LeftBrace => ("{".to_string(), braces_help(p)),
        Question if p.touches_previous(1) => ("?".to_string(), "a character stands in single quotes: `'a'`"),
        Percent if p.nth(1) == Ident && p.touches_previous(1) => {
            ("%".to_string(), "a struct is `Name { field: value }`, without `%`")
        }
        _ => return false,
    };
    p.error_with_help(format!("expected {wanted}, found `{found}`"), help);
    let marker = p.start();
    match p.current() {
        LeftBrace => skip_group(p),
        Percent | Question => p.bump(),
        _ => {
            p.bump();
            p.bump();
        }
    }
    p.complete(marker, Error);
    true
}

/// At a `{` that begins nothing: what was meant by it.
fn braces_help(p: &Parser) -> &'static str {
    let end = behind_group(p, p.position).unwrap_or(p.position);
    let mut inside = p.position + 1;
    let mut comma = false;
    while inside < end && !comma {
        comma = p.lexemes[inside].kind == Comma;
        inside = behind_group(p, inside).unwrap_or(inside + 1);
    }
    match (p.nth(1), p.nth(2)) {
        (Colon, _) => "a result is `Ok(value)` or `Err(why)`; a tuple is `(a, b)`",
        (_, Colon) => "a struct is `Name { field: value }`, a map is `%{key => value}`",
        _ if comma => "a tuple is `(a, b)`",
        _ => {
            "a block is `do … end`; a tuple is `(a, b)`, a struct `Name { field: value }`, a map `%{key => value}`"
        }
    }
}

/// `key: :word` or `key = word` in a supervisor: what is meant is clear.
pub(super) fn setting_value(p: &mut Parser) {
    if p.at(Equal) {
        p.error_with_help("expected `:`, found `=`", "a setting is `key: value`");
        p.bump();
    } else {
        p.expect(Colon);
    }
    if p.at(Colon) && p.nth(1) == Ident {
        let help = format!("write `{}` without the colon: there are no atoms", p.text_of(1));
        p.error_with_help("expected a value, found `:`", &help);
        p.bump();
    }
}

/// At `, do: expression` behind a function's parameters: takes all but the expression.
pub(super) fn keyword_body(p: &mut Parser) -> bool {
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
pub(super) fn reply_behind_arrow(p: &mut Parser) {
    let help = "the type of a reply stands behind `::`: `call Get() :: Int do |state|`";
    p.error_with_help("expected `::`, found `->`", help);
}

/// At the colons of `fn f(x) :: Int`.
pub(super) fn result_behind_colons(p: &mut Parser) {
    let help = "the type of a result stands behind `->`: `fn f(x :: Int) -> Int`";
    p.error_with_help("expected `->`, found `::`", help);
}

/// At the last element of the list pattern `[first | rest]`.
pub(super) fn at_rest_of_a_list(p: &mut Parser) -> bool {
    let shape = [p.nth(1), p.nth(2), p.nth(3)] == [Bar, Ident, RightBracket];
    let name = p.text_of(2).starts_with(|c: char| c == '_' || c.is_lowercase());
    if !shape || !name || !p.at_any(&[Ident, Int, TrueKw, FalseKw]) {
        return false;
    }
    let bar = Span::new(p.lexeme(1).start, p.lexeme(1).end);
    let help = "the first element of a list and the rest are `first :: rest`, without brackets";
    p.error_at(p.position + 1, bar, "expected `,` or `]`, found `|`", help);
    true
}

/// At `..rest`, `rest..` or, behind the sign in `rest @ ..`, at the dots of a list: takes all of it.
pub(super) fn dots_in_a_list(p: &mut Parser) -> bool {
    let name = p.at(Ident) && p.nth(1) == DotDot && matches!(p.nth(2), RightBracket | Comma);
    if !name && !p.at(DotDot) {
        return false;
    }
    // The lexer has reported the sign before them.
    let before = p.source[..p.span().start as usize].trim_end();
    if !before.ends_with('@') {
        let found = if name { p.text_of(1) } else { p.text_of(0) };
        p.error_with_help(format!("expected a pattern, found `{found}`"), REST_OF_A_LIST);
    }
    let marker = p.start();
    p.eat(Ident);
    p.bump();
    p.eat(Dot);
    p.eat(Ident);
    p.complete(marker, Error);
    true
}

/// What takes a list apart, and bytes.
pub(crate) const REST_OF_A_LIST: &str = "the first element of a list and the rest are `first :: rest`, without brackets; those of bytes are `<<first, rest::bytes>>`";

/// At the `b` of `b"text"`: takes it.
pub(super) fn byte_text(p: &mut Parser) {
    if p.at_word("b") && p.nth(1) == StringStart && p.touches_previous(1) {
        p.error_with_help("expected a text, found `b`", "`<<\"text\">>` are the bytes of a text");
        p.skip_as(Error);
    }
}

/// `f.(x)` and `pair.0`: takes the dot, and the number.
pub(super) fn dot_before_no_name(p: &mut Parser) -> bool {
    if !p.at(Dot) || p.lexeme(1).newline_before {
        return false;
    }
    let (message, help) = match p.nth(1) {
        LeftParen => ("expected a name, found `(`", "a closure is called like a function: `f(…)`"),
        Int => ("expected a name, found a number", "the parts of a tuple get names: `let (a, b) = pair`"),
        _ => return false,
    };
    p.error_with_help(message, help);
    let marker = p.start();
    p.bump();
    p.eat(Int);
    p.complete(marker, Error);
    true
}

/// At `//`: the rest of the line is left out.
pub(super) fn slashes(p: &mut Parser) -> bool {
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

/// At `x <- list` in a `for`: takes the arrow.
pub(super) fn arrow_for_in(p: &mut Parser) -> bool {
    if !p.at(Less) || p.nth(1) != Minus || !p.touches_previous(1) {
        return false;
    }
    p.error_with_help("expected `in`, found `<-`", "write `for x in list do`");
    p.bump();
    p.bump();
    true
}

/// How far the colon of `a ? b : c` is looked for, in tokens.
const LONGEST_TERNARY: usize = 100;

/// At the question mark of `a ? b : c`: takes the rest of it.
pub(super) fn ternary(p: &mut Parser) -> bool {
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

/// Behind `..`: takes one dot more.
pub(super) fn third_dot(p: &mut Parser) {
    if p.at(Dot) && p.touches_previous(0) {
        p.error_with_help(
            "expected an expression, found `.`",
            "`1..4` is 1, 2 and 3: the end is left out; `1..=4` has it",
        );
        p.bump();
    }
}

/// At `key: value` in a map: takes both.
pub(super) fn map_key_with_colon(p: &mut Parser) -> bool {
    if !p.at(Ident) || p.nth(1) != Colon {
        return false;
    }
    let help = "an entry of a map is `\"key\" => value`; a struct is `Name { field: value }`";
    p.error_with_help("this is neither a map nor a struct", help);
    let marker = p.start();
    p.bump();
    p.bump();
    p.complete(marker, ErrorExpr);
    expression(p);
    true
}

/// At `defmodule`, which is then read as `module`.
pub(super) fn at_defmodule(p: &mut Parser) -> bool {
    if !p.at_word("defmodule") || p.nth(1) != Ident {
        return false;
    }
    let help = "a file is a module, named like the file; a module inside of it is `module Name do … end`";
    p.error_with_help("there is no `defmodule` here", help);
    true
}

/// At the `else` of `else -> …` among arms, which is then read as `_`.
pub(super) fn else_for_the_rest(p: &mut Parser) -> bool {
    if !p.at(ElseKw) || !matches!(p.nth(1), Arrow | FatArrow | Colon) {
        return false;
    }
    p.error_with_help("expected a pattern, found the keyword `else`", "`_ -> …` takes everything else");
    p.skip_as(WildcardPattern);
    true
}

/// At the word of `case A -> …`, `when A -> …` or `| A -> …` among arms: takes it.
pub(super) fn word_before_a_pattern(p: &mut Parser) {
    if p.at_any(&[CaseKw, MatchKw, WhenKw, Bar]) {
        let found = p.found();
        let message = format!("expected a pattern, found {found}");
        p.error_with_help(message, "an arm begins with its pattern: `pattern -> statements`");
        p.skip_as(Error);
    }
}

/// At the `if` of `pattern if condition -> …`, which is then read as `when`.
pub(super) fn if_as_guard(p: &mut Parser) -> bool {
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
pub(super) fn another_arrow(p: &mut Parser) -> bool {
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

/// At `..defaults` or `...rest` among the fields of a struct: reported, and taken.
pub(super) fn rest_of_a_struct(p: &mut Parser, field: SyntaxKind) -> bool {
    if !p.at(DotDot) {
        return false;
    }
    let help = match field {
        FieldPattern => "fields that are not named match anything",
        _ => {
            "`%{value | field: …}` changes some fields of a value; a field that has a default may be left out"
        }
    };
    p.error_with_help("expected a field, found `..`", help);
    p.skip_to(&[Comma]);
    p.eat(Comma);
    true
}

/// At the `=` or `=>` of `Name { field = value }`: takes it for a colon.
pub(super) fn another_colon(p: &mut Parser, help: &str) -> bool {
    if !p.at_any(&[Equal, FatArrow]) {
        return false;
    }
    let found = p.found();
    p.error_with_help(format!("expected `:`, found {found}"), help);
    p.skip_as(Error);
    true
}

/// In a header, behind a value: does the `{` begin what other languages take for a block? Fields of a struct
/// follow it otherwise.
pub(super) fn brace_begins_a_block(p: &Parser) -> bool {
    let name = p.text_at(p.position.saturating_sub(1)).starts_with(char::is_uppercase);
    let fields = match (p.nth(1), p.nth(2)) {
        (RightBrace, _) | (_, Colon) => true,
        (Ident, Comma | RightBrace) => name,
        _ => false,
    };
    !p.context.trailing_closures && !fields
}

/// At a `{` in the place of `do`: reported, and taken.
pub(super) fn brace_for_do(p: &mut Parser) -> Option<Span> {
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

/// Ends the block if a brace began it.
fn leave_brace_block(p: &mut Parser, opening: Span) -> bool {
    let brace = p.brace_blocks.pop_if(|brace| *brace == opening).is_some();
    p.brackets -= u32::from(brace);
    brace
}

/// At the end of a block that a brace began: takes the closing one.
pub(super) fn brace_for_end(p: &mut Parser, opening: Span) -> bool {
    let closes = leave_brace_block(p, opening) && p.at(RightBrace);
    if closes {
        p.skip_as(Error);
    }
    closes
}

/// At the `}` of `} else`: takes it.
pub(super) fn brace_before_else(p: &mut Parser, opening: Span) {
    if p.at(RightBrace) && p.nth(1) == ElseKw && leave_brace_block(p, opening) {
        p.skip_as(Error);
    }
}

/// Where `do` is missing: what was written for it.
pub(super) fn do_help(p: &Parser) -> &'static str {
    if p.at(Colon) || p.at_word("of") || p.at_word("then") { "a block is `do … end`" } else { "" }
}

/// At `of`, `then` or `:` in the place of `do`, which has been reported: takes it.
pub(super) fn word_for_do(p: &mut Parser) {
    if !do_help(p).is_empty() {
        p.skip_as(Error);
    }
}

/// At a declaration of another language's: what it is called here.
pub(super) fn declaration_help(p: &Parser) -> &'static str {
    match p.current() {
        TraitKw => "interfaces are declared with `interface`",
        _ => "",
    }
}

/// At a token that cannot stand behind a statement.
pub(super) fn stray_help(p: &Parser) -> &'static str {
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
pub(super) fn at_send_operator(p: &Parser) -> bool {
    p.at(Bang) && !p.touches_previous(0) && !p.touches_previous(1) && !p.lexeme(0).newline_before
}

/// At the type `fn(A) -> B`, which is then read as `Fun(A) -> B`.
pub(super) fn at_function_type(p: &mut Parser) -> bool {
    if !p.at(FnKw) || p.nth(1) != LeftParen {
        return false;
    }
    p.error_with_help("expected a type, found the keyword `fn`", "the type of a function is `Fun(A) -> B`");
    true
}

/// Behind the type A, at the arrow of `A -> B`: takes B, too.
pub(super) fn arrow_behind_type(p: &mut Parser) {
    if !p.at(Arrow) || !p.same_line(0) {
        return;
    }
    p.error_with_help("expected the end of the type, found `->`", "the type of a function is `Fun(A) -> B`");
    let marker = p.start();
    p.bump();
    type_expression(p);
    p.complete(marker, Error);
}

/// At the `|` of the list `[first | rest]`: takes the rest.
pub(super) fn bar_in_a_list(p: &mut Parser, close: SyntaxKind) {
    if p.at(Bar) && close == RightBracket {
        let help = "`[first] ++ rest` puts an element before a list; in a pattern it is `first :: rest`";
        p.error_with_help("expected `,` or `]`, found `|`", help);
        let marker = p.start();
        p.bump();
        atoms::atom(p);
        p.complete(marker, Error);
    }
}

/// At the `&` of `&name`: takes it; the lexer has reported it.
pub(super) fn capture(p: &mut Parser) -> bool {
    let captures = p.text_of(0) == "&" && p.nth(1) == Ident && p.touches_previous(1);
    if captures {
        p.bump();
    }
    captures
}

/// At the operator of `List.reduce(list, 0, +)`, where a function is wanted.
pub(super) fn operator_as_value(p: &mut Parser) -> bool {
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

/// At `|x| expression`: leaves out what stands up to the second bar.
pub(super) fn closure_in_bars(p: &mut Parser) -> bool {
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
pub(super) fn help_behind_element(p: &Parser) -> &'static str {
    match p.current() {
        FatArrow => CLOSURE,
        ColonColon if p.touches_previous(0) && p.touches_previous(1) => {
            "what is inside of a module stands behind a dot: `String.trim`"
        }
        _ => "",
    }
}

const CLOSURE: &str = "a closure is `fn x -> … end`";

/// At `use a::b`, `alias A.B`, `require A` and the like: reports it and leaves its line out.
pub(super) fn foreign_import(p: &mut Parser) -> bool {
    let words = ["use", "require", "include", "using", "open", "extends", "export"];
    let word = p.at(AliasKw) || words.iter().any(|word| p.at_word(word));
    let names = matches!(p.nth(1), Ident | StringStart | LeftBrace | Star | ImportKw | ModuleKw);
    let names = names && !p.lexeme(1).newline_before;
    if !word || !names {
        return false;
    }
    let help = match p.text_of(0) {
        "export" => {
            "`pub` stands before what a module exports; `pub import Name.{a, b}` hands on what others declare"
        }
        _ => IMPORTS,
    };
    p.error_with_help(format!("there is no `{}` here", p.text_of(0)), help);
    p.bump();
    skip_line(p, &[]);
    true
}

/// Behind `import`: at what names a file and no module.
pub(super) fn import_from_a_text(p: &mut Parser) -> bool {
    if p.lexeme(0).newline_before {
        return false;
    }
    let from = p.nth(1) == Ident && p.text_of(1) == "from" && !p.lexeme(1).newline_before;
    let text = p.at_any(&[StringStart, LeftBrace, Star]) || p.at(Ident) && from;
    if !text {
        return false;
    }
    let found = p.found();
    let help = "modules have names, which come first: `import Geometry.Plane.{distance, origin}`";
    p.error_with_help(format!("expected a module's name behind `import`, found {found}"), help);
    skip_line(p, &[]);
    true
}

/// Behind an import: at what belongs to those of other languages.
pub(super) fn behind_import(p: &mut Parser) {
    if p.lexeme(0).newline_before {
        return;
    }
    let help = match p.current() {
        Comma if p.nth(1) == Ident && p.nth(2) != Colon => {
            "one line imports one module: write `import` once for each"
        }
        Comma => IMPORTS,
        ColonColon => "a dot stands between the names: `import Geometry.Plane`",
        Slash => "a module is named with dots and capital letters: `geometry/plane.snow` is `Geometry.Plane`",
        LeftParen | LeftBrace => {
            "names stand in braces behind a dot: `import Geometry.Plane.{distance, origin}`"
        }
        Ident if ["exposing", "hiding", "using", "show", "only"].iter().any(|word| p.at_word(word)) => {
            IMPORTS
        }
        _ => return,
    };
    let found = p.found();
    p.error_with_help(format!("expected the end of the import, found {found}"), help);
    skip_line(p, &[]);
}

/// Does `*` stand here, or `(..)`: all names of a module?
pub(super) fn all_names(p: &Parser, ahead: usize) -> bool {
    p.nth(ahead) == Star
}

/// At `*` in the place of names.
pub(super) fn report_all_names(p: &mut Parser) {
    let help = "list the names: `from List import map, filter`, `import List.{map, filter}`";
    p.error_with_help("glob imports are not allowed", help);
    p.bump();
}

/// At a word before an imported name: `type` in Gleam, `self` alone in Rust.
pub(super) fn before_imported_name(p: &mut Parser) {
    if p.at(TypeKw) && p.nth(1) == Ident {
        p.error_with_help(
            "expected a name, found the keyword `type`",
            "types are imported by their names alone",
        );
        p.bump();
    } else if p.at(SelfKw) {
        let help = "`import Name` brings the module itself, in a line of its own";
        p.error_with_help("expected a name, found the keyword `self`", help);
    }
}

/// Behind an imported name: `a: b` renames it in other languages, `A.b` and `A::b` lead farther.
pub(super) fn behind_imported_name(p: &mut Parser) {
    let help = match p.current() {
        Colon if p.nth(1) == Ident => "another name stands behind `as`: `{distance as far}`",
        Dot | ColonColon if !p.lexeme(0).newline_before => {
            "names of a module further inside are imported in a line of their own"
        }
        _ => return,
    };
    let found = p.found();
    p.error_with_help(format!("expected `,` behind the name, found {found}"), help);
    let marker = p.start();
    while !p.at_any(&[Comma, RightBrace, EndOfFile]) && !p.lexeme(0).newline_before {
        if p.at(LeftBrace) { skip_group(p) } else { p.bump() }
    }
    p.complete(marker, Error);
}

const IMPORTS: &str = "`import Geometry.Plane` brings a module in, `import Geometry.Plane.{distance, origin}` names of it, \
                       `as` gives another name";
