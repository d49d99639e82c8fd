//! Choosing types.

use super::Generator;
use crate::library::{self, Signature};
use crate::program::{Bound, Head, Type};

impl Generator {
    /// Any type that can be held by anything, shown, compared and sent, as far as its head allows.
    pub fn plain_type(&mut self, depth: usize) -> Type {
        if depth == 0 || self.random.one_in(3) {
            return self.simple_type();
        }
        let part = |generator: &mut Generator| generator.plain_type(depth - 1);
        match self.random.below(16) {
            0..=3 => {
                let count = self.random.between(2, 3);
                Type::of(Head::Tuple, (0..count).map(|_| part(self)).collect())
            }
            4..=7 => Type::list(part(self)),
            8 | 9 => Type::option(part(self)),
            10 => Type::result(part(self), self.simple_type()),
            11 => Type::of(Head::Map, vec![self.key_type(), part(self)]),
            12 => Type::of(Head::Set, vec![self.key_type()]),
            _ => self.declared_type(depth - 1).unwrap_or_else(|| self.simple_type()),
        }
    }

    pub fn simple_type(&mut self) -> Type {
        let heads = [
            Head::Int,
            Head::Int,
            Head::Int,
            Head::Bool,
            Head::String,
            Head::String,
            Head::Float,
            Head::Bytes,
            Head::Unit,
            Head::Range,
        ];
        match self.random.below(14) {
            0 => Type::plain(Head::Declared(crate::program::ORDERING)),
            1 | 2 => self.declared_type(0).unwrap_or_else(Type::int),
            _ => Type::plain(self.random.pick(&heads)),
        }
    }

    /// A type of the program, with arguments.
    pub fn declared_type(&mut self, depth: usize) -> Option<Type> {
        let own: Vec<usize> = (0..self.program.declarations.len())
            .filter(|number| !self.program.declarations[*number].predefined)
            .collect();
        if own.is_empty() {
            return None;
        }
        let number = self.random.pick(&own);
        let count = self.program.declarations[number].parameters;
        let arguments = (0..count).map(|_| self.plain_type(depth.min(1))).collect();
        Some(Type::of(Head::Declared(number), arguments))
    }

    /// A type with Eq and Hash.
    pub fn key_type(&mut self) -> Type {
        for _ in 0..4 {
            let ty = self.plain_type(1);
            if self.program.has(&ty, Bound::Eq, &[]) && self.program.has(&ty, Bound::Hash, &[]) {
                return ty;
            }
        }
        if self.random.one_in(2) { Type::int() } else { Type::string() }
    }

    /// A type with all of these, without type parameters.
    pub fn type_with(&mut self, bounds: &[Bound]) -> Option<Type> {
        let chosen: Vec<Type> = (0..8).map(|_| self.plain_type(1)).chain([Type::int()]).collect();
        chosen
            .into_iter()
            .find(|ty| bounds.iter().all(|bound| self.program.has(ty, *bound, &[])))
            .or_else(|| bounds.iter().find_map(|bound| self.type_of_interface(*bound)))
    }

    fn type_of_interface(&self, bound: Bound) -> Option<Type> {
        let Bound::Interface(interface) = bound else { return None };
        let own = self.program.implementations.iter().find(|own| own.interface == interface)?;
        (!own.target.has_parameters()).then(|| own.target.clone())
    }

    /// A type for a value in the function that is being made, type parameters among them.
    pub fn local_type(&mut self, depth: usize) -> Type {
        let parameters = self.context.bounds.len();
        if parameters > 0 && self.random.one_in(3) {
            let parameter = Type::plain(Head::Parameter(self.random.below(parameters)));
            // In an implementation for lists there may be no value of the elements' type.
            if self.variable(&parameter).is_none() {
                return self.plain_type(depth);
            }
            return match self.random.below(4) {
                0 => Type::list(parameter),
                1 => Type::option(parameter),
                _ => parameter,
            };
        }
        match self.random.below(12) {
            0 if self.random.one_in(2) => self.known_function().unwrap_or_else(Type::int),
            0 => {
                let parameters = (0..self.random.below(3)).map(|_| self.plain_type(1)).collect();
                Type::function(parameters, self.plain_type(1))
            }
            1 => Type::plain(Head::Buffer),
            2 => Type::of(Head::Cell, vec![self.simple_type()]),
            _ => self.plain_type(depth),
        }
    }

    /// The type of a function or constructor that could be handed over.
    fn known_function(&mut self) -> Option<Type> {
        if self.random.one_in(4) {
            let plain: Vec<&Signature> = library::functions()
                .iter()
                .filter(|function| function.bounds.is_empty() && !function.has_effect)
                .filter(|function| {
                    !function.result.mentions(Head::Vector) && !function.result.mentions(Head::Never)
                })
                .filter(|function| !function.parameters.iter().any(|ty| ty.mentions(Head::Vector)))
                .collect();
            let function = self.random.pick(&plain);
            return Some(Type::function(function.parameters.clone(), function.result.clone()));
        }
        if self.random.one_in(2) {
            let plain: Vec<usize> = (0..self.program.functions.len())
                .filter(|at| self.program.functions[*at].bounds.is_empty())
                .collect();
            if plain.is_empty() {
                return None;
            }
            let body = &self.program.functions[self.random.pick(&plain)].body;
            return Some(Type::function(body.parameters.clone(), body.result.clone()));
        }
        let ty = self.declared_type(0)?;
        let Head::Declared(declaration) = ty.head else { return None };
        let constructor = self.random.below(self.program.declarations[declaration].constructors.len());
        Some(Type::function(self.program.fields(&ty, constructor), ty))
    }

    /// Can it be an element, a message, a part of anything, and be sent to an actor?
    pub fn is_sendable(ty: &Type) -> bool {
        !ty.any(&|part| {
            matches!(part.head, Head::Buffer | Head::Cell | Head::Vector | Head::Function | Head::Actor(_))
                || matches!(part.head, Head::Service(_))
        })
    }
}
