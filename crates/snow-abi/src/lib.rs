//! What the compiler and the runtime agree on.
//!
//! - [`Kind`], [`header`] and the modules beside them: the shape of objects;
//! - [`adapter`], [`report`] and others: objects of the library's that the runtime knows;
//! - [`record`]: the part of an actor's record that compiled code uses;
//! - [`image`]: a compiled program;
//! - [`intrinsics`]: what compiled code may call, with signatures in Snow's [`types`];
//! - [`Returned`] and [`Argument`]: how arguments and results of intrinsics travel;
//! - [`NetError`] and others: sum types of the library's that they take or return.
//!
//! Here are no addresses and no code that runs with a program: the compiler depends on this crate and not on the
//! runtime.

mod convention;
pub mod image;
pub mod intrinsics;
mod library_objects;
mod library_types;
mod object;
pub mod record;
pub mod types;

pub use convention::{Argument, Part, Returned, Shape, Words};
pub use library_objects::{adapted, adapter, message_type, parcel, report};
pub use library_types::*;
pub use object::*;
