//! Handles, the numbers that stand for things of the runtime, and the tables in which they are looked up.

pub mod epochs;
pub mod handle;
pub mod slab;
