//! Sockets and epoll, by plain system calls.
use crate::arguments::Arguments;
use std::io;

/// As many open files as the hard limit allows, more where we may raise it.
pub fn raise_fd_limit() {
    // SAFETY: each call gets a record of its own.
    unsafe {
        let mut r = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        libc::getrlimit(libc::RLIMIT_NOFILE, &mut r);
        let want = libc::rlimit { rlim_cur: 1_000_000, rlim_max: 1_000_000.max(r.rlim_max) };
        if libc::setrlimit(libc::RLIMIT_NOFILE, &want) != 0 {
            r.rlim_cur = r.rlim_max;
            libc::setrlimit(libc::RLIMIT_NOFILE, &r);
        }
    }
}

/// Nanoseconds of the monotonic clock.
pub fn now_ns() -> u64 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the time has a place.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut t) };
    t.tv_sec as u64 * 1_000_000_000 + t.tv_nsec as u64
}

/// A wrong answer or a broken connection: exit status 1.
pub fn fail(why: &str) -> ! {
    eprintln!("loadgen: {why}");
    std::process::exit(1)
}

/// An edge-triggered epoll set.
pub struct Epoll {
    fd: i32,
    events: Vec<libc::epoll_event>,
}

impl Epoll {
    pub fn new(max: usize) -> Epoll {
        // SAFETY: it makes a descriptor, or fails.
        let fd = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
        Epoll { fd, events: vec![libc::epoll_event { events: 0, u64: 0 }; max.clamp(16, 1024)] }
    }

    pub fn add(&self, fd: i32, id: usize) {
        let mut e = libc::epoll_event {
            events: (libc::EPOLLIN | libc::EPOLLOUT | libc::EPOLLRDHUP | libc::EPOLLET) as u32,
            u64: id as u64,
        };
        // SAFETY: the event lives during the call.
        if unsafe { libc::epoll_ctl(self.fd, libc::EPOLL_CTL_ADD, fd, &mut e) } != 0 {
            fail(&format!("epoll_ctl: {}", io::Error::last_os_error()));
        }
    }

    #[inline]
    pub fn wait(&mut self, ms: i32) -> usize {
        // SAFETY: there is room for so many events.
        let n = unsafe { libc::epoll_wait(self.fd, self.events.as_mut_ptr(), self.events.len() as i32, ms) };
        n.max(0) as usize
    }

    #[inline]
    pub fn at(&self, i: usize) -> (usize, u32) {
        let e = self.events[i];
        (e.u64 as usize, e.events)
    }
}

impl Drop for Epoll {
    fn drop(&mut self) {
        // SAFETY: the descriptor is this set's own.
        unsafe { libc::close(self.fd) };
    }
}

/// None: would block. Some(0): closed by the peer.
#[inline]
pub fn recv(fd: i32, buf: &mut [u8]) -> Option<usize> {
    // SAFETY: the buffer has so much room.
    let n = unsafe { libc::recv(fd, buf.as_mut_ptr() as *mut _, buf.len(), 0) };
    if n >= 0 {
        return Some(n as usize);
    }
    let e = io::Error::last_os_error();
    match e.raw_os_error() {
        Some(libc::EAGAIN) | Some(libc::EINTR) => None,
        _ => Some(0),
    }
}

/// None: would block.
#[inline]
pub fn send(fd: i32, buf: &[u8]) -> Option<usize> {
    // SAFETY: the buffer has so many bytes.
    let n = unsafe { libc::send(fd, buf.as_ptr() as *const _, buf.len(), libc::MSG_NOSIGNAL) };
    if n >= 0 {
        return Some(n as usize);
    }
    match io::Error::last_os_error().raw_os_error() {
        Some(libc::EAGAIN) | Some(libc::EINTR) => None,
        _ => fail(&format!("send: {}", io::Error::last_os_error())),
    }
}

/// A socket whose connection is under way, the `i`th of the run.
pub fn connect(a: &Arguments, i: usize) -> i32 {
    // SAFETY: options and addresses live during the calls, and have the sizes that are said.
    unsafe {
        let fd = libc::socket(libc::AF_INET, libc::SOCK_STREAM | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC, 0);
        if fd < 0 {
            fail(&format!("socket: {}", io::Error::last_os_error()));
        }
        let one: i32 = 1;
        let p = &one as *const i32 as *const libc::c_void;
        libc::setsockopt(fd, libc::IPPROTO_TCP, libc::TCP_NODELAY, p, 4);
        // a reset at close leaves no TIME_WAIT entries behind
        let l = libc::linger { l_onoff: 1, l_linger: 0 };
        libc::setsockopt(fd, libc::SOL_SOCKET, libc::SO_LINGER, &l as *const _ as *const _, 8);
        if a.sources > 1 {
            libc::setsockopt(fd, libc::IPPROTO_IP, 24 /* IP_BIND_ADDRESS_NO_PORT */, p, 4);
            let src = sockaddr(0x7f000002 + (i % a.sources) as u32, 0);
            if libc::bind(fd, &src as *const _ as *const _, 16) != 0 {
                fail(&format!("bind: {}", io::Error::last_os_error()));
            }
        }
        let dst = sockaddr(u32::from(*a.addr.ip()), a.addr.port());
        if libc::connect(fd, &dst as *const _ as *const _, 16) != 0 {
            let e = io::Error::last_os_error();
            if e.raw_os_error() != Some(libc::EINPROGRESS) {
                fail(&format!("connect: {e}"));
            }
        }
        fd
    }
}

fn sockaddr(ip: u32, port: u16) -> libc::sockaddr_in {
    libc::sockaddr_in {
        sin_family: libc::AF_INET as u16,
        sin_port: port.to_be(),
        sin_addr: libc::in_addr { s_addr: ip.to_be() },
        sin_zero: [0; 8],
    }
}
