//! Actors: their records, mailboxes and parked stacks.

pub mod address;
pub mod crash;
pub mod exit;
pub mod few;
pub mod mailbox;
pub mod parked;
mod parking;
pub mod record;
pub mod relations;
pub mod run_stack;
pub mod slab;
pub mod walk;

pub use record::Record;
