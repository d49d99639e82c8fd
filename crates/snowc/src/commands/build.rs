//! `snowc build`: the compiled image, appended to a copy of this executable.

use crate::report::{self, Failure};
use crate::{compile, project};
use snow_codegen::Level;
use snow_ir::Entry;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub fn build(path: &Path, output: Option<PathBuf>) -> Result<ExitCode, Failure> {
    let mut sources = project::load(path, true)?;
    let image = compile::compile(&mut sources, Entry::Main, Level::Portable)?;
    let output = match output {
        Some(output) => output,
        None => default_output(path)?,
    };
    if sources.files.iter().any(|file| !file.standard && project::same_file(Path::new(&file.path), &output)) {
        let message = format!("{} is a source of this program: name another output", output.display());
        return Err(Failure::plain(message));
    }
    let own = std::env::current_exe()
        .map_err(|error| Failure::plain(format!("own executable not found: {error}")))?;
    let own = std::fs::read(&own).map_err(|error| Failure::file(&own, error))?;
    let executable = snow_runtime::image_file::append_to_executable(own, &image);
    write_executable(&output, &executable).map_err(|error| Failure::file(&output, error))?;
    report::say(&format!("Compiled: {}\n", output.display()));
    Ok(ExitCode::SUCCESS)
}

/// `hello.snow` makes `hello`, the folder `chat` makes `chat/chat`.
fn default_output(path: &Path) -> Result<PathBuf, Failure> {
    if path.is_dir() {
        let whole = path.canonicalize().map_err(|error| Failure::file(path, error))?;
        let name = whole.file_name().ok_or_else(|| Failure::plain("name the output with -o"))?;
        return Ok(path.join(name));
    }
    Ok(path.with_extension(""))
}

/// Written beside and moved into place: a running program of that name goes on undisturbed.
fn write_executable(output: &Path, contents: &[u8]) -> std::io::Result<()> {
    let mut beside = output.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    std::fs::write(&beside, contents)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&beside, std::fs::Permissions::from_mode(0o755))?;
    }
    std::fs::rename(&beside, output)
}
