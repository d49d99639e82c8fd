//! What a running program shows of itself.

pub mod perf_map;
pub mod signals;
pub mod snapshot;
