//! What the modules declare and import: names first, written types then.

mod collect;
mod imports;
mod signatures;
pub mod written_types;
