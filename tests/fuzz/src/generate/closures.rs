//! Closures, and other values that are functions; jobs.

use super::scope::Context;
use super::{Generator, Wish};
use crate::library;
use crate::program::{Block, Clause, Closure, Expression, Head, Kind, Pattern, Type};

impl Generator {
    /// Makes something inside a closure: with its own `return`, its captures, and the scope as it was afterwards.
    fn inside<T>(&mut self, returns: Option<Type>, make: impl FnOnce(&mut Generator) -> T) -> T {
        let scope = self.scope.clone();
        let context = self.context.clone();
        self.scope.keep(|ty| !matches!(ty.head, Head::Actor(_) | Head::Service(_)));
        self.context = Context {
            bounds: context.bounds.clone(),
            returns,
            inferred: context.inferred,
            in_loop: false,
            level: context.level + 1,
            recursion: None,
            guard: false,
        };
        let made = make(self);
        self.scope = scope;
        self.context = context;
        made
    }

    pub fn closure(&mut self, ty: &Type, wish: Wish) -> Expression {
        let (parameters, result) = ty.signature();
        let (parameters, result) = (parameters.to_vec(), result.clone());
        let returns = (wish.depth > 1).then(|| result.clone());
        let closure = self.inside(returns, |generator| {
            if wish.depth > 0 && !parameters.is_empty() && generator.random.one_in(4) {
                generator.used("closure of several clauses");
                return generator.closure_clauses(&parameters, &result, wish);
            }
            let names: Vec<u32> = parameters.iter().map(|_| generator.fresh()).collect();
            let level = generator.context.level;
            for (name, ty) in names.iter().zip(&parameters) {
                generator.scope.bind(*name, ty.clone(), level);
            }
            let body = match wish.depth {
                0 => Block::of(generator.leaf(&result, wish)),
                _ if generator.random.one_in(2) => generator.block(&result, wish.deeper()),
                _ => Block::of(generator.expression(&result, wish.deeper())),
            };
            Closure { parameters, result, clauses: vec![Clause::simple(&names, body)] }
        });
        Expression::new(ty.clone(), Kind::Closure(Box::new(closure)))
    }

    /// Clauses whose bodies are single expressions; the last one takes everything.
    fn closure_clauses(&mut self, parameters: &[Type], result: &Type, wish: Wish) -> Closure {
        let mut clauses = Vec::new();
        let count = self.random.between(1, 2);
        for _ in 0..count {
            clauses.push(self.scoped(|generator| {
                let patterns = generator.clause_patterns(parameters);
                let guard = generator.some_guard();
                let body = generator.expression(result, wish.deeper());
                Clause { patterns, guard, body: Block::of(body) }
            }));
        }
        clauses.push(self.scoped(|generator| {
            let level = generator.context.level;
            let names: Vec<u32> = parameters.iter().map(|_| generator.fresh()).collect();
            for (name, ty) in names.iter().zip(parameters) {
                generator.scope.bind(*name, ty.clone(), level);
            }
            let body = generator.expression(result, wish.deeper());
            Clause::simple(&names, Block::of(body))
        }));
        Closure { parameters: parameters.to_vec(), result: result.clone(), clauses }
    }

    /// Runs something in a scope that ends with it.
    pub fn scoped<T>(&mut self, make: impl FnOnce(&mut Generator) -> T) -> T {
        let scope = self.scope.clone();
        let made = make(self);
        self.scope = scope;
        made
    }

    /// Patterns for a clause that need not match: at least one of them says something.
    pub fn clause_patterns(&mut self, parameters: &[Type]) -> Vec<Pattern> {
        let level = self.context.level;
        let mut patterns = Vec::new();
        for ty in parameters {
            let (pattern, bound) = if self.random.one_in(4) {
                let name = self.fresh();
                (Pattern::Variable(name), vec![(name, ty.clone())])
            } else {
                self.pattern(ty, 2)
            };
            for (name, ty) in bound {
                self.scope.bind(name, ty, level);
            }
            patterns.push(pattern);
        }
        patterns
    }

    pub fn function_value(&mut self, ty: &Type, _: Wish) -> Option<Expression> {
        let (parameters, result) = ty.signature();
        let fitting: Vec<usize> = (0..self.program.functions.len())
            .filter(|number| {
                let function = &self.program.functions[*number];
                function.bounds.is_empty()
                    && function.body.parameters == parameters
                    && function.body.result == *result
            })
            .collect();
        (!fitting.is_empty())
            .then(|| Expression::new(ty.clone(), Kind::FunctionValue(self.random.pick(&fitting))))
    }

    pub fn library_value(&mut self, ty: &Type, _: Wish) -> Option<Expression> {
        let (parameters, result) = ty.signature();
        let fitting: Vec<usize> = library::functions()
            .iter()
            .enumerate()
            .filter(|(_, function)| {
                function.bounds.is_empty() && function.parameters == parameters && function.result == *result
            })
            .map(|(number, _)| number)
            .collect();
        (!fitting.is_empty())
            .then(|| Expression::new(ty.clone(), Kind::LibraryValue(self.random.pick(&fitting))))
    }

    pub fn constructor_value(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        let (parameters, result) = ty.signature();
        let Head::Declared(declaration) = result.head else { return None };
        if self.program.declarations[declaration].is_struct || parameters.is_empty() || !wish.known {
            return None;
        }
        let count = self.program.declarations[declaration].constructors.len();
        let constructor = (0..count).find(|at| self.program.fields(result, *at) == parameters)?;
        Some(Expression::new(ty.clone(), Kind::ConstructorValue(declaration, constructor)))
    }

    /// `Job.await(Job.async(fn -> … end))`: what it captures is sent.
    pub fn job(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        let [value, error] = &ty.arguments[..] else { return None };
        if *error != Type::string() || !Self::is_sendable(value) {
            return None;
        }
        let block = self.inside(Some(value.clone()), |generator| {
            generator.scope.keep(Self::is_sendable);
            generator.block(value, wish.deeper().unknown())
        });
        Some(Expression::new(ty.clone(), Kind::Job(Box::new(block))))
    }

    pub fn job_map(&mut self, ty: &Type, wish: Wish) -> Option<Expression> {
        let outcome = &ty.arguments[0];
        if outcome.head != Head::Declared(crate::program::RESULT) || outcome.arguments[1] != Type::string() {
            return None;
        }
        let element = self.plain_type(1);
        let list = self.expression(&Type::list(element.clone()), wish.deeper().unknown());
        let function = self.scoped(|generator| {
            generator.scope.keep(Self::is_sendable);
            generator.closure(
                &Type::function(vec![element], outcome.arguments[0].clone()),
                wish.deeper().unknown(),
            )
        });
        Some(Expression::new(ty.clone(), Kind::JobMap(Box::new(list), Box::new(function))))
    }
}
