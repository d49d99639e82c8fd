//! Which files make up a program: the user's, and those of the standard library that they need.

mod examples;
mod sources;

use crate::report::Failure;
use crate::standard_library;
use snow_check::{Library, PRELUDE, file_of, imported_modules, module_name};
use snow_syntax::ast;
use snow_syntax::diagnostic::Diagnostic;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// One source file of a program, parsed.
pub struct SourceFile {
    /// As shown in diagnostics and crash messages; the standard library's begin with `std:`.
    pub path: String,
    /// `Main`, `Geometry.Plane`.
    pub module: String,
    pub standard: bool,
    pub text: String,
    pub tree: ast::File,
    /// What the parser found.
    pub diagnostics: Vec<Diagnostic>,
}

/// All files of a program, the user's first.
pub struct Sources {
    pub files: Vec<SourceFile>,
    pub library: Library,
    /// What the program does not need of the library: path and text by the module's name.
    rest: BTreeMap<String, (String, String)>,
}

impl Sources {
    /// Adds what modules of every program hand on to it from others, and what these need. False when all of it is there.
    pub fn add_what_is_handed_on(&mut self) -> bool {
        let before = self.files.len();
        let handed_on: Vec<String> =
            self.rest.keys().filter(|module| self.library.is_handed_on(module)).cloned().collect();
        handed_on.iter().for_each(|module| self.add_standard(module));
        let mut next = before;
        while next < self.files.len() {
            let needed = self.library.needed_by(&self.files[next].tree);
            let needed: Vec<String> = needed.into_iter().map(str::to_string).collect();
            needed.iter().for_each(|module| self.add_standard(module));
            next += 1;
        }
        self.files.len() > before
    }

    fn add_standard(&mut self, module: &str) {
        move_standard(module, &mut self.rest, &mut self.files);
    }
}

/// Adds a module of the library to the files, unless it is there already.
fn move_standard(module: &str, rest: &mut BTreeMap<String, (String, String)>, files: &mut Vec<SourceFile>) {
    if let Some((path, text)) = rest.remove(module) {
        files.push(parsed(files.len(), format!("std:{path}"), module.to_string(), true, text));
    }
}

fn parsed(number: usize, path: String, module: String, standard: bool, text: String) -> SourceFile {
    let (tree, diagnostics) = snow_syntax::parse(number, &text);
    SourceFile { path, module, standard, text, tree, diagnostics }
}

#[cfg(test)]
impl Sources {
    /// Adds what the program does not need.
    pub fn add_whole_library(&mut self) {
        let rest: Vec<String> = self.rest.keys().cloned().collect();
        rest.iter().for_each(|module| self.add_standard(module));
    }
}

/// Reads a program: a single file, or a folder with all `.snow` files below it, and whatever they import.
/// `entry_required`: a folder must hold `main.snow`.
pub fn load(path: &Path, entry_required: bool) -> Result<Sources, Failure> {
    if path.is_dir() && entry_required && !path.join("main.snow").is_file() {
        return Err(Failure::plain(format!("{} has no main.snow", path.display())));
    }
    let mut program = Loading::new(path, standard_library::sources())?;
    program.add_given(path, |_, text, _| Ok(text))?;
    program.finish(path)
}

/// Reads a program as `load` does, and makes tests of the examples in the documentation of what was given.
/// Of the standard library these are all that is tested.
pub fn load_tests(path: &Path) -> Result<Sources, Failure> {
    let Some(folder) = standard_library::folder_of(path) else {
        let mut program = Loading::new(path, standard_library::sources())?;
        program.add_given(path, |shown, text, module| examples::within(shown, &text, module))?;
        return program.finish(path);
    };
    let mut program = Loading::new(path, standard_library::sources_of(&folder))?;
    program.add_examples(&folder, path)?;
    program.finish(path)
}

/// The folder of the project that a file or folder belongs to: the nearest one, upwards, that holds a `main.snow`.
fn root_of(path: &Path) -> Result<Option<PathBuf>, Failure> {
    let absolute = std::path::absolute(path).map_err(|error| Failure::file(path, error))?;
    let inside = if path.is_dir() { &*absolute } else { absolute.parent().unwrap_or(&absolute) };
    Ok(inside.ancestors().find(|folder| folder.join("main.snow").is_file()).map(Path::to_path_buf))
}

struct Loading {
    /// The library: path and text by the module's name.
    texts: BTreeMap<String, (String, String)>,
    files: Vec<SourceFile>,
    /// The program's own modules, and which file each is.
    taken: HashMap<String, usize>,
    /// The project's folder.
    root: Option<PathBuf>,
}

impl Loading {
    fn new(path: &Path, library: std::io::Result<BTreeMap<String, String>>) -> Result<Loading, Failure> {
        let texts = library
            .map_err(|error| Failure::plain(format!("the standard library cannot be read: {error}")))?
            .into_iter()
            .map(|(path, text)| (module_name(&path), (path, text)))
            .collect();
        Ok(Loading { texts, files: Vec::new(), taken: HashMap::new(), root: root_of(path)? })
    }

    /// Adds the file, or all files of the folder, that the user named. `made_of` gives the text that counts, of a path as
    /// it is shown, a file's text and its module.
    fn add_given(
        &mut self,
        path: &Path,
        made_of: impl Fn(&str, String, &str) -> Result<String, Failure>,
    ) -> Result<(), Failure> {
        let files = match path.is_dir() {
            true => self.modules_below(path)?,
            false => vec![(path.to_path_buf(), "Main".to_string())],
        };
        for (file, module) in files {
            let text = made_of(&file.display().to_string(), sources::read(&file)?, &module)?;
            self.add_own(&file, module, text)?;
        }
        Ok(())
    }

    /// The files below a folder, and which module of the project each is.
    fn modules_below(&self, folder: &Path) -> Result<Vec<(PathBuf, String)>, Failure> {
        let absolute = std::path::absolute(folder).map_err(|error| Failure::file(folder, error))?;
        let prefix =
            self.root.as_ref().and_then(|root| absolute.strip_prefix(root).ok()).map(Path::to_path_buf);
        let module = |file: &Path| {
            let inside = file.strip_prefix(folder).unwrap_or(file);
            let inside = prefix.as_ref().map_or(inside.to_path_buf(), |prefix| prefix.join(inside));
            module_name(&inside.to_string_lossy())
        };
        let files = sources::below(folder)?;
        if files.is_empty() {
            return Err(Failure::plain(format!("{} holds no .snow file", folder.display())));
        }
        Ok(files.into_iter().map(|file| (file.clone(), module(&file))).collect())
    }

    /// Adds the examples of the library's modules that lie at or below a path.
    fn add_examples(&mut self, library: &Path, path: &Path) -> Result<(), Failure> {
        let absolute = std::path::absolute(path).map_err(|error| Failure::file(path, error))?;
        let mut found = Vec::new();
        for (module, (file, text)) in &self.texts {
            let file = library.join(file);
            let Ok(inside) = file.strip_prefix(&absolute) else { continue };
            // As the user wrote it.
            let shown = if inside.as_os_str().is_empty() { path.to_path_buf() } else { path.join(inside) };
            let header = if module == PRELUDE { String::new() } else { format!("import {module}") };
            if let Some(text) = examples::alone(&shown.display().to_string(), text, module, &header)? {
                found.push((shown, format!("ExamplesOf.{module}"), text));
            }
        }
        for (shown, module, text) in found {
            self.add_own(&shown, module, text)?;
        }
        Ok(())
    }

    fn finish(mut self, given: &Path) -> Result<Sources, Failure> {
        self.add_imported_files(given)?;
        let library = self.add_library()?;
        Ok(Sources { files: self.files, library, rest: self.texts })
    }

    /// Adds a file of the program's own.
    fn add_own(&mut self, path: &Path, module: String, text: String) -> Result<(), Failure> {
        let shown = path.display().to_string();
        if let Some(other) = self.taken.insert(module.clone(), self.files.len()) {
            let other = &self.files[other].path;
            let message = format!("{other} and {shown} are both the module `{module}`: rename one of them");
            return Err(Failure::plain(message));
        }
        self.add(shown, module, false, text);
        Ok(())
    }

    fn add(&mut self, path: String, module: String, standard: bool, text: String) {
        self.files.push(parsed(self.files.len(), path, module, standard, text));
    }

    /// Adds the modules that the program's files import, directly or through others, as far as they are files of their
    /// own.
    fn add_imported_files(&mut self, given: &Path) -> Result<(), Failure> {
        let mut next = 0;
        while next < self.files.len() {
            for module in imported_modules(&self.files[next].tree) {
                // `Lobby.Maker` may be a file, or a module or service inside of the file of `Lobby`.
                let ends = module.match_indices('.').map(|(at, _)| at).chain([module.len()]);
                for end in ends {
                    self.add_imported_file(given, &module[..end])?;
                }
            }
            next += 1;
        }
        Ok(())
    }

    /// In a project a module is the file at its place in the folder. A file that belongs to no project is a program of its
    /// own; what lies beside it has nothing to do with it unless it is imported, and the library does not have it.
    fn add_imported_file(&mut self, given: &Path, module: &str) -> Result<(), Failure> {
        // Another way to write the file's name is no other module.
        if module_name(&file_of(module).to_string_lossy()) != module {
            return Ok(());
        }
        if self.taken.contains_key(module) || (self.root.is_none() && self.texts.contains_key(module)) {
            return Ok(());
        }
        let beside = if given.is_dir() { Some(given) } else { given.parent() };
        let Some(folder) = self.root.as_deref().or(beside) else { return Ok(()) };
        let path = folder.join(file_of(module));
        let path = match (std::env::current_dir(), &self.root) {
            // As the user would write it.
            (Ok(here), Some(_)) => path.strip_prefix(here).map(Path::to_path_buf).unwrap_or(path),
            _ => path,
        };
        // The file that was given is the entry module, under whatever name it could be imported.
        let is_given = || same_file(&path, given);
        if path.is_file() && !is_given() {
            self.add_own(&path, module.to_string(), sources::read(&path)?)
        } else {
            Ok(())
        }
    }

    /// Adds the modules of the library that the program needs, directly or through others.
    fn add_library(&mut self) -> Result<Library, Failure> {
        let Some((path, text)) = self.texts.remove(PRELUDE) else {
            return Err(Failure::plain("the standard library has no prelude.snow"));
        };
        let modules: Vec<String> = self.texts.keys().cloned().chain([PRELUDE.to_string()]).collect();
        let own = self.files.len();
        self.add(format!("std:{path}"), PRELUDE.to_string(), true, text);
        let prelude = &self.files[own].tree;
        let mut library = Library::new(modules, prelude);
        self.add_standard(&library.needed_always(prelude));
        let of_every_program = own..self.files.len();
        for file in &self.files[of_every_program.clone()] {
            library.add_handed_on(&file.module, &file.tree);
        }
        let mut next = 0;
        while next < self.files.len() {
            // What the modules of every program hand on, or the prelude has in scope for others, is needed by those who
            // name it.
            if next != own {
                let file = &self.files[next];
                let mut needed = library.needed_by(&file.tree);
                if of_every_program.contains(&next) {
                    needed.retain(|module| !library.is_handed_on(module));
                }
                if file.standard {
                    needed.extend(library.needed_for_members(&file.module, &file.text));
                } else {
                    needed.extend(library.needed_for_words(&file.text));
                }
                self.add_standard(&needed);
            }
            next += 1;
        }
        Ok(library)
    }

    fn add_standard(&mut self, modules: &std::collections::BTreeSet<&str>) {
        for module in modules {
            move_standard(module, &mut self.texts, &mut self.files);
        }
    }
}

/// Do two paths lead to the same file, which is there?
pub fn same_file(a: &Path, b: &Path) -> bool {
    match (std::fs::canonicalize(a), std::fs::canonicalize(b)) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}
