//! The echo of what rustls decrypts, by its own server connection: TLS as `Net.Tls` offers it, and nothing else.

use crate::events::{READ_BUFFER, Service};
use crate::sockets::{self, Epoll, fail};
use rustls::crypto::ring::{Ticketer, default_provider};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection};
use std::io::ErrorKind::WouldBlock;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::FromRawFd;
use std::sync::Arc;

/// What handshakes go by: a chain and its key from files in PEM, both versions of TLS, and tickets.
pub fn config(chain: &str, key: &str) -> Arc<ServerConfig> {
    let certificates: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(chain).unwrap_or_else(|error| fail(chain, error)).collect();
    let certificates = certificates.unwrap_or_else(|error| fail(chain, error));
    let private = PrivateKeyDer::from_pem_file(key).unwrap_or_else(|error| fail(key, error));
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring has what both versions need")
        .with_no_client_auth()
        .with_single_cert(certificates, private)
        .unwrap_or_else(|error| fail(key, error));
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.ticketer = Ticketer::new().unwrap_or_else(|error| fail("tickets", error));
    Arc::new(config)
}

pub struct Echo {
    config: Arc<ServerConfig>,
    received: Vec<u8>,
    plain: Vec<u8>,
    /// By their descriptors.
    connections: Vec<Option<Box<Connection>>>,
}

struct Connection {
    tls: ServerConnection,
    socket: TcpStream,
}

impl Echo {
    pub fn new(config: Arc<ServerConfig>) -> Echo {
        Echo { config, received: vec![0; READ_BUFFER], plain: Vec::new(), connections: Vec::new() }
    }

    fn keep_if(&mut self, fine: io::Result<()>, socket: i32) {
        if fine.is_err() {
            self.connections[socket as usize] = None;
        }
    }
}

impl Service for Echo {
    fn accepted(&mut self, socket: i32) {
        let at = socket as usize;
        if self.connections.len() <= at {
            self.connections.resize_with(at + 1, || None);
        }
        let mut tls = ServerConnection::new(self.config.clone()).expect("the configuration is complete");
        // A message of any length is encrypted at once.
        tls.set_buffer_limit(None);
        // SAFETY: the socket has just been accepted, and nobody else has it.
        let socket = unsafe { TcpStream::from_raw_fd(socket) };
        self.connections[at] = Some(Box::new(Connection { tls, socket }));
    }

    fn readable(&mut self, epoll: &Epoll, socket: i32) {
        let Some(Some(connection)) = self.connections.get_mut(socket as usize) else { return };
        let fine = match sockets::receive(socket, &mut self.received) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => connection.echo(&self.received[..read], &mut self.plain, epoll, socket),
            Err(error) if error.kind() == WouldBlock => Ok(()),
            Err(error) => Err(error),
        };
        self.keep_if(fine, socket);
    }

    fn writable(&mut self, epoll: &Epoll, socket: i32) {
        let Some(Some(connection)) = self.connections.get_mut(socket as usize) else { return };
        let fine = connection.flush().map(|is_empty| {
            if is_empty {
                epoll.await_input(socket);
            }
        });
        self.keep_if(fine, socket);
    }
}

impl Connection {
    fn echo(
        &mut self,
        mut received: &[u8],
        plain: &mut Vec<u8>,
        epoll: &Epoll,
        socket: i32,
    ) -> io::Result<()> {
        plain.clear();
        while !received.is_empty() {
            // Nothing is taken any more behind a close_notify.
            if self.tls.read_tls(&mut received)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Err(error) = self.tls.process_new_packets() {
                // The alert that says so.
                let _ = self.flush();
                return Err(io::Error::other(error));
            }
            match self.tls.reader().read_to_end(plain) {
                Ok(_) => {}
                Err(error) if error.kind() == WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        self.tls.writer().write_all(plain)?;
        if !self.flush()? {
            epoll.await_room(socket);
        }
        Ok(())
    }

    /// Sends what is encrypted; was there room for all of it?
    fn flush(&mut self) -> io::Result<bool> {
        while self.tls.wants_write() {
            match self.tls.write_tls(&mut self.socket) {
                Ok(_) => {}
                Err(error) if error.kind() == WouldBlock => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }
}
