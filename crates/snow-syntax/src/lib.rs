//! Source text to syntax tree. No input or output happens here.

pub mod ast;
mod character_literal;
pub mod diagnostic;
pub mod lexer;
mod lossless_tree;
pub mod mentioned_names;
mod operator_chain;
mod parser;
pub mod span;
pub mod syntax_kind;
pub mod syntax_visitor;
mod to_ast;

use diagnostic::Diagnostic;
use lexer::LexicalError;
use span::Span;
use syntax_kind::SyntaxNode;

/// The abstract syntax tree and what was found wrong on the way. Never panics, whatever the text.
/// `file` is the file's number in diagnostics.
pub fn parse(file: usize, source: &str) -> (ast::File, Vec<Diagnostic>) {
    let (tree, tokens, mut diagnostics) = build_tree(file, source);
    let mut ast = to_ast::file(file, &tree, &mut diagnostics);
    let forms = std::mem::take(&mut ast.mentions.forms);
    ast.mentions = mentioned_names::mentions(source, &tokens);
    ast.mentions.forms.extend(forms);
    diagnostics.sort_by_key(|diagnostic| diagnostic.primary.span.start);
    (ast, diagnostics)
}

/// The lossless tree: its text is the source, byte for byte.
pub fn parse_tree(file: usize, source: &str) -> (SyntaxNode, Vec<Diagnostic>) {
    let (tree, _, diagnostics) = build_tree(file, source);
    (tree, diagnostics)
}

fn build_tree(file: usize, source: &str) -> (SyntaxNode, Vec<lexer::Token>, Vec<Diagnostic>) {
    // Spans are 32 bits wide.
    if u32::try_from(source.len()).is_err() {
        let tree = lossless_tree::build("", &[], parser::parse(file, "", &[]).0);
        let message = "this file is larger than 4 GiB";
        return (
            SyntaxNode::new_root(tree),
            Vec::new(),
            vec![Diagnostic::error("P0001", file, Span::default(), message)],
        );
    }
    let (tokens, flaws) = lexer::lex(source);
    let (events, mut diagnostics) = parser::parse(file, source, &tokens);
    let tree = lossless_tree::build(source, &tokens, events);
    let mut before = 0;
    for flaw in flaws {
        // Of several such characters in a line the first one is enough.
        let unknown = flaw.0 == LexicalError::UnknownCharacter;
        let repeated = unknown && before > 0 && !source[before..flaw.1].contains('\n');
        if unknown {
            before = flaw.1 + flaw.2;
        }
        if !repeated {
            diagnostics.push(lexical_diagnostic(file, source, flaw));
        }
    }
    (SyntaxNode::new_root(tree), tokens, diagnostics)
}

fn lexical_diagnostic(file: usize, source: &str, flaw: (LexicalError, usize, usize)) -> Diagnostic {
    let (error, start, length) = flaw;
    let span = Span::new(start, start + length);
    match error {
        LexicalError::UnterminatedString => Diagnostic::error("P0002", file, span, "this string never ends")
            .help("strings end with the quotes that they began with; `\\\"` is a quote inside"),
        LexicalError::UnterminatedComment => {
            Diagnostic::error("P0004", file, span, "this block comment never ends")
                .help("each `#=` needs its own `=#`: block comments nest")
        }
        LexicalError::EmptyCharacter => {
            Diagnostic::error("P0008", file, span, "there is no character between these quotes")
                .help("an empty text is `\"\"`; the single quote itself is `'\\''`")
        }
        LexicalError::SeveralCharacters => {
            let text = &source[start..start + length];
            Diagnostic::error("P0008", file, span, format!("`{text}` is more than one character"))
                .help("texts are written with double quotes; single quotes hold one character, a number")
        }
        LexicalError::UnterminatedCharacter => {
            Diagnostic::error("P0008", file, span, "this single quote has no other one in its line")
                .help("a character is written `'a'`, a text `\"a\"`")
        }
        LexicalError::UnknownCharacter => {
            let text = &source[start..start + length];
            if text == "\u{feff}" {
                let message = "a byte order mark means nothing here";
                let help =
                    "it may stand at the start of a file; here it is an invisible character: remove it";
                return Diagnostic::error("P0005", file, span, message).help(help);
            }
            let behind = source[start + length..].chars().next();
            let closure = text.starts_with('&') && (length > 1 || behind == Some('('));
            let captures = behind.is_some_and(|c| c.is_alphabetic() || c == '_');
            let (what, help) = match text.chars().next() {
                Some('&') if captures => {
                    ("the character ", "a function is handed on by its name alone: `List.map(list, double)`")
                }
                Some('&') if closure => ("", "a closure is `fn x -> … end`"),
                Some('&') => ("the character ", "the logical operators are `and` and `or`"),
                Some('@') if source[start + length..].trim_start().starts_with("..") => {
                    ("the character ", parser::REST_OF_A_LIST)
                }
                Some('@') => {
                    ("the character ", "what is written about a declaration stands above it, behind `##`")
                }
                _ => ("the character ", "it may stand in strings and comments"),
            };
            let shown = text.escape_debug();
            Diagnostic::error("P0005", file, span, format!("{what}`{shown}` means nothing here")).help(help)
        }
    }
}
