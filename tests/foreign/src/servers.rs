//! The servers that clients of others meet.

use rcgen::DnType;
use snow_clients::server::Server;
use snow_clients::tls::Authority;

/// What a server is told whose clients play scenes. Who does not answer pings is given up while a client is quiet.
pub const TOLD: [(&str, &str); 6] = [
    ("WS_PROTOCOLS", "chat"),
    ("WS_LOG_LEVEL", "ends"),
    ("WS_DRAIN_MS", "2000"),
    ("WS_PING_INTERVAL_MS", "1000"),
    ("WS_PONG_TIMEOUT_MS", "1000"),
    ("WS_MAX_MISSED_PONGS", "2"),
];

/// Without TLS, or with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scheme {
    Ws,
    Wss,
}

impl Scheme {
    pub fn name(self) -> &'static str {
        match self {
            Scheme::Ws => "ws",
            Scheme::Wss => "wss",
        }
    }
}

/// An authority that has signed `NAME.pem` for these names, each with its own subject: programs with OpenSSL take a
/// certificate for self-signed whose subject is its issuer.
pub fn authority(file: &str, names: &[&str]) -> Authority {
    let authority = Authority::new();
    issue(&authority, file, names);
    authority
}

/// Writes `NAME.pem` and `NAME.key`, for these names.
pub fn issue(authority: &Authority, file: &str, names: &[&str]) {
    let (chain, key) =
        authority.sign(names, |params| params.distinguished_name.push(DnType::CommonName, names[0]));
    authority.write(&format!("{file}.pem"), &chain);
    authority.write(&format!("{file}.key"), &key);
}

/// The example that echoes, by this scheme, with these variables set.
pub fn echo(scheme: Scheme, authority: &Authority, variables: &[(&str, &str)]) -> Server {
    let files = [authority.path("server.pem"), authority.path("server.key")];
    match scheme {
        Scheme::Ws => Server::start(variables),
        Scheme::Wss => {
            let own = [("WS_CERT", files[0].as_str()), ("WS_KEY", files[1].as_str())];
            Server::start_example_with("echo_tls", &[&own, variables].concat())
        }
    }
}

/// A server that lets nobody in.
pub fn refusing(scheme: Scheme, authority: &Authority, variables: &[(&str, &str)]) -> Server {
    let files = [authority.path("server.pem"), authority.path("server.key")];
    let own = [("WS_CERT", files[0].as_str()), ("WS_KEY", files[1].as_str())];
    let own: &[(&str, &str)] = if scheme == Scheme::Wss { &own } else { &[] };
    Server::start_program("doorman", &[own, variables].concat())
}
