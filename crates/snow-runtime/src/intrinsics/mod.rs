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
mod exits;
mod message_type;
mod numbers;
mod outboxes;
mod replies;
mod sockets;
mod strings;
mod system;
mod timers;

use crate::abi::Class;
pub use context::install_panic_hook;

/// One entry of the table of intrinsics.
pub struct Intrinsic {
    /// The name that `extern fn` and `ir::Op::Runtime` use.
    pub name: &'static str,
    /// Its Snow type, `fn(Socket, Int) -> Result<Bytes, NetError>`; empty for those that only the
    /// compiler calls.
    pub signature: &'static str,
    pub arguments: &'static [Class],
    pub result: Class,
    /// Address of the assembly stub in the platform's C convention: `(record, arguments…) -> result`.
    /// It switches to the scheduler's stack and calls the Rust function.
    pub address: fn() -> usize,
}

/// Defines intrinsics: a Rust function for the scheduler's stack, the stub through which compiled code calls
/// it, and their entries in the table.
///
/// `name(context, argument: Class, …) -> Class = "Snow type" { body }`
macro_rules! define {
    ($(
        $(#[$attribute:meta])*
        fn $name:ident($context:ident $(, $argument:ident: $class:ident)*) -> $result:ident = $signature:literal $body:block
    )*) => {
        $(
            mod $name {
                #![allow(unused_imports)]
                use super::*;

                $(#[$attribute])*
                unsafe extern "C" fn body(
                    record: *const crate::actor::Record
                    $(, $argument: crate::intrinsics::context::$class)*
                ) -> crate::intrinsics::context::$result {
                    crate::intrinsics::context::guard(record, |$context| $body)
                }

                crate::arch::intrinsic_stub!(stub, body);

                pub fn address() -> usize {
                    stub as *const () as usize
                }
            }
        )*

        pub const TABLE: &[crate::intrinsics::Intrinsic] = &[$(
            crate::intrinsics::Intrinsic {
                name: stringify!($name),
                signature: $signature,
                arguments: &[$(crate::abi::Class::$class),*],
                result: crate::abi::Class::$result,
                address: $name::address,
            }
        ),*];
    };
}
pub(crate) use define;

/// All of them.
pub fn intrinsics() -> impl Iterator<Item = &'static Intrinsic> {
    TABLES.iter().copied().flatten()
}

/// The one of this name.
pub fn find(name: &str) -> Option<&'static Intrinsic> {
    intrinsics().find(|intrinsic| intrinsic.name == name)
}

/// The Snow type of an intrinsic that the standard library may bind with `extern fn`: by its own name, or for a
/// generic one by the name without `_ref` and `_raw`.
pub fn intrinsic_signature(name: &str) -> Option<&'static str> {
    let found = intrinsics().find(|intrinsic| match intrinsic.name.strip_prefix(name) {
        Some(rest) => rest.is_empty() || rest == "_ref",
        None => false,
    })?;
    (!found.signature.is_empty()).then_some(found.signature)
}

const TABLES: &[&[Intrinsic]] = &[
    actors::TABLE,
    addresses::TABLE,
    buffers::TABLE,
    bytes::TABLE,
    compiled::TABLE,
    exits::TABLE,
    numbers::TABLE,
    outboxes::TABLE,
    replies::TABLE,
    sockets::TABLE,
    strings::TABLE,
    system::TABLE,
    timers::TABLE,
    SWITCHES,
];

/// The two that go to the scheduler themselves.
const SWITCHES: &[Intrinsic] = &[
    Intrinsic {
        name: "snow_park",
        signature: "",
        arguments: &[],
        result: Class::Int,
        address: || crate::arch::park as *const () as usize,
    },
    Intrinsic {
        name: "snow_poll",
        signature: "",
        arguments: &[],
        result: Class::Int,
        address: || crate::arch::poll as *const () as usize,
    },
];

#[cfg(test)]
mod tests;
