//! The functions of the standard library that programs use: their types, and what they must do.
//!
//! The meanings are written down here once more, from the documentation, with Rust's own types beneath.

mod arithmetic;
mod binary;
mod call;
mod collections;
mod signature;
mod table;
mod text;
mod vectors;

pub use call::call;
pub use signature::Signature;

use std::sync::OnceLock;

/// All functions, in the order of the table.
pub fn functions() -> &'static [Signature] {
    static FUNCTIONS: OnceLock<Vec<Signature>> = OnceLock::new();
    FUNCTIONS
        .get_or_init(|| table::TABLE.lines().filter(|line| !line.is_empty()).map(Signature::parse).collect())
}

/// The position of a function of this name.
///
/// # Panics
/// When the table has none.
pub fn position(name: &str) -> usize {
    functions()
        .iter()
        .position(|function| function.name == name)
        .unwrap_or_else(|| panic!("no {name} in the table"))
}
