//! Signals from outside.

use snow_tests::{compiler, process, repository};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Starts the program, asks it for a report, and answers what it says of itself until a line of input ends it.
fn report(command: &mut Command) -> String {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut program: Child = command.spawn().expect("it starts");
    let mut output = BufReader::new(program.stdout.take().expect("piped"));
    let mut line = String::new();
    output.read_line(&mut line).expect("it says that it is ready");
    assert_eq!(line, "ready\n");
    // SAFETY: a signal to our own child, which has not been waited for.
    assert_eq!(unsafe { libc::kill(program.id() as i32, libc::SIGUSR1) }, 0);
    let mut errors = BufReader::new(program.stderr.take().expect("piped"));
    let mut text = String::new();
    while !text.contains("largest heaps") {
        assert_ne!(errors.read_line(&mut text).expect("it reports"), 0, "{text}");
    }
    program.stdin.take().expect("piped").write_all(b"\n").expect("it goes on");
    let status = process::wait(&mut program, Duration::from_secs(20)).expect("it ends");
    assert!(status.success(), "the signal did not end it: {status}");
    errors.read_to_string(&mut text).expect("the rest");
    text
}

fn check(text: &str) {
    let actors = text.lines().find_map(|line| line.strip_prefix("  actors "));
    assert_eq!(actors, Some("101"), "{text}");
    let messages = text.lines().find_map(|line| line.strip_prefix("  messages "));
    assert_eq!(messages, Some("10"), "{text}");
    assert!(text.contains("  timers "), "{text}");
    let queues = text.lines().find_map(|line| line.strip_prefix("  run queues ")).expect("there are some");
    // Whoever runs is in none: nobody else had anything to do.
    assert!(queues.split(' ').all(|length| length == "0"), "{text}");
    let longest = text.lines().skip_while(|line| *line != "  longest mailboxes").nth(1);
    // The line at which it sleeps.
    let place =
        |line: &str| line.starts_with("    10 #Pid(100) ") && line.ends_with("waiting_actors.snow:11");
    assert!(longest.is_some_and(place), "{text}");
}

fn source() -> std::path::PathBuf {
    repository().join("tests/runner/tests/blocking/waiting_actors.snow")
}

#[test]
fn sigusr1_shows_what_a_program_holds() {
    check(&report(compiler::command().arg("run").arg(source())));
}

#[test]
fn sigusr1_shows_what_an_executable_holds() {
    let executable = std::env::temp_dir().join(format!("snow-signals-{}", std::process::id()));
    let mut command = compiler::command();
    command.arg("build").arg(source()).arg("-o").arg(&executable);
    assert_eq!(process::run(&mut command, Duration::from_secs(120)).code, Some(0));
    let text = report(&mut Command::new(&executable));
    let _ = std::fs::remove_file(&executable);
    check(&text);
}

/// Starts a program that is told of signals; its output, once it is.
fn told() -> (Child, BufReader<std::process::ChildStdout>) {
    let mut command = compiler::command();
    command.arg("run").arg(repository().join("tests/runner/tests/blocking/told_of_signals.snow"));
    let mut program = command.stdout(Stdio::piped()).spawn().expect("it starts");
    let mut output = BufReader::new(program.stdout.take().expect("piped"));
    assert_eq!(next_line(&mut output), "ready\n");
    (program, output)
}

fn next_line(output: &mut impl BufRead) -> String {
    let mut line = String::new();
    output.read_line(&mut line).expect("it can be read");
    line
}

fn send(program: &Child, signal: i32) {
    // SAFETY: a signal to our own child, which has not been waited for.
    assert_eq!(unsafe { libc::kill(program.id() as i32, signal) }, 0);
}

/// The program has nothing else to do, and goes on as long as a signal may come.
#[test]
fn signals_become_messages() {
    let (mut program, mut output) = told();
    for (signal, name) in
        [(libc::SIGINT, "Interrupt\n"), (libc::SIGHUP, "HangUp\n"), (libc::SIGTERM, "Terminate\n")]
    {
        send(&program, signal);
        assert_eq!(next_line(&mut output), name);
    }
    let status = process::wait(&mut program, Duration::from_secs(20)).expect("it ends");
    assert_eq!(status.code(), Some(0), "{status}");
}

#[test]
fn a_signal_that_nobody_is_told_of_any_more_ends_the_program() {
    let mut command = compiler::command();
    command.arg("run").arg(repository().join("tests/runner/tests/blocking/deaf_to_signals.snow"));
    let mut program = command.stdout(Stdio::piped()).spawn().expect("it starts");
    let mut output = BufReader::new(program.stdout.take().expect("piped"));
    assert_eq!(next_line(&mut output), "ready\n");
    send(&program, libc::SIGTERM);
    let status = process::wait(&mut program, Duration::from_secs(20)).expect("it ends");
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(libc::SIGTERM), "{status}");
}
