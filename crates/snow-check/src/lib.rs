//! Names, types and exhaustiveness. No input or output happens here.

mod constant_expressions;
mod copies;
mod declarations;
mod exhaustiveness;
mod expand;
pub mod hir;
mod impl_selection;
mod infer;
mod inference_order;
mod input;
mod library;
mod limits;
mod module_paths;
mod name_occurrence;
mod nearest_name;
mod passes;
mod program;
mod scope;
mod type_printing;
mod types;
mod unify;
mod writeback;

pub use copies::{DEEPEST_TYPE, MOST_NAMES};
pub use input::SourceModule;
pub use library::{Library, PRELUDE, imported_modules};
pub use module_paths::{file_of, module_name};
use snow_syntax::diagnostic::Diagnostic;

/// Checks a whole program. The typed form is there when no diagnostic is an error.
/// `modules` must hold whatever `library` says that they need, directly or through others.
pub fn check(modules: &[SourceModule], library: &Library) -> (Option<hir::Program>, Vec<Diagnostic>) {
    passes::check(modules, library)
}
