//! Which files make up a program: the user's, and those of the standard library
//! that they name.

use crate::report::Failure;
use crate::standard_library;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// One source file of a program.
pub struct SourceFile {
    /// As shown in diagnostics and crash messages; the standard library's begin with `std:`.
    pub path: String,
    /// `Main`, `Geometry.Plane`.
    pub module: String,
    pub standard: bool,
    pub text: String,
}

/// Part of every program, because the language itself refers to them.
const ALWAYS: [&str; 7] = ["Prelude", "Option", "Result", "List", "String", "Bytes", "Range"];

/// Reads a program: a single file, or a folder with all `.snow` files below it.
/// `entry_required`: a folder must hold `main.snow`.
pub fn load(path: &Path, entry_required: bool) -> Result<Vec<SourceFile>, Failure> {
    let mut files = Vec::new();
    if path.is_dir() {
        if entry_required && !path.join("main.snow").is_file() {
            return Err(Failure::plain(format!("{} has no main.snow", path.display())));
        }
        let mut paths = Vec::new();
        list_sources(path, &mut paths).map_err(|error| Failure::file(path, error))?;
        paths.sort();
        for file in paths {
            let inside = file.strip_prefix(path).unwrap_or(&file);
            files.push(read(&file, module_name(&inside.to_string_lossy()))?);
        }
        if files.is_empty() {
            return Err(Failure::plain(format!("{} holds no .snow file", path.display())));
        }
    } else {
        files.push(read(path, "Main".to_string())?);
    }
    add_standard_modules(&mut files)?;
    Ok(files)
}

fn read(path: &Path, module: String) -> Result<SourceFile, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::file(path, error))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::plain(format!("{}: not UTF-8 text (byte {at})", path.display()))
    })?;
    if text.len() > u32::MAX as usize / 2 {
        return Err(Failure::plain(format!("{}: source files are limited to 2 GiB", path.display())));
    }
    Ok(SourceFile { path: path.display().to_string(), module, standard: false, text })
}

fn list_sources(folder: &Path, into: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            list_sources(&path, into)?;
        } else if path.extension().is_some_and(|extension| extension == "snow") {
            into.push(path);
        }
    }
    Ok(())
}

/// `geometry/plane.snow` is `Geometry.Plane`, `http_util.snow` is `HttpUtil`.
fn module_name(path: &str) -> String {
    let path = path.trim_end_matches(".snow");
    let segments: Vec<String> = path.split(['/', '\\']).map(pascal_case).collect();
    segments.join(".")
}

fn pascal_case(segment: &str) -> String {
    match segment {
        "io" => "IO".to_string(),
        "http" => "HTTP".to_string(),
        _ => segment
            .split('_')
            .map(|word| {
                let mut letters = word.chars();
                letters
                    .next()
                    .map(|first| first.to_uppercase().chain(letters).collect::<String>())
                    .unwrap_or_default()
            })
            .collect(),
    }
}

/// Adds the standard modules that the program names, directly or through other standard modules.
/// A module of the user's hides a standard one of the same name.
fn add_standard_modules(files: &mut Vec<SourceFile>) -> Result<(), Failure> {
    let sources = standard_library::sources().map_err(|error| {
        Failure::plain(format!("the standard library at SNOW_STDLIB cannot be read: {error}"))
    })?;
    let mut waiting: BTreeMap<String, (String, String)> =
        sources.into_iter().map(|(path, text)| (module_name(&path), (path, text))).collect();
    for file in files.iter() {
        waiting.remove(&file.module);
    }
    for name in ALWAYS {
        take_standard(name, &mut waiting, files);
    }
    let mut next = 0;
    while next < files.len() {
        let named: Vec<String> =
            waiting.keys().filter(|module| names_module(&files[next].text, module)).cloned().collect();
        for module in named {
            take_standard(&module, &mut waiting, files);
        }
        for (module, form) in [("Map", "%{"), ("Service", "service "), ("Supervisor", "supervisor ")] {
            if files[next].text.contains(form) {
                take_standard(module, &mut waiting, files);
            }
        }
        next += 1;
    }
    Ok(())
}

fn take_standard(
    module: &str,
    waiting: &mut BTreeMap<String, (String, String)>,
    files: &mut Vec<SourceFile>,
) {
    if let Some((path, text)) = waiting.remove(module) {
        files.push(SourceFile {
            path: format!("std:{path}"),
            module: module.to_string(),
            standard: true,
            text,
        });
    }
}

/// Does the name occur as a word of its own? Comments count too: a module too many does no harm.
fn names_module(text: &str, module: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(module).any(|(at, _)| {
        !text[..at].chars().next_back().is_some_and(is_word)
            && !text[at + module.len()..].chars().next().is_some_and(is_word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn module_names_follow_the_path() {
        assert_eq!(module_name("main.snow"), "Main");
        assert_eq!(module_name("geometry/plane.snow"), "Geometry.Plane");
        assert_eq!(module_name("http_util.snow"), "HttpUtil");
        assert_eq!(module_name("u8x16.snow"), "U8x16");
        assert_eq!(module_name("io.snow"), "IO");
    }

    #[test]
    fn a_module_is_named_by_a_whole_word() {
        assert!(names_module("import Ws", "Ws"));
        assert!(names_module("let x = Map.new()", "Map"));
        assert!(!names_module("HashMap.new()", "Map"));
        assert!(!names_module("Mapping", "Map"));
    }
}
