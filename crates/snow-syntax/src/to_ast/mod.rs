//! The lossless tree to the abstract syntax tree.
//!
//! What the parser has reported becomes an `Error` node here without another word. Literals are
//! checked here, where their values are made.

mod bit_sizes;
mod escapes;
mod expressions;
mod items;
mod literals;
mod patterns;
mod types;

use crate::ast;
use crate::diagnostic::Diagnostic;
use crate::mentioned_names::Mentions;
use crate::span::Span;
use crate::syntax_kind::SyntaxKind::{self, *};
use crate::syntax_kind::{SyntaxElement, SyntaxNode, SyntaxToken};

/// Lowers a whole file; what is wrong with literals is added to the diagnostics.
pub(crate) fn file(file: usize, tree: &SyntaxNode, diagnostics: &mut Vec<Diagnostic>) -> ast::File {
    let mut lowering = Lowering { file, diagnostics, mentions: Mentions::default() };
    let items = lowering.items(tree);
    ast::File { doc: module_doc(tree), items, mentions: lowering.mentions }
}

struct Lowering<'d> {
    file: usize,
    diagnostics: &'d mut Vec<Diagnostic>,
    /// Forms that no single token tells.
    mentions: Mentions,
}

impl Lowering<'_> {
    fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>, help: &str) {
        let mut diagnostic = Diagnostic::error(code, self.file, span, message);
        if !help.is_empty() {
            diagnostic = diagnostic.help(help);
        }
        self.diagnostics.push(diagnostic);
    }
}

fn span(node: &SyntaxNode) -> Span {
    let range = node.text_range();
    Span { start: range.start().into(), end: range.end().into() }
}

fn token_span(token: &SyntaxToken) -> Span {
    let range = token.text_range();
    Span { start: range.start().into(), end: range.end().into() }
}

fn child(node: &SyntaxNode, kind: SyntaxKind) -> Option<SyntaxNode> {
    node.children().find(|child| child.kind() == kind)
}

fn children(node: &SyntaxNode, kind: SyntaxKind) -> impl Iterator<Item = SyntaxNode> + use<> {
    node.children().filter(move |child| child.kind() == kind)
}

fn child_where(node: &SyntaxNode, belongs: fn(SyntaxKind) -> bool) -> Option<SyntaxNode> {
    node.children().find(|child| belongs(child.kind()))
}

fn children_where(
    node: &SyntaxNode,
    belongs: fn(SyntaxKind) -> bool,
) -> impl Iterator<Item = SyntaxNode> + use<> {
    node.children().filter(move |child| belongs(child.kind()))
}

/// The significant tokens directly in the node.
fn tokens(node: &SyntaxNode) -> impl Iterator<Item = SyntaxToken> + use<> {
    node.children_with_tokens()
        .filter_map(SyntaxElement::into_token)
        .filter(|token| !token.kind().is_trivia())
}

fn has_token(node: &SyntaxNode, kind: SyntaxKind) -> bool {
    tokens(node).any(|token| token.kind() == kind)
}

/// Has the node this contextual word? Names are nodes of their own.
fn has_word(node: &SyntaxNode, word: &str) -> bool {
    tokens(node).any(|token| token.kind() == SyntaxKind::Ident && token.text() == word)
}

fn name(node: &SyntaxNode) -> ast::Name {
    let text = tokens(node).next().map(|token| token.text().to_string()).unwrap_or_default();
    ast::Name { text, span: span(node) }
}

/// The first name directly in the node; an empty one where it is missing, which has been reported.
fn name_of(node: &SyntaxNode) -> ast::Name {
    match child(node, Name) {
        Some(found) => name(&found),
        None => ast::Name { text: String::new(), span: span(node) },
    }
}

fn names(node: &SyntaxNode) -> Vec<ast::Name> {
    children(node, Name).map(|found| name(&found)).collect()
}

/// The path directly in the node: never empty.
fn path_of(node: &SyntaxNode) -> ast::Path {
    let path = child(node, Path).map(|path| names(&path)).unwrap_or_default();
    if path.is_empty() { vec![ast::Name { text: String::new(), span: span(node) }] } else { path }
}

/// The `##` lines above a declaration.
fn doc(node: &SyntaxNode) -> Option<String> {
    let mut lines = Vec::new();
    let mut before = node.prev_sibling_or_token();
    while let Some(SyntaxElement::Token(token)) = before {
        match token.kind() {
            DocComment => lines.push(doc_line(token.text(), "##")),
            kind if kind.is_trivia() => {}
            _ => break,
        }
        before = token.prev_sibling_or_token();
    }
    lines.reverse();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// The `##!` lines of the file.
fn module_doc(tree: &SyntaxNode) -> Option<String> {
    let lines: Vec<String> = tree
        .children_with_tokens()
        .filter_map(SyntaxElement::into_token)
        .filter(|token| token.kind() == ModuleDoc)
        .map(|token| doc_line(token.text(), "##!"))
        .collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn doc_line(text: &str, prefix: &str) -> String {
    let text = text.strip_prefix(prefix).unwrap_or(text);
    text.strip_prefix(' ').unwrap_or(text).trim_end().to_string()
}
