//! How arguments get into intrinsics of the runtime, and results out of them.
//!
//! An argument is one word in a register: an Int, a Float, a Bool, a reference, or the constructor's number of a sum
//! type without payloads.
//!
//! A result is a sequence of words:
//! - `()` is none;
//! - an Int, a Float, a Bool and a reference are one;
//! - a tuple is those of its elements, one after the other;
//! - a value of a sum type without payloads is one, its constructor's number;
//! - a value of a sum type with payloads is its constructor's number, and then the words of the payload. `Some(7)` is 1
//!   and 7, `None` is 0; `Ok((3, true))` is 0, 3 and 1.
//!
//! The first word is in the register, the others stand in [`record::OUT`](crate::record::OUT). Compiled code reads them
//! before it calls or allocates anything: the collector knows nothing of them. A result that is one Float or Bool is in
//! the register of its class; as a part of something else a Float is its bits, and a Bool 0 or 1.

use crate::types::Type;
use std::cell::Cell;

/// The words of a result, on their way to compiled code.
pub struct Words<'a> {
    register: i64,
    count: usize,
    out: &'a [Cell<i64>; 3],
}

impl<'a> Words<'a> {
    /// Writes all words of a value but the first to `out`, and returns that one.
    #[inline]
    pub fn of(value: impl Part, out: &'a [Cell<i64>; 3]) -> i64 {
        let mut words = Words { register: 0, count: 0, out };
        value.put(&mut words);
        words.register
    }

    /// Adds the next word.
    ///
    /// # Panics
    /// When a result has more than four.
    #[inline]
    pub fn push(&mut self, word: i64) {
        match self.count {
            0 => self.register = word,
            _ => self.out[self.count - 1].set(word),
        }
        self.count += 1;
    }
}

/// A Rust type whose values may be a result, or a part of one.
pub trait Part: Sized {
    /// A value for compiled code that will never see it, because its actor has come to its end.
    const NOTHING: Self;

    /// As what it travels.
    fn shape() -> Shape;

    /// Adds its words.
    fn put(self, words: &mut Words);
}

/// A Rust type that an intrinsic may return.
pub trait Returned: Part {
    /// What is in the register.
    type Register;

    /// Writes all words but the first to `out`, the record's, and returns that one.
    fn hand_over(self, out: &[Cell<i64>; 3]) -> Self::Register;
}

/// A Rust type that an intrinsic may take.
pub trait Argument {
    /// What is in the register.
    type Register;

    /// As what it travels.
    fn shape() -> Shape;

    /// The value for what was in the register.
    fn take(register: Self::Register) -> Self;
}

/// As what a value travels: what is left of a type when all references are alike. By it the runtime's functions, which
/// are written in Rust, are compared with the signatures.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Shape {
    Int,
    Float,
    Bool,
    Reference,
    /// The name of the type, and for each constructor the shapes of its payload.
    Sum(&'static str, Vec<Vec<Shape>>),
    /// `()` is one of no elements.
    Tuple(Vec<Shape>),
}

impl Type {
    /// As what values of the type travel. `parameter` is the shape of those of the type parameter `T`.
    ///
    /// # Panics
    /// For a vector, which no intrinsic of the runtime knows.
    pub fn shape(&self, parameter: &Shape) -> Shape {
        let all = |types: &[Type]| types.iter().map(|ty| ty.shape(parameter)).collect::<Vec<_>>();
        match self {
            Type::Int => Shape::Int,
            Type::Float => Shape::Float,
            Type::Bool => Shape::Bool,
            Type::Unit | Type::Never => Shape::Tuple(Vec::new()),
            Type::Tuple(elements) => Shape::Tuple(all(elements)),
            Type::Sum(sum) => {
                Shape::Sum(sum.name, sum.constructors.iter().map(|case| all(case.payload)).collect())
            }
            Type::Parameter("T") => parameter.clone(),
            Type::U8x16 => panic!("a vector stays in compiled code"),
            _ => Shape::Reference,
        }
    }
}

/// What is one word, and travels in a register as it is.
macro_rules! words {
    ($($ty:ty = $shape:expr, $nothing:expr, |$value:ident| $word:expr;)*) => {
        $(
            impl Part for $ty {
                const NOTHING: $ty = $nothing;

                fn shape() -> Shape {
                    $shape
                }

                #[inline]
                fn put(self, words: &mut Words) {
                    let $value = self;
                    words.push($word);
                }
            }

            impl Returned for $ty {
                type Register = $ty;

                #[inline]
                fn hand_over(self, _: &[Cell<i64>; 3]) -> $ty {
                    self
                }
            }

            impl Argument for $ty {
                type Register = $ty;

                fn shape() -> Shape {
                    $shape
                }

                #[inline]
                fn take(register: $ty) -> $ty {
                    register
                }
            }
        )*
    };
}

words! {
    i64 = Shape::Int, 0, |value| value;
    f64 = Shape::Float, 0.0, |value| value.to_bits() as i64;
    bool = Shape::Bool, false, |value| value.into();
}

/// What consists of parts, and travels as their words.
macro_rules! composed {
    ($([$($parameter:ident),*] $ty:ty = $nothing:expr, $shape:expr, |$value:ident, $words:ident| $put:expr;)*) => {
        $(
            impl<$($parameter: Part),*> Part for $ty {
                const NOTHING: $ty = $nothing;

                fn shape() -> Shape {
                    $shape
                }

                #[inline]
                fn put(self, $words: &mut Words) {
                    let $value = self;
                    $put
                }
            }

            impl<$($parameter: Part),*> Returned for $ty {
                type Register = i64;

                #[inline]
                fn hand_over(self, out: &[Cell<i64>; 3]) -> i64 {
                    Words::of(self, out)
                }
            }
        )*
    };
}
pub(crate) use composed;

composed! {
    [] () = (), Shape::Tuple(Vec::new()), |_value, _words| ();
    [A, B] (A, B) = (A::NOTHING, B::NOTHING), Shape::Tuple(vec![A::shape(), B::shape()]), |value, words| {
        value.0.put(words);
        value.1.put(words);
    };
    [A, B, C] (A, B, C) = (A::NOTHING, B::NOTHING, C::NOTHING),
        Shape::Tuple(vec![A::shape(), B::shape(), C::shape()]),
        |value, words| {
            value.0.put(words);
            value.1.put(words);
            value.2.put(words);
        };
    [A] Option<A> = None, Shape::Sum("Option", vec![vec![], vec![A::shape()]]), |value, words| match value {
        None => words.push(0),
        Some(value) => {
            words.push(1);
            value.put(words);
        }
    };
    [A, E] Result<A, E> = Ok(A::NOTHING), Shape::Sum("Result", vec![vec![A::shape()], vec![E::shape()]]),
        |value, words| match value {
            Ok(value) => {
                words.push(0);
                value.put(words);
            }
            Err(error) => {
                words.push(1);
                error.put(words);
            }
        };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(value: impl Returned<Register = i64>) -> (i64, [i64; 3]) {
        let out = [const { Cell::new(-7) }; 3];
        let register = value.hand_over(&out);
        (register, out.map(|word| word.get()))
    }

    #[test]
    fn results_are_flat() {
        assert_eq!(words(()), (0, [-7; 3]));
        assert_eq!(words(Some(7)), (1, [7, -7, -7]));
        assert_eq!(words(None::<(i64, bool)>), (0, [-7; 3]));
        assert_eq!(words((5, true, 1.0)), (5, [1, 1.0f64.to_bits() as i64, -7]));
        assert_eq!(words(Ok::<_, bool>((3, true))), (0, [3, 1, -7]));
        assert_eq!(words(Err::<(i64, bool), _>(true)), (1, [1, -7, -7]));
        assert_eq!(words(Some(Ok::<_, ()>(Some(9)))), (1, [0, 1, 9]));
        assert_eq!(words(Some(Err::<Option<i64>, _>(()))), (1, [1, -7, -7]));
    }

    #[test]
    fn types_of_signatures_travel_as_the_types_of_rust_that_are_written_alike() {
        use crate::types::names::{Array, Bytes, Never, Pid, SnowType, T};
        let shape = |ty: Type| ty.shape(&Shape::Int);
        type Nested<B> = Option<Result<Option<B>, (bool, f64)>>;
        assert_eq!(shape(<Nested<i64>>::TYPE), <Nested<i64> as Part>::shape());
        assert_eq!(shape(<Nested<T>>::TYPE), <Nested<i64> as Part>::shape());
        assert_ne!(shape(<Nested<Bytes>>::TYPE), <Nested<i64> as Part>::shape());
        assert_eq!(shape(Never::TYPE), <() as Part>::shape());
        for reference in [Bytes::TYPE, <Array<T>>::TYPE, <Pid>::TYPE, <Pid<T>>::TYPE] {
            assert_eq!(shape(reference), Shape::Reference);
        }
    }
}
