//! Rust types that stand for Snow's: with them a signature is written as it is in Snow.
//!
//! `Int`, `Float`, `Bool`, tuples, `Option` and `Result` are Rust's own. The others have no values: they are names.

use super::{Constructor, Sum, Type};
use std::marker::PhantomData;

/// A Rust type that stands for a type of Snow.
pub trait SnowType {
    /// The type that it stands for.
    const TYPE: Type;
}

pub type Int = i64;
pub type Float = f64;
pub type Bool = bool;

impl SnowType for Int {
    const TYPE: Type = Type::Int;
}

impl SnowType for Float {
    const TYPE: Type = Type::Float;
}

impl SnowType for Bool {
    const TYPE: Type = Type::Bool;
}

impl SnowType for () {
    const TYPE: Type = Type::Unit;
}

/// Declares names without values.
macro_rules! names {
    ($($(#[$attribute:meta])* $name:ident = $ty:expr;)*) => {
        $(
            $(#[$attribute])*
            pub enum $name {}

            impl SnowType for $name {
                const TYPE: Type = $ty;
            }
        )*
    };
}

names! {
    Never = Type::Never;
    String = Type::String;
    Bytes = Type::Bytes;
    Buffer = Type::Buffer;
    U8x16 = Type::U8x16;
    /// Any reference.
    Ref = Type::Reference;
    /// The library's struct `Pid.MessageType`.
    MessageType = Type::Struct("Pid", "MessageType");
    T = Type::Parameter("T");
    M = Type::Parameter("M");
    A = Type::Parameter("A");
    B = Type::Parameter("B");
    C = Type::Parameter("C");
    D = Type::Parameter("D");
}

pub struct Array<E>(PhantomData<E>);

impl<E: SnowType> SnowType for Array<E> {
    const TYPE: Type = Type::Array(&E::TYPE);
}

/// `Pid<M>`, and `Pid` without a type of messages.
pub struct Pid<M = Untyped>(PhantomData<M>);

pub enum Untyped {}

impl SnowType for Pid {
    const TYPE: Type = Type::Pid(None);
}

impl<M: SnowType> SnowType for Pid<M> {
    const TYPE: Type = Type::Pid(Some(&M::TYPE));
}

/// `Fun(P) -> R`
pub struct Fun<P, R>(PhantomData<(P, R)>);

impl<P: SnowType, R: SnowType> SnowType for Fun<P, R> {
    const TYPE: Type = Type::Fun(&[P::TYPE], &R::TYPE);
}

impl<X: SnowType, Y: SnowType> SnowType for (X, Y) {
    const TYPE: Type = Type::Tuple(&[X::TYPE, Y::TYPE]);
}

impl<X: SnowType, Y: SnowType, Z: SnowType> SnowType for (X, Y, Z) {
    const TYPE: Type = Type::Tuple(&[X::TYPE, Y::TYPE, Z::TYPE]);
}

impl<X: SnowType> SnowType for Option<X> {
    const TYPE: Type = Type::Sum(&Sum {
        module: "Prelude",
        name: "Option",
        arguments: &[X::TYPE],
        constructors: &[
            Constructor { name: "None", payload: &[] },
            Constructor { name: "Some", payload: &[X::TYPE] },
        ],
    });
}

impl<X: SnowType, E: SnowType> SnowType for Result<X, E> {
    const TYPE: Type = Type::Sum(&Sum {
        module: "Prelude",
        name: "Result",
        arguments: &[X::TYPE, E::TYPE],
        constructors: &[
            Constructor { name: "Ok", payload: &[X::TYPE] },
            Constructor { name: "Err", payload: &[E::TYPE] },
        ],
    });
}
