//! Reading source files: regular ones of a sensible size only, whatever lies in the folder.

use crate::report::Failure;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Far above any program's: beyond it, something else than a source was given.
const MAX_BYTES: u64 = 64 << 20;

/// The text of one file. Pipes and devices are refused, since reading them might never end.
pub fn read(path: &Path) -> Result<String, Failure> {
    let refused = |why: &str| Err(Failure::plain(format!("{}: {why}", path.display())));
    // Looked at before it is opened: opening a pipe waits for its other end.
    let found = fs::metadata(path).map_err(|error| Failure::file(path, error))?;
    if found.is_dir() {
        return refused("this is a folder, not a source file");
    }
    if !found.is_file() {
        return refused("this is no regular file: a program is read from files");
    }
    let too_large = || refused(&format!("source files are limited to {} MiB", MAX_BYTES >> 20));
    if found.len() > MAX_BYTES {
        return too_large();
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| Failure::file(path, error))?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| Failure::file(path, error))?;
    if bytes.len() as u64 > MAX_BYTES {
        return too_large();
    }
    String::from_utf8(bytes).or_else(|error| {
        let at = error.utf8_error().valid_up_to();
        refused(&format!("not UTF-8 text (byte {at})"))
    })
}

/// All source files below a folder, in the order of their paths. What begins with a dot is left out, and so are links
/// that lead nowhere, links back to a folder around them, pipes and devices: none of them can be a module.
pub fn below(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    list(folder, &mut Vec::new(), &mut found)?;
    found.sort();
    Ok(found)
}

fn list(folder: &Path, around: &mut Vec<PathBuf>, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let real = fs::canonicalize(folder).map_err(|error| Failure::file(folder, error))?;
    if around.contains(&real) {
        return Ok(());
    }
    around.push(real);
    for entry in fs::read_dir(folder).map_err(|error| Failure::file(folder, error))? {
        let entry = entry.map_err(|error| Failure::file(folder, error))?;
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let Ok(what) = fs::metadata(&path) else { continue };
        if what.is_dir() {
            list(&path, around, found)?;
        } else if what.is_file() && path.extension().is_some_and(|extension| extension == "snow") {
            found.push(path);
        }
    }
    around.pop();
    Ok(())
}
