//! The table's entries, and the macro that makes them.

use crate::abi::Shape;

/// One entry of the table of intrinsics.
pub struct Intrinsic {
    /// The name by which compiled code calls it: see `snow_abi::intrinsics`.
    pub name: &'static str,
    /// As what its arguments and its result travel.
    pub shapes: fn() -> (Vec<Shape>, Shape),
    /// Address of the assembly stub in the platform's C convention: `(record, arguments…) -> result`.
    /// It switches to the scheduler's stack and calls the Rust function.
    pub address: fn() -> usize,
}

/// Defines intrinsics: a Rust function for the scheduler's stack, the stub through which compiled code calls
/// it, and their entries in the table. `snow_abi` has the signatures; all references are `Ref` here.
///
/// `fn name(context, argument: Type, …) -> Type { body }`
///
/// Those under `leaf` leave the heap as it is and cannot fail, so they do without the guard, which costs more than what
/// they do.
macro_rules! define {
    (
        $( $(#[$attribute:meta])* fn $name:ident $arguments:tt $(-> $result:ty)? $body:block )*
        $(leaf {
            $( $(#[$leaf_attribute:meta])* fn $leaf:ident $leaf_arguments:tt $(-> $leaf_result:ty)? $leaf_body:block )*
        })?
    ) => {
        $(
            $crate::intrinsics::define::function! {
                guard: $(#[$attribute])* fn $name $arguments $(-> $result)? $body
            }
        )*
        $($(
            $crate::intrinsics::define::function! {
                without_guard: $(#[$leaf_attribute])* fn $leaf $leaf_arguments $(-> $leaf_result)? $leaf_body
            }
        )*)?

        pub const TABLE: &[crate::intrinsics::define::Intrinsic] = &[
            $( crate::intrinsics::define::entry!($name) ),*
            $( , $( crate::intrinsics::define::entry!($leaf) ),* )?
        ];
    };
}
pub(crate) use define;

/// One intrinsic, in a module of its own.
macro_rules! function {
    (
        $guard:ident: $(#[$attribute:meta])*
        fn $name:ident($context:ident $(, $argument:ident: $ty:ty)*) $(-> $result:ty)? $body:block
    ) => {
        mod $name {
            #![allow(unused_imports)]
            use super::*;
            use crate::abi::{Argument, Part, Returned};

            type Answer = $crate::intrinsics::define::result!($($result)?);

            // The stub goes over to another stack, where arguments beyond the registers would not be found.
            const ARGUMENTS: &[&str] = &[$(stringify!($argument)),*];
            const _: () = assert!(ARGUMENTS.len() <= 5, "an intrinsic has no more than five parameters");

            $(#[$attribute])*
            ///
            /// # Safety
            /// Its stub calls it, for compiled code that has the record, with what the signature says.
            unsafe extern "C" fn body(
                record: *const crate::actor::Record
                $(, $argument: <$ty as Argument>::Register)*
            ) -> <Answer as Returned>::Register {
                let run = |$context: crate::intrinsics::context::Context<'_>| -> Answer {
                    $(let $argument = <$ty as Argument>::take($argument);)*
                    $body
                };
                // SAFETY: compiled code passes its own record to the stub, which passes it on.
                unsafe { crate::intrinsics::context::$guard(record, run) }
            }

            crate::arch::intrinsic_stub!(stub, body);

            pub fn address() -> usize {
                stub as *const () as usize
            }

            pub fn shapes() -> (Vec<crate::abi::Shape>, crate::abi::Shape) {
                (vec![$(<$ty as Argument>::shape()),*], <Answer as Part>::shape())
            }
        }
    };
}
pub(crate) use function;

/// Its entry in the table.
macro_rules! entry {
    ($name:ident) => {
        crate::intrinsics::define::Intrinsic {
            name: stringify!($name),
            shapes: $name::shapes,
            address: $name::address,
        }
    };
}
pub(crate) use entry;

/// What an intrinsic returns, `()` where nothing is written.
macro_rules! result {
    () => {
        ()
    };
    ($result:ty) => {
        $result
    };
}
pub(crate) use result;
