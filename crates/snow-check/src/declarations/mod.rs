//! What the modules declare and import: names first, written types then.

mod collect;
mod derived_impls;
pub mod entry_point;
mod externs;
mod imports;
mod signatures;
pub mod written_types;

pub use derived_impls::Derivations;
pub use entry_point::check_main;
pub use externs::check_externs;
