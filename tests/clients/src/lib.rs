//! What the tests share: finding `snowc`, running it with a deadline, an echo server as a process,
//! and a WebSocket client that can send anything at all.

pub mod compiler;
pub mod process;
pub mod raw;
pub mod server;
pub mod watch;

use std::path::PathBuf;

/// The repository's root.
pub fn repository() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}
