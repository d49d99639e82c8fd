//! Clocks and timers.

pub mod clock;
pub mod dead_timers;
mod firing;
pub mod wheel;
