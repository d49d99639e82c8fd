//! The standard library and the language's test programs check without a diagnostic.

mod support;

use support::{library, report, run, text};

#[test]
fn the_standard_library_checks_without_a_warning() {
    let texts = library();
    assert!(!texts.is_empty());
    let (program, diagnostics) = run(&texts);
    assert_eq!(report(&texts, &diagnostics), "");
    assert!(program.is_some());
}

#[test]
fn the_test_programs_check() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/programs");
    let mut failures = Vec::new();
    let mut count = 0;
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "snow") {
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap_or_default();
        let mut texts = library();
        texts.push(text("Main", false, &source));
        let (program, diagnostics) = run(&texts);
        count += 1;
        if program.is_none() {
            failures.push(format!("== {}\n{}", path.display(), report(&texts, &diagnostics)));
        }
    }
    assert!(failures.is_empty(), "{} of {count} fail\n{}", failures.len(), failures.join("\n"));
}
