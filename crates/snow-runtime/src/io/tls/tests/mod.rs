//! A TLS server against rustls' own client, without sockets; and files that are good and bad.

mod conversations;
mod files;
mod first_messages;

use super::certificates::{Read, certified_key};
use super::resolver::Certificates;
use super::session::{Heard, Pieces, RECORD, Session};
use crate::abi::NetError;
use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use rustls::pki_types::{ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, SupportedProtocolVersion};
use std::io::{Cursor, IoSlice, Read as _, Write};
use std::mem::MaybeUninit;
use std::sync::Arc;

/// An authority, and what it has signed.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn new() -> Authority {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        Authority(CertifiedIssuer::self_signed(params, key).expect("an authority"))
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// A chain of one and its key, in PEM.
    pub fn issue(&self, name: &str) -> (String, String) {
        self.issue_with(name, |_| {})
    }

    pub fn issue_with(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> (String, String) {
        let mut params = CertificateParams::new(vec![name.to_string()]).expect("a name");
        change(&mut params);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        (certificate.pem(), key.serialize_pem())
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).expect("an authority");
        roots
    }
}

/// What a server goes by that has certificates of these names.
fn server_config(authority: &Authority, names: &[&str]) -> ServerConfig {
    let provider = rustls::crypto::ring::default_provider();
    let keys = names.iter().map(|name| {
        let (chain, key) = authority.issue(name);
        let chain = Read { path: "chain", bytes: chain.as_bytes() };
        let key = Read { path: "key", bytes: key.as_bytes() };
        Arc::new(certified_key(chain, key, &provider, UnixTime::now()).expect("they are good"))
    });
    let builder = ServerConfig::builder_with_provider(provider.clone().into());
    let builder = builder.with_safe_default_protocol_versions().expect("both versions").with_no_client_auth();
    let mut config = builder.with_cert_resolver(Arc::new(Certificates(keys.collect())));
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.ticketer = rustls::crypto::ring::Ticketer::new().expect("random bytes");
    config
}

fn client_config(authority: &Authority, version: &'static SupportedProtocolVersion) -> ClientConfig {
    ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_protocol_versions(&[version])
        .expect("a version that there is")
        .with_root_certificates(authority.roots())
        .with_no_client_auth()
}

/// A connection: both sides, and what is on its way between them.
struct Conversation {
    session: Session,
    client: ClientConnection,
    /// What each side has read.
    heard: Vec<u8>,
    client_heard: Vec<u8>,
}

impl Conversation {
    fn new(server: &Arc<ServerConfig>, client: &Arc<ClientConfig>, name: &str) -> Conversation {
        let name = ServerName::try_from(name.to_string()).expect("a name");
        let mut client = ClientConnection::new(client.clone(), name).expect("a client");
        client.set_buffer_limit(None);
        Conversation {
            session: Session::new(server.clone(), &[]).expect("a session"),
            client,
            heard: Vec::new(),
            client_heard: Vec::new(),
        }
    }

    /// What the client has to send.
    fn client_sends(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        while self.client.wants_write() {
            self.client.write_tls(&mut bytes).expect("there is room");
        }
        bytes
    }

    /// Hands the server these bytes, as one read would that has so much room for plaintext.
    fn hear(&mut self, bytes: &[u8], room: usize) -> Heard {
        let mut records = [self.session.partial(), bytes].concat();
        let mut to = vec![MaybeUninit::uninit(); room];
        let heard = self.session.hear(&mut records, &mut to);
        if let Heard::Plain(count) = heard {
            // SAFETY: so many have been written.
            self.heard.extend(to[..count].iter().map(|byte| unsafe { byte.assume_init() }));
        }
        heard
    }

    /// Takes what the server has to send.
    fn server_sends(&mut self) -> Vec<u8> {
        let bytes = self.session.unsent().to_vec();
        self.session.advance(bytes.len());
        bytes
    }

    /// Hands the client these bytes.
    fn tell_client(&mut self, bytes: &[u8]) -> Result<(), rustls::Error> {
        let mut bytes = Cursor::new(bytes);
        loop {
            if self.client.read_tls(&mut bytes).expect("bytes in memory") == 0 {
                return Ok(());
            }
            self.client.process_new_packets()?;
            // Without close_notify the end is none.
            let _ = self.client.reader().read_to_end(&mut self.client_heard);
        }
    }

    /// Carries bytes both ways until neither side has any.
    fn exchange(&mut self) -> Result<(), rustls::Error> {
        loop {
            let bytes = self.client_sends();
            if !bytes.is_empty() {
                self.hear(&bytes, 1 << 20);
            }
            let answer = self.server_sends();
            self.tell_client(&answer)?;
            if bytes.is_empty() && answer.is_empty() {
                return Ok(());
            }
        }
    }

    /// The records of these pieces, sent as one.
    fn seal(&mut self, pieces: &[&[u8]]) -> Vec<u8> {
        let slices: Vec<IoSlice> = pieces.iter().map(|piece| IoSlice::new(piece)).collect();
        let mut pieces = Pieces::new(&slices);
        let (mut joined, mut records) = (vec![0; RECORD], vec![0; 6 * RECORD]);
        let mut sealed = Vec::new();
        while !pieces.is_empty() {
            let (_, count) = self.session.seal(&mut pieces, &mut joined, &mut records).expect("it can send");
            sealed.extend_from_slice(&records[..count]);
        }
        sealed
    }

    /// What the client has read since the last time.
    fn client_heard(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.client_heard)
    }
}
