//! Random programs with references and addresses live across calls, polls and allocations: compiled code does
//! what the interpreter says.
#![cfg(target_arch = "x86_64")]

mod common;

use common::{machine, runtime};
use snow_ir::verify::verify;
use snow_ir_testing::build::{reporting, testing};
use snow_ir_testing::first;
use snow_ir_testing::interpreter::{Data, Machine, OUT_OF_FUEL, int};
use snow_ir_testing::random::{self, Options};

/// Every allocation moves all objects: longer programs take long.
const FUEL: u64 = 20_000;

#[test]
fn random_programs_mean_what_they_say() {
    let (mut ended, mut panicked, mut collections) = (0, 0, 0);
    for seed in 0..200 {
        let program = random::program(seed, Options { polls: true });
        verify(&program).unwrap_or_else(|errors| panic!("{seed}: {errors:#?}"));
        for row in [[1, 2], [7, -3]] {
            let mut interpreter = Machine::new(&program);
            interpreter.fuel = FUEL;
            let wanted = interpreter.run(first(), row.map(Data::Int).to_vec()).map(|value| int(&value));
            if wanted == Err(OUT_OF_FUEL.to_owned()) {
                continue;
            }
            let outcome = machine::run(&reporting(program.clone(), first(), &row));
            collections += outcome.collections;
            match wanted {
                Ok(wanted) => {
                    ended += 1;
                    assert_eq!(outcome.int(), wanted, "seed {seed} of {row:?}");
                    runtime::run_tests(&testing(program.clone(), first(), &row, wanted));
                }
                Err(message) => {
                    panicked += 1;
                    let told = outcome.panic.map(|(message, _)| message);
                    assert_eq!(told, Some(message), "seed {seed} of {row:?}");
                }
            }
        }
    }
    assert!(ended > 100 && panicked > 20, "{ended} programs ended, {panicked} panicked");
    assert!(collections > 3000, "{collections} collections");
}
