//! Tokens to a flat list of events, from which the lossless tree is built.
//!
//! The parser sees no trivia; each token knows whether a newline or anything at all stands before it.
//! Whether a newline means something depends on the context: not inside brackets, but again inside
//! the `do … end` and `fn … end` that stand in them.

mod arm_start;
mod arms;
mod atoms;
mod bit_segments;
mod closures;
mod declarations;
mod expressions;
mod fields;
mod foreign_syntax;
mod groups;
mod imports;
mod items;
mod patterns;
mod processes;
mod statements;
mod type_names;
mod types;

use crate::diagnostic::Diagnostic;
use crate::lexer::Token;
use crate::operator_chain::MAX_LINKS;
use crate::span::Span;
use crate::syntax_kind::SyntaxKind::{self, *};
pub(crate) use foreign_syntax::REST_OF_A_LIST;
use type_names::TypeNames;

/// How deeply expressions, patterns, types and blocks may nest.
const MAX_NESTING: u32 = 256;

/// How tall the tree may grow when operator chains lean on nested operands.
const MAX_HEIGHT: u32 = 512;

/// A step of building the tree.
#[derive(Debug)]
pub(crate) enum Event {
    /// `parent`: a later `Start` event that becomes this node's parent.
    Start {
        kind: Option<SyntaxKind>,
        parent: Option<usize>,
    },
    /// A significant token; trivia is put in between by the tree builder.
    Token {
        kind: SyntaxKind,
        end: usize,
    },
    Finish,
}

/// Parses the tokens of one file.
pub(crate) fn parse(file: usize, source: &str, tokens: &[Token]) -> (Vec<Event>, Vec<Diagnostic>) {
    let mut parser = Parser::new(file, source, tokens);
    items::file(&mut parser);
    (parser.events, parser.diagnostics)
}

/// A significant token.
#[derive(Clone, Copy)]
struct Lexeme {
    kind: SyntaxKind,
    start: usize,
    end: usize,
    newline_before: bool,
}

/// A started node. It must be completed or abandoned.
struct Marker(usize);

/// A finished node, which can still be given a parent.
#[derive(Clone, Copy)]
struct Completed(usize);

/// What changes as the parser enters and leaves brackets, blocks and headers.
#[derive(Clone, Copy)]
struct Context {
    /// Newlines end statements.
    newlines: bool,
    /// `f(a) do … end` is a call with a trailing closure.
    trailing_closures: bool,
}

struct Parser<'s> {
    file: usize,
    source: &'s str,
    lexemes: Vec<Lexeme>,
    /// For each opening bracket the index of the closing one.
    partners: Vec<Option<usize>>,
    /// What is known about the patterns that begin at a token: see `arm_start`.
    pattern_ends: Vec<Option<Option<usize>>>,
    type_names: TypeNames<'s>,
    position: usize,
    events: Vec<Event>,
    diagnostics: Vec<Diagnostic>,
    context: Context,
    /// How many brackets are open.
    brackets: u32,
    /// Where blocks begin that are in braces, as in other languages: they count as brackets.
    brace_blocks: Vec<Span>,
    depth: u32,
    /// The greatest depth that was reached since an enclosing operator chain last reset it.
    deepest: u32,
    /// Where the last error was reported: one place gets one message.
    last_error: Option<usize>,
    /// The first block whose `end` stands further left than the line that opened it:
    /// when an `end` is missing at the end of the file, most likely it is this block's.
    suspect: Option<Span>,
}

impl<'s> Parser<'s> {
    fn new(file: usize, source: &'s str, tokens: &[Token]) -> Parser<'s> {
        let mut lexemes = Vec::with_capacity(tokens.len() / 2 + 1);
        let mut offset = 0;
        let mut newline_before = true;
        for token in tokens {
            let (start, end) = (offset, offset + token.length);
            offset = end;
            if token.kind == Newline {
                newline_before = true;
            } else if !token.kind.is_trivia() {
                lexemes.push(Lexeme { kind: token.kind, start, end, newline_before });
                newline_before = false;
            }
        }
        lexemes.push(Lexeme { kind: EndOfFile, start: offset, end: offset, newline_before: true });
        Parser {
            file,
            source,
            partners: groups::partners(lexemes.iter().map(|lexeme| lexeme.kind)),
            pattern_ends: vec![None; lexemes.len()],
            type_names: TypeNames::declared(&lexemes, source),
            lexemes,
            position: 0,
            events: Vec::new(),
            diagnostics: Vec::new(),
            context: Context { newlines: true, trailing_closures: true },
            brackets: 0,
            brace_blocks: Vec::new(),
            depth: 0,
            deepest: 0,
            last_error: None,
            suspect: None,
        }
    }

    // Looking

    fn lexeme(&self, ahead: usize) -> Lexeme {
        self.lexemes[(self.position + ahead).min(self.lexemes.len() - 1)]
    }

    fn current(&self) -> SyntaxKind {
        self.lexeme(0).kind
    }

    fn nth(&self, ahead: usize) -> SyntaxKind {
        self.lexeme(ahead).kind
    }

    fn at(&self, kind: SyntaxKind) -> bool {
        self.current() == kind
    }

    fn at_any(&self, kinds: &[SyntaxKind]) -> bool {
        kinds.contains(&self.current())
    }

    fn at_end(&self) -> bool {
        self.at(EndOfFile)
    }

    fn text_of(&self, ahead: usize) -> &'s str {
        self.text_at((self.position + ahead).min(self.lexemes.len() - 1))
    }

    /// The text of the token with this index.
    fn text_at(&self, index: usize) -> &'s str {
        let lexeme = self.lexemes[index];
        &self.source[lexeme.start..lexeme.end]
    }

    /// At an identifier with this text: a contextual keyword.
    fn at_word(&self, word: &str) -> bool {
        self.at(Ident) && self.text_of(0) == word
    }

    /// The token `ahead` stands on the same line as the one before it, or newlines do not count here.
    fn same_line(&self, ahead: usize) -> bool {
        !self.context.newlines || !self.lexeme(ahead).newline_before
    }

    /// Nothing stands between the token `ahead` and the one before it.
    fn touches_previous(&self, ahead: usize) -> bool {
        let index = (self.position + ahead).min(self.lexemes.len() - 1);
        index > 0 && self.lexemes[index - 1].end == self.lexemes[index].start
    }

    fn span(&self) -> Span {
        let lexeme = self.lexeme(0);
        Span::new(lexeme.start, lexeme.end)
    }

    /// Just behind the last token that was taken.
    fn previous_span(&self) -> Span {
        match self.position.checked_sub(1) {
            Some(index) => Span::new(self.lexemes[index].start, self.lexemes[index].end),
            None => Span::new(0, 0),
        }
    }

    // Taking

    fn bump(&mut self) {
        if self.at_end() {
            return;
        }
        let lexeme = self.lexeme(0);
        self.events.push(Event::Token { kind: lexeme.kind, end: lexeme.end });
        self.position += 1;
    }

    fn eat(&mut self, kind: SyntaxKind) -> bool {
        let here = self.at(kind);
        if here {
            self.bump();
        }
        here
    }

    /// Takes one of the current token's two characters as a token of its own: `>=` in `List<Int>=`,
    /// `<>` in `<<>>`. What is left joins the next token where they touch and mean something
    /// together (`>>==`).
    fn bump_first_half(&mut self, first: SyntaxKind, second: SyntaxKind) {
        let lexeme = self.lexeme(0);
        let middle = lexeme.start + 1;
        self.events.push(Event::Token { kind: first, end: middle });
        let joins = second == Equal && self.nth(1) == Equal && self.touches_previous(1);
        if joins {
            self.position += 1;
            let next = &mut self.lexemes[self.position];
            *next = Lexeme { kind: EqualEqual, start: middle, end: next.end, newline_before: false };
        } else {
            self.lexemes[self.position] =
                Lexeme { kind: second, start: middle, end: lexeme.end, newline_before: false };
        }
    }

    /// Takes a `>`, also the first half of `>=`.
    fn eat_greater(&mut self) -> bool {
        match self.current() {
            Greater => self.bump(),
            GreaterEqual => self.bump_first_half(Greater, Equal),
            _ => return false,
        }
        true
    }

    fn expect(&mut self, kind: SyntaxKind) -> bool {
        if self.eat(kind) {
            return true;
        }
        let found = self.found();
        self.error_behind(format!("expected `{}`, found {found}", kind.text()), "");
        false
    }

    /// The current token in words.
    fn found(&self) -> String {
        match self.current() {
            EndOfFile => "the end of the file".to_string(),
            StringStart => "a string".to_string(),
            InterpolationEnd => "`}`".to_string(),
            Greater if bit_segments::at_bits_end(self) => "`>>`".to_string(),
            kind if kind.is_keyword() => format!("the keyword `{}`", kind.text()),
            _ => format!("`{}`", self.text_of(0)),
        }
    }

    // Reporting

    /// Reports at the current token.
    fn error(&mut self, message: impl Into<String>) {
        self.error_with_help(message, "");
    }

    fn error_with_help(&mut self, message: impl Into<String>, help: &str) {
        self.error_at(self.position, self.span(), message, help);
    }

    /// Reports that something is missing here: where the line is at its end, behind its last token.
    fn error_behind(&mut self, message: impl Into<String>, help: &str) {
        let behind = self.lexeme(0).newline_before && self.position > 0;
        let span = if behind { self.previous_span() } else { self.span() };
        self.error_at(self.position, span, message, help);
    }

    /// Reports about a place that was parsed already.
    fn error_at(&mut self, position: usize, span: Span, message: impl Into<String>, help: &str) {
        if self.last_error == Some(position) {
            return;
        }
        self.last_error = Some(position);
        if self.at(Unknown) {
            // The lexer has reported it.
            return;
        }
        let mut diagnostic = Diagnostic::error("P0001", self.file, span, message);
        if !help.is_empty() {
            diagnostic = diagnostic.help(help);
        }
        self.diagnostics.push(diagnostic);
    }

    // Building

    fn start(&mut self) -> Marker {
        self.events.push(Event::Start { kind: None, parent: None });
        Marker(self.events.len() - 1)
    }

    fn complete(&mut self, marker: Marker, kind: SyntaxKind) -> Completed {
        if let Event::Start { kind: slot, .. } = &mut self.events[marker.0] {
            *slot = Some(kind);
        }
        self.events.push(Event::Finish);
        Completed(marker.0)
    }

    /// Starts a node that will hold the completed one as its first child.
    fn precede(&mut self, completed: Completed) -> Marker {
        let marker = self.start();
        if let Event::Start { parent, .. } = &mut self.events[completed.0] {
            *parent = Some(marker.0);
        }
        marker
    }

    /// Makes the started node none: its children belong to the node around it.
    fn abandon(&mut self, Marker(position): Marker) {
        // The tree builder passes over a start that never got a kind.
        debug_assert!(matches!(self.events[position], Event::Start { kind: None, .. }));
    }

    /// Puts the current token into a node of this kind, so that parsing goes on behind it.
    fn skip_as(&mut self, kind: SyntaxKind) -> Completed {
        let marker = self.start();
        self.bump();
        self.complete(marker, kind)
    }

    // Contexts

    /// Runs `inner` in another context and comes back to this one.
    fn in_context<R>(&mut self, context: Context, inner: impl FnOnce(&mut Self) -> R) -> R {
        let outer = std::mem::replace(&mut self.context, context);
        let result = inner(self);
        self.context = outer;
        result
    }

    /// Inside brackets newlines mean nothing.
    fn inside_brackets<R>(&mut self, inner: impl FnOnce(&mut Self) -> R) -> R {
        self.brackets += 1;
        let result = self.in_context(Context { newlines: false, trailing_closures: true }, inner);
        self.brackets -= 1;
        result
    }

    /// Inside `do … end` and `fn … end` newlines end statements, whatever is outside.
    fn inside_block<R>(&mut self, inner: impl FnOnce(&mut Self) -> R) -> R {
        self.in_context(Context { newlines: true, trailing_closures: true }, inner)
    }

    /// Between a keyword and its `do`, that `do` belongs to the keyword.
    fn header<R>(&mut self, inner: impl FnOnce(&mut Self) -> R) -> R {
        self.in_context(Context { trailing_closures: false, ..self.context }, inner)
    }

    /// Runs `inner` one level deeper; beyond the limit the rest of the file is left unparsed.
    fn nested<R>(&mut self, inner: impl FnOnce(&mut Self) -> R) -> Option<R> {
        if self.depth >= MAX_NESTING {
            self.give_up();
            return None;
        }
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
        let result = inner(self);
        self.depth -= 1;
        Some(result)
    }

    /// Accounts for one more link of a chain of operators, calls or members: it pushes what stands
    /// before it one level down, until the chain is cut.
    fn link(&mut self, number: usize) {
        if number <= MAX_LINKS {
            self.deepest += 1;
        }
        self.check_height(self.deepest - self.depth);
    }

    /// Gives up where the tree would grow too tall at this depth.
    fn check_height(&mut self, height: u32) {
        if self.depth + height > MAX_HEIGHT && !self.at_end() {
            self.give_up();
        }
    }

    /// Reports code that is nested too deeply, and takes everything that is left.
    fn give_up(&mut self) {
        self.error_with_help(
            "this code is nested too deeply",
            "name parts of it with `let` or move them into functions of their own",
        );
        let marker = self.start();
        while !self.at_end() {
            self.bump();
        }
        self.complete(marker, Error);
        // What is missing behind this point follows from giving up.
        self.last_error = Some(self.position);
    }

    /// Behind an element of a list in brackets: is there another one? Takes the comma. What can be
    /// neither a comma nor the closing bracket is reported and left out.
    fn another(&mut self, close: SyntaxKind) -> bool {
        if self.eat(Comma) {
            return true;
        }
        if self.at(close) || close == Greater && self.at(GreaterEqual) {
            return false;
        }
        let found = self.found();
        let help = foreign_syntax::help_behind_element(self);
        self.error_behind(format!("expected `,` or `{}`, found {found}", close.text()), help);
        self.skip_to(&[Comma]);
        self.last_error = Some(self.position);
        self.eat(Comma)
    }

    /// Leaves out what stands before one of `stops` or the closing bracket of the innermost open one.
    fn skip_to(&mut self, stops: &[SyntaxKind]) {
        let marker = self.start();
        let mut open = 0;
        while !self.at_any(&[EndOfFile, EndKw, DoKw, ElseKw, InterpolationEnd, StringEnd]) {
            let keyword = self.at_any(&[LetKw, FnKw, DefKw]) || items::is_declaration_keyword(self.current());
            if keyword && self.lexeme(0).newline_before {
                break;
            }
            match self.current() {
                kind if open == 0 && stops.contains(&kind) => break,
                LeftParen | LeftBracket | LeftBrace | MapStart => open += 1,
                RightParen | RightBracket | RightBrace if open == 0 => break,
                RightParen | RightBracket | RightBrace => open -= 1,
                StringStart => {
                    atoms::string_pieces(self, true);
                    continue;
                }
                _ => {}
            }
            self.bump();
        }
        self.complete(marker, Error);
    }

    /// Steps over one token when a loop's body took none, so that every loop ends.
    fn ensure_progress(&mut self, before: usize) {
        if self.position == before && !self.at_end() {
            let found = self.found();
            self.error(format!("unexpected {}", found.trim_start_matches("the ")));
            self.skip_as(Error);
        }
    }
}
