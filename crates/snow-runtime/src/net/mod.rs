//! Sockets, in-memory pipes and outboxes.

pub mod error;
pub mod outbox;
pub mod pipe;
pub mod socket;
pub mod system;
