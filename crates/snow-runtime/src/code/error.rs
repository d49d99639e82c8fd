//! Why an image cannot be run here.

use std::fmt;

/// Why an image cannot be run here.
#[derive(Debug, PartialEq, Eq)]
pub enum LoadError {
    /// The processor lacks this feature (Cranelift's name).
    MissingFeature(String),
    /// The image asks for an intrinsic or stub that this runtime does not have.
    UnknownIntrinsic(String),
    /// The image contradicts itself.
    Malformed(&'static str),
    /// The system refused the memory: its own words.
    NoMemory(String),
}

impl fmt::Display for LoadError {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        match self {
            LoadError::MissingFeature(name) => {
                write!(to, "this processor lacks a feature that the program uses: {name}")
            }
            LoadError::UnknownIntrinsic(name) => write!(to, "the program needs an unknown intrinsic: {name}"),
            LoadError::Malformed(why) => write!(to, "the program's image is damaged: {why}"),
            LoadError::NoMemory(why) => write!(to, "no memory for the program's code: {why}"),
        }
    }
}

impl std::error::Error for LoadError {}
