//! The passes over loops, in the order in which they run: each loop is brought into one
//! form, its test moves to its end, what is the same in each turn leaves it, and counted
//! loops run in strips without the checks that are known to pass.

pub mod canonicalisation;
mod induction_variables;
pub mod invariant_code_motion;
pub mod rotation;
pub mod strip_mining;
