//! How actors and programs end, and who is told.

pub mod closing;
pub mod crash_report;
pub mod exits;
pub mod names;
