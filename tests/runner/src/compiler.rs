//! The `snowc` under test.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The compiler of the same profile as the running test, built if it is not up to date.
/// The variable `SNOWC` names another one.
///
/// # Panics
/// When it cannot be built.
pub fn snowc() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| match std::env::var_os("SNOWC") {
        Some(path) => PathBuf::from(path),
        None => build(),
    })
}

/// A command that runs it.
pub fn command() -> Command {
    Command::new(snowc())
}

/// The compiler that a tool works with: the one that its user names, else the one beside the tool.
///
/// # Errors
/// With what the user should do, when there is none.
pub fn of_tool(named: Option<PathBuf>) -> Result<PathBuf, &'static str> {
    let beside = || std::env::current_exe().ok().map(|tool| tool.with_file_name("snowc"));
    let path = named.or_else(beside).filter(|path| path.is_file());
    path.ok_or("there is no snowc beside this program: build it, or name one by --snowc")
}

fn build() -> PathBuf {
    // .../target/<profile>/deps/<this test>
    let test = std::env::current_exe().expect("a test knows its own path");
    let folder = test.parent().and_then(Path::parent).expect("tests lie in target/<profile>/deps");
    let target = folder.parent().expect("profiles lie in the target folder");
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") => "dev",
        Some(name) => name,
        None => panic!("{} has no profile's name", folder.display()),
    };
    // The whole workspace is selected so that the features are those that the tests were built with.
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--workspace", "--bin", "snowc", "--profile", profile, "--target-dir"])
        .arg(target)
        .current_dir(crate::repository())
        .status()
        .expect("cargo runs");
    assert!(status.success(), "snowc could not be built");
    let path = folder.join("snowc");
    assert!(path.is_file(), "cargo built no {}", path.display());
    path
}
