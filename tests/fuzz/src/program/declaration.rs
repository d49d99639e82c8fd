//! Types and interfaces that a program declares.

use super::types::{OPTION, ORDERING, RESULT};
use super::{Bound, Closure, Head, Type};

/// A struct, or a sum type. A struct has one constructor, whose fields have names.
#[derive(Clone, Debug)]
pub struct Declaration {
    pub home: usize,
    pub name: String,
    pub is_struct: bool,
    /// How many type parameters it has; fields mention them as `Head::Parameter`.
    pub parameters: usize,
    pub constructors: Vec<Constructor>,
    pub deriving: Vec<Bound>,
    /// Interfaces of the library that it implements itself: with their one method.
    pub own: Vec<(Bound, Closure)>,
    /// Does it belong to the library?
    pub predefined: bool,
}

#[derive(Clone, Debug)]
pub struct Constructor {
    pub name: String,
    pub fields: Vec<Type>,
}

/// Methods that types may have; `Self` is `Head::Parameter(0)`.
#[derive(Clone, Debug)]
pub struct Interface {
    pub home: usize,
    pub methods: Vec<Method>,
}

#[derive(Clone, Debug)]
pub struct Method {
    /// Behind `self`.
    pub parameters: Vec<Type>,
    pub result: Type,
    /// With `self` as its first parameter.
    pub default: Option<Closure>,
}

/// `impl Interface for Type`.
#[derive(Clone, Debug)]
pub struct Implementation {
    pub home: usize,
    pub interface: usize,
    pub target: Type,
    /// For each method, unless the default stands. With `self` as its first parameter.
    pub methods: Vec<Option<Closure>>,
}

impl Declaration {
    /// The method of an interface of the library, where the type has written one.
    pub fn own(&self, bound: Bound) -> Option<&Closure> {
        self.own.iter().find(|(own, _)| *own == bound).map(|(_, method)| method)
    }

    /// Those of the library: `Option`, `Result`, `Ordering`, at their places in `types`.
    pub fn predefined() -> Vec<Declaration> {
        let parameter = |number| Type::plain(Head::Parameter(number));
        let make = |name: &str, parameters, constructors: Vec<(&str, Vec<Type>)>| Declaration {
            home: 0,
            name: name.into(),
            is_struct: false,
            parameters,
            constructors: constructors
                .into_iter()
                .map(|(name, fields)| Constructor { name: name.into(), fields })
                .collect(),
            deriving: Bound::DERIVED.to_vec(),
            own: Vec::new(),
            predefined: true,
        };
        let mut all = vec![
            make("Option", 1, vec![("None", vec![]), ("Some", vec![parameter(0)])]),
            make("Result", 2, vec![("Ok", vec![parameter(0)]), ("Err", vec![parameter(1)])]),
            make("Ordering", 0, vec![("Less", vec![]), ("Equal", vec![]), ("Greater", vec![])]),
        ];
        debug_assert!(all[OPTION].parameters == 1 && all[RESULT].parameters == 2);
        debug_assert!(all[ORDERING].parameters == 0);
        all.shrink_to_fit();
        all
    }
}
