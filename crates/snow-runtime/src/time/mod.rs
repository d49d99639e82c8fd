//! Clocks and timers.

pub mod clock;
pub mod dead_timers;
pub mod firing;
pub mod live_timers;
pub mod wheel;
