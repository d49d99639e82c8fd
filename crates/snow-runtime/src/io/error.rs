//! The numbers by which the library knows what went wrong: see `spec/intrinsics.md`.

use std::io;

pub const WOULD_BLOCK: i64 = 1;
pub const END_OF_STREAM: i64 = 2;
pub const RESET: i64 = 3;
pub const REFUSED: i64 = 4;
pub const ADDRESS_IN_USE: i64 = 5;
pub const PERMISSION_DENIED: i64 = 6;
pub const NOT_CONNECTED: i64 = 7;
pub const NOT_OWNER: i64 = 8;
pub const CLOSED_HANDLE: i64 = 9;
pub const TOO_MANY_DESCRIPTORS: i64 = 10;
pub const ADDRESS_NOT_AVAILABLE: i64 = 11;
pub const TIMED_OUT: i64 = 12;
pub const BAD_ADDRESS: i64 = 13;
pub const OTHER: i64 = 99;

pub fn number(error: &io::Error) -> i64 {
    match error.raw_os_error() {
        Some(libc::EAGAIN | libc::EINPROGRESS) => WOULD_BLOCK,
        Some(libc::ECONNRESET | libc::EPIPE | libc::ECONNABORTED) => RESET,
        Some(libc::ECONNREFUSED) => REFUSED,
        Some(libc::EADDRINUSE) => ADDRESS_IN_USE,
        Some(libc::EACCES | libc::EPERM) => PERMISSION_DENIED,
        Some(libc::ENOTCONN) => NOT_CONNECTED,
        Some(libc::EMFILE | libc::ENFILE | libc::ENOBUFS | libc::ENOMEM) => TOO_MANY_DESCRIPTORS,
        Some(libc::EADDRNOTAVAIL | libc::EAFNOSUPPORT) => ADDRESS_NOT_AVAILABLE,
        Some(libc::ETIMEDOUT) => TIMED_OUT,
        Some(libc::EINVAL | libc::ENETUNREACH | libc::EHOSTUNREACH) => BAD_ADDRESS,
        _ => OTHER,
    }
}
