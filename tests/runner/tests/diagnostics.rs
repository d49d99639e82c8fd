//! The catalogue of diagnostics, compared with the compiler's sources and with the ill-formed programs.

use snow_tests::repository;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Codes without a program in `tests/errors`, and why.
const WITHOUT_A_PROGRAM: &[(&str, &str)] = &[
    ("E0052", "thousands of parts: made by large_programs.rs"),
    ("C0002", "thousands of values: made by large_programs.rs"),
    ("C0003", "no program leads to it, as far as is known"),
];

fn files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|own| own == extension) {
            found.push(path);
        }
    }
}

/// The codes in a text that stand between these marks: a letter and four digits.
fn codes(text: &str, before: &str, behind: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices(before) {
        let rest = &text[at + before.len()..];
        let Some(end) = rest.find(behind) else { continue };
        let code = &rest[..end];
        let is_code = code.len() == 5
            && code.starts_with(['P', 'E', 'W', 'C'])
            && code[1..].bytes().all(|byte| byte.is_ascii_digit());
        if is_code {
            found.insert(code.to_string());
        }
    }
    found
}

/// The codes of all files of a kind in some folders.
fn codes_in(folders: &[&str], extension: &str, before: &str, behind: &str) -> BTreeSet<String> {
    let mut found = Vec::new();
    folders.iter().for_each(|folder| files(&repository().join(folder), extension, &mut found));
    let text = |path: &PathBuf| fs::read_to_string(path).expect("a text");
    found.iter().flat_map(|path| codes(&text(path), before, behind)).collect()
}

fn catalogue() -> String {
    fs::read_to_string(repository().join("spec/diagnostics.md")).expect("the catalogue")
}

fn of_the_catalogue() -> BTreeSet<String> {
    codes(&catalogue(), "\n| ", " |")
}

#[test]
fn the_catalogue_lists_what_the_compiler_reports() {
    let sources =
        ["crates/snow-syntax/src", "crates/snow-check/src", "crates/snow-ir/src", "crates/snowc/src"];
    let reported = codes_in(&sources, "rs", "\"", "\"");
    let listed = of_the_catalogue();
    assert_eq!(
        reported.difference(&listed).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "not in the catalogue"
    );
    assert_eq!(
        listed.difference(&reported).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "reported by nothing"
    );
}

#[test]
fn each_code_is_explained_once_in_three_columns() {
    let text = catalogue();
    let rows: Vec<&str> =
        text.lines().filter(|line| !codes(&format!("\n{line}"), "\n| ", " |").is_empty()).collect();
    assert_eq!(rows.len(), of_the_catalogue().len(), "a code stands there twice");
    for row in rows {
        let cells: Vec<&str> = row.replace("\\|", "/").split(" | ").map(|_| "").collect();
        assert_eq!(cells.len(), 3, "{row}");
    }
}

#[test]
fn each_code_has_a_program_that_shows_it() {
    let shown = codes_in(&["tests/errors/snapshots"], "snap", "[", "]");
    let exempt: BTreeSet<String> = WITHOUT_A_PROGRAM.iter().map(|(code, _)| code.to_string()).collect();
    let missing: Vec<String> = of_the_catalogue().into_iter().filter(|code| !shown.contains(code)).collect();
    assert_eq!(missing.into_iter().collect::<BTreeSet<_>>(), exempt);
}
