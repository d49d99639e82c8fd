//! Monomorphic core: from the typed tree to an SSA form, and its optimisation.
//! No input or output happens here.

pub mod ir;
