//! Programs of several files: given as a folder, or as one of the files.

use snow_tests::{compiler, process, repository};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

fn snowc(command: &str, path: &str) -> String {
    let mut snowc = compiler::command();
    snowc.arg(command).arg(path).current_dir(repository().join("tests/runner/tests/project"));
    let finished = process::run(&mut snowc, Duration::from_secs(60));
    assert_eq!(finished.code, Some(0), "{finished:?}");
    finished.stdout
}

#[test]
fn a_single_file_finds_what_it_imports() {
    assert_eq!(snowc("run", "main.snow"), "1 18\n");
    assert_eq!(snowc("run", "."), "1 18\n");
}

#[test]
fn a_file_in_a_folder_finds_the_project_around_it() {
    assert_eq!(snowc("check", "parts/unit_square.snow"), "");
}

#[test]
fn a_single_file_runs_its_own_tests() {
    assert_eq!(snowc("test", "parts/unit_square.snow"), "1 passed, 0 failed\n");
    assert_eq!(snowc("test", "main.snow"), "0 passed, 0 failed\n");
    assert_eq!(snowc("test", "."), "2 passed, 0 failed\n");
}

/// A folder of its own for a test, with these files in it; it goes away with the value.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Folder {
        let path = std::env::temp_dir().join(format!("snow-projects-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        let folder = Folder(path);
        for (file, text) in files {
            let file = folder.0.join(file);
            fs::create_dir_all(file.parent().expect("a folder")).expect("a folder can be made");
            fs::write(file, text).expect("a file can be written");
        }
        folder
    }

    fn snowc(&self, command: &str, path: &str) -> process::Finished {
        let mut snowc = compiler::command();
        snowc.arg(command).arg(path).current_dir(&self.0);
        process::run(&mut snowc, Duration::from_secs(60))
    }

    fn assert_runs(&self, path: &str, stdout: &str) {
        let finished = self.snowc("run", path);
        assert_eq!((finished.code, &*finished.stdout), (Some(0), stdout), "{path}: {finished:?}");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const HELLO: &str = "fn main() do\n  println(\"hello\")\nend\n";

#[test]
fn a_file_of_no_project_means_the_library_before_what_lies_beside_it() {
    let uses =
        "import Math\nimport Extra\nfn main() do\n  println(\"${Math.max(1, 2)} ${Extra.number}\")\nend\n";
    let files =
        [("program.snow", uses), ("math.snow", "pub let pi = 3"), ("extra.snow", "pub let number = 7")];
    let folder = Folder::new("beside", &files);
    folder.assert_runs("program.snow", "2 7\n");
    assert_eq!(folder.snowc("check", "program.snow").stderr, "");
}

#[test]
fn in_a_project_its_own_module_is_imported_in_every_form() {
    let files = [
        ("main.snow", "import Math\nfn main() do\n  println(\"${Math.number}\")\nend\n"),
        ("math.snow", "pub let number = 7"),
        ("parts/part.snow", "import Math\nfn main() do\n  println(\"${Math.number + 1}\")\nend\n"),
    ];
    let folder = Folder::new("own", &files);
    for path in [".", "main.snow"] {
        folder.assert_runs(path, "7\n");
    }
    folder.assert_runs("parts/part.snow", "8\n");
    for path in [".", "parts", "parts/part.snow", "math.snow"] {
        let finished = folder.snowc("check", path);
        assert_eq!((finished.code, &*finished.stderr), (Some(0), ""), "{path}");
    }
}

#[test]
fn a_service_in_a_file_is_imported_in_every_form() {
    let service = "pub service Maker do\n  fn init() -> Int = 1\n  call Next :: Int do |n|\n    (n + 1, n)\n  end\nend\n";
    let main = "import Lobby.Maker\nfn main() do\n  println(\"${Maker.next(Maker.start())}\")\nend\n";
    let folder = Folder::new("service", &[("main.snow", main), ("lobby.snow", service)]);
    folder.assert_runs(".", "1\n");
    folder.assert_runs("main.snow", "1\n");
}

#[test]
fn two_files_of_one_module_are_named() {
    let folder = Folder::new("twice", &[("main.snow", HELLO), ("http_util.snow", ""), ("HttpUtil.snow", "")]);
    let finished = folder.snowc("check", ".");
    assert_eq!(finished.code, Some(1));
    assert!(finished.stderr.contains("http_util.snow"), "{finished:?}");
    assert!(finished.stderr.contains("HttpUtil.snow"), "{finished:?}");
    assert!(finished.stderr.contains("both the module `HttpUtil`"), "{finished:?}");
}

#[test]
fn what_is_no_source_in_a_folder_is_left_out() {
    let folder = Folder::new("links", &[("main.snow", HELLO), ("far/away.snow", "pub let number = 1")]);
    let at = |name: &str| folder.0.join(name);
    symlink(at("circle.snow"), at("circle.snow")).expect("a link to itself");
    symlink(at("nowhere"), at("dangling.snow")).expect("a link to nothing");
    symlink(&folder.0, at("again")).expect("a link to the folder around it");
    symlink(at("far"), at("near")).expect("a link to another folder");
    pipe(&at("pipe.snow"));
    folder.assert_runs(".", "hello\n");
    fs::write(at("main.snow"), "import Near.Away\nfn main() do\n  println(\"${Away.number}\")\nend\n")
        .expect("a file can be written");
    folder.assert_runs(".", "1\n");
}

#[test]
fn what_is_no_source_is_refused_where_it_is_given() {
    let folder = Folder::new("devices", &[("main.snow", HELLO)]);
    pipe(&folder.0.join("pipe.snow"));
    symlink(folder.0.join("circle.snow"), folder.0.join("circle.snow")).expect("a link to itself");
    for (path, why) in [
        ("pipe.snow", "pipe.snow: this is no regular file"),
        ("/dev/zero", "/dev/zero: this is no regular file"),
        ("/dev/null", "/dev/null: this is no regular file"),
        ("circle.snow", "circle.snow: "),
        ("absent.snow", "absent.snow: "),
    ] {
        for command in ["check", "run", "test"] {
            let finished = folder.snowc(command, path);
            assert_eq!(finished.code, Some(1), "{command} {path}: {finished:?}");
            assert!(finished.stderr.contains(why), "{command} {path}: {finished:?}");
        }
    }
    let large = fs::File::create(folder.0.join("large.snow")).expect("a file can be made");
    large.set_len(65 << 20).expect("a file can be as large as one likes");
    let finished = folder.snowc("check", "large.snow");
    assert_eq!(finished.code, Some(1));
    assert!(finished.stderr.contains("limited to 64 MiB"), "{finished:?}");
}

#[test]
fn build_writes_over_no_source() {
    let folder = Folder::new("over", &[("main.snow", HELLO), ("other.snow", "pub let number = 1")]);
    let output = |name: &str| {
        let mut snowc = compiler::command();
        snowc.args(["build", ".", "-o", name]).current_dir(&folder.0);
        process::run(&mut snowc, Duration::from_secs(60))
    };
    for name in ["main.snow", "./other.snow"] {
        let finished = output(name);
        assert_eq!(finished.code, Some(1), "{finished:?}");
        assert!(finished.stderr.contains("is a source of this program"), "{finished:?}");
    }
    folder.assert_runs(".", "hello\n");
    assert_eq!(output("program").code, Some(0));
}

fn pipe(path: &Path) {
    let finished = process::run(Command::new("mkfifo").arg(path), Duration::from_secs(10));
    assert_eq!(finished.code, Some(0), "{finished:?}");
}
