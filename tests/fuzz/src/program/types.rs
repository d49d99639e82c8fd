//! Types: a head with arguments.

/// What a type is, before its arguments.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Head {
    Int,
    Float,
    Bool,
    String,
    Bytes,
    Unit,
    Range,
    Buffer,
    Vector,
    Tuple,
    List,
    Map,
    Set,
    Cell,
    /// Parameters, then the result.
    Function,
    /// A position in the program's declarations; `Option`, `Result` and `Ordering` are the first three.
    Declared(usize),
    /// A type parameter of the function around.
    Parameter(usize),
    /// The address of an actor, by its position in the program. Its message type is made for it.
    Actor(usize),
    /// The address of a service.
    Service(usize),
    /// What never has a value: `return`, `break`.
    Never,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Type {
    pub head: Head,
    pub arguments: Vec<Type>,
}

/// What values of a type parameter must be able to do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Bound {
    Eq,
    Ord,
    Display,
    Debug,
    Hash,
    Add,
    /// An interface of the program.
    Interface(usize),
}

impl Bound {
    /// Those that types derive, in the order in which they are written.
    pub const DERIVED: [Bound; 5] = [Bound::Eq, Bound::Ord, Bound::Display, Bound::Debug, Bound::Hash];
}

pub const OPTION: usize = 0;
pub const RESULT: usize = 1;
pub const ORDERING: usize = 2;

impl Type {
    pub fn of(head: Head, arguments: Vec<Type>) -> Type {
        Type { head, arguments }
    }

    pub fn plain(head: Head) -> Type {
        Type::of(head, Vec::new())
    }

    pub fn int() -> Type {
        Type::plain(Head::Int)
    }

    pub fn bool() -> Type {
        Type::plain(Head::Bool)
    }

    pub fn string() -> Type {
        Type::plain(Head::String)
    }

    pub fn unit() -> Type {
        Type::plain(Head::Unit)
    }

    pub fn list(element: Type) -> Type {
        Type::of(Head::List, vec![element])
    }

    pub fn option(value: Type) -> Type {
        Type::of(Head::Declared(OPTION), vec![value])
    }

    pub fn result(value: Type, error: Type) -> Type {
        Type::of(Head::Declared(RESULT), vec![value, error])
    }

    pub fn function(mut parameters: Vec<Type>, result: Type) -> Type {
        parameters.push(result);
        Type::of(Head::Function, parameters)
    }

    /// A function type's parameters and its result.
    pub fn signature(&self) -> (&[Type], &Type) {
        let (result, parameters) = self.arguments.split_last().expect("a function type has a result");
        (parameters, result)
    }

    /// The type with its parameters replaced.
    pub fn with(&self, arguments: &[Type]) -> Type {
        match self.head {
            Head::Parameter(number) => arguments[number].clone(),
            head => Type::of(head, self.arguments.iter().map(|argument| argument.with(arguments)).collect()),
        }
    }

    /// Does the predicate hold for it or a part of it?
    pub fn any(&self, holds: &dyn Fn(&Type) -> bool) -> bool {
        holds(self) || self.arguments.iter().any(|argument| argument.any(holds))
    }

    pub fn mentions(&self, head: Head) -> bool {
        self.any(&|part| part.head == head)
    }

    pub fn has_parameters(&self) -> bool {
        self.any(&|part| matches!(part.head, Head::Parameter(_)))
    }

    /// How deep its arguments are nested.
    pub fn depth(&self) -> usize {
        1 + self.arguments.iter().map(Type::depth).max().unwrap_or(0)
    }

    /// Finds the parameters' values with which `self` becomes the other type. What was found before stays.
    pub fn matches(&self, other: &Type, found: &mut Vec<Option<Type>>) -> bool {
        if let Head::Parameter(number) = self.head {
            return match &found[number] {
                Some(known) => known == other,
                None => {
                    found[number] = Some(other.clone());
                    true
                }
            };
        }
        self.head == other.head
            && self.arguments.len() == other.arguments.len()
            && self.arguments.iter().zip(&other.arguments).all(|(own, other)| own.matches(other, found))
    }
}

#[cfg(test)]
mod tests {
    use super::{Head, Type};

    #[test]
    fn a_parameter_has_one_value_in_a_match() {
        let pair =
            Type::of(Head::Tuple, vec![Type::plain(Head::Parameter(0)), Type::plain(Head::Parameter(0))]);
        let ints = Type::of(Head::Tuple, vec![Type::int(), Type::int()]);
        let mixed = Type::of(Head::Tuple, vec![Type::int(), Type::bool()]);
        let mut found = vec![None];
        assert!(pair.matches(&ints, &mut found));
        assert_eq!(found, [Some(Type::int())]);
        assert!(!pair.matches(&mixed, &mut vec![None]));
    }
}
