//! Heap, collector, actors, scheduler, reactor and intrinsics: what compiled Snow runs on.

pub mod abi;
pub mod image;
