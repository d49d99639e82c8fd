//! What the tests of the whole share: finding `snowc`, and running it with a deadline.

pub mod compiler;
pub mod process;

use std::path::PathBuf;

/// The repository's root.
pub fn repository() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}
