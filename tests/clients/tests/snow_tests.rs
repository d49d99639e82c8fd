//! The tests that are written in Snow.

use snow_tests::{compiler, process, repository};
use std::time::Duration;

/// `snowc test` on a folder: exit code 0 and a closing line that counts at least one test.
fn passes(folder: &str, variables: &[(&str, &str)]) {
    let mut command = compiler::command();
    command.arg("test").arg(repository().join(folder)).envs(variables.iter().copied());
    let finished = process::run(&mut command, Duration::from_secs(600));
    println!("{folder}: {}", finished.stdout.trim_end());
    let closing = finished.stdout.lines().last().unwrap_or_default();
    let passed = closing.strip_suffix(" passed, 0 failed").and_then(|count| count.parse::<u32>().ok());
    assert!(finished.code == Some(0) && passed > Some(0), "{folder}: {finished:?}");
}

#[test]
fn the_websocket_module() {
    passes("tests/ws", &[]);
}

#[test]
fn the_standard_library() {
    passes("tests/language/stdlib", &[]);
}

#[test]
fn the_standard_library_in_torture_mode() {
    passes("tests/language/stdlib", &[("SNOW_TORTURE", "1")]);
}
