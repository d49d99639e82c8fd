//! Sockets and epoll, by plain system calls.

use std::io;
use std::os::raw::c_void;

pub fn fail(what: &str, why: impl std::fmt::Display) -> ! {
    eprintln!("floor: {what}: {why}");
    std::process::exit(1)
}

/// A listening socket and its port.
pub fn listen(port: u16) -> (i32, u16) {
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
            fail("bind", io::Error::last_os_error());
        }
        if libc::listen(listener, 4096) != 0 {
            fail("listen", io::Error::last_os_error());
        }
        libc::getsockname(listener, (&raw mut address).cast(), &raw mut length);
        (listener, u16::from_be(address.sin_port))
    }
}

/// The next client, if there is one.
pub fn accept(listener: i32) -> Option<i32> {
    // SAFETY: the peer's address is not asked for.
    let socket =
        unsafe { libc::accept4(listener, std::ptr::null_mut(), std::ptr::null_mut(), libc::SOCK_NONBLOCK) };
    if socket < 0 {
        return None;
    }
    set_option(socket, libc::IPPROTO_TCP, libc::TCP_NODELAY);
    Some(socket)
}

/// Reads what there is; 0 at the end.
pub fn receive(socket: i32, buffer: &mut [u8]) -> io::Result<usize> {
    // SAFETY: the kernel writes at most the buffer's length into it.
    let read = unsafe { libc::recv(socket, buffer.as_mut_ptr().cast(), buffer.len(), 0) };
    usize::try_from(read).map_err(|_| io::Error::last_os_error())
}

/// Writes what there is room for.
pub fn send(socket: i32, bytes: &[u8]) -> io::Result<usize> {
    // SAFETY: pointer and length are those of a living slice.
    let sent = unsafe { libc::send(socket, bytes.as_ptr().cast(), bytes.len(), libc::MSG_NOSIGNAL) };
    usize::try_from(sent).map_err(|_| io::Error::last_os_error())
}

fn set_option(socket: i32, level: i32, option: i32) {
    let one: i32 = 1;
    // SAFETY: the value outlives the call and its length is stated.
    unsafe { libc::setsockopt(socket, level, option, (&raw const one).cast::<c_void>(), 4) };
}

/// A level-triggered epoll set; sockets are known by their descriptors.
pub struct Epoll(i32);

impl Epoll {
    pub fn new() -> Epoll {
        // SAFETY: no pointers.
        Epoll(unsafe { libc::epoll_create1(0) })
    }

    /// Tells of this socket when it can be read.
    pub fn add(&self, socket: i32) {
        self.watch(libc::EPOLL_CTL_ADD, socket, libc::EPOLLIN);
    }

    /// Tells from now on when it can be read, and no more when it can be written.
    pub fn await_input(&self, socket: i32) {
        self.watch(libc::EPOLL_CTL_MOD, socket, libc::EPOLLIN);
    }

    /// Tells from now on when it can be written, and no more when it can be read.
    pub fn await_room(&self, socket: i32) {
        self.watch(libc::EPOLL_CTL_MOD, socket, libc::EPOLLOUT);
    }

    /// Waits until there is something to tell.
    pub fn wait<'a>(&self, events: &'a mut [libc::epoll_event]) -> &'a [libc::epoll_event] {
        // SAFETY: the kernel writes at most as many entries as the slice has.
        let count = unsafe { libc::epoll_wait(self.0, events.as_mut_ptr(), events.len() as i32, -1) };
        &events[..count.max(0) as usize]
    }

    fn watch(&self, operation: i32, socket: i32, events: i32) {
        let mut event = libc::epoll_event { events: events as u32, u64: socket as u64 };
        // SAFETY: the event is a local that the kernel copies.
        unsafe { libc::epoll_ctl(self.0, operation, socket, &raw mut event) };
    }
}
