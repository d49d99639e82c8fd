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

/// Reads a program: a single file with those that it imports, or a folder with all `.snow` files below it.
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
        add_imported_files(path, &mut files)?;
    }
    add_standard_modules(&mut files)?;
    Ok(files)
}

/// Adds the modules that a single file imports, directly or through others: they lie beside it, or in the folder of the
/// project that it belongs to. What has the name of a standard module is that one: a file beside has nothing to do
/// with it, most likely.
fn add_imported_files(main: &Path, files: &mut Vec<SourceFile>) -> Result<(), Failure> {
    let beside = main.parent().unwrap_or(Path::new(""));
    let absolute = std::path::absolute(main).map_err(|error| Failure::file(main, error))?;
    let project = || absolute.ancestors().skip(2).find(|folder| folder.join("main.snow").is_file());
    let standard: Vec<String> = standard_sources()?.into_keys().map(|path| module_name(&path)).collect();
    let mut next = 0;
    while next < files.len() {
        for module in imports(&files[next].text) {
            if standard.contains(&module) || files.iter().any(|file| file.module == module) {
                continue;
            }
            let folders = [Some(beside), project()];
            let mut places = folders.into_iter().flatten().map(|folder| folder.join(file_of(&module)));
            if let Some(found) = places.find(|path| path.is_file() && path != main) {
                files.push(read(&found, module)?);
            }
        }
        next += 1;
    }
    Ok(())
}

/// The modules that a source imports, by its lines.
fn imports(text: &str) -> Vec<String> {
    let behind = |line: &str| {
        let line = line.trim_start();
        let rest = line.strip_prefix("import ").or_else(|| line.strip_prefix("from "))?;
        let name = rest.split_whitespace().next()?;
        Some(name.to_string())
    };
    text.lines().filter_map(behind).collect()
}

/// The contrary of `module_name`.
fn file_of(module: &str) -> PathBuf {
    let mut path: PathBuf = module.split('.').map(snake_case).collect();
    path.set_extension("snow");
    path
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

/// The contrary of `pascal_case`.
fn snake_case(segment: &str) -> String {
    if matches!(segment, "IO" | "HTTP") {
        return segment.to_lowercase();
    }
    let mut snake = String::new();
    for letter in segment.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// The standard library: texts by their paths.
fn standard_sources() -> Result<BTreeMap<String, String>, Failure> {
    standard_library::sources().map_err(|error| {
        Failure::plain(format!("the standard library at SNOW_STDLIB cannot be read: {error}"))
    })
}

/// Adds the standard modules that the program names, directly or through other standard modules.
/// A module of the user's hides a standard one of the same name.
fn add_standard_modules(files: &mut Vec<SourceFile>) -> Result<(), Failure> {
    let mut waiting: BTreeMap<String, (String, String)> =
        standard_sources()?.into_iter().map(|(path, text)| (module_name(&path), (path, text))).collect();
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
        // `link` is a keyword, and a function of this module.
        if names_module(&files[next].text, "link") {
            take_standard("Process", &mut waiting, files);
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
        for path in ["main.snow", "geometry/plane.snow", "http_util.snow", "u8x16.snow", "io.snow"] {
            assert_eq!(file_of(&module_name(path)), PathBuf::from(path));
        }
    }

    #[test]
    fn imports_are_lines() {
        let text =
            "import Maths\n  import Http.Head # a comment\nfrom Ws.Frame import header\nimported = 1\n";
        assert_eq!(imports(text), ["Maths", "Http.Head", "Ws.Frame"]);
    }

    #[test]
    fn a_module_is_named_by_a_whole_word() {
        assert!(names_module("import Ws", "Ws"));
        assert!(names_module("let x = Map.new()", "Map"));
        assert!(!names_module("HashMap.new()", "Map"));
        assert!(!names_module("Mapping", "Map"));
    }
}
