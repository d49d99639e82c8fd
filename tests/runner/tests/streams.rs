//! Standard input, output and error that are closed, full, broken, or hold what is no text: for programs, run and
//! built, and for the compiler itself.

use snow_tests::process::Finished;
use snow_tests::process::PATIENCE;
use snow_tests::{compiler, process};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// The exit code of a program whose reader has gone: as a shell shows it for one that SIGPIPE has ended.
const READER_GONE: &str = "141";

const PROGRAMS: &[(&str, &str)] = &[
    ("hello", "fn main() do println(\"hello\") end\n"),
    ("silent", "fn main() do () end\n"),
    ("endless", "fn go(n) do\n  println(\"line ${n}\")\n  go(n + 1)\nend\nfn main() do go(0) end\n"),
    (
        "complaints",
        "import IO\nfn go(n) do\n  IO.eprintln(\"line ${n}\")\n  go(n + 1)\nend\nfn main() do go(0) end\n",
    ),
    // Each actor by itself; the code is asked for.
    (
        "others",
        "import Env\nactor one(n) do println(\"actor ${n}\") end\n\
         fn main() do\n  for n in 0..3 do Process.wait(spawn(one, n)) end\n  Env.exit(0)\nend\n",
    ),
    (
        "careful",
        "import IO\nfn main() do\n  let outcomes = (IO.try_print(\"one\"), IO.try_println(\" two\"), IO.flush())\n  \
         IO.eprintln(\"${outcomes}\")\nend\n",
    ),
    // What was printed before is told of by the first who asks.
    ("flush", "import IO\nfn main() do\n  println(\"before\")\n  IO.eprintln(\"${IO.flush()}\")\nend\n"),
    (
        "lines",
        "import IO\nfn go() do\n  case IO.try_next_line() do\n    Ok(Some(line)) -> do\n      \
         println(\"${String.length(line)}:${String.slice(line, 0, 10)}\")\n      go()\n    end\n    \
         Ok(None) -> println(\"end\")\n    Err(why) -> do\n      println(why)\n      \
         if String.contains(why, \"UTF\") do go() end\n    end\n  end\nend\nfn main() do go() end\n",
    ),
    (
        "old",
        "import IO\nfn main() do println(\"${IO.read_line()} ${IO.read_line()} ${IO.read_line()}\") end\n",
    ),
    (
        "octets",
        "import IO\nfn main() do println(\"${IO.next_line_bytes()} ${IO.next_line_bytes()} ${IO.next_line_bytes()}\") end\n",
    ),
    ("insist", "import IO\nfn main() do println(\"${IO.next_line()}\") end\n"),
    ("rest", "fn main() do println(\"${IO.next_line()} ${IO.read_all()}\") end\n"),
    (
        "gather",
        "fn main() do\n  println(\"${IO.fold_lines(0, fn sum, line -> sum + String.length(line) end)}\")\nend\n",
    ),
    ("shout", "fn main() do IO.each_line(fn line -> println(String.to_upper(line)) end) end\n"),
    (
        "pick",
        "fn main() do\n  IO.lines() |> Iter.take(2) |> Iter.each(println)\n  println(\"${IO.next_line()}\")\nend\n",
    ),
    ("mutter", "fn main() do\n  IO.eprint(\"one\")\n  IO.eprint(\" two\")\nend\n"),
    ("needs", "fn main() do println(Env.require(\"WHO\")) end\n"),
    // Some of the texts must find no room where nobody reads for a while.
    (
        "talkative",
        "actor one(name) do\n  for n in 0..1000 do Log.info(\"wanted\", name: name, number: n) end\nend\n\
         fn main() do\n  let all = for name in 0..20 do spawn(one, name) end\n  \
         for pid in all do Process.wait(pid) end\nend\n",
    ),
    ("spoken", "fn main() do\n  Log.info(\"one\", number: 1)\n  Log.debug(\"two\")\nend\n"),
    (
        "pipe",
        "fn main() do\n  println(\"${File.read_text(\"pipe\")} ${File.write_text(\"pipe\", \"x\")}\")\n  \
         println(\"${File.append_text(\"pipe\", \"x\")} ${File.copy(\"hello.snow\", \"pipe\")}\")\nend\n",
    ),
    ("wrong", "fn main() do unknown() end\n"),
];

/// A folder with the programs, and `hello` and `endless` built, for all tests of this process.
fn folder() -> &'static PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("streams");
        fs::create_dir_all(&path).expect("a temporary folder can be made");
        for (name, source) in PROGRAMS {
            fs::write(path.join(format!("{name}.snow")), source).expect("a source can be written");
        }
        for name in ["hello", "endless"] {
            let mut command = compiler::command();
            command.current_dir(&path).args(["build", &format!("{name}.snow"), "-o", name]);
            assert_eq!(process::run(&mut command, PATIENCE).code, Some(0));
        }
        path
    })
}

/// Runs a line of shell, in which `$S` is the compiler.
fn shell(line: &str) -> Finished {
    let mut command = Command::new("bash");
    command.current_dir(folder()).env("S", compiler::snowc()).args(["-c", line]);
    process::run(&mut command, PATIENCE)
}

#[track_caller]
fn expect(line: &str, code: i32, stdout: &str, stderr: &str) {
    let finished = shell(line);
    assert_eq!(finished.code, Some(code), "{line}: {finished:?}");
    assert_eq!(finished.stdout, stdout, "{line}: {finished:?}");
    assert!(finished.stderr.contains(stderr), "{line}: {finished:?}");
    assert!(!finished.stderr.contains("panicked"), "{line}: {finished:?}");
    assert!(!stderr.is_empty() || finished.stderr.is_empty(), "{line} should be quiet: {finished:?}");
}

#[test]
fn a_reader_that_has_gone_ends_the_program_quietly() {
    for program in ["$S run endless.snow", "./endless"] {
        let line = format!("{program} | head -1; echo ${{PIPESTATUS[0]}}");
        expect(&line, 0, &format!("line 0\n{READER_GONE}\n"), "");
    }
    let line = "$S run complaints.snow 2>&1 >/dev/null | head -1; echo ${PIPESTATUS[0]}";
    expect(line, 0, &format!("line 0\n{READER_GONE}\n"), "");
    // Gone before anything is written, at the last moment of the program.
    for program in ["$S run hello.snow", "./hello", "$S run others.snow"] {
        let line = format!("(sleep 0.2; {program}) | true; echo ${{PIPESTATUS[0]}}");
        expect(&line, 0, &format!("{READER_GONE}\n"), "");
    }
}

#[test]
fn output_that_is_lost_is_an_error() {
    let full = "standard output cannot be written: No space left on device (os error 28)";
    let closed = "standard output cannot be written: it is closed";
    for (to, why) in [(">/dev/full", full), (">&-", closed)] {
        for program in
            ["$S run hello.snow", "./hello", "$S run endless.snow", "./endless", "$S run others.snow"]
        {
            expect(&format!("{program} {to}"), 1, "", why);
        }
        expect(&format!("$S run silent.snow {to}"), 0, "", "");
        let err = format!("Err({why})");
        expect(&format!("$S run careful.snow {to}"), 0, "", &format!("({err}, {err}, {err})"));
    }
    expect("$S run flush.snow >/dev/full", 0, "", &format!("Err({full})"));
    expect("$S run careful.snow", 0, "one two\n", "(Ok(()), Ok(()), Ok(()))");
    let actors = shell("$S run others.snow >&-").stderr;
    assert_eq!(actors.matches("panic at others.snow:2").count(), 3, "each actor ends by itself: {actors}");
}

#[test]
fn errors_that_cannot_be_told_change_nothing_else() {
    for to in ["2>&-", "2>/dev/full"] {
        expect(&format!("$S run hello.snow {to}"), 0, "hello\n", "");
        expect(&format!("$S run careful.snow {to}"), 0, "one two\n", "");
        expect(&format!("$S run hello.snow >&- {to}"), 1, "", "");
        expect(&format!("$S run endless.snow >/dev/full {to}"), 1, "", "");
    }
    expect("$S run hello.snow >&- 2>&- <&-", 1, "", "");
    expect("timeout 1 $S run complaints.snow 2>&-", 124, "", "");
}

#[test]
fn input_is_read_to_its_end_whatever_it_holds() {
    expect(
        "printf 'a\\r\\n\\n\\0b\\nlast' | $S run lines.snow | tr '\\0' 0",
        0,
        "1:a\n0:\n2:0b\n4:last\nend\n",
        "",
    );
    expect(
        "printf 'a\\xff\\xfe\\nb\\n\\xc3' | $S run lines.snow",
        0,
        concat!(
            "a line of standard input is not UTF-8\n",
            "1:b\n",
            "a line of standard input is not UTF-8\n",
            "end\n"
        ),
        "",
    );
    expect(
        "printf '\\xff\\r\\n\\0' | $S run octets.snow",
        0,
        "Ok(Some(<<255>>)) Ok(Some(<<0>>)) Ok(None)\n",
        "",
    );
    expect("printf 'x\\ny' | $S run old.snow", 0, "Ok(x) Ok(y) Ok()\n", "");
    expect(
        "printf '\\xe9\\n' | $S run old.snow",
        0,
        "Err(a line of standard input is not UTF-8) Ok() Ok()\n",
        "",
    );
    expect(
        "(head -c 20000000 /dev/zero | tr '\\0' x; echo; echo y) | $S run lines.snow",
        0,
        "20000000:xxxxxxxxxx\n1:y\nend\n",
        "",
    );
    expect("$S run lines.snow </dev/null", 0, "end\n", "");
}

#[test]
fn what_is_left_of_the_input_can_be_taken_at_once() {
    expect("printf 'a\\nb\\r\\n\\nc' | $S run rest.snow", 0, "Some(a) Ok(b\n\nc)\n", "");
    expect("printf 'a\\n' | $S run rest.snow", 0, "Some(a) Ok()\n", "");
    expect(
        "printf 'a\\nb\\xff\\n' | $S run rest.snow",
        0,
        "Some(a) Err(a line of standard input is not UTF-8)\n",
        "",
    );
    expect("printf 'ab\\n\\ncde' | $S run gather.snow", 0, "5\n", "");
    expect("printf 'ab\\n\\ncde' | $S run shout.snow", 0, "AB\n\nCDE\n", "");
    expect("$S run shout.snow </dev/null", 0, "", "");
    // No more is read than is asked for.
    expect("printf 'a\\nb\\nc\\n' | $S run pick.snow", 0, "a\nb\nSome(c)\n", "");
    expect("$S run pick.snow </dev/null", 0, "None\n", "");
    expect("printf '\\xff\\n' | $S run gather.snow", 1, "", "a line of standard input is not UTF-8");
}

#[test]
fn text_for_standard_error_is_written_as_it_is() {
    assert_eq!(shell("$S run mutter.snow").stderr, "one two");
}

#[test]
fn what_a_program_needs_of_the_environment_is_named() {
    expect("WHO=Ann $S run needs.snow", 0, "Ann\n", "");
    for who in ["WHO=", "env -u WHO"] {
        expect(&format!("{who} $S run needs.snow"), 1, "", "the environment variable WHO is not set");
    }
}

#[test]
fn the_log_waits_for_nobody_and_counts_what_it_leaves_out() {
    let count = "awk '/wanted/ {n++} /left out/ {sub(/.*count=/, \"\"); n += $0} END {print n}'";
    expect(&format!("$S run talkative.snow 2>&1 | (sleep 1; {count})"), 0, "20000\n", "");
}

#[test]
fn the_environment_says_what_the_log_writes_and_how() {
    let one = "level=info message=one number=1\n";
    let two = "level=debug message=two\n";
    let lines = "$S run spoken.snow 2>&1 | cut -d' ' -f2-";
    for (level, wanted) in
        [("debug", format!("{one}{two}")), ("info", one.into()), ("warning", String::new())]
    {
        expect(&format!("export LOG={level}; {lines}"), 0, &wanted, "");
    }
    expect(&format!("unset LOG; {lines}"), 0, one, "");
    let json = "LOG_FORMAT=json $S run spoken.snow 2>&1 | cut -d, -f2-";
    expect(json, 0, "\"level\":\"info\",\"message\":\"one\",\"number\":\"1\"}\n", "");
}

#[test]
fn a_pipe_that_nobody_reads_holds_no_actor_up() {
    let unread = "pipe: No such device or address (os error 6)";
    expect(
        "rm -f pipe; mkfifo pipe; timeout 20 $S run pipe.snow",
        0,
        &format!("Err(pipe: this is no regular file) Err({unread})\nErr({unread}) Err({unread})\n"),
        "",
    );
}

#[test]
fn input_that_cannot_be_read_is_an_error() {
    let cannot = "standard input cannot be read:";
    expect("$S run lines.snow </", 0, &format!("{cannot} Is a directory (os error 21)\n"), "");
    expect("$S run lines.snow <&-", 0, &format!("{cannot} it is closed\n"), "");
    expect("$S run lines.snow 0>/dev/null", 0, &format!("{cannot} Bad file descriptor (os error 9)\n"), "");
    expect("$S run insist.snow </", 1, "", &format!("IO.next_line: {cannot} Is a directory"));
    expect(
        "printf '\\xff' | $S run insist.snow",
        1,
        "",
        "IO.next_line: a line of standard input is not UTF-8",
    );
}

#[test]
fn the_compiler_needs_no_streams() {
    for command in ["check hello.snow", "build hello.snow -o elsewhere", "check wrong.snow", "--nonsense"] {
        let code = match command {
            "check wrong.snow" => 1,
            "--nonsense" => 2,
            _ => 0,
        };
        for to in [">&-", "2>&-", ">&- 2>&- <&-", "2>/dev/full", ">/dev/full 2>/dev/full", "2>&1 >&- | true"]
        {
            let line = format!("set -o pipefail; $S {command} {to}");
            let finished = shell(&line);
            assert_eq!(finished.code, Some(code), "{line}: {finished:?}");
            assert!(!finished.stderr.contains("panicked"), "{line}: {finished:?}");
        }
    }
}

#[test]
fn what_the_compiler_cannot_print_is_an_error() {
    for command in ["--version", "--help", "test hello.snow", "ir hello.snow"] {
        expect(&format!("$S {command} >/dev/full"), 1, "", "standard output cannot be written: No space");
        expect(&format!("$S {command} >&-"), 1, "", "standard output cannot be written: it is closed");
        let line = format!("(sleep 0.2; $S {command}) | true; echo ${{PIPESTATUS[0]}}");
        expect(&line, 0, &format!("{READER_GONE}\n"), "");
    }
}

#[test]
fn closed_streams_are_not_given_to_files() {
    // The sources, the executable and the sockets would be opened as 0, 1 and 2.
    let before = fs::read(folder().join("hello.snow")).expect("the source");
    expect("$S build hello.snow -o closed <&- >&- 2>&- && ./closed", 0, "hello\n", "");
    assert_eq!(fs::read(folder().join("hello.snow")).expect("the source"), before);
}
