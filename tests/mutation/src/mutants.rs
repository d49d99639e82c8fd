//! Where a file can be changed, and how.

use snow_syntax::lexer::lex;
use snow_syntax::syntax_kind::SyntaxKind::{self, *};
use snow_tests::repository;
use std::fmt;
use std::path::{Path, PathBuf};

/// What is examined, below `stdlib`; and what lies in it and is not: programs that show something, and the test kit.
const EXAMINED: [&str; 5] = ["ws.snow", "ws", "http.snow", "http", "request.snow"];
const LEFT_OUT: [&str; 6] =
    ["ws/examples", "ws/test", "ws/test.snow", "http/examples", "http/test", "http/test.snow"];

/// A file with one change.
pub struct Mutant {
    /// Below `stdlib`.
    pub path: PathBuf,
    /// The whole file, changed.
    pub source: String,
    /// The line that was changed, as it is now, and which of those that read alike.
    line: String,
    number: usize,
}

/// The file, and the line as it is now.
impl fmt::Display for Mutant {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "{}:{} {}", self.path.display(), self.number, self.line)
    }
}

/// All mutants, in the order of the files' names.
pub fn of_the_library() -> Vec<Mutant> {
    let library = repository().join("stdlib");
    let mut files = Vec::new();
    EXAMINED.iter().for_each(|part| collect(&library.join(part), &mut files));
    files.sort();
    let relative = |file: &PathBuf| file.strip_prefix(&library).expect("it lies there").to_path_buf();
    let paths = files.iter().map(relative);
    paths
        .filter(|path| !LEFT_OUT.iter().any(|part| path.starts_with(part)))
        .flat_map(|path| of_file(&library, &path))
        .collect()
}

/// Adds the Snow files below a path.
pub fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        let entries = std::fs::read_dir(path).expect("a folder of the library");
        entries.flatten().for_each(|entry| collect(&entry.path(), files));
    } else if path.extension().is_some_and(|ending| ending == "snow") {
        files.push(path.to_path_buf());
    }
}

fn of_file(library: &Path, path: &Path) -> Vec<Mutant> {
    let source = std::fs::read_to_string(library.join(path)).expect("a source is text");
    let mut found = Vec::new();
    let mut at = 0;
    for token in lex(&source).0 {
        let stop = at + token.length;
        if let Some(replacement) = replacement(&source, token.kind, at, stop) {
            let changed = format!("{}{replacement}{}", &source[..at], &source[stop..]);
            let begin = changed[..at].rfind('\n').map_or(0, |end| end + 1);
            let end = changed[begin..].find('\n').map_or(changed.len(), |length| begin + length);
            let line = changed[begin..end].trim().to_string();
            let number = found.iter().filter(|other: &&Mutant| other.line == line).count() + 1;
            found.push(Mutant { path: path.to_path_buf(), source: changed, line, number });
        }
        at = stop;
    }
    found
}

/// What this token becomes, if it can be changed.
fn replacement(source: &str, kind: SyntaxKind, at: usize, stop: usize) -> Option<String> {
    let text = &source[at..stop];
    let fixed = match kind {
        EqualEqual => "!=",
        NotEqual => "==",
        // Without spaces they hold the arguments of a type.
        Less | Greater | LessEqual | GreaterEqual if !stands_free(source, at, stop) => return None,
        Less => "<=",
        LessEqual => "<",
        Greater => ">=",
        GreaterEqual => ">",
        Plus => "-",
        Minus if stands_free(source, at, stop) => "+",
        Star => "/",
        Slash | Percent => "*",
        AndKw => "or",
        OrKw => "and",
        NotKw => "",
        TrueKw => "false",
        FalseKw => "true",
        Int => return one_more(text),
        Character => return next_character(text),
        _ => return None,
    };
    Some(fixed.to_string())
}

fn stands_free(source: &str, at: usize, stop: usize) -> bool {
    source[..at].ends_with(' ') && source[stop..].starts_with(' ')
}

fn one_more(text: &str) -> Option<String> {
    let digits = text.replace('_', "");
    let value = match digits.get(..2) {
        Some("0x") => u64::from_str_radix(&digits[2..], 16),
        Some("0b") => u64::from_str_radix(&digits[2..], 2),
        Some("0o") => u64::from_str_radix(&digits[2..], 8),
        _ => digits.parse(),
    };
    Some((value.ok()? + 1).to_string())
}

/// Of a letter, digit or sign that stands for itself.
fn next_character(text: &str) -> Option<String> {
    match text.as_bytes() {
        [b'\'', byte, b'\''] => Some((u32::from(*byte) + 1).to_string()),
        _ => None,
    }
}
