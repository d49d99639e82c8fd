//! Lines that stand in the documentation, to be run.

use snow_tests::repository;

/// The blocks of this language on the page that tells how the server is deployed.
pub fn deployment(language: &str) -> Vec<String> {
    let page = std::fs::read_to_string(repository().join("stdlib/ws/deployment.md")).expect("the page");
    let begin = format!("```{language}\n");
    page.split(&begin).skip(1).filter_map(|rest| rest.split("```").next()).map(str::to_string).collect()
}

/// The lines with other words in some places, each of which must be there.
pub fn with(lines: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(lines.to_string(), |lines, (from, to)| {
        assert!(lines.contains(from), "no {from:?} in {lines}");
        lines.replace(from, to)
    })
}
