//! The runtime: what compiled Snow runs on. Actors and their heaps, the scheduler, sockets, and the functions that
//! compiled code calls.
//!
//! `Program::load` brings an image into memory, `run_main` and `run_test` run it. `intrinsics` are what
//! compiled code calls.
//!
//! Where things are:
//! - `snow_abi`, a crate of its own: the contract with the code generator; `code`: the way of an image into memory;
//! - `handles`: numbers that stand for things, and the tables behind them;
//! - `heap`: objects, the collector, messages, blobs;
//! - `memory`: the allocator, idle memory, and what happens when there is none left;
//! - `stack`, `arch`: stacks of compiled code, and switching between them, one file for each architecture;
//! - `actor`: records, mailboxes, relations between actors;
//! - `time`: clocks and timers;
//! - `io`: standard streams, sockets, pipes, outboxes;
//! - `scheduler`: workers, run queues, time slices, sleeping and waking;
//! - `lifecycle`: how actors and programs end;
//! - `introspection`: what a running program shows of itself;
//! - `random`: what chance or a seed decides;
//! - `runtime`: what all workers share; `program`: running one;
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
//! 6. A reference that was found in a slab is not used any more when the thread says that it is quiescent, which a worker
//!    does between two slices, unless the slot is known to be in use: see `Epochs`.

mod actor;
mod arch;
mod code;
mod expressions;
mod handles;
mod heap;
#[cfg(all(test, loom))]
mod interleavings;
mod intrinsics;
mod introspection;
mod io;
mod lifecycle;
mod memory;
mod options;
mod program;
mod random;
mod runtime;
mod scheduler;
mod stack;
mod sync;
mod time;

pub use code::{LoadError, image_file};
pub use intrinsics::{find as find_intrinsic, intrinsics};
pub use io::streams;
pub use options::Options;
pub use program::{Program, TestOutcome};

use snow_abi::{self as abi, image};
