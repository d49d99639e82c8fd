//! A bare echo over epoll: what the kernel alone costs for each message, or, with `--tls`, the kernel and rustls.
//!
//! `floor [--tls CERT KEY] PORT [THREADS]`; port 0 picks a free one. The first line on stdout is the port.
//! One epoll set and one read buffer a thread, listeners share the port. Loopback only.

mod events;
mod plain;
mod sockets;
mod tls;

use std::thread;

fn main() {
    let mut arguments = std::env::args().skip(1).peekable();
    let config = arguments.next_if_eq("--tls").map(|_| {
        let mut file = || arguments.next().unwrap_or_else(|| usage());
        tls::config(&file(), &file())
    });
    let port: u16 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or_else(|| usage());
    let threads = match arguments.next() {
        Some(text) => text.parse().unwrap_or_else(|_| usage()),
        None => thread::available_parallelism().map_or(1, |count| count.get()),
    };
    let (first, port) = sockets::listen(port);
    println!("{port}");
    let serve = |listener| {
        let config = config.clone();
        thread::spawn(move || match config {
            Some(config) => events::serve(listener, tls::Echo::new(config)),
            None => events::serve(listener, plain::Echo::new()),
        })
    };
    let mut workers = vec![serve(first)];
    for _ in 1..threads {
        workers.push(serve(sockets::listen(port).0));
    }
    for worker in workers {
        let _ = worker.join();
    }
}

fn usage() -> ! {
    eprintln!("usage: floor [--tls CERT KEY] PORT [THREADS]");
    std::process::exit(2)
}
