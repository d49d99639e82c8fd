//! The tests that are written in Snow, and the Snow in the documents.

use snow_tests::{compiler, process, repository};
use std::path::{Path, PathBuf};
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
fn the_http_module() {
    passes("tests/stdlib/http", &[]);
}

#[test]
fn the_chat() {
    passes("stdlib/ws/examples/chat", &[]);
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

/// Those of its properties that are of schedules; `properties.snow` goes through seeds of its own.
#[test]
fn the_websocket_module_under_many_seeds() {
    for file in ["interleavings", "rooms_property"] {
        passes_with(&["--explore", "50"], &format!("tests/stdlib/ws/{file}.snow"), &[]);
    }
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
    texts_below("stdlib", &["snow"])
}

/// The files below a folder of the repository whose names end in one of these ways: their paths and texts.
fn texts_below(folder: &str, endings: &[&str]) -> Vec<(PathBuf, String)> {
    let mut folders = vec![repository().join(folder)];
    let mut texts = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder of the repository") {
            let path = entry.expect("a file of the repository").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted)) {
                let text = std::fs::read_to_string(&path).expect("a source is text");
                texts.push((path, text));
            }
        }
    }
    texts
}

/// What only the library itself calls: from modules beside its own, or from what `service` declares.
const NOT_FOR_PROGRAMS: [&str; 3] = ["Process.reason_from", "Request.from_head", "Service.call"];

/// Each public function of a module that programs import is called, or passed on, somewhere below `tests`, as
/// `Module.name`: a call as a method does not say whose method it is. (Modules in folders are the library's own.)
#[test]
fn every_public_function_of_the_library_is_named_by_a_test() {
    let tests = texts_below("tests", &["snow", "rs"]);
    let mut count = 0;
    let mut missing = Vec::new();
    for (path, text) in library() {
        if path.parent() != Some(repository().join("stdlib").as_path()) {
            continue;
        }
        for function in text.lines().filter_map(public_function) {
            count += 1;
            let named = match module_name(&path).as_str() {
                "Prelude" => function.to_string(),
                module => format!("{module}.{function}"),
            };
            let is_tested = tests.iter().any(|(_, text)| has_word(text, &named));
            if !is_tested && !NOT_FOR_PROGRAMS.contains(&named.as_str()) {
                missing.push(named);
            }
        }
    }
    assert!(count >= 200, "only {count} functions were found");
    assert!(missing.is_empty(), "no test names {}", missing.join(", "));
}

/// Modules in folders that programs import, beside the files at the top of the library.
const IMPORTED_FROM_FOLDERS: [&str; 12] = [
    "http/options",
    "http/request",
    "http/test",
    "net/address",
    "net/outbox",
    "net/tcp",
    "net/tls",
    "net/unix",
    "ws/code",
    "ws/options",
    "ws/rooms",
    "ws/test",
];

/// Each public function of a module that programs import has an example in its documentation that is compiled.
#[test]
fn every_public_function_of_the_library_has_an_example() {
    let root = repository().join("stdlib");
    let mut count = 0;
    let mut missing = Vec::new();
    for (path, text) in library() {
        let place = path.strip_prefix(&root).expect("a file of the library").with_extension("");
        let place = place.to_string_lossy().replace('\\', "/");
        if place.contains('/') && !IMPORTED_FROM_FOLDERS.contains(&place.as_str()) {
            continue;
        }
        let mut has_example = false;
        for line in text.lines() {
            if line.starts_with("##") && !line.starts_with("##!") {
                has_example |= matches!(line, "## ```snow" | "## ```snow checked");
                continue;
            }
            if line.starts_with("pub fn ")
                && let Some(function) = public_function(line)
            {
                count += 1;
                let name = format!("{}.{function}", module_name(&path));
                if !has_example && !NOT_FOR_PROGRAMS.contains(&name.as_str()) {
                    missing.push(format!("{place}.{function}"));
                }
            }
            has_example = false;
        }
    }
    assert!(count >= 200, "only {count} functions were found");
    assert!(missing.is_empty(), "no example shows {}", missing.join(", "));
}

/// The name of the public function or actor that this line begins to declare.
fn public_function(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("pub ")?;
    let rest = rest.strip_prefix("extern ").unwrap_or(rest);
    let rest = rest.strip_prefix("fn ").or_else(|| rest.strip_prefix("actor "))?;
    rest.split(|letter: char| !is_part_of_a_name(letter)).next()
}

/// `Float` of `float.snow`.
fn module_name(path: &Path) -> String {
    let stem = path.file_stem().expect("a file's name").to_string_lossy();
    match stem.as_ref() {
        "io" => "IO".to_string(),
        name => name.split('_').map(|word| format!("{}{}", word[..1].to_uppercase(), &word[1..])).collect(),
    }
}

/// Does the word stand in the text, not as a part of a longer one?
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let behind = text[at + word.len()..].chars().next();
        !before.is_some_and(is_part_of_a_name) && !behind.is_some_and(is_part_of_a_name)
    })
}

fn is_part_of_a_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The examples in the library's documentation, as `snowc test` finds them.
#[test]
fn the_examples_of_the_library() {
    passes("stdlib", &[]);
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
    assert!(count >= 14, "only {count} types were found");
}

/// The types of a module that have a hash, by name: written by hand, or derived, as it is for a struct that does not
/// say what it derives.
fn hashable(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut declared = None;
    for line in text.lines() {
        let words = line.strip_prefix("pub ").unwrap_or(line);
        let words = words.strip_prefix("opaque ").unwrap_or(words);
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

/// `snowc test` on a program of its own.
fn tested(program: &str) -> process::Finished {
    let name = format!("snow-example-{}-{}.snow", std::process::id(), program.len());
    let file = std::env::temp_dir().join(name);
    std::fs::write(&file, program).expect("a source can be written");
    let finished = process::run(compiler::command().arg("test").arg(&file), Duration::from_secs(60));
    let _ = std::fs::remove_file(&file);
    finished
}

fn tests_pass(program: &str, place: &str) {
    let finished = tested(program);
    assert_eq!(finished.code, Some(0), "{place}:\n{program}\n{}{}", finished.stdout, finished.stderr);
}

/// Every block of Snow in the README must be a program; if it has tests, they pass.
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
        if block.contains("\ntest \"") {
            tests_pass(block, "README.md");
        }
    }
}
