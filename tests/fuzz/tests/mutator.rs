//! Every mutation of the tree changes what is printed, for some program and some seed.

use snow_fuzz::mutate::{TREE_MUTATIONS, mutant};
use snow_fuzz::random::Random;
use snow_fuzz::{evaluate, generate, print};

#[test]
fn every_mutation_changes_something() {
    let programs: Vec<_> = (0..6).map(generate::program).collect();
    let texts: Vec<_> = programs.iter().map(print::print).collect();
    for (name, change) in TREE_MUTATIONS {
        let changed = programs.iter().zip(&texts).any(|(program, text)| {
            (0..10).any(|seed| {
                let mut mutant = program.clone();
                change(&mut mutant, &mut Random::new(seed)) && print::print(&mutant) != *text
            })
        });
        assert!(changed, "{name}");
    }
}

#[test]
fn a_seed_is_a_mutant() {
    let mut program = generate::program(5);
    evaluate::judge(&mut program);
    assert_eq!(mutant(&program, &mut Random::new(1)), mutant(&program, &mut Random::new(1)));
}
