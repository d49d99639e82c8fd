//! Actors: their records, mailboxes, and what ties them to others.

pub mod address;
pub mod exit_reason;
pub mod mailbox;
pub mod record;
pub mod relations;
pub mod small_map;
mod waking;

pub use record::Record;
