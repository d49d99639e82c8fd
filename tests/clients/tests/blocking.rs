//! System calls that block stop the actor that asked, and no other.

use snow_tests::server::PATIENCE;
use snow_tests::{compiler, repository};
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
fn start(port: u16) -> Running {
    let mut command = compiler::command();
    command.arg("run").arg(repository().join("tests/language/stuck_output.snow"));
    command.env("PORT", port.to_string()).env("SNOW_WORKERS", "1");
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    Running(command.spawn().expect("snowc starts"))
}

#[test]
fn output_that_nobody_reads_and_input_that_does_not_come_stop_no_other_actor() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let mut program = start(listener.local_addr().expect("an address").port());
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
