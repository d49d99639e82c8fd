//! Numbers that stand for things of the runtime, and the tables behind them.

pub mod epochs;
pub mod handle;
pub mod slab;
