//! From the typed tree (HIR) to the intermediate form (IR), and its optimisation.
//! No input or output happens here.

pub mod control_flow_graph;
pub mod ir;
pub mod layout;
mod lower;
pub mod optimise;
pub mod text;
pub mod verify;

pub use lower::{Entry, LowerError, lower};
