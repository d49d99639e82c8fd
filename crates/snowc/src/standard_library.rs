//! The standard library's sources: embedded in this program, or a folder that
//! `SNOW_STDLIB` names, for work on the library itself.

use include_dir::{Dir, include_dir};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

static EMBEDDED: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../stdlib");

/// Path (relative, with slashes) and text of every module. Examples are programs, not modules.
pub fn sources() -> std::io::Result<BTreeMap<String, String>> {
    if let Some(folder) = std::env::var_os("SNOW_STDLIB") {
        return sources_of(&PathBuf::from(folder));
    }
    let mut sources = BTreeMap::new();
    read_embedded(&EMBEDDED, &mut sources);
    Ok(sources)
}

/// The same of the library in a folder.
pub fn sources_of(folder: &Path) -> std::io::Result<BTreeMap<String, String>> {
    let mut sources = BTreeMap::new();
    read_folder(folder, Path::new(""), &mut sources)?;
    Ok(sources)
}

/// The folder, absolute, of the library that a file or folder of modules is part of: its prelude declares what the
/// runtime does, which no program's can.
pub fn folder_of(path: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(path).ok()?;
    let is_library = |folder: &&Path| {
        std::fs::read_to_string(folder.join("prelude.snow"))
            .is_ok_and(|prelude| prelude.lines().any(|line| line.starts_with("extern fn ")))
    };
    let folder = absolute.ancestors().find(is_library)?;
    let inside = absolute.strip_prefix(folder).ok()?;
    (!inside.components().any(|part| part.as_os_str() == "examples")).then(|| folder.to_path_buf())
}

/// Is this file part of the library when it stands at this relative path?
fn is_module(path: &str) -> bool {
    path.ends_with(".snow") && !path.split('/').any(|part| part == "examples")
}

fn read_embedded(folder: &Dir, sources: &mut BTreeMap<String, String>) {
    for file in folder.files() {
        let path = file.path().to_string_lossy().replace('\\', "/");
        if let (true, Some(text)) = (is_module(&path), file.contents_utf8()) {
            sources.insert(path, text.to_string());
        }
    }
    for inner in folder.dirs() {
        read_embedded(inner, sources);
    }
}

fn read_folder(root: &Path, inside: &Path, sources: &mut BTreeMap<String, String>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(root.join(inside))? {
        let entry = entry?;
        let relative = inside.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            read_folder(root, &relative, sources)?;
            continue;
        }
        let path = relative.to_string_lossy().replace('\\', "/");
        if is_module(&path) {
            sources.insert(path, std::fs::read_to_string(entry.path())?);
        }
    }
    Ok(())
}
