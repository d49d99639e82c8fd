//! The stacks of compiled code: run, parked, walked, overflown.

pub mod frames;
pub mod overflow;
pub mod parking;
pub mod run_stack;
