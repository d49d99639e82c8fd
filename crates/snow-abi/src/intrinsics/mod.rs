//! Names and signatures of all intrinsics: what `extern fn` of the library may bind to, and what only the compiler
//! calls. `spec/intrinsics.md` says what each does.
//!
//! The files are named as those of the runtime that hold the functions.

mod actors;
mod addresses;
mod buffers;
mod bytes;
mod compiled;
mod counters;
mod digests;
mod exits;
mod files;
mod groups;
mod inline;
mod numbers;
mod outboxes;
mod replies;
mod shared;
mod signature;
mod sockets;
mod strings;
mod system;
mod timers;
mod tls;

pub use signature::Signature;
use signature::Table;

/// Those that are lowered to a few operations where they are called, without a function of the runtime.
pub fn inline() -> impl Iterator<Item = &'static Signature> {
    inline::ALL.iter().copied().flatten()
}

/// Those of the runtime that the library may bind to.
pub fn for_the_library() -> impl Iterator<Item = &'static Signature> {
    LIBRARY.iter().copied().flatten().copied().flatten()
}

/// Those of the runtime that only compiled code calls, without being asked to in Snow.
pub fn for_compiled_code() -> impl Iterator<Item = &'static Signature> {
    COMPILED.iter().copied().flatten().copied().flatten()
}

/// What `extern fn` of this name binds to.
pub fn find(name: &str) -> Option<&'static Signature> {
    inline().chain(for_the_library()).find(|signature| signature.name == name)
}

const LIBRARY: &[Table] = &[
    actors::LIBRARY,
    addresses::LIBRARY,
    buffers::LIBRARY,
    bytes::LIBRARY,
    counters::LIBRARY,
    digests::LIBRARY,
    exits::LIBRARY,
    files::LIBRARY,
    groups::LIBRARY,
    numbers::LIBRARY,
    outboxes::LIBRARY,
    replies::LIBRARY,
    shared::LIBRARY,
    sockets::LIBRARY,
    strings::LIBRARY,
    system::LIBRARY,
    timers::LIBRARY,
    tls::LIBRARY,
];

const COMPILED: &[Table] = &[actors::COMPILED, compiled::COMPILED, replies::COMPILED];
