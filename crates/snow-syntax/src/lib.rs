//! Source text to syntax tree. No input or output happens here.

pub mod ast;
pub mod diagnostic;
pub mod span;

/// The abstract syntax tree and what was found wrong on the way. Never panics, whatever the text.
pub fn parse(_file: usize, _source: &str) -> (ast::File, Vec<diagnostic::Diagnostic>) {
    (ast::File::default(), Vec::new())
}
