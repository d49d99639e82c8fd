//! What Cranelift does not do: inlining, scalar replacement, jump threading, loop
//! rotation, polls.
//!
//! Every pass keeps the form that `verify` checks, and is written to be near-linear,
//! because the whole pipeline is part of a program's start-up time.

mod affine;
mod blocks;
mod call_graph;
mod cold;
mod dead;
mod duplicate;
mod facts;
mod fold;
mod graph;
mod hash;
mod inline;
mod invariant;
mod numbering;
mod params;
mod poll;
mod reachable;
mod repair;
mod rotate;
mod shape;
mod split;
mod strips;
#[cfg(test)]
pub(crate) mod testing;
mod thread;

use crate::ir::{Function, Program, Static};
use crate::text;
use crate::verify::Rules;

/// Makes a program faster without changing what it does, and inserts the polls that let the
/// scheduler take a running actor off its worker.
///
/// # Panics
///
/// In debug builds, when a pass breaks the form of a function.
pub fn optimise(program: &mut Program) {
    run(program, cfg!(debug_assertions));
}

/// The same, with a look at each function behind each pass.
///
/// # Panics
///
/// When a pass breaks the form of a function: the message names both, and has all that is wrong.
pub fn optimise_verified(program: &mut Program) {
    run(program, true);
}

fn run(program: &mut Program, verified: bool) {
    let rules = verified.then(|| Rules::of(program));
    let statics = std::mem::take(&mut program.statics);
    let passes = Passes { statics: &statics, rules };
    for function in &mut program.functions {
        passes.verify("lowering", function);
        passes.simplify(function);
        cold::mark(function);
    }
    // The second round inlines what the first one uncovered: closures that became known.
    for _ in 0..2 {
        inline::inline_all(program, &statics, |function| {
            passes.verify("inlining", function);
            passes.simplify(function);
            cold::mark(function);
        });
    }
    program.statics = statics;
    reachable::drop_unreachable(program);
    // Functions have other numbers now.
    let rules = verified.then(|| Rules::of(program));
    let statics = std::mem::take(&mut program.statics);
    let passes = Passes { statics: &statics, rules };
    for function in &mut program.functions {
        passes.shape(function);
        if passes.one("rotation", function, rotate::rotate_loops) {
            passes.simplify(function);
        }
        passes.shape(function);
    }
    // Loops are still what they were in the source: each turn polls, until strips take it over.
    poll::insert(program);
    for function in &mut program.functions {
        passes.verify("insertion of polls", function);
        passes.improve_loops(function);
    }
    program.statics = statics;
}

/// What the passes over one function need.
struct Passes<'a> {
    statics: &'a [Static],
    /// Present when each pass is verified.
    rules: Option<Rules>,
}

impl Passes<'_> {
    fn one<R>(&self, pass: &str, function: &mut Function, run: impl FnOnce(&mut Function) -> R) -> R {
        let result = run(function);
        self.verify(pass, function);
        result
    }

    fn verify(&self, pass: &str, function: &Function) {
        if let Some(rules) = &self.rules
            && let Err(errors) = rules.verify(function)
        {
            let shown = text::function(function, &Program::default());
            panic!("`{}` is ill-formed behind {pass}:\n{}\n{shown}", function.name, errors.join("\n"));
        }
    }

    fn shape(&self, function: &mut Function) {
        self.one("shaping of loops", function, shape::prepare);
    }

    fn improve_loops(&self, function: &mut Function) {
        self.one("hoisting", function, invariant::hoist);
        if self.one("strips", function, strips::strip_loops) {
            self.clean(function);
            self.shape(function);
            self.one("hoisting out of strips", function, invariant::hoist);
        }
        self.clean(function);
    }

    /// Folds and removes, without copying anything.
    fn clean(&self, function: &mut Function) {
        for _ in 0..2 {
            blocks::drop_unreachable(function);
            self.one("numbering", function, |function| numbering::number(function, self.statics));
            self.one("joining of blocks", function, blocks::tidy);
            self.one("removal of parameters", function, params::remove_redundant);
            self.one("removal of dead code", function, dead::remove);
        }
        blocks::drop_unreachable(function);
    }

    /// Folds, threads and removes until nothing more comes of it, but not for ever.
    fn simplify(&self, function: &mut Function) {
        for _ in 0..4 {
            blocks::drop_unreachable(function);
            let mut changed =
                self.one("numbering", function, |function| numbering::number(function, self.statics));
            changed |= self.one("joining of blocks", function, blocks::tidy);
            changed |= self.one("removal of parameters", function, params::remove_redundant);
            changed |= self.one("splitting of parameters", function, split::split_params);
            changed |=
                self.one("threading", function, |function| thread::thread_jumps(function, self.statics));
            changed |= self.one("removal of dead code", function, dead::remove);
            if !changed {
                break;
            }
        }
        blocks::drop_unreachable(function);
    }
}

/// For tests of one pass: what `optimise` runs around it, without the constants of a program.
#[cfg(test)]
fn simplify(function: &mut Function) {
    Passes { statics: &[], rules: None }.simplify(function);
}

#[cfg(test)]
fn clean(function: &mut Function) {
    Passes { statics: &[], rules: None }.clean(function);
}
