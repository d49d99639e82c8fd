//! The few instructions that Rust cannot express, one file for each architecture.
//!
//! Each file has the same items: `resume`, `park`, `poll`, `start`, `leave`, the macro
//! `intrinsic_stub`, the layout of a parked stack, and access to a signal's context.

#[cfg(target_arch = "x86_64")]
mod x86_64;
#[cfg(target_arch = "x86_64")]
pub use x86_64::*;

#[cfg(not(target_arch = "x86_64"))]
compile_error!(
    "snow-runtime has no switch routines for this architecture yet: add src/arch/<architecture>.rs"
);
