//! What Cranelift does not do: inlining, scalar replacement, jump threading, loop
//! rotation, polls.
//!
//! Every pass keeps the form that `verify` checks, and is written to be near-linear,
//! because the whole pipeline is part of a program's start-up time.

mod block_copies;
mod block_merging;
mod call_graph;
mod cold_blocks;
mod constant_folding;
mod dead_code;
mod dead_functions;
mod inlining;
mod jump_threading;
mod known_ranges;
mod loops;
mod poll_insertion;
mod redundant_parameters;
mod renumbering;
mod scalar_replacement;
mod ssa_repair;
#[cfg(test)]
pub(crate) mod testing;
mod value_numbering;

use crate::ir::{Function, Program, Statics};
use crate::text;
use crate::verify::Rules;
use loops::{canonicalisation, invariant_code_motion, rotation, strip_mining};

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
    for function in program.functions.values_mut() {
        passes.verify("lowering", function);
        // Lowering leaves many blocks that only jump on.
        renumbering::drop_unreachable(function);
        block_merging::tidy(function);
        passes.simplify(function);
        cold_blocks::mark(function);
    }
    // The second round inlines what the first one uncovered: closures that became known.
    for _ in 0..2 {
        inlining::inline_all(program, &statics, |function| {
            passes.verify("inlining", function);
            passes.simplify(function);
            cold_blocks::mark(function);
        });
    }
    program.statics = statics;
    dead_functions::drop_unreachable(program);
    // Functions have other numbers now.
    let rules = verified.then(|| Rules::of(program));
    let statics = std::mem::take(&mut program.statics);
    let passes = Passes { statics: &statics, rules };
    for function in program.functions.values_mut() {
        passes.shape(function);
        if passes.one("rotation", function, rotation::rotate_loops) {
            passes.simplify(function);
        }
        passes.shape(function);
    }
    // Loops are still what they were in the source: each turn polls, until strips take it over.
    poll_insertion::insert(program);
    for function in program.functions.values_mut() {
        passes.verify("insertion of polls", function);
        passes.improve_loops(function);
    }
    program.statics = statics;
}

/// What the passes over one function need.
struct Passes<'a> {
    statics: &'a Statics,
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
        self.one("shaping of loops", function, canonicalisation::prepare);
    }

    fn improve_loops(&self, function: &mut Function) {
        self.one("hoisting", function, invariant_code_motion::hoist);
        if self.one("strips", function, strip_mining::strip_loops) {
            self.clean(function);
            self.shape(function);
            self.one("hoisting out of strips", function, invariant_code_motion::hoist);
        }
        self.clean(function);
    }

    /// Folds and removes, without copying anything.
    fn clean(&self, function: &mut Function) {
        for _ in 0..2 {
            renumbering::drop_unreachable(function);
            self.one("numbering", function, |function| value_numbering::number(function, self.statics));
            self.one("joining of blocks", function, block_merging::tidy);
            self.one("removal of parameters", function, redundant_parameters::remove_redundant);
            self.one("removal of dead code", function, dead_code::remove);
        }
        renumbering::drop_unreachable(function);
    }

    /// Folds, threads and removes until nothing more comes of it, but not for ever.
    fn simplify(&self, function: &mut Function) {
        for _ in 0..4 {
            renumbering::drop_unreachable(function);
            let mut changed =
                self.one("numbering", function, |function| value_numbering::number(function, self.statics));
            changed |= self.one("joining of blocks", function, block_merging::tidy);
            changed |= self.one("removal of parameters", function, redundant_parameters::remove_redundant);
            changed |= self.one("splitting of parameters", function, scalar_replacement::split_params);
            changed |= self
                .one("threading", function, |function| jump_threading::thread_jumps(function, self.statics));
            changed |= self.one("removal of dead code", function, dead_code::remove);
            if !changed {
                break;
            }
        }
        renumbering::drop_unreachable(function);
        renumbering::drop_undefined(function);
    }
}

/// For tests of one pass: what `optimise` runs around it, without the constants of a program.
#[cfg(test)]
fn simplify(function: &mut Function) {
    Passes { statics: &Statics::new(), rules: None }.simplify(function);
}

#[cfg(test)]
fn clean(function: &mut Function) {
    Passes { statics: &Statics::new(), rules: None }.clean(function);
}
