//! Stack maps: which references are live across each call, and in which stack slots the collector finds
//! them then.

mod bit_set;
pub mod liveness;
pub mod slots;
