//! Sum types, with their constructors in the order of the declaration: the numbers of values come from it.

use super::Type;

/// A sum type of the library.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sum {
    /// The module that declares it; empty when only compiled code knows it.
    pub module: &'static str,
    pub name: &'static str,
    /// What its type parameters stand for.
    pub arguments: &'static [Type],
    pub constructors: &'static [Constructor],
}

/// One of its cases.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Constructor {
    pub name: &'static str,
    pub payload: &'static [Type],
}

impl Sum {
    /// Has no constructor a payload? Then a value is an Int, the number of its constructor.
    pub fn is_enumeration(&self) -> bool {
        self.constructors.iter().all(|constructor| constructor.payload.is_empty())
    }
}
