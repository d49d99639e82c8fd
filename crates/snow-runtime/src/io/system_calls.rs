//! The system calls on sockets that the standard library does not offer in the form needed here.

use std::fs::{File, OpenOptions};
use std::io::{self, IoSlice};
use std::mem::{size_of, zeroed};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;

/// A listening socket, non-blocking. What it accepts inherits its no-delay option. The one for all addresses of IPv6 takes
/// those of IPv4, too, whatever the system's setting is.
pub fn listen(address: SocketAddr, backlog: i32) -> io::Result<TcpListener> {
    let socket = new_socket(family(&address))?;
    if address.is_ipv6() {
        set_option(&socket, libc::IPPROTO_IPV6, libc::IPV6_V6ONLY, 0)?;
    }
    set_option(&socket, libc::SOL_SOCKET, libc::SO_REUSEADDR, 1)?;
    set_option(&socket, libc::IPPROTO_TCP, libc::TCP_NODELAY, 1)?;
    let (raw, length) = raw_address(&address);
    // SAFETY: address and length belong together.
    unsafe {
        check(libc::bind(socket.as_raw_fd(), (&raw const raw).cast(), length))?;
        check(libc::listen(socket.as_raw_fd(), backlog))?;
    }
    Ok(TcpListener::from(socket))
}

/// The listening socket of this number, which somebody else has opened, non-blocking and under a number of its own.
pub fn inherit(descriptor: i32) -> io::Result<TcpListener> {
    let option = |name| {
        let (mut value, mut length) = (0i32, size_of::<i32>() as libc::socklen_t);
        let place = (&raw mut value).cast();
        // SAFETY: the value is an i32 of that length.
        check(unsafe { libc::getsockopt(descriptor, libc::SOL_SOCKET, name, place, &raw mut length) })?;
        Ok::<i32, io::Error>(value)
    };
    let listens = option(libc::SO_ACCEPTCONN).is_ok_and(|value| value == 1);
    if !listens || option(libc::SO_TYPE)? != libc::SOCK_STREAM {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    // SAFETY: a descriptor that is open is given a second number, which is ours.
    let socket = unsafe {
        // Programs that this one starts have nothing to do with it.
        check(libc::fcntl(descriptor, libc::F_SETFD, libc::FD_CLOEXEC))?;
        let flags = check(libc::fcntl(descriptor, libc::F_GETFL))?;
        check(libc::fcntl(descriptor, libc::F_SETFL, flags | libc::O_NONBLOCK))?;
        OwnedFd::from_raw_fd(check(libc::fcntl(descriptor, libc::F_DUPFD_CLOEXEC, 3))?)
    };
    if option(libc::SO_DOMAIN)? != libc::AF_UNIX {
        set_option(&socket, libc::IPPROTO_TCP, libc::TCP_NODELAY, 1)?;
    }
    Ok(TcpListener::from(socket))
}

/// One waiting connection, non-blocking.
pub fn accept(listener: BorrowedFd) -> io::Result<TcpStream> {
    loop {
        // SAFETY: the peer's address is not asked for.
        let result = unsafe {
            libc::accept4(
                listener.as_raw_fd(),
                std::ptr::null_mut(),
                std::ptr::null_mut(),
                libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC,
            )
        };
        match check(result) {
            // SAFETY: the descriptor is new and ours.
            Ok(descriptor) => return Ok(unsafe { TcpStream::from_raw_fd(descriptor) }),
            // Such a connection has ended before it began: the next one counts.
            Err(error) if matches!(error.raw_os_error(), Some(libc::EINTR | libc::ECONNABORTED)) => {}
            Err(error) => return Err(error),
        }
    }
}

/// A socket that is connecting.
pub fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let socket = new_socket(family(&address))?;
    set_option(&socket, libc::IPPROTO_TCP, libc::TCP_NODELAY, 1)?;
    let (raw, length) = raw_address(&address);
    // SAFETY: address and length belong together.
    match check(unsafe { libc::connect(socket.as_raw_fd(), (&raw const raw).cast(), length) }) {
        Ok(_) => {}
        Err(error) if matches!(error.raw_os_error(), Some(libc::EINPROGRESS | libc::EINTR)) => {}
        Err(error) => return Err(error),
    }
    Ok(TcpStream::from(socket))
}

/// # Safety
/// `to` has room for `max` bytes.
pub unsafe fn receive(stream: &TcpStream, to: *mut u8, max: usize) -> io::Result<usize> {
    loop {
        // SAFETY: promised by the caller.
        let count = unsafe { libc::recv(stream.as_raw_fd(), to.cast(), max, 0) };
        match check_size(count) {
            Err(error) if error.raw_os_error() == Some(libc::EINTR) => {}
            result => return result,
        }
    }
}

/// One gathering write; at most 1024 pieces.
pub fn send(stream: &TcpStream, pieces: &[IoSlice]) -> io::Result<usize> {
    loop {
        // SAFETY: an IoSlice has the layout of an iovec; the pieces live during the call.
        let count = unsafe {
            // The kernel has less to copy and to check then.
            if let [only] = pieces {
                libc::send(stream.as_raw_fd(), only.as_ptr().cast(), only.len(), libc::MSG_NOSIGNAL)
            } else {
                let mut message: libc::msghdr = zeroed();
                message.msg_iov = pieces.as_ptr().cast_mut().cast();
                message.msg_iovlen = pieces.len() as _;
                libc::sendmsg(stream.as_raw_fd(), &message, libc::MSG_NOSIGNAL)
            }
        };
        match check_size(count) {
            Err(error) if error.raw_os_error() == Some(libc::EINTR) => {}
            result => return result,
        }
    }
}

/// Opens a regular file for reading; anything else is an error, and is not waited for.
pub fn open_regular(path: &str) -> io::Result<File> {
    let file = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path)?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::ErrorKind::InvalidInput.into()),
    }
}

/// Copies from a file to a stream, once; 0 at the end of the file.
pub fn send_file(stream: &TcpStream, file: &File, first: i64, count: usize) -> io::Result<usize> {
    let mut at: libc::off_t = first;
    loop {
        // SAFETY: both descriptors are open, and `at` lives during the call.
        let sent = unsafe { libc::sendfile(stream.as_raw_fd(), file.as_raw_fd(), &mut at, count) };
        match check_size(sent) {
            Err(error) if error.raw_os_error() == Some(libc::EINTR) => {}
            result => return result,
        }
    }
}

/// Bytes that have been written and that the peer's system has not confirmed.
pub fn unacknowledged(stream: &TcpStream) -> io::Result<usize> {
    let mut bytes = 0i32;
    // SAFETY: this request (SIOCOUTQ of tcp(7), which has the number of TIOCOUTQ) writes one int.
    check(unsafe { libc::ioctl(stream.as_raw_fd(), libc::TIOCOUTQ, &raw mut bytes) })?;
    Ok(bytes.max(0) as usize)
}

fn family(address: &SocketAddr) -> i32 {
    if address.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 }
}

/// A stream socket, non-blocking.
pub fn new_socket(family: i32) -> io::Result<OwnedFd> {
    let kind = libc::SOCK_STREAM | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
    // SAFETY: the descriptor is new and ours.
    unsafe { Ok(OwnedFd::from_raw_fd(check(libc::socket(family, kind, 0))?)) }
}

fn set_option(socket: &OwnedFd, level: i32, name: i32, value: i32) -> io::Result<()> {
    let length = size_of::<i32>() as libc::socklen_t;
    // SAFETY: the value is an i32 of that length.
    check(unsafe { libc::setsockopt(socket.as_raw_fd(), level, name, (&raw const value).cast(), length) })?;
    Ok(())
}

fn raw_address(address: &SocketAddr) -> (libc::sockaddr_storage, libc::socklen_t) {
    // SAFETY: all zeroes is a valid storage, large enough for both families.
    unsafe {
        let mut storage: libc::sockaddr_storage = zeroed();
        let length = match address {
            SocketAddr::V4(v4) => {
                let raw = &mut *(&raw mut storage).cast::<libc::sockaddr_in>();
                raw.sin_family = libc::AF_INET as _;
                raw.sin_port = v4.port().to_be();
                raw.sin_addr.s_addr = u32::from_ne_bytes(v4.ip().octets());
                size_of::<libc::sockaddr_in>()
            }
            SocketAddr::V6(v6) => {
                let raw = &mut *(&raw mut storage).cast::<libc::sockaddr_in6>();
                raw.sin6_family = libc::AF_INET6 as _;
                raw.sin6_port = v6.port().to_be();
                raw.sin6_addr.s6_addr = v6.ip().octets();
                raw.sin6_scope_id = v6.scope_id();
                size_of::<libc::sockaddr_in6>()
            }
        };
        (storage, length as libc::socklen_t)
    }
}

pub fn check(result: i32) -> io::Result<i32> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

fn check_size(result: isize) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}

#[cfg(test)]
mod tests {
    use super::{accept, inherit, listen};
    use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
    use std::os::fd::{AsFd, AsRawFd};

    /// A client of the listener, and what is accepted of it.
    fn served(listener: &TcpListener) -> (TcpStream, TcpStream) {
        let port = listener.local_addr().expect("it has an address").port();
        let client = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("it listens");
        // The connection is in the queue once `connect` has returned.
        (client, accept(listener.as_fd()).expect("a connection waits"))
    }

    #[test]
    fn small_writes_are_sent_at_once() {
        let listener = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), 8).expect("some port is free");
        let (_client, served) = served(&listener);
        assert!(served.nodelay().expect("an option can be read"));
        assert!(served.local_addr().expect("it has an address").is_ipv4());
    }

    #[test]
    fn those_of_a_socket_that_somebody_else_has_opened_too() {
        let theirs = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port is free");
        let ours = inherit(theirs.as_raw_fd()).expect("it listens");
        assert_ne!(ours.as_raw_fd(), theirs.as_raw_fd());
        let (_client, served) = served(&ours);
        assert!(served.nodelay().expect("an option can be read"));
        assert!(inherit(served.as_raw_fd()).is_err(), "a connection listens to nobody");
    }

    #[test]
    fn all_addresses_of_ipv6_are_those_of_ipv4_too() {
        // Where the system has IPv6.
        if let Ok(listener) = listen(SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)), 8) {
            served(&listener);
        }
    }
}
