//! `snowc build`: an executable that needs nothing but the system's C library.

use snow_clients::server::{Server, echo_source};
use snow_tests::process::PATIENCE;
use snow_tests::{compiler, process};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use tungstenite::Message;

/// An empty folder that goes away with the value.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("snow-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a temporary folder can be made");
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Builds `source` with a copy of snowc that lies alone in the folder, with an empty environment.
fn build(folder: &Folder, source: &str) -> PathBuf {
    let compiler = folder.0.join("snowc");
    // By another process: what another test starts meanwhile would inherit the file, open for writing, and the system
    // runs no program that is.
    let mut copy = Command::new("cp");
    copy.arg(compiler::snowc()).arg(&compiler);
    assert_eq!(process::run(&mut copy, PATIENCE).code, Some(0), "snowc can be copied");
    let mut command = Command::new(&compiler);
    command.env_clear().current_dir(&folder.0).args(["build", source, "-o", "program"]);
    let finished = process::run(&mut command, 6 * PATIENCE);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    fs::remove_file(&compiler).expect("the copy can be removed");
    fs::remove_file(folder.0.join(source)).expect("the source can be removed");
    folder.0.join("program")
}

#[test]
fn an_echo_server_runs_from_an_empty_folder_with_an_empty_environment() {
    let folder = Folder::new("build-echo");
    fs::copy(echo_source(), folder.0.join("echo.snow")).expect("the example can be copied");
    let executable = build(&folder, "echo.snow");
    let mut server = Server::start_executable(&executable, &folder.0);
    let mut client = server.client();
    client.send(Message::text("hello from outside")).expect("a message can be sent");
    assert_eq!(client.read().expect("an echo"), Message::text("hello from outside"));
    server.assert_serving();
}

#[test]
fn a_built_program_prints_and_exits_like_a_run_one() {
    let folder = Folder::new("build-program");
    let source = "fn main() do\n  println(\"built\")\n  let over = \"over\"\n  panic(over)\nend\n";
    fs::write(folder.0.join("main.snow"), source).expect("a source can be written");
    let executable = build(&folder, "main.snow");
    let mut command = Command::new(executable);
    command.env_clear();
    let finished = process::run(&mut command, PATIENCE);
    assert_eq!(finished.stdout, "built\n");
    assert!(finished.stderr.contains("main.snow:4"), "the place of the crash is missing: {finished:?}");
    assert_eq!(finished.code, Some(1), "{finished:?}");
}

#[test]
fn an_executable_without_its_program_says_so() {
    let folder = Folder::new("build-stripped");
    fs::write(folder.0.join("main.snow"), "fn main() do println(\"built\") end\n")
        .expect("a source can be written");
    let executable = build(&folder, "main.snow");
    // What `strip` leaves: everything but what stands behind the sections.
    let mut bytes = fs::read(&executable).expect("the executable");
    bytes.truncate(bytes.len() - 16);
    fs::write(&executable, bytes).expect("it can be written");
    let finished = process::run(Command::new(executable).arg("--version"), PATIENCE);
    assert_eq!((finished.code, finished.stdout.as_str()), (Some(1), ""), "{finished:?}");
    assert!(finished.stderr.contains("this executable has lost its program"), "{finished:?}");
}
