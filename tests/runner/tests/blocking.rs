//! System calls that block stop the actor that asked, and no other.

use snow_tests::process::PATIENCE;
use snow_tests::{compiler, process, repository};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn read(stream: &mut TcpStream, count: usize) -> String {
    let mut bytes = vec![0; count];
    stream.read_exact(&mut bytes).expect("the actor goes on");
    String::from_utf8(bytes).expect("ASCII")
}

/// On one worker, so that nobody else could do its work.
fn start(program: &str, port: u16) -> Running {
    let mut command = compiler::command();
    command.arg("run").arg(repository().join("tests/runner/tests/blocking").join(program));
    command.env("PORT", port.to_string()).env("SNOW_WORKERS", "1");
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    Running(command.spawn().expect("snowc starts"))
}

#[test]
fn output_that_nobody_reads_and_input_that_does_not_come_stop_no_other_actor() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let mut program = start("stuck_output.snow", listener.local_addr().expect("an address").port());
    let mut connections: Vec<TcpStream> = (0..2)
        .map(|_| {
            let (stream, _) = listener.accept().expect("both connect");
            stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
            stream
        })
        .collect();
    // One of them ticks though the output is full and nobody has written a line.
    connections[0].set_nonblocking(true).expect("it can be set");
    let mut ticker = 1;
    for _ in 0..2000 {
        let mut byte = [0];
        if matches!(connections[0].read(&mut byte), Ok(1)) {
            ticker = 0;
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    connections[0].set_nonblocking(false).expect("it can be set");
    let mut ticker = connections.remove(ticker);
    let mut reader = connections.remove(0);
    assert_eq!(read(&mut ticker, 100), ".".repeat(100));

    let mut input = program.0.stdin.take().expect("piped");
    for line in ["one", "two", "drei"] {
        writeln!(input, "{line}").expect("it is read");
        assert_eq!(read(&mut reader, line.len()), line);
    }
    drop(input);
    assert_eq!(read(&mut reader, 1), "!");
    assert_eq!(read(&mut ticker, 100), ".".repeat(100));

    // Each printer goes on where it was, with nothing lost and in its order, when the output is read.
    let mut next = [0, 0];
    for line in BufReader::new(program.0.stdout.take().expect("piped")).lines().take(20_000) {
        let line = line.expect("text");
        let (name, number) = line.split_once(' ').expect("two words");
        let printer = (name == "b") as usize;
        assert_eq!(number, next[printer].to_string());
        next[printer] += 1;
    }
    assert!(next.iter().all(|count| *count > 0), "{next:?}");
    assert_eq!(read(&mut ticker, 10), ".".repeat(10));
}

#[test]
fn actors_that_wait_for_input_or_for_room_in_the_output_can_be_killed() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let mut program = start("killed_in_calls.snow", listener.local_addr().expect("an address").port());
    let accept = || {
        let (stream, _) = listener.accept().expect("it connects");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream
    };
    let mut reports = BufReader::new(accept()).lines().map(|line| line.expect("it goes on"));
    // The connections of the printer and the first reader, in some order.
    let victims = [accept(), accept()];
    let mut expect = |wanted: &str| assert_eq!(reports.next().as_deref(), Some(wanted));
    expect("stuck, names [true, true], actors 3, sockets 3");
    expect("printer: it was killed, names [true, false], actors 2, sockets 2");
    expect("reader: it was killed, names [false, false], actors 1, sockets 1");
    for mut victim in victims {
        assert_eq!(victim.read(&mut [0]).expect("its end"), 0);
    }

    // The line for which the first reader waited is the second one's.
    expect("stuck again, names [true, false], actors 2, sockets 2");
    let mut input = program.0.stdin.take().expect("piped");
    writeln!(input, "one").expect("it is read");
    expect("one, names [true, false], actors 2, sockets 2");
    expect("reader: it was killed, names [false, false], actors 1, sockets 1");

    // What had been printed comes, in whole lines; and nobody waits for more input, so the program ends.
    let output = BufReader::new(program.0.stdout.take().expect("piped"));
    let mut count = 0;
    for line in output.lines() {
        assert_eq!(line.expect("text"), format!("line {count}"));
        count += 1;
    }
    assert!(count > 0);
    let status = process::wait(&mut program.0, PATIENCE).expect("it ends");
    assert!(status.success(), "{status}");
    drop(input);
}
