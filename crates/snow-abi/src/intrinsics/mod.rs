//! Names and signatures of all intrinsics: what `extern fn` of the library may bind to, and what only the compiler
//! calls. `spec/intrinsics.md` says what each does.
//!
//! The files are named as those of the runtime that hold the functions.

mod actors;
mod addresses;
mod buffers;
mod bytes;
mod compiled;
mod exits;
mod inline;
mod numbers;
mod outboxes;
mod replies;
mod sockets;
mod strings;
mod system;
mod timers;

use crate::types::Type;
use std::fmt::{self, Display, Formatter};

/// What an intrinsic takes and returns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Signature {
    pub name: &'static str,
    pub parameters: &'static [Type],
    pub result: Type,
}

impl Signature {
    /// Does it have the type parameter `T`? Then the runtime has it twice, as `name_ref`, where `T` is a reference, and
    /// as `name_raw`, where it is a raw word.
    pub fn is_generic(&self) -> bool {
        self.parameters.iter().any(Type::is_generic) || self.result.is_generic()
    }
}

/// Its type in Snow.
impl Display for Signature {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        let parameters: Vec<String> = self.parameters.iter().map(Type::to_string).collect();
        write!(f, "fn({}) -> {}", parameters.join(", "), self.result)
    }
}

/// Signatures in groups of equal ones.
type Table = &'static [&'static [Signature]];

/// Writes a table as Snow declares functions: `fn name(parameter: Type, …) -> Type;`. Without a result it is `()`.
/// Several names with `|` between them have the same signature.
macro_rules! signatures {
    ($(fn $($name:ident)|+ ($($parameter:ident: $ty:ty),* $(,)?) $(-> $result:ty)?;)*) => {
        &[$({
            const PARAMETERS: &[$crate::types::Type] = &[$(<$ty as $crate::types::names::SnowType>::TYPE),*];
            const RESULT: $crate::types::Type = $crate::intrinsics::signatures!(@result $($result)?);
            &[$(
                $crate::intrinsics::Signature { name: stringify!($name), parameters: PARAMETERS, result: RESULT }
            ),+]
        }),*]
    };
    (@result) => { $crate::types::Type::Unit };
    (@result $result:ty) => { <$result as $crate::types::names::SnowType>::TYPE };
}
use signatures;

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
    exits::LIBRARY,
    numbers::LIBRARY,
    outboxes::LIBRARY,
    replies::LIBRARY,
    sockets::LIBRARY,
    strings::LIBRARY,
    system::LIBRARY,
    timers::LIBRARY,
];

const COMPILED: &[Table] = &[actors::COMPILED, compiled::COMPILED];
