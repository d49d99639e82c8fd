//! What a TLS server goes by: its certificates and keys, which are read from files, and read again while it runs.
//!
//! A program has a configuration for each set of files, and keeps it: a server that starts again at the same files has
//! the same one. Sockets take what it holds when they are accepted, and keep that.

use super::certificates::{BadFile, Read, certified_key, client_verifier};
use super::resolver::Certificates;
use crate::actor::reply_place::Waiter;
use crate::io::blocking::{Blocking, Link};
use parking_lot::Mutex;
use ring::digest;
use rustls::ServerConfig;
use rustls::crypto::ring::{Ticketer, default_provider};
use rustls::pki_types::UnixTime;
use std::fs::File;
use std::io::Read as _;
use std::sync::Arc;

/// The only protocol that is spoken over it.
const HTTP: &[u8] = b"http/1.1";
/// More than any chain or key has.
const MOST_BYTES: u64 = 1 << 20;

/// All that there are.
#[derive(Default)]
pub struct Configurations(Mutex<Vec<Arc<Configuration>>>);

/// Which files a server goes by.
#[derive(Clone, PartialEq, Eq)]
pub struct Files {
    /// Of each certificate, the chain and the key. The first is shown to who asks for no name, or one that none has.
    pub pairs: Vec<(String, String)>,
    /// The authorities that must have signed the certificates of clients, where these are demanded.
    pub client_authorities: Option<String>,
}

pub struct Configuration {
    files: Files,
    /// From the last files that were good.
    current: Mutex<Option<Arc<ServerConfig>>>,
    /// The last files that could be read, and what was wrong with them. Whoever reads files holds it meanwhile, so that
    /// what one has read who is slow does not take the place of what another has read since.
    seen: Mutex<Option<(digest::Digest, Option<BadFile>)>>,
    /// Who waits for a load, and what has come of it where it is known.
    asked: Mutex<Vec<(Waiter, Option<Loaded>)>>,
}

/// What has come of reading the files.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Loaded {
    /// New handshakes go by them.
    New,
    /// They are what they were when they were last read.
    Same,
    Bad(BadFile),
}

impl Configurations {
    /// The number of the configuration of these files.
    pub fn find(&self, files: Files) -> usize {
        let mut all = self.0.lock();
        let known = all.iter().position(|one| one.files == files);
        known.unwrap_or_else(|| {
            let (current, seen, asked) = Default::default();
            all.push(Arc::new(Configuration { files, current, seen, asked }));
            all.len() - 1
        })
    }

    pub fn get(&self, number: i64) -> Option<Arc<Configuration>> {
        self.0.lock().get(usize::try_from(number).ok()?).cloned()
    }

    /// The actors that wait for files to be read.
    pub fn waiters(&self) -> Vec<Waiter> {
        let all = self.0.lock();
        all.iter()
            .flat_map(|one| one.asked.lock().iter().map(|(waiter, _)| *waiter).collect::<Vec<_>>())
            .collect()
    }
}

impl Configuration {
    /// What handshakes go by now.
    pub fn current(&self) -> Option<Arc<ServerConfig>> {
        self.current.lock().clone()
    }

    /// Reads the files on a thread that may block, and tells the waiter when that is done.
    pub fn ask(self: &Arc<Self>, waiter: Waiter, anew: bool, blocking: &Blocking, link: &Arc<Link>) {
        self.asked.lock().push((waiter, None));
        let (own, link_then) = (self.clone(), link.clone());
        if !blocking.run(move || own.serve(waiter, anew, &link_then)) {
            self.serve(waiter, anew, link);
        }
    }

    /// Reads the files here and now, for an actor that takes what has come of it at once.
    pub fn load_here(&self, waiter: Waiter, anew: bool) {
        let loaded = self.load(anew);
        self.asked.lock().push((waiter, Some(loaded)));
    }

    fn serve(&self, waiter: Waiter, anew: bool, link: &Link) {
        let loaded = self.load(anew);
        if let Some(asked) = self.asked.lock().iter_mut().find(|(asked, _)| *asked == waiter) {
            asked.1 = Some(loaded);
        }
        // It stays in the list until it has taken the answer, so that the program is not taken for finished.
        if !link.tell(|host| host.complete(waiter)).unwrap_or(false) {
            self.take(waiter);
        }
        link.tell(|host| host.reconsider());
    }

    /// What has come of the load for which this actor has waited.
    pub fn take(&self, waiter: Waiter) -> Option<Loaded> {
        let mut asked = self.asked.lock();
        let at = asked.iter().position(|(asked, _)| *asked == waiter)?;
        asked.remove(at).1
    }

    /// Reads the files. What is the same as the last time is looked at again only if `anew` says so.
    pub fn load(&self, anew: bool) -> Loaded {
        let mut last = self.seen.lock();
        let read = match self.read() {
            Ok(read) => read,
            Err(bad) => return Loaded::Bad(bad),
        };
        let mut context = digest::Context::new(&digest::SHA256);
        for bytes in &read {
            context.update(&(bytes.len() as u64).to_le_bytes());
            context.update(bytes);
        }
        let sum = context.finish();
        if let Some((seen, fault)) = &*last
            && seen.as_ref() == sum.as_ref()
            && !anew
        {
            return fault.clone().map_or(Loaded::Same, Loaded::Bad);
        }
        let made = self.server_config(&read);
        *last = Some((sum, made.as_ref().err().cloned()));
        match made {
            Ok(config) => {
                *self.current.lock() = Some(Arc::new(config));
                Loaded::New
            }
            Err(bad) => Loaded::Bad(bad),
        }
    }

    /// The bytes of all files, in their order.
    fn read(&self) -> Result<Vec<Vec<u8>>, BadFile> {
        let pairs = self.files.pairs.iter().flat_map(|(chain, key)| [chain, key]);
        pairs.chain(&self.files.client_authorities).map(|path| read(path)).collect()
    }

    fn server_config(&self, read: &[Vec<u8>]) -> Result<ServerConfig, BadFile> {
        let provider = Arc::new(default_provider());
        let now = UnixTime::now();
        let mut keys = Vec::new();
        for ((chain, key), bytes) in self.files.pairs.iter().zip(read.chunks(2)) {
            let chain = Read { path: chain, bytes: &bytes[0] };
            let key = Read { path: key, bytes: &bytes[1] };
            keys.push(Arc::new(certified_key(chain, key, &provider, now)?));
        }
        let builder = ServerConfig::builder_with_provider(provider.clone());
        let builder =
            builder.with_safe_default_protocol_versions().expect("ring has what both versions need");
        let builder = match (&self.files.client_authorities, read.last()) {
            (Some(path), Some(bytes)) => {
                builder.with_client_cert_verifier(client_verifier(Read { path, bytes }, provider)?)
            }
            _ => builder.with_no_client_auth(),
        };
        let mut config = builder.with_cert_resolver(Arc::new(Certificates(keys)));
        config.alpn_protocols = vec![HTTP.to_vec()];
        // A session that was agreed on under other certificates is not resumed: whoever comes is shown the new one, and
        // shows his own. Within one set of them the keys of tickets change every six hours, and each opens for as long again
        // what it has made.
        if let Ok(ticketer) = Ticketer::new() {
            config.ticketer = ticketer;
        }
        Ok(config)
    }
}

fn read(path: &str) -> Result<Vec<u8>, BadFile> {
    let bad = |error: std::io::Error| BadFile::new(path, error.to_string());
    let mut bytes = Vec::new();
    File::open(path).map_err(bad)?.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(bad)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(BadFile::new(path, "it is larger than a megabyte"));
    }
    Ok(bytes)
}
