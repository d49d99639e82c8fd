//! What is in scope where an expression is made.

use crate::program::{Bound, Head, Name, Type};
use crate::random::Random;

#[derive(Clone, Debug)]
pub struct Variable {
    pub name: Name,
    pub ty: Type,
    /// In how many closures it was bound: vectors cannot be captured.
    pub level: usize,
}

/// The variables, the innermost last.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    variables: Vec<Variable>,
}

impl Scope {
    pub fn bind(&mut self, name: Name, ty: Type, level: usize) {
        self.variables.retain(|variable| variable.name != name);
        self.variables.push(Variable { name, ty, level });
    }

    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// Forgets what the predicate does not hold for.
    pub fn keep(&mut self, mut holds: impl FnMut(&Type) -> bool) {
        self.variables.retain(|variable| holds(&variable.ty));
    }

    pub fn some_name(&self, random: &mut Random) -> Option<Name> {
        // A type parameter's only value must stay in sight.
        let free: Vec<Name> = self
            .variables
            .iter()
            .filter(|variable| !matches!(variable.ty.head, Head::Parameter(_) | Head::Int))
            .map(|variable| variable.name)
            .collect();
        (!free.is_empty()).then(|| random.pick(&free))
    }
}

/// What stands around an expression.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The type parameters of the function, with what they can do.
    pub bounds: Vec<Vec<Bound>>,
    /// What `return` gives, where there may be one.
    pub returns: Option<Type>,
    pub in_loop: bool,
    /// In how many closures.
    pub level: usize,
    /// The function may call itself, with its first argument made smaller.
    pub recursion: Option<Recursion>,
    /// The function's types are to be found: what needs a type at once must say it.
    pub inferred: bool,
    /// In a guard: nothing that has effects or takes long.
    pub guard: bool,
}

#[derive(Clone, Debug)]
pub struct Recursion {
    pub functions: Vec<usize>,
    /// Arguments that are smaller than the parameter: expressions of the first parameter's type.
    pub smaller: Smaller,
    /// How many calls may still be made.
    pub calls: usize,
}

#[derive(Clone, Debug)]
pub enum Smaller {
    /// One less than this variable.
    Counted(Name),
    /// One of these variables.
    Parts(Vec<Name>),
}
