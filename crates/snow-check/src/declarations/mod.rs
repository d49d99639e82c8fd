//! What the modules declare and import: names first, written types then.

mod bounds;
mod collect;
mod derived_impls;
pub mod entry_point;
mod externs;
mod impl_index;
mod import_cycles;
mod import_errors;
mod imports;
mod reexports;
mod signatures;
mod type_declarations;
mod written_impls;
pub mod written_types;

pub use derived_impls::Derivations;
pub use entry_point::check_main;
pub use externs::check_externs;
