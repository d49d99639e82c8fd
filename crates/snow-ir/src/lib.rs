//! Monomorphic core: from the typed tree to an SSA form, and its optimisation.
//! No input or output happens here.

pub mod control_flow_graph;
pub mod ir;
pub mod layout;
mod lower;
pub mod optimise;
pub mod text;
pub mod verify;

// The interpreter of the tests names the crate from outside.
#[cfg(test)]
extern crate self as snow_ir;

pub use lower::{Entry, LowerError, lower};
