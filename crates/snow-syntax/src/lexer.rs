//! Text to tokens. Every byte of the source belongs to exactly one token.
//!
//! Strings are cut into pieces so that interpolations hold ordinary tokens: a stack remembers, for
//! each open string, whether it is triple-quoted, and, for each open `${`, how many braces are open
//! inside it.

use crate::character_literal;
use crate::syntax_kind::SyntaxKind::{self, *};

/// A token and its length in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    pub kind: SyntaxKind,
    pub length: usize,
}

/// A flaw that only the lexer sees.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LexicalError {
    /// The string that starts here never ends.
    UnterminatedString,
    /// The block comment that starts here never ends.
    UnterminatedComment,
    /// No token starts with this character.
    UnknownCharacter,
    /// Two single quotes with nothing between them.
    EmptyCharacter,
    /// Single quotes around more than one character.
    SeveralCharacters,
    /// The single quote that starts here has no other one in its line.
    UnterminatedCharacter,
}

/// All tokens of the source, and errors with the byte offset and length that they concern.
pub fn lex(source: &str) -> (Vec<Token>, Vec<(LexicalError, usize, usize)>) {
    let mut lexer = Lexer { source, position: 0, tokens: Vec::new(), errors: Vec::new(), modes: Vec::new() };
    lexer.run();
    (lexer.tokens, lexer.errors)
}

/// U+FEFF at the start of a file.
const BYTE_ORDER_MARK: char = '\u{feff}';

enum Mode {
    /// Inside a string; where it began.
    Text { triple: bool, start: usize },
    /// Inside `${ … }`.
    Code { open_braces: usize },
}

struct Lexer<'s> {
    source: &'s str,
    position: usize,
    tokens: Vec<Token>,
    errors: Vec<(LexicalError, usize, usize)>,
    modes: Vec<Mode>,
}

impl Lexer<'_> {
    fn run(&mut self) {
        while self.position < self.source.len() {
            match self.modes.last() {
                Some(Mode::Text { triple, .. }) => self.string_piece(*triple),
                _ => self.code(),
            }
        }
        for mode in &self.modes {
            if let Mode::Text { triple, start } = mode {
                let quotes = if *triple { 3 } else { 1 };
                self.errors.push((LexicalError::UnterminatedString, *start, quotes));
            }
        }
    }

    fn rest(&self) -> &str {
        &self.source[self.position..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn emit(&mut self, kind: SyntaxKind, length: usize) {
        self.tokens.push(Token { kind, length });
        self.position += length;
    }

    fn string_piece(&mut self, triple: bool) {
        let quote = if triple { "\"\"\"" } else { "\"" };
        if self.rest().starts_with(quote) {
            self.modes.pop();
            return self.emit(StringEnd, quote.len());
        }
        if self.rest().starts_with("${") {
            self.modes.push(Mode::Code { open_braces: 0 });
            return self.emit(InterpolationStart, 2);
        }
        let bytes = self.rest().as_bytes();
        let mut length = 0;
        while length < bytes.len() {
            let here = &bytes[length..];
            if here.starts_with(quote.as_bytes()) || here.starts_with(b"${") {
                break;
            }
            if here[0] == b'\\' && here.len() > 1 {
                // The escaped character may be several bytes long.
                length += 1 + self.rest()[length + 1..].chars().next().map_or(0, char::len_utf8);
            } else {
                length += 1;
            }
        }
        self.emit(StringText, length);
    }

    fn code(&mut self) {
        let Some(first) = self.peek() else { return };
        match first {
            // Some editors put it before a text; it says nothing.
            BYTE_ORDER_MARK if self.position == 0 => self.emit(Whitespace, first.len_utf8()),
            ' ' | '\t' => self.run_of(Whitespace, |c| c == ' ' || c == '\t'),
            '\r' if self.rest().starts_with("\r\n") => self.emit(Newline, 2),
            '\n' | '\r' => self.emit(Newline, 1),
            '#' => self.comment(),
            '"' => self.string_start(),
            '\'' => self.character(),
            '0'..='9' => self.number(),
            _ if first == '_' || first.is_alphabetic() => self.word(),
            _ => self.punctuation(first),
        }
    }

    fn run_of(&mut self, kind: SyntaxKind, belongs: fn(char) -> bool) {
        let length = self.length_while(0, belongs);
        self.emit(kind, length);
    }

    /// The number of bytes from `from` (relative to the position) whose characters belong.
    fn length_while(&self, from: usize, belongs: fn(char) -> bool) -> usize {
        let rest = &self.rest()[from..];
        rest.find(|c| !belongs(c)).unwrap_or(rest.len())
    }

    fn comment(&mut self) {
        if self.rest().starts_with("#=") {
            return self.block_comment();
        }
        let length = self.length_while(0, |c| c != '\n' && c != '\r');
        let text = &self.rest()[..length];
        let kind = if text.starts_with("##!") {
            ModuleDoc
        } else if text.starts_with("##") && !text.starts_with("###") {
            DocComment
        } else {
            Comment
        };
        self.emit(kind, length);
    }

    fn block_comment(&mut self) {
        let bytes = self.rest().as_bytes();
        let mut depth = 0usize;
        let mut length = 0;
        loop {
            let here = &bytes[length..];
            if here.starts_with(b"#=") {
                depth += 1;
                length += 2;
            } else if here.starts_with(b"=#") {
                depth -= 1;
                length += 2;
                if depth == 0 {
                    break;
                }
            } else if here.is_empty() {
                self.errors.push((LexicalError::UnterminatedComment, self.position, 2));
                break;
            } else {
                length += 1;
            }
        }
        self.emit(BlockComment, length);
    }

    fn string_start(&mut self) {
        let triple = self.rest().starts_with("\"\"\"");
        self.modes.push(Mode::Text { triple, start: self.position });
        self.emit(StringStart, if triple { 3 } else { 1 });
    }

    fn character(&mut self) {
        match character_literal::length(self.rest()) {
            Ok(length) => self.emit(Character, length),
            Err((flaw, length)) => {
                self.errors.push((flaw, self.position, length));
                self.emit(Unknown, length);
            }
        }
    }

    /// A number with whatever letters touch it: `12ab` is one bad number, not a number and a name.
    fn number(&mut self) {
        let word = |c: char| c == '_' || c.is_alphanumeric();
        let mut length = self.length_while(0, |c| c == '_' || c.is_ascii_digit());
        let prefixed = length == 1 && self.rest().starts_with('0') && {
            matches!(self.rest().as_bytes().get(1), Some(b'x' | b'X' | b'b' | b'B' | b'o' | b'O'))
        };
        if prefixed {
            let length = self.length_while(0, word);
            return self.emit(Int, length);
        }
        let bytes = self.rest().as_bytes();
        let mut kind = Int;
        if bytes.get(length) == Some(&b'.') && bytes.get(length + 1).is_some_and(u8::is_ascii_digit) {
            kind = Float;
            length += 1;
            length += self.length_while(length, |c| c == '_' || c.is_ascii_digit());
        }
        if matches!(bytes.get(length), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
            if bytes.get(length + 1 + sign).is_some_and(u8::is_ascii_digit) {
                kind = Float;
                length += 1 + sign;
            }
        }
        length += self.length_while(length, word);
        self.emit(kind, length);
    }

    fn word(&mut self) {
        let length = self.length_while(0, |c| c == '_' || c.is_alphanumeric());
        let kind = SyntaxKind::keyword(&self.rest()[..length]).unwrap_or(Ident);
        self.emit(kind, length);
    }

    /// The length of what stands here and means nothing: a character, Elixir's `&1`.
    fn unknown(&self, first: char) -> usize {
        let own = first.len_utf8();
        match first {
            '&' => self.length_while(own, |c| c.is_ascii_digit()) + own,
            _ => own,
        }
    }

    fn punctuation(&mut self, first: char) {
        const PAIRS: &[(&str, SyntaxKind)] = &[
            ("%{", MapStart),
            ("==", EqualEqual),
            ("!=", NotEqual),
            ("<=", LessEqual),
            (">=", GreaterEqual),
            ("&&", AndAnd),
            ("||", OrOr),
            ("|>", Pipe),
            ("..=", DotDotEqual),
            ("..", DotDot),
            ("<>", Diamond),
            ("++", PlusPlus),
            ("->", Arrow),
            ("=>", FatArrow),
            ("::", ColonColon),
        ];
        let pair = PAIRS.iter().find(|(text, _)| self.rest().starts_with(text));
        let kind = match (pair, first) {
            (Some((_, kind)), _) => *kind,
            (_, '+') => Plus,
            (_, '-') => Minus,
            (_, '*') => Star,
            (_, '/') => Slash,
            (_, '%') => Percent,
            (_, '<') => Less,
            (_, '>') => Greater,
            (_, '!') => Bang,
            (_, '=') => Equal,
            (_, '?') => Question,
            (_, '|') => Bar,
            (_, '(') => LeftParen,
            (_, ')') => RightParen,
            (_, '[') => LeftBracket,
            (_, ']') => RightBracket,
            (_, '{') => LeftBrace,
            (_, '}') => RightBrace,
            (_, ',') => Comma,
            (_, '.') => Dot,
            (_, ':') => Colon,
            (_, ';') => Semicolon,
            _ => {
                let length = self.unknown(first);
                self.errors.push((LexicalError::UnknownCharacter, self.position, length));
                return self.emit(Unknown, length);
            }
        };
        if let Some(Mode::Code { open_braces }) = self.modes.last_mut() {
            match kind {
                LeftBrace | MapStart => *open_braces += 1,
                RightBrace if *open_braces == 0 => {
                    self.modes.pop();
                    return self.emit(InterpolationEnd, 1);
                }
                RightBrace => *open_braces -= 1,
                _ => {}
            }
        }
        self.emit(kind, kind.text().len());
    }
}
