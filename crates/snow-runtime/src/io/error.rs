//! What the library is told when a system call on a socket fails.

use crate::abi::NetError;
use std::io;

/// The library's word for an error of the system.
pub fn net_error(error: io::Error) -> NetError {
    match error.raw_os_error() {
        Some(libc::EAGAIN | libc::EINPROGRESS) => NetError::WouldBlock,
        Some(libc::ECONNRESET | libc::EPIPE | libc::ECONNABORTED) => NetError::Reset,
        Some(libc::ECONNREFUSED) => NetError::Refused,
        Some(libc::EADDRINUSE) => NetError::AddressInUse,
        Some(libc::EACCES | libc::EPERM) => NetError::PermissionDenied,
        Some(libc::ENOTCONN) => NetError::NotConnected,
        Some(libc::EMFILE | libc::ENFILE | libc::ENOBUFS | libc::ENOMEM) => NetError::TooManyDescriptors,
        Some(libc::EADDRNOTAVAIL | libc::EAFNOSUPPORT) => NetError::AddressNotAvailable,
        Some(libc::ETIMEDOUT) => NetError::TimedOut,
        Some(libc::EINVAL | libc::ENETUNREACH | libc::EHOSTUNREACH) => NetError::BadAddress,
        // Rust's library has refused it before the system was asked.
        None if error.kind() == io::ErrorKind::InvalidInput => NetError::BadAddress,
        _ => NetError::OtherFailure,
    }
}
