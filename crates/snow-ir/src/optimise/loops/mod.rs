//! The passes over loops, in the order in which they run: each loop is brought into canonical form, its
//! test moves to its end (rotation), what is the same in each turn leaves it (loop-invariant code motion),
//! and counted loops run in strips without the checks that are known to pass (strip mining).

pub mod canonicalisation;
pub mod induction_variables;
pub mod invariant_code_motion;
pub mod rotation;
pub mod strip_mining;
