//! Which references must be findable during a call, and in which stack slots they lie
//! then: the collector reads and updates them there.

mod bit_set;
pub mod liveness;
pub mod slots;
