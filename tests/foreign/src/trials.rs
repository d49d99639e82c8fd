//! Tests that are skipped where the program is missing that they need.

use libtest_mimic::{Arguments, Trial};
use std::io::Write;

/// Set where a program that is missing is a failure: where `install.sh` has installed all of them.
const REQUIRED: &str = "FOREIGN_REQUIRED";

/// A test that needs a program. Where it is missing, one line says so, and the test counts as ignored.
pub fn trial<P: Send + 'static>(name: &str, missing: &'static str, program: Option<P>, test: fn(P)) -> Trial {
    match program {
        Some(program) => Trial::test(name, move || {
            test(program);
            Ok(())
        }),
        None if std::env::var_os(REQUIRED).is_some() => {
            Trial::test(
                name,
                move || Err(format!("{missing} is not installed, but {REQUIRED} is set").into()),
            )
        }
        None => {
            // Not by a macro of printing: that this is seen must not depend on how tests are run.
            let _ = writeln!(std::io::stderr(), "skipped: {name}: {missing} is not installed");
            Trial::test(name, || Ok(())).with_ignored_flag(true)
        }
    }
}

/// A test that needs nothing.
pub fn always(name: &str, test: fn()) -> Trial {
    Trial::test(name, move || {
        test();
        Ok(())
    })
}

/// Runs them, as the command line wants it.
pub fn run(trials: Vec<Trial>) -> ! {
    libtest_mimic::run(&Arguments::from_args(), trials).exit()
}
