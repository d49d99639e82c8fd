//! Files of a crate that need each other in a circle can only be understood together. So circles are kept small.
//!
//! A file needs another one when it names something that is declared there; what a `mod.rs` re-exports counts for the
//! file that declares it. Tests inside of a file do not count.

#[path = "circles/sources.rs"]
mod sources;

use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;
use sources::Sources;
use std::path::Path;

/// The most files that a circle may have.
const MOST: usize = 8;

/// Circles that may be larger: their crate, and the folder in which all of their files lie. What expressions are made of
/// contains expressions, so a parser and a lowering call themselves through all of their files.
const EXCEPTIONS: &[(&str, &str)] =
    &[("snow-syntax", "parser/"), ("snow-check", "infer/"), ("snow-ir", "lower/")];

#[test]
fn no_large_circles_of_files() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates");
    let mut folders: Vec<_> = std::fs::read_dir(crates).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let mut found = Vec::new();
    for folder in folders {
        let name = folder.file_name().unwrap().to_str().unwrap().to_string();
        let sources = Sources::read(&folder.join("src"));
        let arrows = sources.arrows();
        let graph: DiGraphMap<&str, ()> =
            arrows.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
        for mut circle in tarjan_scc(&graph) {
            let excepted = |(within, at): &(&str, &str)| {
                name == *within && circle.iter().all(|file| file.starts_with(at))
            };
            if circle.len() > MOST && !EXCEPTIONS.iter().any(excepted) {
                circle.sort_unstable();
                found.push(format!("{name}: {} files need each other: {}", circle.len(), circle.join(", ")));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
