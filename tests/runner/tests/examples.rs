//! Examples in documentation comments, which `snowc test` finds and runs.

use snow_tests::{compiler, process};
use std::time::Duration;

/// What `snowc test` says of a program: its output and its errors.
fn tested(name: &str, program: &str) -> process::Finished {
    let folder = std::env::temp_dir().join(format!("snow-examples-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let file = folder.join("arithmetic.snow");
    std::fs::write(&file, program).expect("a source can be written");
    let finished = process::run(compiler::command().arg("test").arg(&file), Duration::from_secs(60));
    let _ = std::fs::remove_dir_all(&folder);
    finished
}

#[test]
fn what_is_right_passes() {
    let program = r#"##! Arithmetic.
##!
##! ```snow
##! import Runtime.Counters
##!
##! type Shape do
##!   Disc(Int)
##! end
##!
##! fn main() do
##!   for n in 0..2 do
##!     println(n * 0)                        # => 0
##!   end
##!   case Disc(3) do
##!     Disc(r) -> println(double(r))         # => 6
##!   end
##! end
##! ```

## Twice as much.
##
## ```snow
## let four = double(2)
## four + 1                                   # => 5
## [four, 1]
##   |> List.map(fn n -> n + 1 end)           # => [5, 2]
## "a \\ \"${four}\" \${"                     # => a \ "4" ${
## ```
##
## ```snow fragment
## double(…)
## ```
##
## ```snow checked
## panic("${double(1)}")
## ```
fn double(n) = n * 2

test "of its own" do
  assert double(0) == 0
end
"#;
    let finished = tested("right", program);
    assert_eq!((finished.code, &*finished.stdout), (Some(0), "3 passed, 0 failed\n"), "{}", finished.stderr);
}

#[test]
fn what_is_wrong_fails_where_it_stands() {
    let program = "## ```snow\n## double(1)     # => 3\n## ```\nfn double(n) = n * 2\n\n\
                   ## ```snow\n## fn four() = double(2)\n## four()   # => 5\n## ```\nstruct Box do\n  width :: Int\nend\n";
    let finished = tested("wrong", program);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    for said in
        ["example of Main.double", "arithmetic.snow:2", "left: \"2\"; right: \"3\"", "arithmetic.snow:8"]
    {
        assert!(finished.stdout.contains(said), "{said}: {finished:?}");
    }
}

/// A text is given where a number is wanted, behind this fence.
#[track_caller]
fn is_refused_where_it_stands(name: &str, fence: &str) {
    let finished =
        tested(name, &format!("## {fence}\n## double(\"1\")\n## ```\nfn double(n :: Int) = n * 2\n"));
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stderr.contains("arithmetic.snow:2:11"), "{}", finished.stderr);
}

#[test]
fn an_example_that_is_no_program_is_an_error_where_it_stands() {
    is_refused_where_it_stands("no-program", "```snow");
}

#[test]
fn an_example_that_does_not_run_compiles() {
    is_refused_where_it_stands("checked", "```snow checked");
}

#[test]
fn a_result_that_nothing_shows_is_an_error() {
    let finished =
        tested("nothing", "## ```snow\n## let four = double(2)   # => 4\n## ```\nfn double(n) = n * 2\n");
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(
        finished.stderr.contains("arithmetic.snow:2: `# =>` stands behind no statement"),
        "{}",
        finished.stderr
    );
}

/// Texts that begin or end an example in odd places lose nothing of the program.
#[test]
fn what_only_looks_like_an_example_is_a_comment() {
    let program = "## ```snow\nfn a() = 1\n\n## ```\n## ```snow\n## x(\nfn b() = 2\n\n##\n##!\n## ```snowy\n\
                   ## ```\ntest \"of both\" do\n  assert a() + b() == 3\nend\n## ```snow";
    let finished = tested("odd", program);
    assert_eq!((finished.code, &*finished.stdout), (Some(0), "1 passed, 0 failed\n"), "{}", finished.stderr);
}
