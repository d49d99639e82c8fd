//! What the compiler and the runtime agree on.
//!
//! - [`Kind`], [`header`] and the modules beside them: the shape of objects;
//! - [`adapter`], [`report`] and others: objects of the library's that the runtime knows;
//! - [`record`]: the part of an actor's record that compiled code uses;
//! - [`image`]: a compiled program.
//!
//! Here are no addresses and no code that runs with a program: the compiler depends on this crate and not on the
//! runtime.

pub mod image;
mod library_objects;
mod object;
pub mod record;

pub use library_objects::{adapted, adapter, message_type, parcel, report};
pub use object::*;

/// Class of an intrinsic's argument or result, as compiled code passes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Int,
    Float,
    Bool,
    Ref,
}
