//! Where a server listens: both families of IP, Unix domain sockets, sockets that it was handed.

use snow_clients::raw::{REQUEST, RawClient, TEXT, frame};
use snow_clients::server::{Server, program};
use snow_tests::compiler;
use snow_tests::process::{self, PATIENCE};
use std::io::{Read, Write};
use std::net::{Ipv6Addr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A path of a socket that is not there.
fn socket_path(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("snow-{}-{name}.sock", std::process::id()));
    let _ = std::fs::remove_file(&path);
    path
}

fn address(path: &Path) -> String {
    format!("unix:{}", path.display())
}

/// Upgrades, asks who the peer is, and returns the answer.
fn who(mut stream: impl Read + Write) -> String {
    stream.write_all(REQUEST.as_bytes()).expect("it is connected");
    stream.write_all(&frame(TEXT, b"who?")).expect("it is connected");
    let mut got = Vec::new();
    let mut octets = [0; 4096];
    loop {
        let count = stream.read(&mut octets).expect("an answer");
        assert!(count > 0, "it ended: {:?}", String::from_utf8_lossy(&got));
        got.extend_from_slice(&octets[..count]);
        let Some(at) = got.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        assert!(got.starts_with(b"HTTP/1.1 101 "), "{:?}", String::from_utf8_lossy(&got));
        if let [0x81, length, text @ ..] = &got[at + 4..]
            && text.len() == usize::from(*length)
        {
            return String::from_utf8(text.to_vec()).expect("an address is text");
        }
    }
}

fn connect_to_file(path: &Path) -> UnixStream {
    let stream = UnixStream::connect(path).expect("the server accepts");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout can be set");
    stream
}

#[test]
fn all_interfaces_are_those_of_both_families() {
    let mut server = Server::start_announced("peer", &[]);
    assert!(server.stderr().contains(&format!("listening on [::]:{}", server.port)), "{}", server.said());
    let four = TcpStream::connect(("127.0.0.1", server.port)).expect("the server accepts");
    let own = four.local_addr().expect("it is connected").to_string();
    assert_eq!(who(four), format!("{own} {own}"));
    // Where the system has IPv6.
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok() {
        let six = TcpStream::connect((Ipv6Addr::LOCALHOST, server.port)).expect("the server accepts");
        let own = six.local_addr().expect("it is connected").to_string();
        assert!(own.starts_with("[::1]:"), "{own}");
        assert_eq!(who(six), format!("{own} {own}"));
    }
    server.assert_alive();
}

#[test]
fn a_socket_in_the_file_system() {
    let path = socket_path("served");
    let mut server = Server::start_announced("peer", &[("WS_ADDRESS", &address(&path))]);
    assert!(server.stderr().contains(&format!("listening on unix:{}", path.display())), "{}", server.said());
    assert_eq!(who(connect_to_file(&path)), "unix unix");
    server.assert_alive();

    // A second server finds the first one alive.
    let second = Server::run_program("peer", &[("WS_ADDRESS", &address(&path))]);
    assert_eq!(second.code, Some(1), "{second:?}");
    assert!(second.stderr.contains("somebody listens there"), "{second:?}");
    assert_eq!(who(connect_to_file(&path)), "unix unix");
}

#[test]
fn the_file_that_a_killed_server_has_left_is_replaced_and_that_of_one_that_ends_is_gone() {
    let path = socket_path("left");
    drop(Server::start_announced("peer", &[("WS_ADDRESS", &address(&path))]));
    assert!(path.exists(), "a killed server cannot remove its file");
    assert!(UnixStream::connect(&path).is_err());

    let mut server = Server::start_announced("peer", &[("WS_ADDRESS", &address(&path))]);
    let mut stream = connect_to_file(&path);
    stream.write_all(REQUEST.as_bytes()).expect("it is connected");
    stream.write_all(&frame(TEXT, b"leave")).expect("it is connected");
    assert_eq!(server.await_end(), Some(0));
    assert!(!path.exists(), "the file is still there");
}

#[test]
fn a_server_that_is_asked_to_end_takes_its_file_along() {
    let path = socket_path("asked");
    let mut server = Server::start_announced("peer", &[("WS_ADDRESS", &address(&path))]);
    assert_eq!(who(connect_to_file(&path)), "unix unix");
    server.signal(libc::SIGTERM);
    assert_eq!(server.await_end(), Some(0));
    assert!(!path.exists(), "the file is still there");
}

#[test]
fn what_is_no_socket_is_not_replaced() {
    let path = socket_path("file");
    std::fs::write(&path, "precious").expect("a file can be written");
    let refused = Server::run_program("peer", &[("WS_ADDRESS", &address(&path))]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert_eq!(std::fs::read_to_string(&path).expect("it is there"), "precious");
    let _ = std::fs::remove_file(&path);
}

#[test]
fn a_socket_that_was_handed_over() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("some port is free");
    let port = listener.local_addr().expect("a listener has an address").port();
    // Whoever comes before the server has started waits.
    let early = RawClient::connect(port);
    let mut server = Server::start_handed_over("peer", &listener, &[("WS_ADDRESS", "fd:3")]);
    let own = early.stream.local_addr().expect("it is connected").to_string();
    assert_eq!(who(early.stream), format!("{own} {own}"));
    server.assert_alive();
}

#[test]
fn a_socket_that_was_not_handed_over() {
    for (address, count, pid, why) in [
        ("fd:3", "1", "1", "were handed to process 1"),
        ("fd:3", "x", "1", "no sockets were handed over"),
        ("fd:3", "1", "", "no sockets were handed over"),
        ("fd:4", "1", "$$", "there is no socket 4: 1 were handed over, from 3 on"),
        ("fd:0", "1", "$$", "there is no socket 0"),
        ("fd:3", "1", "$$", "3 is no listening socket"),
    ] {
        let mut command = Command::new("sh");
        let script =
            format!("export LISTEN_PID={pid} LISTEN_FDS={count}; exec \"$0\" run \"$1\" 3</dev/null");
        command.args(["-c", &script]).arg(compiler::snowc()).arg(program("peer")).env("WS_ADDRESS", address);
        let refused = process::run(&mut command, PATIENCE);
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.stderr.contains(why), "{refused:?}");
    }
}
