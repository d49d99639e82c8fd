//! The same sources give the same diagnostics and the same image, byte for byte.
//!
//! Each hash map of Rust's standard library takes a seed of its own, so compiling once more in one process is compiling
//! with all seeds changed. `SNOW_ROUNDS` says how often everything is compiled: three times without it.

use crate::{compile, project, report};
use snow_codegen::Level;
use snow_ir::Entry;
use std::fs;
use std::path::{Path, PathBuf};

fn rounds() -> usize {
    std::env::var("SNOW_ROUNDS").map_or(3, |text| text.parse().expect("SNOW_ROUNDS is a number"))
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Folders with a `main.snow`, and single files outside of them.
fn programs(folder: &Path, found: &mut Vec<PathBuf>) {
    if folder.join("main.snow").is_file() {
        found.push(folder.to_path_buf());
        return;
    }
    let entries = fs::read_dir(folder).expect("a folder of the repository can be read");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            programs(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "snow") {
            found.push(path);
        }
    }
}

fn all_programs() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["stdlib", "tests"] {
        programs(&repository().join(folder), &mut found);
    }
    assert!(found.len() > 200, "the repository has more than {} Snow programs", found.len());
    found
}

fn load(path: &Path) -> project::Sources {
    project::load(path, false).unwrap_or_else(|_| panic!("{} can be read", path.display()))
}

/// What `snowc check` prints.
fn diagnostics(sources: &mut project::Sources) -> String {
    let found = compile::examine(sources).1;
    report::render(&found, &sources.files, false)
}

/// The image of all tests and, with `Entry::Main`, of the program.
fn image(sources: &mut project::Sources, entry: Entry) -> Vec<u8> {
    let (program, diagnostics) = compile::examine(sources);
    let said = report::render(&diagnostics, &sources.files, false);
    let program = program.unwrap_or_else(|| panic!("the program is right:\n{said}"));
    let Ok(image) = compile::image(&program, sources, entry, Level::Portable) else {
        panic!("what is checked compiles")
    };
    snow_runtime::image_file::append_to_executable(Vec::new(), &image)
}

#[test]
fn every_file_of_the_repository_is_judged_alike_each_time() {
    for path in all_programs() {
        let mut sources = load(&path);
        let first = diagnostics(&mut sources);
        for round in 1..rounds() {
            assert_eq!(diagnostics(&mut sources), first, "round {round}, {}", path.display());
        }
    }
}

#[test]
fn every_program_of_the_repository_compiles_to_the_same_bytes_each_time() {
    let folder = std::env::temp_dir().join(format!("snow-determinism-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a temporary folder can be made");
    let mut units = Vec::new();
    let mut single = 0;
    for path in all_programs() {
        let (program, _) = compile::examine(&mut load(&path));
        let Some(program) = program else { continue };
        if path.is_dir() && program.main.is_some() {
            units.push((path, Entry::Main));
        } else if program.main.is_some() {
            // Many programs make one, so that the library is compiled once for all of them: each is a module, and a
            // test calls what was its `main`.
            let text = fs::read_to_string(&path).expect("a source can be read");
            let text = format!("{text}\ntest \"the program\" do\n  main()\nend\n");
            fs::write(folder.join(format!("program_{single}.snow")), text).expect("a source can be written");
            single += 1;
        }
    }
    assert!(single > 50 && units.len() > 3, "{single} programs, {} of several files", units.len());
    units.push((folder.clone(), Entry::Tests));
    for tests in ["tests/stdlib/actor", "tests/stdlib/ws", "tests/stdlib/core"] {
        units.push((repository().join(tests), Entry::Tests));
    }
    for (path, entry) in units {
        let mut sources = load(&path);
        let first = image(&mut sources, entry);
        for round in 1..rounds() {
            assert!(
                image(&mut sources, entry) == first,
                "round {round}: another image of {}",
                path.display()
            );
        }
    }
    let _ = fs::remove_dir_all(&folder);
}

/// Whether a module of the library is part of the program changes nothing but the program's size.
#[test]
fn a_module_that_is_merely_there_changes_nothing() {
    for path in all_programs().into_iter().filter(|path| path.is_file()) {
        let mut sources = load(&path);
        let before = diagnostics(&mut sources);
        let needed = sources.files.len();
        sources.add_whole_library();
        assert!(sources.files.len() > needed);
        assert_eq!(diagnostics(&mut sources), before, "{}", path.display());
    }
}
