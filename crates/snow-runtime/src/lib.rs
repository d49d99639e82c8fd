//! Heap, collector, actors, scheduler, reactor and intrinsics: what compiled Snow runs on.
//!
//! `Program::load` brings an image into memory, `run_main` and `run_test` run it. The compiler looks up
//! `intrinsics` and `intrinsic_signature`.
//!
//! Where things are:
//! - `snow_abi`, a crate of its own: the contract with the code generator; `loader`: the way of an image into memory;
//! - `arch`: switching stacks, one file for each architecture;
//! - `heap`: objects, the collector, messages, blobs;
//! - `actor`: records, mailboxes, parked stacks, the frame walk;
//! - `scheduler`: workers, time slices, timers, the end of a program, idle memory;
//! - `net`: sockets, pipes, outboxes;
//! - `streams`: standard input, output and error as descriptors;
//! - `intrinsics`: what compiled code calls;
//! - `sync`, `interleavings`: what the protocols between threads are made of, and their models.
//!
//! What keeps it sound:
//! 1. No Rust frame lies on a run stack: every intrinsic runs on the scheduler's stack. So a parked stack
//!    holds compiled frames only, and nothing in them points into the stack but the chain of frame pointers.
//! 2. An actor is run, collected or released only by the worker that made it `Status::Active` or took it
//!    from a run queue. Its mailbox's lock hands it over.
//! 3. Intrinsics never move objects; `snow_allocate`, `snow_allocate_array`, polls and parks do.
//! 4. An intrinsic that cannot go on (a panic, a crash, the end of the program) says so in the record, and
//!    its stub goes to the scheduler instead of returning.
//! 5. Locks are taken in this order: epochs, free slots, outbox `sending`, outbox `queue`, socket, mailbox, timers or
//!    inbox.
//! 6. Who finds a slot through its number is through with it at the end of the slice, unless the slot is in use:
//!    see `Epochs`.

mod actor;
mod arch;
mod heap;
pub mod image_file;
#[cfg(all(test, loom))]
mod interleavings;
mod intrinsics;
mod loader;
mod net;
mod options;
mod perf_map;
mod program;
mod scheduler;
pub mod streams;
mod sync;

use snow_abi::{self as abi, image};

pub use intrinsics::{find as find_intrinsic, intrinsic_signature, intrinsics};
pub use loader::LoadError;
pub use options::Options;
pub use program::{Program, TestOutcome};
