//! The inputs that are kept: real ones, and those that once did harm. Each is a file in the folder of its target.

use crate::target::Target;
use std::io;
use std::path::PathBuf;

/// The files of a target, in the order of their names.
///
/// # Errors
/// When they cannot be read.
pub fn load(target: Target) -> io::Result<Vec<Vec<u8>>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder(target))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<_>>()?;
    files.sort();
    files.iter().map(std::fs::read).collect()
}

fn folder(target: Target) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name())
}
