//! Standard streams, sockets, in-memory pipes and outboxes.

pub mod blocking;
pub mod error;
pub mod input;
pub mod outbox;
pub mod output;
pub mod pipe;
pub mod socket;
pub mod streams;
pub mod system_calls;
