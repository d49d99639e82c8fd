//! Where memory comes from, when it goes back to the system, and what happens when there is no more.

pub mod actor_collection;
pub mod allocator;
pub mod emergency;
pub mod idle;
pub mod idle_shrink;
