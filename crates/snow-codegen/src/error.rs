//! Why a program that the checker has accepted may still not become machine code.

use std::fmt;

/// Why a program could not be compiled to machine code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodegenError {
    /// This machine is not one that the backend knows, or lacks a feature that it needs.
    Target(String),
    /// Cranelift refused a function: a mistake of the compiler, or one of Cranelift's limits.
    Backend { function: String, message: String },
    /// The function's frame is larger than the guard below a run stack allows for.
    FrameTooLarge {
        function: String,
        bytes: u32,
        /// File and byte offset of the function's first code, if it has any of a source.
        place: Option<(u32, u32)>,
    },
    /// The function needs something of the target that an image cannot express.
    Unsupported { function: String, what: String },
    /// Code or data exceed what 32-bit offsets reach.
    TooLarge,
}

impl fmt::Display for CodegenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CodegenError::Target(reason) => write!(f, "cannot generate code for this machine: {reason}"),
            CodegenError::Backend { function, message } => {
                write!(f, "the code generator failed in `{function}`: {message}")
            }
            CodegenError::FrameTooLarge { function, bytes, .. } => {
                let most = crate::frame_checks::FRAME_LIMIT;
                write!(f, "`{function}` needs a stack frame of {bytes} bytes: more than the {most} allowed")
            }
            CodegenError::Unsupported { function, what } => {
                write!(f, "`{function}` needs {what}, which an image cannot hold")
            }
            CodegenError::TooLarge => write!(f, "the program's code or constants exceed two gigabytes"),
        }
    }
}

impl std::error::Error for CodegenError {}
