//! Bytes that no peer should send, and a judge of its own that says what must come of them.

pub mod campaign;
pub mod corpus;
pub mod harness;
pub mod hex;
pub mod input;
pub mod mutate;
pub mod oracle;
pub mod target;
