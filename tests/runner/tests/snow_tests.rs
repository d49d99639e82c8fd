//! The tests that are written in Snow, and the Snow in the documents.

use snow_tests::{compiler, process, repository};
use std::path::PathBuf;
use std::time::Duration;

/// `snowc test` on a folder: exit code 0 and a closing line that counts at least one test.
fn passes(folder: &str, variables: &[(&str, &str)]) {
    passes_with(&[], folder, variables);
}

fn passes_with(flags: &[&str], folder: &str, variables: &[(&str, &str)]) {
    let mut command = compiler::command();
    command.arg("test").args(flags).arg(repository().join(folder)).envs(variables.iter().copied());
    let finished = process::run(&mut command, Duration::from_secs(600));
    println!("{folder}: {}", finished.stdout.trim_end());
    let closing = finished.stdout.lines().last().unwrap_or_default();
    let passed = closing.strip_suffix(" passed, 0 failed").and_then(|count| count.parse::<u32>().ok());
    assert!(finished.code == Some(0) && passed > Some(0), "{folder}: {finished:?}");
}

#[test]
fn the_websocket_module() {
    passes("tests/stdlib/ws", &[]);
}

#[test]
fn the_standard_library() {
    passes("tests/stdlib/core", &[]);
}

#[test]
fn actors() {
    passes("tests/stdlib/actor", &[]);
}

#[test]
fn actors_under_many_seeds() {
    passes_with(&["--explore", "50"], "tests/stdlib/actor", &[]);
}

/// No seed at all would let every test pass.
#[test]
fn at_least_one_seed_is_explored() {
    let mut command = compiler::command();
    command.args(["test", "--explore", "0"]).arg(repository().join("tests/stdlib/actor/restarting.snow"));
    let finished = process::run(&mut command, Duration::from_secs(60));
    assert!(finished.code != Some(0) && finished.stderr.contains("--explore"), "{finished:?}");
}

#[test]
fn the_standard_library_in_torture_mode() {
    passes("tests/stdlib/core", &[("SNOW_TORTURE", "1")]);
}

/// All modules of the library: their paths and texts.
fn library() -> Vec<(PathBuf, String)> {
    let mut folders = vec![repository().join("stdlib")];
    let mut modules = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the library's folder") {
            let path = entry.expect("a file of the library").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(&path).expect("the library is text");
                modules.push((path, text));
            }
        }
    }
    modules
}

/// The programs in the documents of the library's modules say what they print: `# => text`.
#[test]
fn the_examples_of_the_library() {
    let mut count = 0;
    for (path, text) in library() {
        let page: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("##!")).collect();
        let page: Vec<&str> = page.iter().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
        for block in page.join("\n").split("```snow\n").skip(1) {
            let program = block.split("```").next().unwrap_or_default();
            let printed: Vec<&str> =
                program.lines().filter_map(|line| Some(line.split_once("# => ")?.1)).collect();
            if program.contains("fn main()") && !printed.is_empty() {
                runs(program, &printed, &path.display().to_string());
                count += 1;
            }
        }
    }
    assert!(count >= 4, "only {count} examples were found");
}

/// A type whose values can be keys must keep the promise that equal values have equal hashes.
#[test]
fn the_laws_are_tested_of_every_type_that_has_a_hash() {
    let laws = repository().join("tests/stdlib/core/laws.snow");
    let laws = std::fs::read_to_string(laws).expect("the tests of the laws");
    let mut count = 0;
    for (path, text) in library() {
        for name in hashable(&text) {
            count += 1;
            // Its connection alone makes one; its hash is that of its Outbox.
            let tested = name == "Conn" || laws.contains(&format!("test \"laws of {name}\" do"));
            assert!(tested, "{}: no test \"laws of {name}\" in laws.snow", path.display());
        }
    }
    assert!(count >= 15, "only {count} types were found");
}

/// The types of a module that have a hash, by name: written by hand, or derived, as it is for a struct that does not
/// say what it derives.
fn hashable(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut declared = None;
    for line in text.lines() {
        let words = line.strip_prefix("pub ").unwrap_or(line);
        if let Some(implemented) = line.strip_prefix("impl Hash for ") {
            let tuple = implemented.starts_with('(') && !implemented.starts_with("()");
            let name = implemented.split(['<', ' ']).next().unwrap_or_default();
            found.push(if tuple { "tuples" } else { name }.to_string());
        } else if let Some(rest) = words.strip_prefix("struct ").or_else(|| words.strip_prefix("type "))
            && rest.ends_with(" do")
        {
            let name = rest.split(['<', ' ']).next().unwrap_or_default();
            declared = Some((name.to_string(), words.starts_with("struct ")));
        } else if line.starts_with("end")
            && let Some((name, is_struct)) = declared.take()
        {
            let derived = line.split_once("deriving(").map(|(_, list)| list.contains("Hash"));
            if derived.unwrap_or(is_struct) {
                found.push(name);
            }
        }
    }
    found
}

fn runs(program: &str, printed: &[&str], place: &str) {
    let name = format!("snow-example-{}-{}.snow", std::process::id(), program.len());
    let file = std::env::temp_dir().join(name);
    std::fs::write(&file, program).expect("a source can be written");
    let finished = process::run(compiler::command().arg("run").arg(&file), Duration::from_secs(60));
    let _ = std::fs::remove_file(&file);
    let lines: Vec<&str> = finished.stdout.lines().collect();
    assert_eq!(lines, printed, "{place}:\n{program}\n{}", finished.stderr);
}

/// Every block of Snow in the README must be a program.
#[test]
fn the_examples_of_the_readme() {
    let readme = std::fs::read_to_string(repository().join("README.md")).expect("the README can be read");
    let blocks: Vec<&str> =
        readme.split("```snow\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default()).collect();
    assert!(!blocks.is_empty(), "the README shows no Snow");
    for (number, block) in blocks.iter().enumerate() {
        let file = std::env::temp_dir().join(format!("snow-readme-{}-{number}.snow", std::process::id()));
        std::fs::write(&file, block).expect("a source can be written");
        let mut command = compiler::command();
        command.arg("check").arg(&file);
        let finished = process::run(&mut command, Duration::from_secs(120));
        let _ = std::fs::remove_file(&file);
        assert_eq!(finished.code, Some(0), "{block}\n{}", finished.stderr);
    }
}
