//! The first programs, through the real compiler.

use snow_fuzz::compare::{FindingKind, MODES, Mutant, Workplace, check, check_in, check_mutant};
use snow_fuzz::random::Random;
use snow_fuzz::{evaluate, generate, mutate};
use snow_tests::compiler::snowc;

fn workplace(name: &str) -> Workplace {
    let folder = std::env::temp_dir().join(format!("snow-fuzz-test-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    Workplace { snowc: snowc().into(), folder }
}

#[test]
fn programs_print_what_the_evaluator_says() {
    let workplace = workplace("agreement");
    for seed in 0..4 {
        let mut program = generate::program(seed);
        evaluate::judge(&mut program);
        assert!(program.cases.len() > 10, "seed {seed}");
        let finding = check(&workplace, &program).expect("processes run");
        assert!(finding.is_none(), "seed {seed}: {finding:#?}");
    }
    std::fs::remove_dir_all(workplace.folder).expect("the folder is there");
}

#[test]
fn a_wrong_answer_is_noticed() {
    let workplace = workplace("wrong");
    let mut program = generate::program(1);
    evaluate::judge(&mut program);
    program.cases[3].expected.push('!');
    for mode in MODES {
        let finding =
            check_in(&workplace, &program, &[*mode]).expect("processes run").expect("it is noticed");
        assert_eq!((finding.kind, finding.mode), (FindingKind::Differs, mode.name));
    }
    std::fs::remove_dir_all(workplace.folder).expect("the folder is there");
}

#[test]
fn mutants_are_refused_or_right() {
    let workplace = workplace("mutants");
    let mut program = generate::program(2);
    evaluate::judge(&mut program);
    let mut random = Random::new(2);
    let mut refused = 0;
    for number in 0..12 {
        let (files, done) = mutate::mutant(&program, &mut random);
        match check_mutant(&workplace, &files).expect("processes run") {
            Mutant::Refused => refused += 1,
            Mutant::Accepted => {}
            Mutant::Wrong(finding) => panic!("mutant {number} ({done:?}): {finding:#?}"),
        }
    }
    assert!(refused > 3, "{refused} of 12 were refused");
    std::fs::remove_dir_all(workplace.folder).expect("the folder is there");
}
