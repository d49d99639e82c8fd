//! Programs of several files: given as a folder, or as one of the files.

use snow_tests::{compiler, process, repository};
use std::time::Duration;

fn snowc(command: &str, path: &str) -> String {
    let mut snowc = compiler::command();
    snowc.arg(command).arg(path).current_dir(repository().join("tests/language/project"));
    let finished = process::run(&mut snowc, Duration::from_secs(60));
    assert_eq!(finished.code, Some(0), "{finished:?}");
    finished.stdout
}

#[test]
fn a_single_file_finds_what_it_imports() {
    assert_eq!(snowc("run", "main.snow"), "1 18\n");
    assert_eq!(snowc("run", "."), "1 18\n");
}

#[test]
fn a_file_in_a_folder_finds_the_project_around_it() {
    assert_eq!(snowc("check", "parts/unit_square.snow"), "");
}

#[test]
fn a_single_file_runs_its_own_tests() {
    assert_eq!(snowc("test", "parts/unit_square.snow"), "1 passed, 0 failed\n");
    assert_eq!(snowc("test", "main.snow"), "0 passed, 0 failed\n");
    assert_eq!(snowc("test", "."), "2 passed, 0 failed\n");
}
