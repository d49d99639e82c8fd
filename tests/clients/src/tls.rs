//! Clients of a server that speaks TLS: rustls' own, and certificates that are made for the test.

use crate::server::{Server, program};
use rcgen::{CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion};
use snow_tests::process::PATIENCE;
use std::fs;
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tungstenite::WebSocket;

/// A stream of plaintext over TLS over TCP.
pub type Stream = StreamOwned<ClientConnection, TcpStream>;

pub type Client = WebSocket<Stream>;

/// Both versions that a server speaks.
pub const VERSIONS: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];

/// An authority, and a folder for the files of what it has signed; the folder goes with it.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: PathBuf,
}

impl Default for Authority {
    fn default() -> Authority {
        Authority::new()
    }
}

impl Authority {
    pub fn new() -> Authority {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("snow-clients-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder can be made");
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        // Not that of what it signs.
        params.distinguished_name.push(rcgen::DnType::CommonName, "the authority");
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("an authority");
        fs::write(folder.join("authority.pem"), issuer.pem()).expect("a file can be written");
        Authority { issuer, folder }
    }

    /// Where a file of this name is, or would be.
    pub fn path(&self, name: &str) -> String {
        self.folder.join(name).to_str().expect("a path is text").to_string()
    }

    /// Writes a file.
    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.join(name), text).expect("a file can be written");
    }

    /// Writes `NAME.pem` and `NAME.key`, of a certificate for these names.
    pub fn issue(&self, file: &str, names: &[&str]) {
        let (chain, key) = self.sign(names, |_| {});
        self.write(&format!("{file}.pem"), &chain);
        self.write(&format!("{file}.key"), &key);
    }

    /// A certificate for these names, and its key, in PEM.
    pub fn sign(&self, names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> (String, String) {
        let names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
        let mut params = CertificateParams::new(names).expect("names");
        change(&mut params);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        (certificate.pem(), key.serialize_pem())
    }

    /// A server of the example, which calls `Ws.serve_tls`, with a certificate for `localhost`, and these variables set.
    pub fn serve(&self, variables: &[(&str, &str)]) -> Server {
        let own = self.server_files();
        let own = own.each_ref().map(|(name, path)| (*name, path.as_str()));
        Server::start_example_with("echo_tls", &[&own, variables].concat())
    }

    /// The files of a certificate for `localhost`, each with the variable that names it to a server.
    pub fn server_files(&self) -> [(&'static str, String); 2] {
        self.issue("server", &["localhost"]);
        [("WS_CERT", self.path("server.pem")), ("WS_KEY", self.path("server.key"))]
    }

    /// The same for a program of these tests.
    pub fn serve_program(&self, name: &str, variables: &[(&str, &str)]) -> Server {
        let own = self.server_files();
        let own = own.each_ref().map(|(name, path)| (*name, path.as_str()));
        Server::start_source(&program(name), &[&own, variables].concat())
    }

    /// A client that trusts this authority, by one version of TLS.
    pub fn config(&self, version: &'static SupportedProtocolVersion) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).expect("an authority");
        ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
            .with_protocol_versions(&[version])
            .expect("a version that there is")
            .with_root_certificates(roots)
            .with_no_client_auth()
    }

    /// The same with a certificate of the client's, which this authority has signed.
    pub fn config_with_certificate(&self, signed_by: &Authority) -> ClientConfig {
        let (chain, key) = signed_by.sign(&["client"], |params| {
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        });
        let chain = vec![CertificateDer::from_pem_slice(chain.as_bytes()).expect("a certificate")];
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("a key");
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).expect("an authority");
        ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
            .with_protocol_versions(&[&TLS13])
            .expect("a version that there is")
            .with_root_certificates(roots)
            .with_client_auth_cert(chain, key)
            .expect("a certificate")
    }

    /// A client past its handshakes.
    pub fn client(&self, server: &Server) -> Client {
        upgrade(connect(server, &Arc::new(self.config(&TLS13)), "localhost"))
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A TCP connection.
pub fn dial(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", server.port)).expect("the server accepts");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout can be set");
    stream.set_nodelay(true).expect("an option can be set");
    stream
}

/// A stream whose handshake begins with the first byte that is read or written.
pub fn connect(server: &Server, config: &Arc<ClientConfig>, name: &str) -> Stream {
    over(dial(server), config, name)
}

/// The same over a connection that there is.
pub fn over(stream: TcpStream, config: &Arc<ClientConfig>, name: &str) -> Stream {
    StreamOwned::new(connection(config, name), stream)
}

/// The client's side of TLS alone.
pub fn connection(config: &Arc<ClientConfig>, name: &str) -> ClientConnection {
    let name = ServerName::try_from(name.to_string()).expect("a name");
    ClientConnection::new(config.clone(), name).expect("a client")
}

/// A WebSocket over it.
pub fn upgrade(stream: Stream) -> Client {
    try_upgrade(stream).unwrap_or_else(|error| panic!("handshake: {error}"))
}

/// The same, or why not.
pub fn try_upgrade(stream: Stream) -> Result<Client, String> {
    let client = tungstenite::client("wss://localhost/", stream);
    client.map(|(client, _)| client).map_err(|error| error.to_string())
}
