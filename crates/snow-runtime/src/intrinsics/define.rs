//! The table's entries, and the macro that makes them.

use crate::abi::Class;

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
                ///
                /// # Safety
                /// Its stub calls it, for compiled code that has the record, with what the signature says.
                unsafe extern "C" fn body(
                    record: *const crate::actor::Record
                    $(, $argument: crate::intrinsics::context::$class)*
                ) -> crate::intrinsics::context::$result {
                    let run = |$context: crate::intrinsics::context::Context<'_>| $body;
                    // SAFETY: compiled code passes its own record to the stub, which passes it on.
                    unsafe { crate::intrinsics::context::guard(record, run) }
                }

                crate::arch::intrinsic_stub!(stub, body);

                pub fn address() -> usize {
                    stub as *const () as usize
                }
            }
        )*

        pub const TABLE: &[crate::intrinsics::define::Intrinsic] = &[$(
            crate::intrinsics::define::Intrinsic {
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
