//! What optimised programs do, compared with what they did.

use snow_ir::optimise::optimise;
use snow_ir::{text, verify};
use snow_ir_testing::interpreter::OUT_OF_FUEL;
use snow_ir_testing::random::{self, Options};
use snow_ir_testing::{first, run};

/// What optimised programs do, compared with what they did.
#[test]
fn optimised_programs_do_the_same() {
    let mut ended = 0;
    for seed in 0..400 {
        let plain = random::program(seed, Options::default());
        verify::verify(&plain).unwrap_or_else(|errors| panic!("{seed}: {errors:#?}"));
        let mut optimised = plain.clone();
        optimised.main = Some(first());
        optimise(&mut optimised);
        let shown = || format!("{}\n---\n{}", text::program(&plain), text::program(&optimised));
        verify::verify(&optimised).unwrap_or_else(|errors| panic!("{seed}: {errors:#?}\n{}", shown()));
        for row in [[0, 0], [1, 2], [7, -3], [100, 9], [-5, 63]] {
            let expected = run(&plain, &row);
            if expected == Err(OUT_OF_FUEL.to_owned()) {
                continue;
            }
            ended += 1;
            assert_eq!(run(&optimised, &row), expected, "{seed} of {row:?}\n{}", shown());
        }
    }
    assert!(ended > 1500, "too many programs run for ever: {ended} runs ended");
}
