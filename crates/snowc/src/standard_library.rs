//! The standard library's sources: embedded in this program, or a folder that
//! `SNOW_STDLIB` names, for work on the library itself.

use include_dir::{Dir, include_dir};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

static EMBEDDED: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../stdlib");

/// Path (relative, with slashes) and text of every module. Examples are programs, not modules.
pub fn sources() -> std::io::Result<BTreeMap<String, String>> {
    let mut sources = BTreeMap::new();
    match std::env::var_os("SNOW_STDLIB") {
        Some(folder) => read_folder(&PathBuf::from(folder), Path::new(""), &mut sources)?,
        None => read_embedded(&EMBEDDED, &mut sources),
    }
    Ok(sources)
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
