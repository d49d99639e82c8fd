//! Clients that read more slowly than they are answered: they are slowed down, not closed, and cost memory for a while
//! only.

use snow_clients::raw::{BINARY, RawClient, TEXT, frame};
use snow_clients::server::Server;
use snow_clients::watch::Rest;
use std::io::Write;
use std::time::Duration;

/// Sends so many messages of this size back to back, and reads each echo 10 ms after the one before.
fn sends_fast_and_reads_slowly(server: &Server, size: usize, count: usize) {
    let mut client = RawClient::open(server.port);
    let message = frame(BINARY, &vec![5; size]);
    let mut writing = client.stream.try_clone().expect("a stream has a second handle");
    let writer = std::thread::spawn(move || {
        for _ in 0..count {
            writing.write_all(&message).expect("it is taken in the end");
        }
    });
    for _ in 0..count {
        std::thread::sleep(Duration::from_millis(10));
        let echo = client.read_frame();
        assert_eq!((echo.opcode, echo.payload.len()), (BINARY, size));
    }
    writer.join().expect("all is written");
}

#[test]
fn large_messages_to_a_client_that_reads_each_later_all_come_back() {
    let server = Server::start(&[]);
    for (size, count) in [(1 << 20, 30), (600_000, 40), (70_000, 100)] {
        sends_fast_and_reads_slowly(&server, size, count);
    }
}

#[test]
fn a_burst_of_three_times_the_bound_reaches_a_client_that_reads() {
    let server = Server::start_program("burst", &[]);
    for _ in 0..5 {
        let mut client = RawClient::open(server.port);
        client.send_frame(TEXT, b"thirty of 100 KB");
        for number in 0..30 {
            let message = client.read_frame();
            assert_eq!((message.opcode, message.payload.len()), (BINARY, 100_000), "message {number}");
        }
        client.send_frame(TEXT, b"how many were dropped?");
        client.expect_frame(TEXT, b"0");
    }
}

#[test]
fn the_memory_of_large_messages_comes_back() {
    let mut server = Server::start(&[]);
    let rest = Rest::of(&mut server);
    let port = server.port;
    let message = frame(BINARY, &vec![9; 1_000_000]);
    let echoing: Vec<_> = (0..20)
        .map(|_| {
            let message = message.clone();
            std::thread::spawn(move || {
                let mut client = RawClient::open(port);
                for _ in 0..20 {
                    client.send(&message);
                    assert_eq!(client.read_frame().payload.len(), 1_000_000);
                }
                client
            })
        })
        .collect();
    let clients: Vec<RawClient> = echoing.into_iter().map(|client| client.join().expect("it ends")).collect();
    // While they are idle, and when they are gone.
    std::thread::sleep(Duration::from_secs(6));
    let growth = rest.growth(&server);
    assert!(growth <= 4 << 20, "{growth} bytes more for 20 idle clients");
    drop(clients);
    std::thread::sleep(Duration::from_secs(6));
    let growth = rest.growth(&server);
    assert!(growth <= 4 << 20, "{growth} bytes more than at the start");
}
