//! The functions that compiled code calls: the standard library's by `extern fn`, the rest by the compiler.
//! `spec/intrinsics.md` says what each does.
//!
//! All run on the scheduler's stack, never block, never park, never call back, and never move objects of
//! the heap: only the slow path of allocation does, after it has noted where to begin the walk.

mod actors;
mod addresses;
mod buffers;
mod bytes;
mod compiled;
pub mod context;
mod counters;
mod define;
mod digests;
mod exits;
mod files;
mod groups;
mod message_type;
mod numbers;
mod outboxes;
mod passing;
mod replies;
mod shared;
mod sockets;
mod strings;
mod system;
mod timers;
mod tls;

use crate::abi::Shape;
pub use define::Intrinsic;

/// All of them.
pub fn intrinsics() -> impl Iterator<Item = &'static Intrinsic> {
    TABLES.iter().copied().flatten()
}

/// The one of this name.
pub fn find(name: &str) -> Option<&'static Intrinsic> {
    intrinsics().find(|intrinsic| intrinsic.name == name)
}

/// Where compiled code finds the one of this name.
pub fn address(name: &str) -> Option<usize> {
    find(name).map(|intrinsic| (intrinsic.address)())
}

const TABLES: &[&[Intrinsic]] = &[
    actors::TABLE,
    addresses::TABLE,
    buffers::TABLE,
    bytes::TABLE,
    compiled::TABLE,
    counters::TABLE,
    digests::TABLE,
    exits::TABLE,
    files::TABLE,
    groups::TABLE,
    numbers::TABLE,
    outboxes::TABLE,
    replies::TABLE,
    shared::TABLE,
    sockets::TABLE,
    strings::TABLE,
    system::TABLE,
    timers::TABLE,
    tls::TABLE,
    SWITCHES,
];

/// The two that go to the scheduler themselves.
const SWITCHES: &[Intrinsic] = &[
    Intrinsic {
        name: "snow_park",
        shapes: || (Vec::new(), Shape::Tuple(Vec::new())),
        address: || crate::arch::park as *const () as usize,
    },
    Intrinsic {
        name: "snow_poll",
        shapes: || (Vec::new(), Shape::Tuple(Vec::new())),
        address: || crate::arch::poll as *const () as usize,
    },
];

#[cfg(test)]
mod tests;
