//! More connections than there may be: those that are served go on, and the rest are served later or told.

use snow_tests::raw::{REQUEST, RawClient, TEXT};
use snow_tests::server::Server;
use snow_tests::watch::Rest;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

#[test]
fn without_descriptors_it_waits_and_serves_again() {
    let mut server = Server::start_with_files(48, &[]);
    let rest = Rest::of(&mut server);
    for _ in 0..3 {
        // More than it can take: the rest wait in the kernel's queue.
        let mut clients: Vec<TcpStream> = (0..90)
            .map(|_| TcpStream::connect(("127.0.0.1", server.port)).expect("the queue has room"))
            .collect();
        std::thread::sleep(Duration::from_millis(300));
        assert!(server.descriptors() >= 44, "only {} descriptors are in use", server.descriptors());
        let before = server.ticks();
        std::thread::sleep(Duration::from_secs(1));
        let ticks = server.ticks() - before;
        assert!(ticks < 50, "it worked for {ticks} ticks of 10 ms in a second without a free descriptor");
        // Those that got in are served.
        let first = &mut clients[0];
        first.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout can be set");
        first.write_all(REQUEST.as_bytes()).expect("it is connected");
        let mut answer = [0; 12];
        first.read_exact(&mut answer).expect("an answer");
        assert_eq!(&answer, b"HTTP/1.1 101");
        drop(clients);
        rest.assert_again(&mut server);
    }
}

#[test]
fn connections_beyond_the_limit_are_answered_503() {
    let mut server = Server::start(&[("WS_MAX_CONNECTIONS", "10")]);
    let rest = Rest::of(&mut server);
    let mut clients: Vec<RawClient> = (0..10).map(|_| RawClient::open(server.port)).collect();
    for _ in 0..50 {
        let mut client = RawClient::connect(server.port);
        client.send(REQUEST.as_bytes());
        let response = client.read_response();
        assert_eq!(response.status, 503);
        assert_eq!(response.values("retry-after"), ["1"]);
        client.read_to_end();
    }
    for client in &mut clients {
        client.send_frame(TEXT, b"still here");
        client.expect_frame(TEXT, b"still here");
    }
    drop(clients);
    server.await_descriptors(rest.descriptors());
    rest.assert_again(&mut server);
}
