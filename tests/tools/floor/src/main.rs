//! A bare TCP echo over epoll: what the kernel alone costs for each message.
//!
//! `floor PORT [THREADS]`; port 0 picks a free one. The first line on stdout is the port.
//! One epoll set and one read buffer a thread, listeners share the port. Loopback only.

use std::collections::HashMap;
use std::io;
use std::os::raw::c_void;

/// As large as uWebSockets' receive buffer, so that the floor reads no more often than the fastest peer.
const READ_BUFFER: usize = 512 * 1024;
const EVENTS: usize = 1024;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or_else(|| usage());
    let threads = match arguments.next() {
        Some(text) => text.parse().unwrap_or_else(|_| usage()),
        None => std::thread::available_parallelism().map_or(1, |count| count.get()),
    };
    let (first, port) = listen(port);
    println!("{port}");
    let mut workers = vec![std::thread::spawn(move || serve(first))];
    for _ in 1..threads {
        let (listener, _) = listen(port);
        workers.push(std::thread::spawn(move || serve(listener)));
    }
    for worker in workers {
        let _ = worker.join();
    }
}

fn usage() -> ! {
    eprintln!("usage: floor PORT [THREADS]");
    std::process::exit(2)
}

fn fail(what: &str) -> ! {
    eprintln!("floor: {what}: {}", io::Error::last_os_error());
    std::process::exit(1)
}

fn set_option(socket: i32, level: i32, option: i32) {
    let one: i32 = 1;
    // SAFETY: the value outlives the call and its length is stated.
    unsafe { libc::setsockopt(socket, level, option, (&raw const one).cast::<c_void>(), 4) };
}

/// A listening socket and its port.
fn listen(port: u16) -> (i32, u16) {
    // SAFETY: plain system calls; every pointer is to a local of the stated length.
    unsafe {
        let listener = libc::socket(libc::AF_INET, libc::SOCK_STREAM | libc::SOCK_NONBLOCK, 0);
        set_option(listener, libc::SOL_SOCKET, libc::SO_REUSEADDR);
        set_option(listener, libc::SOL_SOCKET, libc::SO_REUSEPORT);
        let mut address: libc::sockaddr_in = std::mem::zeroed();
        address.sin_family = libc::AF_INET as u16;
        address.sin_port = port.to_be();
        address.sin_addr.s_addr = u32::from(std::net::Ipv4Addr::LOCALHOST).to_be();
        let mut length = size_of::<libc::sockaddr_in>() as u32;
        if libc::bind(listener, (&raw const address).cast(), length) != 0 {
            fail("bind");
        }
        if libc::listen(listener, 4096) != 0 {
            fail("listen");
        }
        libc::getsockname(listener, (&raw mut address).cast(), &raw mut length);
        (listener, u16::from_be(address.sin_port))
    }
}

fn watch(epoll: i32, operation: i32, socket: i32, events: i32) {
    let mut event = libc::epoll_event { events: events as u32, u64: socket as u64 };
    // SAFETY: the event is a local that the kernel copies.
    unsafe { libc::epoll_ctl(epoll, operation, socket, &raw mut event) };
}

fn would_block() -> bool {
    io::Error::last_os_error().kind() == io::ErrorKind::WouldBlock
}

/// What the kernel did not take yet: the bytes and how many of them are sent.
type Unsent = HashMap<i32, (Vec<u8>, usize)>;

fn serve(listener: i32) {
    // SAFETY: no pointers.
    let epoll = unsafe { libc::epoll_create1(0) };
    watch(epoll, libc::EPOLL_CTL_ADD, listener, libc::EPOLLIN);
    let mut events = vec![libc::epoll_event { events: 0, u64: 0 }; EVENTS];
    let mut buffer = vec![0u8; READ_BUFFER];
    let mut unsent = Unsent::new();
    loop {
        // SAFETY: the kernel writes at most EVENTS entries into the vector of that length.
        let count = unsafe { libc::epoll_wait(epoll, events.as_mut_ptr(), EVENTS as i32, -1) };
        for event in &events[..count.max(0) as usize] {
            let (socket, ready) = (event.u64 as i32, event.events);
            if socket == listener {
                accept_all(epoll, listener);
            } else if ready & libc::EPOLLOUT as u32 != 0 {
                send_rest(epoll, socket, &mut unsent);
            } else {
                echo(epoll, socket, &mut buffer, &mut unsent);
            }
        }
    }
}

fn accept_all(epoll: i32, listener: i32) {
    loop {
        // SAFETY: the peer's address is not asked for.
        let socket = unsafe {
            libc::accept4(listener, std::ptr::null_mut(), std::ptr::null_mut(), libc::SOCK_NONBLOCK)
        };
        if socket < 0 {
            return;
        }
        set_option(socket, libc::IPPROTO_TCP, libc::TCP_NODELAY);
        watch(epoll, libc::EPOLL_CTL_ADD, socket, libc::EPOLLIN);
    }
}

fn close(socket: i32, unsent: &mut Unsent) {
    unsent.remove(&socket);
    // SAFETY: the socket is this thread's and is not used again.
    unsafe { libc::close(socket) };
}

fn send_rest(epoll: i32, socket: i32, unsent: &mut Unsent) {
    let Some((bytes, sent)) = unsent.get_mut(&socket) else { return };
    let rest = &bytes[*sent..];
    // SAFETY: pointer and length are those of a living slice.
    let taken = unsafe { libc::send(socket, rest.as_ptr().cast(), rest.len(), libc::MSG_NOSIGNAL) };
    if taken < 0 {
        if !would_block() {
            close(socket, unsent);
        }
        return;
    }
    *sent += taken as usize;
    if *sent == bytes.len() {
        unsent.remove(&socket);
        watch(epoll, libc::EPOLL_CTL_MOD, socket, libc::EPOLLIN);
    }
}

fn echo(epoll: i32, socket: i32, buffer: &mut [u8], unsent: &mut Unsent) {
    // SAFETY: the kernel writes at most the buffer's length into it.
    let read = unsafe { libc::recv(socket, buffer.as_mut_ptr().cast(), buffer.len(), 0) };
    if read <= 0 {
        if read == 0 || !would_block() {
            close(socket, unsent);
        }
        return;
    }
    let read = read as usize;
    // SAFETY: the first `read` bytes of the buffer are what the kernel wrote.
    let sent =
        unsafe { libc::send(socket, buffer.as_ptr().cast(), read, libc::MSG_NOSIGNAL) }.max(0) as usize;
    if sent < read {
        unsent.insert(socket, (buffer[sent..read].to_vec(), 0));
        watch(epoll, libc::EPOLL_CTL_MOD, socket, libc::EPOLLOUT);
    }
}
