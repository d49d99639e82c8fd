//! Makes a well-typed program from a seed.
//!
//! Programs end because what they repeat is counted, and because the evaluator leaves out the cases that take long.

mod actors;
mod bits;
mod blocks;
mod calls;
mod closures;
mod control;
mod declarations;
mod expressions;
mod features;
mod functions;
mod interfaces;
mod literals;
mod operators;
mod patterns;
mod scope;
mod types;

pub use expressions::PRODUCTIONS;
pub use features::FEATURES;
pub use patterns::PATTERNS;

use crate::program::{Bound, Declaration, Home, Program, Type};
use crate::random::Random;
use scope::{Context, Scope};
use std::collections::BTreeMap;

/// How often each production was used.
pub type Coverage = BTreeMap<&'static str, usize>;

/// The program of a seed: always the same one. Its cases have not been judged yet.
pub fn program(seed: u64) -> Program {
    program_with_coverage(seed).0
}

/// The program of a seed, with the productions that it uses.
pub fn program_with_coverage(seed: u64) -> (Program, Coverage) {
    let mut generator = Generator::new(seed);
    generator.program();
    (generator.program, generator.coverage)
}

/// What an expression is wanted for.
#[derive(Clone, Copy)]
struct Wish {
    /// How many levels it may have.
    depth: usize,
    /// Does its place say its type, so that `None` may stand there?
    known: bool,
}

impl Wish {
    fn deeper(self) -> Wish {
        Wish { depth: self.depth.saturating_sub(1), ..self }
    }

    /// The same in a place that says the type.
    fn known(self) -> Wish {
        Wish { known: true, ..self }
    }

    fn unknown(self) -> Wish {
        Wish { known: false, ..self }
    }
}

struct Generator {
    random: Random,
    program: Program,
    coverage: Coverage,
    /// Where the items go that are being made.
    home: usize,
    scope: Scope,
    context: Context,
    next_name: u32,
    /// How many expressions the function may still have; then there are only leaves.
    budget: usize,
}

impl Generator {
    fn new(seed: u64) -> Generator {
        Generator {
            random: Random::new(seed),
            program: Program { declarations: Declaration::predefined(), ..Program::default() },
            coverage: Coverage::new(),
            home: 0,
            scope: Scope::default(),
            context: Context::default(),
            next_name: 0,
            budget: 0,
        }
    }

    fn program(&mut self) {
        self.program.homes = self.homes();
        for home in 0..self.program.homes.len() {
            self.home = home;
            let main = self.program.homes[home] == Home::Main;
            let many = if main { 3 } else { 2 };
            for _ in 0..self.random.between(1, many) {
                self.declaration();
            }
            if self.random.one_in(2) || main {
                self.interface();
            }
            if self.random.one_in(2) {
                self.conversion();
            }
            for _ in 0..self.random.between(1, many) {
                self.constant();
            }
            for _ in 0..self.random.between(2, 5) {
                self.function();
            }
            if main {
                self.actor_families();
                self.services();
                for _ in 0..self.random.between(14, 26) {
                    self.function();
                }
            }
        }
        self.cases();
    }

    fn homes(&mut self) -> Vec<Home> {
        let mut homes = Vec::new();
        for name in ["alpha", "beta"] {
            if self.random.one_in(3) {
                self.used("module in a file");
                homes.push(Home::File(name.into()));
            }
        }
        if self.random.one_in(3) {
            self.used("module in main");
            homes.push(Home::Inline("gamma".into()));
        }
        homes.push(Home::Main);
        homes
    }

    fn fresh(&mut self) -> u32 {
        self.next_name += 1;
        self.next_name - 1
    }

    /// A name for a binding: mostly a new one, sometimes one that hides another.
    fn name(&mut self) -> u32 {
        match self.scope.some_name(&mut self.random) {
            Some(name) if self.random.one_in(8) => {
                self.used("shadowing");
                name
            }
            _ => self.fresh(),
        }
    }

    fn used(&mut self, production: &'static str) {
        *self.coverage.entry(production).or_default() += 1;
    }

    fn has(&self, ty: &Type, bound: Bound) -> bool {
        self.program.has(ty, bound, &self.context.bounds)
    }
}
