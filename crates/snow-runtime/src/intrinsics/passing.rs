//! How values of the runtime's own types are passed to intrinsics and returned by them: see `snow_abi::convention`.

use crate::abi::{Argument, Part, Returned, Shape, Words};
use crate::handles::handle::{Handle, Reference};
use crate::heap::object::Ref;
use std::cell::Cell;

impl Part for Ref {
    const NOTHING: Ref = Ref::immediate(0);

    fn shape() -> Shape {
        Shape::Reference
    }

    #[inline]
    fn put(self, words: &mut Words) {
        words.push(self.0 as i64);
    }
}

impl Returned for Ref {
    type Register = Ref;

    #[inline]
    fn hand_over(self, _: &[Cell<i64>; 3]) -> Ref {
        self
    }
}

impl Argument for Ref {
    type Register = Ref;

    fn shape() -> Shape {
        Shape::Reference
    }

    #[inline]
    fn take(register: Ref) -> Ref {
        register
    }
}

/// An Int to the program.
impl<Of: Copy> Part for Handle<Of> {
    const NOTHING: Handle<Of> = Handle::NONE;

    fn shape() -> Shape {
        Shape::Int
    }

    #[inline]
    fn put(self, words: &mut Words) {
        words.push(self.to_int());
    }
}

impl<Of: Copy> Returned for Handle<Of> {
    type Register = i64;

    #[inline]
    fn hand_over(self, _: &[Cell<i64>; 3]) -> i64 {
        self.to_int()
    }
}

impl<Of: Copy> Argument for Handle<Of> {
    type Register = i64;

    fn shape() -> Shape {
        Shape::Int
    }

    #[inline]
    fn take(number: i64) -> Handle<Of> {
        Handle::from_int(number)
    }
}

/// An Int to the program.
impl Part for Reference {
    const NOTHING: Reference = Reference::ANY;

    fn shape() -> Shape {
        Shape::Int
    }

    #[inline]
    fn put(self, words: &mut Words) {
        words.push(self.to_int());
    }
}
