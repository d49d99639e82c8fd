//! The same programs in the real runtime.

use snow_codegen::{Level, compile};
use snow_ir::ir::{Program, Test};
use snow_runtime::{Options, TestOutcome};

/// Runs every test of the program as usual, and with every poll parking, every allocation collecting
/// and the stack elsewhere each time.
pub fn run_tests(program: &Program) {
    for level in [Level::Host, Level::Portable] {
        let image = compile(program, &|_, offset| offset + 1, level).unwrap();
        let loaded = snow_runtime::Program::load(image).unwrap();
        for torture in [false, true] {
            let options = Options { workers: 1, torture, ..Options::default() };
            for (index, Test { name, .. }) in program.tests.iter().enumerate() {
                let outcome = loaded.run_test(index, &options);
                assert_eq!(outcome, TestOutcome::Passed, "{name}, number {index}, torture: {torture}");
            }
        }
    }
}
