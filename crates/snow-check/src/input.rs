//! What the checker is given.

use snow_syntax::ast;

/// One module of the program, as the caller found it.
pub struct SourceModule<'a> {
    /// `Main`, `Geometry.Plane`; the prelude is `Prelude`.
    pub name: String,
    /// Does it belong to the standard library? Only those may declare `extern fn`.
    pub standard: bool,
    /// Index of the file, used in diagnostics and in `hir`.
    pub file: usize,
    pub source: &'a str,
    pub ast: &'a ast::File,
}
