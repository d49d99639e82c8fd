//! Monomorphic core: from the typed tree to an SSA form, and its optimisation.
//! No input or output happens here.

mod classes;
pub mod ir;
pub mod layout;
mod lower;
mod operands;
pub mod optimise;
pub mod text;
pub mod verify;

pub use lower::{Entry, LowerError, inline_signature, lower};
