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
mod testing;
mod thread;

use crate::ir::{Function, Program, Static};

/// Makes a program faster without changing what it does, and inserts the polls that let the
/// scheduler take a running actor off its worker.
pub fn optimise(program: &mut Program) {
    let statics = std::mem::take(&mut program.statics);
    for function in &mut program.functions {
        simplify(function, &statics);
        cold::mark(function);
    }
    // The second round inlines what the first one uncovered: closures that became known.
    for _ in 0..2 {
        for changed in inline::inline_all(program, &statics) {
            let function = &mut program.functions[changed.0 as usize];
            simplify(function, &statics);
            cold::mark(function);
        }
    }
    program.statics = statics;
    reachable::drop_unreachable(program);
    let statics = std::mem::take(&mut program.statics);
    for function in &mut program.functions {
        shape::prepare(function);
        if rotate::rotate_loops(function) {
            simplify(function, &statics);
        }
        shape::prepare(function);
    }
    // Loops are still what they were in the source: each turn polls, until strips take it over.
    poll::insert(program);
    for function in &mut program.functions {
        improve_loops(function, &statics);
    }
    program.statics = statics;
}

fn improve_loops(function: &mut Function, statics: &[Static]) {
    invariant::hoist(function);
    if strips::strip_loops(function) {
        clean(function, statics);
        shape::prepare(function);
        invariant::hoist(function);
    }
    clean(function, statics);
}

/// Folds and removes, without copying anything.
fn clean(function: &mut Function, statics: &[Static]) {
    for _ in 0..2 {
        blocks::drop_unreachable(function);
        numbering::number(function, statics);
        blocks::tidy(function);
        params::remove_redundant(function);
        dead::remove(function);
    }
    blocks::drop_unreachable(function);
}

/// Folds, threads and removes until nothing more comes of it, but not for ever.
fn simplify(function: &mut Function, statics: &[Static]) {
    for _ in 0..4 {
        blocks::drop_unreachable(function);
        let mut changed = numbering::number(function, statics);
        changed |= blocks::tidy(function);
        changed |= params::remove_redundant(function);
        changed |= split::split_params(function);
        changed |= thread::thread_jumps(function, statics);
        changed |= dead::remove(function);
        if !changed {
            break;
        }
    }
    blocks::drop_unreachable(function);
}
