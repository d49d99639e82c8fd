//! Sockets, pipes and outboxes, used by actors in machine code.

mod assembler;

use assembler::*;
use snow_abi::{self as abi, EntryKind, NetError};
use snow_runtime::{Options, TestOutcome};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::time::{Duration, Instant};

const MAIN: Value = Int(1 << 33 | 1);

/// The numbers of `Ok` and `Err`.
const OK: Value = Int(0);
const ERR: Value = Int(1);

/// Those of `Outbox.Pushed`.
const WAITING: Value = Int(0);
const FULL: Value = Int(1);
const SHUT: Value = Int(2);

fn number(error: NetError) -> Value {
    Int(error as i64)
}

/// Calls what returns a `Result`. It must be `Ok`; what it holds goes to slot `result`.
fn call_ok(a: &mut Assembler, name: &str, arguments: &[Value], result: u32, scratch: u32) {
    a.call_for_two(name, arguments, scratch, result);
    a.expect(scratch, OK, name);
}

/// Calls what returns a `Result`, which must be this error.
fn call_err(
    a: &mut Assembler,
    name: &str,
    arguments: &[Value],
    error: NetError,
    scratch: [u32; 2],
    why: &str,
) {
    a.call_for_two(name, arguments, scratch[0], scratch[1]);
    a.expect(scratch[0], ERR, why);
    a.expect(scratch[1], number(error), why);
}

/// Writes back what comes in at the socket in slot 1 until the stream ends. Uses slots 2 to 6.
fn echo(a: &mut Assembler, never: Label) {
    let (wait, read, ended) = (a.label(), a.label(), a.label());
    a.place(wait);
    a.record(abi::record::SELF_PID, 2);
    a.call("tcp_notify_readable_raw", &[Slot(1), Slot(2), Int(5)], 3);
    a.expect(3, OK, "notify");
    a.receive("actor_take_raw", Int(-1), 3, 4, never);
    a.place(read);
    let some = a.label();
    a.call("tcp_read", &[Slot(1), Int(4096)], 3);
    a.if_equal(3, OK, some);
    a.record(abi::record::OUT[0], 3);
    a.if_equal(3, number(NetError::WouldBlock), wait);
    a.expect(3, number(NetError::EndOfStream), "read");
    a.jump(ended);
    a.place(some);
    a.record(abi::record::OUT[0], 6);
    a.call("tcp_write", &[Slot(1), Slot(6)], 4);
    a.poll(4);
    a.jump(read);
    a.place(ended);
}

#[test]
fn pipes_carry_bytes_between_actors() {
    let mut a = Assembler::new();
    let (echoer, never) = (a.label(), a.label());
    a.function(echoer, 8, &[6]);
    a.receive("actor_take_raw", Int(-1), 1, 2, never);
    echo(&mut a, never);
    a.call("actor_send_raw", &[MAIN, Int(99)], 3);
    a.end();

    let text = a.text("hello, pipe");
    let test = a.test(8, &[5]);
    a.call_for_two("pipe_new", &[], 1, 2);
    a.call("actor_spawn", &[Function(echoer), Int(immediate(0)), Int(immediate(0))], 3);
    a.call("tcp_give", &[Slot(2), Slot(3)], 4);
    a.expect(4, OK, "give");
    let arguments = [Slot(2), Constant(text)];
    call_err(&mut a, "tcp_write", &arguments, NetError::NotOwner, [4, 6], "it is not ours any more");
    a.call("actor_send_raw", &[Slot(3), Slot(2)], 4);
    let arguments = [Slot(1), Int(10)];
    call_err(&mut a, "tcp_read", &arguments, NetError::WouldBlock, [4, 6], "nothing is there yet");
    for _ in 0..3 {
        call_ok(&mut a, "tcp_write", &[Slot(1), Constant(text)], 4, 6);
        a.expect(4, Int(11), "write");
        a.call("tcp_notify_readable_raw", &[Slot(1), MAIN, Int(7)], 4);
        a.receive("actor_take_raw", Int(-1), 3, 4, never);
        a.expect(3, Int(7), "the message asked for");
        call_ok(&mut a, "tcp_read", &[Slot(1), Int(100)], 5, 6);
        a.call("bytes_equal", &[Slot(5), Constant(text)], 4);
        a.add(4, Int(-1));
        a.expect_false(4);
    }
    a.call("tcp_shutdown", &[Slot(1)], 4);
    a.receive("actor_take_raw", Int(-1), 3, 4, never);
    a.expect(3, Int(99), "the echoer ends with the stream");
    a.call("tcp_close", &[Slot(1)], 4);
    a.call("tcp_close", &[Slot(1)], 4);
    call_err(&mut a, "tcp_write", &[Slot(1), Constant(text)], NetError::ClosedHere, [4, 6], "closed");
    a.end();
    a.place(never);
    a.panic("no deadline was given");
    passes(&a.finish(), test);
}

#[test]
fn a_crash_closes_what_the_actor_owned() {
    let mut a = Assembler::new();
    let (child, never) = (a.label(), a.label());
    a.function(child, 6, &[]);
    a.receive("actor_take_raw", Int(-1), 1, 2, never);
    a.call("outbox_new_raw", &[MAIN, Int(1), Int(100), Int(100)], 3);
    a.record(abi::record::SELF_PID, 3);
    a.call("outbox_new_raw", &[Slot(3), Int(1), Int(100), Int(100)], 3);
    a.call("actor_send_raw", &[MAIN, Slot(3)], 2);
    a.receive("actor_take_raw", Int(-1), 1, 2, never);
    a.panic("on purpose");
    a.place(never);
    a.end();

    let text = a.text("x");
    let test = a.test(8, &[5]);
    a.call_for_two("pipe_new", &[], 1, 2);
    a.call("actor_spawn", &[Function(child), Int(immediate(0)), Int(immediate(0))], 3);
    a.call("tcp_give", &[Slot(2), Slot(3)], 4);
    a.call("actor_send_raw", &[Slot(3), Int(0)], 4);
    a.receive("actor_take_raw", Int(-1), 6, 4, never);
    let arguments = [Slot(6), Constant(text), Constant(text), Int(EntryKind::Data as i64)];
    a.call_for_two("outbox_push", &arguments, 4, 7);
    a.expect(4, WAITING, "taken");
    a.expect(7, Int(66), "two bytes wait, and what the entry costs");
    a.call("tcp_notify_readable_raw", &[Slot(1), MAIN, Int(7)], 4);
    a.call("actor_send_raw", &[Slot(3), Int(0)], 4);
    a.receive("actor_take_raw", Int(-1), 7, 4, never);
    a.expect(7, Int(7), "the other end is closed");
    let end = NetError::EndOfStream;
    call_err(&mut a, "tcp_read", &[Slot(1), Int(10)], end, [4, 7], "the end of the stream");
    call_err(&mut a, "tcp_write", &[Slot(1), Constant(text)], NetError::Reset, [4, 7], "no one reads");
    a.call("outbox_push", &arguments, 4);
    a.expect(4, SHUT, "the outbox went with its owner");
    a.call("actor_send_raw", &[Slot(3), Int(0)], 4);
    a.call("actor_mailbox_length", &[Slot(3)], 4);
    a.expect(4, Int(0), "None: it is dead");
    a.end();
    passes(&a.finish(), test);
}

/// A test that serves so many connections on the port, each an actor that echoes; then it ends.
fn server(port: u16, connections: i64) -> (snow_runtime::Program, usize) {
    let mut a = Assembler::new();
    let (echoer, never) = (a.label(), a.label());
    a.function(echoer, 8, &[6]);
    a.receive("actor_take_raw", Int(-1), 1, 2, never);
    echo(&mut a, never);
    a.call("actor_send_raw", &[MAIN, Int(99)], 3);
    a.end();

    let host = a.text("127.0.0.1");
    let test = a.test(10, &[]);
    let (accept, wait, done) = (a.label(), a.label(), a.label());
    call_ok(&mut a, "tcp_listen", &[Constant(host), Int(port as i64), Int(128)], 1, 2);
    call_ok(&mut a, "tcp_port", &[Slot(1)], 2, 3);
    a.expect(2, Int(port as i64), "the port");
    a.set(6, Int(0));
    a.place(wait);
    a.call("tcp_notify_readable_raw", &[Slot(1), MAIN, Int(1)], 2);
    a.place(accept);
    a.receive("actor_take_raw", Int(-1), 3, 4, never);
    let more = a.label();
    let finished = a.label();
    a.if_equal(3, Int(99), finished);
    a.place(more);
    a.call_for_two("tcp_accept", &[Slot(1)], 3, 2);
    a.if_equal(3, ERR, wait);
    a.call("actor_spawn", &[Function(echoer), Int(immediate(0)), Int(immediate(0))], 3);
    a.call("tcp_give", &[Slot(2), Slot(3)], 4);
    a.expect(4, OK, "give");
    a.call("actor_send_raw", &[Slot(3), Slot(2)], 4);
    a.jump(more);
    a.place(finished);
    a.add(6, Int(1));
    a.if_equal(6, Int(connections), done);
    a.jump(accept);
    a.place(done);
    a.end();
    a.place(never);
    a.panic("no deadline was given");
    (a.finish(), test)
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn connect(port: u16) -> TcpStream {
    let start = Instant::now();
    loop {
        match TcpStream::connect(("127.0.0.1", port)) {
            Ok(stream) => return stream,
            Err(error) if start.elapsed() > Duration::from_secs(10) => panic!("{error}"),
            Err(_) => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

#[test]
fn servers_echo_over_tcp() {
    for options in [
        Options { workers: 1, ..Options::default() },
        Options { workers: 3, ..Options::default() },
        Options { workers: 2, torture: true, ..Options::default() },
    ] {
        let port = free_port();
        let (program, test) = server(port, 20);
        std::thread::scope(|scope| {
            let outcome = scope.spawn(|| program.run_test(test, &options));
            let mut streams: Vec<TcpStream> = (0..20).map(|_| connect(port)).collect();
            for round in 0..50 {
                for (index, stream) in streams.iter_mut().enumerate() {
                    let message = vec![(index + round) as u8; 1 + (round * 397) % 9000];
                    stream.write_all(&message).unwrap();
                    let mut back = vec![0; message.len()];
                    stream.read_exact(&mut back).unwrap();
                    assert!(back == message, "connection {index}, round {round}");
                }
            }
            for stream in &mut streams {
                // The last bytes and the end come together: the end makes no edge of its own.
                stream.write_all(b"bye").unwrap();
                stream.shutdown(Shutdown::Write).unwrap();
                let mut rest = Vec::new();
                stream.read_to_end(&mut rest).unwrap();
                assert_eq!(rest, b"bye");
            }
            assert_eq!(outcome.join().unwrap(), TestOutcome::Passed, "{options:?}");
        });
    }
}

#[test]
fn connecting_tells_how_it_went() {
    let mut a = Assembler::new();
    let never = a.label();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (open, closed) = (listener.local_addr().unwrap().port(), free_port());
    let (host, wrong) = (a.text("127.0.0.1"), a.text("localhost"));
    let test = a.test(6, &[]);
    for (port, connects) in [(open, true), (closed, false)] {
        let (refused, next) = (a.label(), a.label());
        a.call_for_two("tcp_connect", &[Constant(host), Int(port as i64)], 4, 1);
        // Loopback may refuse at once.
        a.if_equal(4, ERR, refused);
        a.call("tcp_notify_writable_raw", &[Slot(1), MAIN, Int(3)], 2);
        a.receive("actor_take_raw", Int(-1), 3, 2, never);
        a.call_for_two("tcp_connect_result", &[Slot(1)], 4, 1);
        if connects {
            a.expect(4, OK, "connected");
        } else {
            a.expect(4, ERR, "not connected");
        }
        a.if_equal(4, OK, next);
        a.place(refused);
        a.expect(1, number(NetError::Refused), "refused");
        a.place(next);
    }
    let bad = NetError::BadAddress;
    call_err(&mut a, "tcp_connect", &[Constant(wrong), Int(80)], bad, [4, 1], "names are not addresses");
    call_err(&mut a, "tcp_connect", &[Constant(host), Int(65_536)], bad, [4, 1], "no such port");
    a.end();
    a.place(never);
    a.panic("no deadline was given");
    let program = a.finish();
    assert_eq!(program.run_test(test, &Options::default()), TestOutcome::Passed);
    let seeded = Options { seed: Some(1), ..Options::default() };
    let TestOutcome::Failed(message) = program.run_test(test, &seeded) else {
        panic!("real sockets in virtual time")
    };
    assert!(message.contains("deterministic mode"), "{message}");
}

#[test]
fn an_open_listener_keeps_the_program_alive() {
    let port = free_port();
    let mut a = Assembler::new();
    let (child, never) = (a.label(), a.label());
    let host = a.text("127.0.0.1");
    a.function(child, 6, &[]);
    call_ok(&mut a, "tcp_listen", &[Constant(host), Int(port as i64), Int(10)], 1, 2);
    a.record(abi::record::SELF_PID, 2);
    a.call("tcp_notify_readable_raw", &[Slot(1), Slot(2), Int(1)], 3);
    a.receive("actor_take_raw", Int(-1), 4, 3, never);
    a.call("program_exit", &[Int(3)], 3);
    a.place(never);
    a.end();
    let main = a.test(4, &[]);
    a.call("actor_spawn", &[Function(child), Int(immediate(0)), Int(immediate(0))], 1);
    a.end();
    a.main_is(main);
    let program = a.finish();
    for workers in [1, 3] {
        std::thread::scope(|scope| {
            let running = scope.spawn(|| program.run_main(&Options { workers, ..Options::default() }));
            let stream = connect(port);
            assert_eq!(running.join().unwrap(), 3);
            drop(stream);
        });
    }
}

/// Pushes a constant as header and another as payload: so many bytes wait then, or it is not taken.
fn push(a: &mut Assembler, header: u32, payload: u32, kind: EntryKind, expected: Result<i64, Value>) {
    let arguments = [Slot(1), Constant(header), Constant(payload), Int(kind as i64)];
    a.call_for_two("outbox_push", &arguments, 4, 6);
    let told = format!("push of {kind:?}");
    match expected {
        Ok(waiting) => {
            a.expect(4, WAITING, &told);
            a.expect(6, Int(waiting), &told);
        }
        Err(refusal) => a.expect(4, refusal, &told),
    }
}

#[test]
fn outboxes_are_bounded_and_drop_whole_entries() {
    let mut a = Assembler::new();
    let (head, body, expected) =
        (a.text("<"), a.text("abcdefghi"), a.text("<abcdefghi<abcdefghi!<abcdefghi"));
    let (nothing, bang) = (a.text(""), a.text("!"));
    let late = a.label();
    let test = a.test(10, &[5]);
    a.call("outbox_new_raw", &[MAIN, Int(77), Int(227), Int(69)], 1);
    // Each counts for 64 more than its bytes.
    for waiting in [74, 148, 222] {
        push(&mut a, head, body, EntryKind::Data, Ok(waiting));
    }
    push(&mut a, head, body, EntryKind::Data, Err(FULL));
    push(&mut a, bang, nothing, EntryKind::Control, Ok(287));
    push(&mut a, head, body, EntryKind::Control, Err(FULL));
    // An entry of ten counts for 74: there are five.
    a.call("outbox_drop_oldest", &[Slot(1), Int(10)], 4);
    a.expect(4, Int(74), "one entry is enough");
    push(&mut a, head, body, EntryKind::Last, Ok(287));
    push(&mut a, bang, nothing, EntryKind::Data, Err(SHUT));
    a.call("outbox_waiting", &[Slot(1)], 4);
    a.expect(4, Int(287), "waiting");
    a.call_for_two("pipe_new", &[], 2, 3);
    call_ok(&mut a, "outbox_flush", &[Slot(1), Slot(2)], 4, 6);
    a.expect(4, Int(0), "everything is written");
    call_ok(&mut a, "tcp_read", &[Slot(3), Int(100)], 5, 6);
    a.call("bytes_equal", &[Slot(5), Constant(expected)], 4);
    a.add(4, Int(-1));
    a.expect_false(4);
    // The owner's own pushes wake no one.
    a.call("actor_deadline", &[Int(5)], 6);
    a.receive("actor_take_raw", Slot(6), 4, 7, late);
    a.panic("a wake-up from our own push");
    a.place(late);
    a.end();
    passes(&a.finish(), test);
}

#[test]
fn pushes_from_others_wake_the_owner_and_nothing_is_lost() {
    const PUSHES: i64 = 300;
    const PUSHERS: i64 = 8;
    let mut a = Assembler::new();
    let (pusher, again, never) = (a.label(), a.label(), a.label());
    let (small, large) = (a.text("0123456789"), a.text(&"x".repeat(2000)));
    a.function(pusher, 8, &[]);
    a.receive("actor_take_raw", Int(-1), 1, 2, never);
    a.set(3, Int(0));
    a.place(again);
    let data = Int(EntryKind::Data as i64);
    a.call("outbox_push", &[Slot(1), Constant(small), Constant(small), data], 4);
    a.call("outbox_push", &[Slot(1), Constant(small), Constant(large), data], 4);
    a.poll(5);
    a.add(3, Int(1));
    a.if_less(3, Int(PUSHES), again);
    a.end();

    // The owner writes to one end of a pipe, and reads at the other, until all bytes have come.
    let test = a.test(12, &[5, 10]);
    let (turn, drain, done) = (a.label(), a.label(), a.label());
    a.call("outbox_new_raw", &[MAIN, Int(77), Int(1 << 40), Int(0)], 1);
    a.call_for_two("pipe_new", &[], 2, 3);
    for _ in 0..PUSHERS {
        a.call("actor_spawn", &[Function(pusher), Int(immediate(0)), Int(immediate(0))], 4);
        a.call("actor_send_raw", &[Slot(4), Slot(1)], 6);
    }
    a.call("buffer_new", &[Int(0)], 10);
    a.set(8, Int(0));
    a.place(turn);
    a.receive("actor_take_raw", Int(-1), 4, 7, never);
    a.place(drain);
    call_ok(&mut a, "outbox_flush", &[Slot(1), Slot(2)], 9, 4);
    // The first two constructors of `Tcp.Arrival` hold a count.
    a.call_for_two("tcp_read_into", &[Slot(3), Slot(10), Int(1 << 20)], 7, 4);
    let (some, nothing) = (a.label(), a.label());
    a.if_less(7, Int(2), some);
    a.jump(nothing);
    a.place(some);
    a.add(8, Slot(4));
    a.call("buffer_consume", &[Slot(10), Slot(4)], 4);
    a.place(nothing);
    a.if_equal(8, Int(PUSHERS * PUSHES * 2030), done);
    a.if_equal(9, Int(0), turn);
    a.jump(drain);
    a.place(done);
    a.end();
    a.place(never);
    a.panic("no deadline was given");
    passes(&a.finish(), test);
}
