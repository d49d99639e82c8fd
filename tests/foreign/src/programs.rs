//! Finding the programs of others. `install.sh` of this folder installs them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A file of this package.
pub fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Where `install.sh` puts what is not Debian's.
fn installed() -> PathBuf {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    variable("FOREIGN_CACHE").unwrap_or_else(|| {
        let home = variable("HOME").unwrap_or_default().join(".cache");
        variable("XDG_CACHE_HOME").unwrap_or(home).join("snow-foreign")
    })
}

/// The first folder of the search path with this program; those of the system's daemons are searched, too.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/usr/bin".into()])
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// Does this command end well?
fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// A Python that has this module, running this file.
pub fn python(module: &str, script: &str) -> Option<Command> {
    let own = installed().join("venv/bin/python");
    let candidates = [own, "python3".into(), "/usr/bin/python3".into()];
    let python = candidates
        .into_iter()
        .find(|python| succeeds(Command::new(python).args(["-c", &format!("import {module}")])))?;
    let mut command = Command::new(python);
    // No folder of compiled files beside the sources.
    command.arg("-B").arg(file(script));
    Some(command)
}

/// A Node that has this module, running this file.
pub fn node(module: &str, script: &str) -> Option<Command> {
    let path = installed().join("node_modules");
    let node = find("node")?;
    let has = format!("require('{module}')");
    succeeds(Command::new(&node).env("NODE_PATH", &path).args(["-e", &has])).then(|| {
        let mut command = Command::new(node);
        command.env("NODE_PATH", path).arg(file(script));
        command
    })
}
