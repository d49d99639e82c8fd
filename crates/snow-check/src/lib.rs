//! Names, types and exhaustiveness. No input or output happens here.

mod check;
mod collect;
mod constants;
mod dependencies;
mod derive;
mod exhaustive;
mod expand;
mod finish;
pub mod hir;
mod imports;
mod infer;
mod instances;
mod interfaces;
mod library;
mod mentions;
mod opaque;
mod parts;
mod print;
mod program;
mod scope;
mod signatures;
mod sizes;
mod suggestions;
mod type_expressions;
mod types;
mod unify;

pub use instances::{DEEPEST_TYPE, MOST_NAMES};
pub use library::{Library, PRELUDE, dotted};
use snow_syntax::{ast, diagnostic::Diagnostic};

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

/// Signature of something that `extern fn` may bind to, as text: `fn(Int, Int) -> Int`.
pub type ExternSignatures<'a> = dyn Fn(&str) -> Option<&'a str> + 'a;

/// Checks a whole program. The typed form is there when no diagnostic is an error.
/// `modules` must hold whatever `library` says that they need, directly or through others.
pub fn check(
    modules: &[SourceModule],
    library: &Library,
    externs: &ExternSignatures,
) -> (Option<hir::Program>, Vec<Diagnostic>) {
    check::check(modules, library, externs)
}
