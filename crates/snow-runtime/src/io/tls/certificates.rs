//! Certificates and their keys, from the bytes of files in PEM. What is wrong with one is said so that whoever has put it
//! there knows what to do.

use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, Error, InconsistentKeys, RootCertStore};
use std::sync::Arc;

/// A file that cannot be used, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadFile {
    pub path: String,
    pub why: String,
}

impl BadFile {
    pub fn new(path: &str, why: impl Into<String>) -> BadFile {
        BadFile { path: path.to_string(), why: why.into() }
    }
}

/// A file that has been read.
pub struct Read<'a> {
    pub path: &'a str,
    pub bytes: &'a [u8],
}

/// A chain, the server's own certificate first, and the key of that one: in PKCS#8, PKCS#1 or SEC1. All of the chain is
/// valid now.
pub fn certified_key(
    chain: Read,
    key: Read,
    provider: &CryptoProvider,
    now: UnixTime,
) -> Result<CertifiedKey, BadFile> {
    let certificates = certificates(&chain)?;
    for (index, certificate) in certificates.iter().enumerate() {
        let bad = |why: String| match index {
            0 => BadFile::new(chain.path, format!("the certificate {why}")),
            _ => BadFile::new(chain.path, format!("certificate {} of the chain {why}", index + 1)),
        };
        let parsed = ParsedCertificate::try_from(certificate);
        let parsed = parsed.map_err(|error| bad(format!("cannot be read: {}", reason(&error))))?;
        match date_fault(&parsed, provider, now) {
            Some(fault) => return Err(bad(fault)),
            None => continue,
        }
    }
    let private = match PrivateKeyDer::from_pem_slice(key.bytes) {
        Ok(private) => private,
        Err(pem::Error::NoItemsFound) => {
            return Err(BadFile::new(
                key.path,
                "there is no private key in PEM (PKCS#8, PKCS#1 or SEC1) in it",
            ));
        }
        Err(error) => return Err(BadFile::new(key.path, format!("the key is no PEM: {error}"))),
    };
    CertifiedKey::from_der(certificates, private, provider).map_err(|error| match error {
        Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
            BadFile::new(key.path, format!("the key is not that of the certificate in {}", chain.path))
        }
        error => BadFile::new(key.path, format!("the key cannot be used: {}", reason(&error))),
    })
}

/// What demands of clients a certificate that one of these authorities has signed.
pub fn client_verifier(
    authorities: Read,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, BadFile> {
    let bad = |why: String| BadFile::new(authorities.path, why);
    let mut roots = RootCertStore::empty();
    for certificate in certificates(&authorities)? {
        roots
            .add(certificate)
            .map_err(|error| bad(format!("a certificate cannot be read: {}", reason(&error))))?;
    }
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
    verifier.map_err(|error| bad(error.to_string()))
}

fn certificates(file: &Read) -> Result<Vec<CertificateDer<'static>>, BadFile> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(file.bytes).collect();
    match found {
        Ok(found) if found.is_empty() => Err(BadFile::new(file.path, "there is no certificate in PEM in it")),
        Ok(found) => Ok(found),
        Err(error) => Err(BadFile::new(file.path, format!("a certificate is no PEM: {error}"))),
    }
}

/// What is wrong with the time in which a certificate is valid. It is looked at first when a certificate is verified, so
/// that it comes out without any authority to verify it by.
fn date_fault(certificate: &ParsedCertificate, provider: &CryptoProvider, now: UnixTime) -> Option<String> {
    let algorithms = provider.signature_verification_algorithms.all;
    let roots = RootCertStore::empty();
    match verify_server_cert_signed_by_trust_anchor(certificate, &roots, &[], now, algorithms) {
        Err(Error::InvalidCertificate(error)) => match error {
            CertificateError::ExpiredContext { not_after, .. } => {
                Some(format!("expired on {}", date(not_after)))
            }
            CertificateError::NotValidYetContext { not_before, .. } => {
                Some(format!("is not valid before {}", date(not_before)))
            }
            CertificateError::Expired => Some("has expired".to_string()),
            CertificateError::NotValidYet => Some("is not valid yet".to_string()),
            _ => None,
        },
        _ => None,
    }
}

/// What is wrong, for people.
pub fn reason(error: &Error) -> String {
    match error {
        Error::General(why) => why.clone(),
        error => error.to_string(),
    }
}

/// A day as people write it, `2026-03-31`.
fn date(time: UnixTime) -> String {
    // Years that begin in March, so that the day that comes and goes is the last; in eras of 400 of them, each of which
    // has as many days.
    let days = time.as_secs() / 86_400 + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (year, month) = (era * 400 + year, if month < 10 { month + 3 } else { month - 9 });
    format!("{:04}-{month:02}-{day:02}", if month < 3 { year + 1 } else { year })
}
