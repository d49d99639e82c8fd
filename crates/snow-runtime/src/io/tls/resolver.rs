//! Which certificate a client is shown: the first that has the name which it asks for, or the first of all.

use rustls::client::verify_server_name;
use rustls::pki_types::ServerName;
use rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::cell::Cell;
use std::sync::Arc;

thread_local! {
    /// The name that the client has asked for whose first message is being looked at on this thread. rustls tells it to
    /// the resolver alone, where the caller holds the bytes.
    static NAME: Cell<Option<Box<str>>> = const { Cell::new(None) };
}

/// The name that a client has asked for since the last call on this thread.
pub fn take_name() -> Option<Box<str>> {
    NAME.take()
}

/// The certificates of a server, with their keys; one at least.
#[derive(Debug)]
pub struct Certificates(pub Vec<Arc<CertifiedKey>>);

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name();
        NAME.set(name.map(Box::from));
        let named = name.and_then(|name| self.named(name));
        named.or_else(|| self.0.first().cloned())
    }
}

impl Certificates {
    fn named(&self, name: &str) -> Option<Arc<CertifiedKey>> {
        if self.0.len() < 2 {
            return None;
        }
        let name = ServerName::try_from(name).ok()?;
        let has_name = |key: &&Arc<CertifiedKey>| {
            let certificate = key.end_entity_cert().and_then(ParsedCertificate::try_from);
            certificate.is_ok_and(|certificate| verify_server_name(&certificate, &name).is_ok())
        };
        self.0.iter().find(has_name).cloned()
    }
}
