//! The optimiser: what Cranelift does not do, because it takes knowledge of Snow's objects and closures or
//! of the whole program.
//!
//! The order of the passes stands in `run` below:
//!
//! 1. Each function is simplified by itself: value numbering with constant folding and known ranges, block
//!    merging, redundant parameters, scalar replacement, jump threading, dead code elimination.
//! 2. Inlining, from callees to callers, twice; what has changed is simplified again.
//! 3. Functions that nothing reaches are dropped.
//! 4. Loops: canonicalisation and rotation.
//! 5. Polls are inserted.
//! 6. Loops again: invariant code motion and strip mining.
//!
//! Every pass leaves what `verify` checks, and is near-linear in the size of the function, because the whole
//! pipeline is part of a program's start-up time. Shared by several: the graph of control flow, copies of
//! blocks, repair of SSA form, dense numbers.

mod block_copies;
pub mod block_merging;
pub mod call_graph;
pub mod cold_blocks;
mod constant_folding;
pub mod dead_code;
pub mod dead_functions;
pub mod inlining;
pub mod jump_threading;
mod known_ranges;
pub mod loops;
mod memory_writes;
pub mod poll_insertion;
pub mod redundant_parameters;
pub mod renumbering;
pub mod scalar_replacement;
pub mod ssa_repair;
pub mod value_numbering;

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
        block_merging::merge_blocks(function);
        passes.simplify(function);
        cold_blocks::mark_cold(function);
    }
    // The second round inlines what the first one uncovered: closures that became known.
    for _ in 0..2 {
        inlining::inline_calls(program, &statics, |function| {
            passes.verify("inlining", function);
            passes.simplify(function);
            cold_blocks::mark_cold(function);
        });
    }
    program.statics = statics;
    dead_functions::drop_dead(program);
    // Functions have other numbers now.
    let rules = verified.then(|| Rules::of(program));
    let statics = std::mem::take(&mut program.statics);
    let passes = Passes { statics: &statics, rules };
    for function in program.functions.values_mut() {
        passes.canonicalise_loops(function);
        if passes.one("loop rotation", function, rotation::rotate_loops) {
            passes.simplify(function);
        }
        passes.canonicalise_loops(function);
    }
    // Loops are still what they were in the source: each turn polls, until strips take it over.
    poll_insertion::insert_polls(program);
    for function in program.functions.values_mut() {
        passes.verify("poll insertion", function);
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

    fn canonicalise_loops(&self, function: &mut Function) {
        self.one("loop canonicalisation", function, canonicalisation::canonicalise);
    }

    fn improve_loops(&self, function: &mut Function) {
        self.one("loop-invariant code motion", function, invariant_code_motion::hoist_invariants);
        if self.one("strip mining", function, strip_mining::mine_strips) {
            self.clean(function);
            self.canonicalise_loops(function);
            self.one(
                "loop-invariant code motion out of strips",
                function,
                invariant_code_motion::hoist_invariants,
            );
        }
        self.clean(function);
    }

    /// Folds and removes, without copying anything.
    fn clean(&self, function: &mut Function) {
        for _ in 0..2 {
            renumbering::drop_unreachable(function);
            self.one("value numbering", function, |function| {
                value_numbering::number_values(function, self.statics)
            });
            self.one("block merging", function, block_merging::merge_blocks);
            self.one("removal of redundant parameters", function, redundant_parameters::remove_redundant);
            self.one("dead code elimination", function, dead_code::remove);
        }
        renumbering::drop_unreachable(function);
    }

    /// Folds, threads and removes until nothing more comes of it, but not for ever.
    fn simplify(&self, function: &mut Function) {
        for _ in 0..4 {
            renumbering::drop_unreachable(function);
            let mut changed = self.one("value numbering", function, |function| {
                value_numbering::number_values(function, self.statics)
            });
            changed |= self.one("block merging", function, block_merging::merge_blocks);
            changed |=
                self.one("removal of redundant parameters", function, redundant_parameters::remove_redundant);
            changed |= self.one("scalar replacement", function, scalar_replacement::replace_aggregates);
            changed |= self.one("jump threading", function, |function| {
                jump_threading::thread_jumps(function, self.statics)
            });
            changed |= self.one("dead code elimination", function, dead_code::remove);
            if !changed {
                break;
            }
        }
        renumbering::drop_unreachable(function);
        renumbering::drop_undefined(function);
    }
}

/// Simplifies one function, until nothing more comes of it.
pub fn simplify(function: &mut Function, statics: &Statics) {
    Passes { statics, rules: None }.simplify(function);
}

/// Folds and removes in one function, without copying anything.
pub fn clean(function: &mut Function, statics: &Statics) {
    Passes { statics, rules: None }.clean(function);
}
