//! Actors: their records, mailboxes and parked stacks.

pub mod crash;
pub mod mailbox;
pub mod parked;
pub mod record;
pub mod run_stack;
pub mod slab;
pub mod walk;

pub use record::Record;
