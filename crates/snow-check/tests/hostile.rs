//! Whatever is thrown at it, the checker answers; and a finished tree holds no open places.

mod support;

use support::{library, run, text};

/// Numbers that repeat from run to run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

fn programs() -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/programs");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    paths.retain(|path: &std::path::PathBuf| path.extension().is_some_and(|extension| extension == "snow"));
    paths.sort();
    let mut sources: Vec<String> =
        paths.iter().map(|path| std::fs::read_to_string(path).unwrap_or_default()).collect();
    sources.extend(library().into_iter().map(|text| text.source));
    sources
}

/// Words of the source in their order, with what stands between them.
fn words(source: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut in_word = false;
    for c in source.chars() {
        let is_word = c.is_alphanumeric() || c == '_';
        if is_word && in_word {
            if let Some(last) = words.last_mut() {
                last.push(c);
            }
        } else {
            words.push(c.to_string());
        }
        in_word = is_word;
    }
    words
}

fn check_alone(source: &str) {
    let texts = [
        text("Main", false, source),
        text("Prelude", true, include_str!("support/prelude.snow")),
        text("List", true, include_str!("support/list.snow")),
    ];
    run(&texts);
}

#[test]
fn broken_programs_are_survived() {
    let mut random = Random(0x5eed_5eed_5eed_5eed);
    let sources = programs();
    let pool: Vec<String> = sources.iter().flat_map(|source| words(source)).collect();
    for source in &sources {
        check_alone(source);
        for _ in 0..8 {
            let mut words = words(source);
            for _ in 0..=random.below(4) {
                let at = random.below(words.len());
                match random.below(3) {
                    0 => {
                        words.remove(at);
                    }
                    1 => words[at] = pool[random.below(pool.len())].clone(),
                    _ => words.insert(at, pool[random.below(pool.len())].clone()),
                }
            }
            check_alone(&words.concat());
        }
    }
}

#[test]
fn finished_trees_hold_no_open_places() {
    let mut texts = library();
    let source = std::fs::read_to_string(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/programs/closures.snow"),
    );
    texts.push(text("Main", false, &source.unwrap_or_default()));
    let (program, _) = run(&texts);
    let program = program.expect("the library checks");
    for function in &program.functions {
        let tree = format!("{function:?}");
        // Constructors and fields are few; open places are numbered from 2^40 on.
        assert!(!tree.contains("10995116"), "{}: {tree}", function.name);
        for param in tree.split("Param(").skip(1) {
            let digits: String = param.chars().take_while(char::is_ascii_digit).collect();
            if let Ok(number) = digits.parse::<u32>() {
                assert!(number < 64, "{}: Param({number})", function.name);
            }
        }
    }
}

#[test]
fn types_that_double_are_refused_quickly() {
    let mut source = "fn main() do\n  let a0 = 1\n".to_string();
    for index in 1..64 {
        source.push_str(&format!("  let a{index} = (a{}, a{})\n", index - 1, index - 1));
    }
    source.push_str("  a63\nend\nfn f(x) do\n  let g0 = fn y -> (y, y) end\n");
    for index in 1..64 {
        source.push_str(&format!("  let g{index} = fn y -> g{}(g{}(y)) end\n", index - 1, index - 1));
    }
    source.push_str("  g63(x)\nend\n");
    let texts = [text("Main", false, &source), text("Prelude", true, include_str!("support/prelude.snow"))];
    let (program, diagnostics) = run(&texts);
    assert!(program.is_none());
    assert!(diagnostics.iter().any(|diagnostic| diagnostic.code == "E0002"));
}

#[test]
fn long_matches_are_survived() {
    let mut source = "type T do\n".to_string();
    for index in 0..400 {
        source.push_str(&format!("  C{index}(Int, Bool)\n"));
    }
    source.push_str("end\nfn f(x, y) = case (x, y) do\n");
    for index in 0..400 {
        source.push_str(&format!("  (C{index}(1, true), C{}(_, false)) -> {index}\n", 399 - index));
    }
    source.push_str("  _ -> 0\nend\nfn g(xs) = case xs do\n  [");
    source.push_str(&vec!["0"; 30_000].join(", "));
    source.push_str("] -> 1\n  _ -> 2\nend\n");
    let texts = [
        text("Main", false, &source),
        text("Prelude", true, include_str!("support/prelude.snow")),
        text("List", true, include_str!("support/list.snow")),
    ];
    let (program, diagnostics) = run(&texts);
    assert!(program.is_some(), "{diagnostics:?}");
}

#[test]
fn names_of_very_many_parts_are_refused_quickly() {
    let name = vec!["A"; 100_000].join(".");
    for source in [
        format!("import {name}\nfn main() = ()\n"),
        format!("pub import {name}.{{b}}\nfn main() = ()\n"),
        format!("from {name} import b\nfn main() = ()\n"),
        format!("fn f(x :: {name}) = x\nfn main() = ()\n"),
        format!("fn f(x) = case x do\n  {name}(y) -> y\nend\nfn main() = ()\n"),
        format!("fn main() = {name}.b()\n"),
    ] {
        let texts =
            [text("Main", false, &source), text("Prelude", true, include_str!("support/prelude.snow"))];
        let (program, diagnostics) = run(&texts);
        assert!(program.is_none());
        assert!(diagnostics.iter().any(|diagnostic| diagnostic.code == "P0001"), "{diagnostics:?}");
    }
}
