//! The generator: the same program for the same seed, and every production in the first programs.

use snow_fuzz::generate::{Coverage, FEATURES, PATTERNS, PRODUCTIONS, program, program_with_coverage};
use snow_fuzz::library;
use snow_fuzz::print::print;
use snow_fuzz::program::{Callee, Kind, each_body};
use std::collections::BTreeSet;

/// In so many programs everything must occur.
const PROGRAMS: u64 = 60;

#[test]
fn a_seed_is_a_program() {
    assert_eq!(print(&program(7)), print(&program(7)));
    assert_ne!(print(&program(7)), print(&program(8)));
}

#[test]
fn every_production_occurs() {
    let mut coverage = Coverage::new();
    for seed in 0..PROGRAMS {
        for (name, count) in program_with_coverage(seed).1 {
            *coverage.entry(name).or_default() += count;
        }
    }
    let productions = PRODUCTIONS.iter().map(|production| production.name);
    let wanted: BTreeSet<&str> =
        productions.chain(PATTERNS.iter().copied()).chain(FEATURES.iter().copied()).collect();
    let found: BTreeSet<&str> = coverage.keys().copied().collect();
    let missing: Vec<_> = wanted.difference(&found).collect();
    assert!(missing.is_empty(), "never used: {missing:?}");
    let unknown: Vec<_> = found.difference(&wanted).collect();
    assert!(unknown.is_empty(), "used, but in no table: {unknown:?}");
}

#[test]
fn every_function_of_the_library_occurs() {
    let mut called = BTreeSet::new();
    for seed in 0..PROGRAMS {
        each_body(&program(seed), &mut |body| {
            body.clone().each_below(&mut |expression| {
                if let Kind::Call(Callee::Library(number), ..) = &expression.kind {
                    called.insert(*number);
                }
            });
        });
    }
    let all = library::functions();
    let missing: Vec<&str> =
        (0..all.len()).filter(|number| !called.contains(number)).map(|number| all[number].name).collect();
    assert!(missing.is_empty(), "never called: {missing:?}");
}
