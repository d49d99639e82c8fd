//! Leaves out what no case reaches.

use crate::program::{Callee, Expression, Head, Kind, Program, Type, each_body_mut};
use std::collections::BTreeSet;

/// Empties functions, actors and services that are not reached, and takes their names out of the printed program.
pub fn prune(program: &mut Program) {
    let mut reached = Reached::default();
    loop {
        let before = reached.clone();
        for body in bodies(program, &before) {
            body.clone().each_below(&mut |below| reached.see(below));
        }
        if reached == before {
            break;
        }
    }
    for (number, function) in program.functions.iter_mut().enumerate() {
        if !reached.functions.contains(&number) {
            function.body.clauses.clear();
        }
    }
    if !reached.methods
        && program.functions.iter().all(|own| own.body.clauses.is_empty() || own.bounds.is_empty())
    {
        program.implementations.clear();
        program.interfaces.clear();
    }
    if !reached.actors {
        program.actors.clear();
    }
    if !reached.services {
        program.services.clear();
    }
}

/// The bodies that run when this much is reached. Methods are reached through types, actors through each other: all of
/// them stay as long as one is used.
fn bodies(program: &Program, reached: &Reached) -> Vec<Expression> {
    let mut part = Program { cases: program.cases.clone(), ..Program::default() };
    part.declarations.clone_from(&program.declarations);
    part.conversions.clone_from(&program.conversions);
    part.functions = reached.functions.iter().map(|number| program.functions[*number].clone()).collect();
    if reached.methods {
        part.interfaces.clone_from(&program.interfaces);
        part.implementations.clone_from(&program.implementations);
    }
    if reached.actors {
        part.actors.clone_from(&program.actors);
    }
    if reached.services {
        part.services.clone_from(&program.services);
    }
    let mut bodies = Vec::new();
    each_body_mut(&mut part, &mut |body| bodies.push(body.clone()));
    bodies
}

#[derive(Clone, Default, PartialEq)]
struct Reached {
    functions: BTreeSet<usize>,
    methods: bool,
    actors: bool,
    services: bool,
}

impl Reached {
    fn see(&mut self, expression: &Expression) {
        match &expression.kind {
            Kind::Call(Callee::Function(number), ..) | Kind::FunctionValue(number) => {
                self.functions.insert(*number);
            }
            Kind::Call(Callee::Method(..), ..) => self.methods = true,
            _ => {}
        }
        self.actors |= expression.ty.any(&|part: &Type| matches!(part.head, Head::Actor(_)));
        self.services |= expression.ty.any(&|part: &Type| matches!(part.head, Head::Service(_)));
    }
}
