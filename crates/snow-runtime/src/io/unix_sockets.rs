//! Unix domain sockets: listening at a file, and connecting to one.

use super::system_calls::{check, new_socket};
use std::fs;
use std::io;
use std::mem::{offset_of, size_of, zeroed};
use std::net::TcpStream;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::PathBuf;

/// A listening socket, and its file, which is removed with it.
pub struct SocketFile {
    socket: OwnedFd,
    path: PathBuf,
    /// Device and number of the file: another one may have taken its place since.
    identity: Option<(u64, u64)>,
}

impl SocketFile {
    /// Listens at this path, non-blocking. A file that a process has left which is gone is replaced.
    ///
    /// # Errors
    /// `AddrInUse` when somebody listens there, or the file is no socket.
    pub fn bind(path: &str, backlog: i32) -> io::Result<SocketFile> {
        let (raw, length) = raw_address(path)?;
        let socket = new_socket(libc::AF_UNIX)?;
        // SAFETY: address and length belong together.
        let bind = || check(unsafe { libc::bind(socket.as_raw_fd(), (&raw const raw).cast(), length) });
        match bind() {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && is_left_over(path) => {
                fs::remove_file(path)?;
                bind()?;
            }
            bound => {
                bound?;
            }
        }
        let mut file = SocketFile { socket, path: PathBuf::from(path), identity: None };
        file.identity = file.found();
        // SAFETY: the descriptor is open.
        check(unsafe { libc::listen(file.socket.as_raw_fd(), backlog) })?;
        Ok(file)
    }

    /// What is at its path now.
    fn found(&self) -> Option<(u64, u64)> {
        fs::symlink_metadata(&self.path).ok().map(|file| (file.dev(), file.ino()))
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if self.identity.is_some() && self.found() == self.identity {
            // One that cannot be removed is replaced by whoever listens there next.
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl AsFd for SocketFile {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl AsRawFd for SocketFile {
    fn as_raw_fd(&self) -> RawFd {
        self.socket.as_raw_fd()
    }
}

/// Is it a socket at which nobody listens?
fn is_left_over(path: &str) -> bool {
    fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket())
        && connect(path).is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}

/// A socket that is connected to this file, non-blocking.
pub fn connect(path: &str) -> io::Result<TcpStream> {
    let (raw, length) = raw_address(path)?;
    let socket = new_socket(libc::AF_UNIX)?;
    // SAFETY: address and length belong together.
    check(unsafe { libc::connect(socket.as_raw_fd(), (&raw const raw).cast(), length) })?;
    Ok(TcpStream::from(socket))
}

/// The system's form of a path. It must not be empty, which would mean another kind of address, and must fit.
fn raw_address(path: &str) -> io::Result<(libc::sockaddr_un, libc::socklen_t)> {
    // SAFETY: all zeroes is a valid address.
    let mut raw: libc::sockaddr_un = unsafe { zeroed() };
    raw.sun_family = libc::AF_UNIX as libc::sa_family_t;
    let room = size_of::<libc::sockaddr_un>() - offset_of!(libc::sockaddr_un, sun_path);
    if path.is_empty() || path.len() >= room || path.contains('\0') {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    for (place, byte) in raw.sun_path.iter_mut().zip(path.bytes()) {
        *place = byte as libc::c_char;
    }
    let length = offset_of!(libc::sockaddr_un, sun_path) + path.len() + 1;
    Ok((raw, length as libc::socklen_t))
}
