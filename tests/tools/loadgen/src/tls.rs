//! TLS 1.3 by rustls, over loopback: whose certificate it is, nobody asks.
use crate::sockets::{self, fail};
use crate::stream::Stream;
use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::version::TLS13;
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, Error, HandshakeKind, SignatureScheme};
use std::cell::RefCell;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::fd::{AsRawFd, FromRawFd};
use std::sync::Arc;

/// So much is encrypted at once, so that what the socket does not take lies in memory no longer than that.
const AT_ONCE: usize = 64 * 1024;
/// So much is read at once, at most.
const RECEIVED: usize = 256 * 1024;
/// rustls keeps that many tickets for a name.
const TICKETS: usize = 8;

thread_local! {
    /// Records as they come.
    static RECORDS: RefCell<Vec<u8>> = RefCell::new(vec![0; RECEIVED]);
}

/// How connections are made: without tickets, or with those of `names` different names.
pub fn config(names: usize) -> Arc<ClientConfig> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[&TLS13])
        .expect("ring has TLS 1.3")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.resumption = match names {
        0 => Resumption::disabled(),
        names => Resumption::in_memory_sessions(names * TICKETS),
    };
    Arc::new(config)
}

pub struct Tls {
    tls: ClientConnection,
    socket: TcpStream,
    is_drained: bool,
}

impl Tls {
    /// A connection that asks for a server of this name. Its first message is made here already.
    pub fn with_name(fd: i32, config: &Arc<ClientConfig>, name: ServerName<'static>) -> Tls {
        let mut tls = ClientConnection::new(config.clone(), name)
            .unwrap_or_else(|error| fail(&format!("TLS cannot begin: {error}")));
        tls.set_buffer_limit(None);
        // SAFETY: the caller has made the socket, and hands it over.
        let socket = unsafe { TcpStream::from_raw_fd(fd) };
        Tls { tls, socket, is_drained: false }
    }

    /// How the handshake went, once it is over on both sides: a ticket has come, which the server sends behind it.
    pub fn finished(&self) -> Option<HandshakeKind> {
        if self.tls.tls13_tickets_received() == 0 { None } else { self.tls.handshake_kind() }
    }

    /// Decrypts, and puts into the buffer what is there. Is there more than it has room for?
    fn take(&mut self, buf: &mut [u8], filled: &mut usize) -> bool {
        let state =
            self.tls.process_new_packets().unwrap_or_else(|error| fail(&format!("wrong TLS: {error}")));
        let there = state.plaintext_bytes_to_read();
        if there > 0 {
            match self.tls.reader().read(&mut buf[*filled..]) {
                Ok(count) => {
                    *filled += count;
                    return count < there;
                }
                Err(error) => fail(&format!("read: {error}")),
            }
        }
        false
    }
}

impl Stream for Tls {
    type Common = Arc<ClientConfig>;
    fn common() -> Arc<ClientConfig> {
        config(0)
    }

    fn new(fd: i32, common: &Arc<ClientConfig>) -> Tls {
        Tls::with_name(fd, common, ServerName::try_from("localhost").expect("a name"))
    }

    fn fd(&self) -> i32 {
        self.socket.as_raw_fd()
    }

    fn establish(&mut self) -> bool {
        self.push();
        match self.recv(&mut [0; 16]) {
            None => {}
            Some(0) => fail("closed during the handshake"),
            Some(_) => fail("the server spoke before it was asked"),
        }
        !self.tls.is_handshaking()
    }

    fn recv(&mut self, buf: &mut [u8]) -> Option<usize> {
        let mut filled = 0;
        let mut is_more = self.take(buf, &mut filled);
        // Plaintext is no longer than its records: what is read has room, but for the one that has come in part before.
        while !is_more && filled == 0 {
            let has_ended = RECORDS.with_borrow_mut(|records| {
                let room = if self.tls.is_handshaking() { RECEIVED } else { buf.len().min(RECEIVED) };
                let count = match sockets::recv(self.fd(), &mut records[..room]) {
                    None => {
                        self.is_drained = true;
                        return false;
                    }
                    Some(0) => return true,
                    Some(count) => count,
                };
                self.is_drained = count < room;
                let mut arrived = &records[..count];
                while !arrived.is_empty() {
                    match self.tls.read_tls(&mut arrived) {
                        // A close_notify has come.
                        Ok(0) => return true,
                        Ok(_) => is_more = self.take(buf, &mut filled),
                        Err(error) => fail(&format!("read: {error}")),
                    }
                }
                false
            });
            self.push();
            if has_ended {
                return Some(filled);
            }
            if self.is_drained {
                break;
            }
        }
        self.is_drained &= !is_more;
        (filled > 0).then_some(filled)
    }

    fn is_drained(&self, _read: usize, _room: usize) -> bool {
        self.is_drained
    }

    fn send(&mut self, buf: &[u8]) -> Option<usize> {
        let mut taken = 0;
        for part in buf.chunks(AT_ONCE) {
            if !self.push() {
                break;
            }
            self.tls.writer().write_all(part).unwrap_or_else(|error| fail(&format!("send: {error}")));
            taken += part.len();
        }
        self.push();
        (taken > 0).then_some(taken)
    }

    fn push(&mut self) -> bool {
        while self.tls.wants_write() {
            match self.tls.write_tls(&mut self.socket) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return false,
                Err(error) => fail(&format!("send: {error}")),
            }
        }
        true
    }
}

/// Takes every certificate for the right one, and looks at no signature.
#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _certificate: &CertificateDer<'_>,
        _others: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        default_provider().signature_verification_algorithms.supported_schemes()
    }
}
