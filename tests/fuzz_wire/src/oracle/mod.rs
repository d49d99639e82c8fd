//! The judge: what the RFCs say to an input, worked out by simple means, and all of it at once.
//!
//! Nothing is shared with the library in Snow; what both understood wrongly would be seen by neither.

pub mod close;
pub mod connection;
pub mod fault;
pub mod frames;
pub mod handshake;
pub mod head;
pub mod head_answer;
pub mod response;
