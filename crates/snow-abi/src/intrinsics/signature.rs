//! The signature of an intrinsic, and the macro with which the tables beside this module write it.

use crate::types::Type;
use std::fmt::{self, Display, Formatter};

/// What an intrinsic takes and returns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Signature {
    /// What `extern fn` calls it.
    pub name: &'static str,
    /// What its two functions of the runtime are called when it is generic.
    pub by_reference: &'static str,
    pub by_word: &'static str,
    pub parameters: &'static [Type],
    pub result: Type,
}

impl Signature {
    /// Does it have the type parameter `T`? Then the runtime has two functions for it: `name_ref`, where `T` is a
    /// reference, and `name_raw`, where it is a raw word.
    pub fn is_generic(&self) -> bool {
        self.parameters.iter().any(Type::is_generic) || self.result.is_generic()
    }

    /// The name of the runtime's function, where `T` is a reference or not.
    pub fn function(&self, is_reference: bool) -> &'static str {
        match (self.is_generic(), is_reference) {
            (false, _) => self.name,
            (true, true) => self.by_reference,
            (true, false) => self.by_word,
        }
    }
}

/// Its type in Snow.
impl Display for Signature {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        let parameters: Vec<String> = self.parameters.iter().map(Type::to_string).collect();
        write!(f, "fn({}) -> {}", parameters.join(", "), self.result)
    }
}

/// A table of intrinsics: for each line that declares some, their signatures, which differ in the name only.
pub type Table = &'static [&'static [Signature]];

/// Writes a table as Snow declares functions: `fn name(parameter: Type, …) -> Type;`. Without a result it is `()`.
/// Several names with `|` between them have the same signature.
macro_rules! signatures {
    ($(fn $($name:ident)|+ ($($parameter:ident: $ty:ty),* $(,)?) $(-> $result:ty)?;)*) => {
        &[$({
            const PARAMETERS: &[$crate::types::Type] = &[$(<$ty as $crate::types::names::SnowType>::TYPE),*];
            const RESULT: $crate::types::Type = $crate::intrinsics::signature::signatures!(@result $($result)?);
            &[$(
                $crate::intrinsics::signature::Signature {
                    name: stringify!($name),
                    by_reference: concat!(stringify!($name), "_ref"),
                    by_word: concat!(stringify!($name), "_raw"),
                    parameters: PARAMETERS,
                    result: RESULT,
                }
            ),+]
        }),*]
    };
    (@result) => { $crate::types::Type::Unit };
    (@result $result:ty) => { <$result as $crate::types::names::SnowType>::TYPE };
}
pub(super) use signatures;
