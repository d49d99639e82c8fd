//! Heap, collector, actors, scheduler, reactor and intrinsics: what compiled Snow runs on.
//!
//! `Program::load` brings an image into memory, `run_main` and `run_test` run it. The compiler looks up
//! `intrinsics` and `abi::intrinsic_signature`.

pub mod abi;
mod actor;
mod arch;
mod heap;
pub mod image;
mod image_file;
mod intrinsics;
mod loader;
mod net;
mod options;
mod program;
mod scheduler;

pub use intrinsics::{find as find_intrinsic, intrinsics};
pub use loader::LoadError;
pub use options::Options;
pub use program::{Program, TestOutcome};
