//! The tables of `spec` and `stdlib/ws` that name tests and modules: what they name must be there.

use snow_tests::repository;
use std::fs;
use std::path::Path;

/// What stands between back quotes in the rows of a table.
fn names(file: &str) -> Vec<String> {
    let text = fs::read_to_string(repository().join(file)).expect("the table can be read");
    let rows = text.lines().filter(|line| line.starts_with('|'));
    rows.flat_map(|row| row.split('`').skip(1).step_by(2).map(str::to_string).collect::<Vec<_>>()).collect()
}

/// `ws/frame: reserved bits`: a test in Snow; `clients/frames: lengths_must_be_minimal_and_sane`: one in Rust.
fn is_there(folder: &str, file: &str, name: &str) -> bool {
    let (path, declared) = match folder {
        "http" | "ws" | "core" => (format!("tests/stdlib/{folder}/{file}.snow"), format!("test \"{name}\" ")),
        _ => (format!("tests/clients/tests/{file}.rs"), format!("fn {name}() ")),
    };
    fs::read_to_string(repository().join(path)).is_ok_and(|text| text.contains(&declared))
}

/// The tests that a table names: how many, and those that are not there.
fn tests_of(file: &str) -> (usize, Vec<String>) {
    let mut missing = Vec::new();
    let mut count = 0;
    for name in names(file) {
        let Some((folder, rest)) = name.split_once('/') else { continue };
        let Some((test_file, test)) = rest.split_once(": ") else { continue };
        if ["http", "ws", "core", "clients"].contains(&folder) {
            count += 1;
            if !is_there(folder, test_file, test) {
                missing.push(name);
            }
        }
    }
    (count, missing)
}

/// `Ws.Frame` is `stdlib/ws/frame.snow`.
fn module_is_there(name: &str) -> bool {
    let path = name.split('.').map(snake_case).collect::<Vec<_>>().join("/");
    Path::new(&repository()).join(format!("stdlib/{path}.snow")).is_file()
}

fn snake_case(name: &str) -> String {
    let mut text = String::new();
    for (at, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && at > 0 {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

#[test]
fn the_rules_of_the_rfc_name_tests_and_modules_that_are_there() {
    let (count, missing) = tests_of("spec/rfc6455.md");
    assert!(count >= 60, "only {count} tests are named");
    assert_eq!(missing, Vec::<String>::new(), "no such tests");
    let modules: Vec<String> = names("spec/rfc6455.md")
        .into_iter()
        .filter(|name| ["Ws.", "Http.", "Net."].iter().any(|top| name.starts_with(top)))
        .collect();
    assert!(modules.len() >= 40, "only {} modules are named", modules.len());
    let missing: Vec<&String> = modules.iter().filter(|name| !module_is_there(name)).collect();
    assert_eq!(missing, Vec::<&String>::new(), "no such modules");
}

#[test]
fn every_hostile_input_has_a_test_that_is_there() {
    let (_, missing) = tests_of("spec/hostile-inputs.md");
    assert_eq!(missing, Vec::<String>::new(), "no such tests");
    let text =
        fs::read_to_string(repository().join("spec/hostile-inputs.md")).expect("the table can be read");
    let rows: Vec<&str> =
        text.lines().filter(|line| line.starts_with("| ") && line.as_bytes()[2].is_ascii_digit()).collect();
    assert_eq!(rows.len(), 58);
    for (index, row) in rows.iter().enumerate() {
        assert!(row.starts_with(&format!("| {} |", index + 1)), "{row}");
        let is_shown = row.contains("`ws/") || row.contains("`clients/") || row.contains("| not yet");
        assert!(is_shown, "no test: {row}");
    }
}

#[test]
fn the_page_of_http_names_tests_and_modules_that_are_there() {
    let (count, missing) = tests_of("spec/http.md");
    assert!(count >= 30, "only {count} tests are named");
    assert_eq!(missing, Vec::<String>::new(), "no such tests");
    let modules: Vec<String> = names("spec/http.md")
        .into_iter()
        .filter(|name| name.starts_with("Http.") && name != "Http.stream")
        .collect();
    let missing: Vec<&String> = modules.iter().filter(|name| !module_is_there(name)).collect();
    assert_eq!(missing, Vec::<&String>::new(), "no such modules");
}

#[test]
fn the_page_of_ws_names_tests_that_are_there_and_has_all_options() {
    let (count, missing) = tests_of("stdlib/ws/README.md");
    assert!(count >= 35, "only {count} tests are named");
    assert_eq!(missing, Vec::<String>::new(), "no such tests");
    let options = fs::read_to_string(repository().join("stdlib/ws/options.snow")).expect("the options");
    let (_, record) = options.split_once("pub struct Options do").expect("the record");
    let (fields, _) = record.split_once("\nend").expect("the end of the record");
    let told = names("stdlib/ws/README.md");
    let fields = fields.lines().filter_map(|line| Some(line.split_once(" :: ")?.0.trim()));
    let missing: Vec<&str> = fields.filter(|name| !told.iter().any(|option| option == name)).collect();
    assert_eq!(missing, Vec::<&str>::new(), "no rows for these");
}
