//! What a running program shows of itself.

pub mod perf_map;
pub mod report;
pub mod snapshot;
