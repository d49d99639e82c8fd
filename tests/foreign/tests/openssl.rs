//! OpenSSL's `s_client` against the example that echoes over TLS.

use rcgen::ExtendedKeyUsagePurpose;
use snow_clients::raw::{REQUEST, close_payload, frame};
use snow_clients::server::Server;
use snow_clients::tls::Authority;
use snow_foreign::programs::find;
use snow_foreign::servers::{Scheme, authority, echo, issue};
use snow_foreign::trials::{self, trial};
use snow_tests::process::{Collected, PATIENCE, wait};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

fn main() {
    let program = || find("openssl");
    let named = |name: &str, test: fn(PathBuf)| trial(name, "openssl", program(), test);
    trials::run(vec![
        named("versions_1_2_and_1_3_are_spoken_and_1_1_is_refused", versions),
        named("a_name_has_its_certificate", names),
        named("http_1_1_is_agreed_on_and_h2_alone_is_refused", protocols),
        named("a_session_is_resumed", sessions),
        named("no_handshake_begins_within_a_connection", renegotiation),
        named("early_data_is_not_taken", early_data),
        named("a_certificate_of_the_client_is_demanded", client_certificates),
        named("keys_may_be_in_pkcs_8_pkcs_1_and_sec_1", keys),
    ]);
}

/// Does this end well: an upgrade, both Closes, and `close_notify`?
fn is_served(said: &str) -> bool {
    said.contains("HTTP/1.1 101 ") && said.lines().any(|line| line.ends_with("closed"))
}

/// All that OpenSSL says while it asks for an upgrade, closes, and waits for the end.
fn visit(openssl: &PathBuf, server: &Server, authority: &Authority, arguments: &[&str]) -> String {
    let mut client = Client::start(openssl, server.port, authority, &[&["-ign_eof"], arguments].concat());
    client.type_in(&[REQUEST.as_bytes(), &frame(8, &close_payload(1000, b""))].concat());
    client.finish()
}

/// `s_client`, at work.
struct Client {
    child: Child,
    stdin: ChildStdin,
    stdout: Collected,
    stderr: Collected,
}

impl Client {
    fn start(openssl: &PathBuf, port: u16, authority: &Authority, arguments: &[&str]) -> Client {
        let mut command = Command::new(openssl);
        command.args(["s_client", "-connect", &format!("127.0.0.1:{port}")]);
        command.args(["-CAfile", &authority.path("authority.pem"), "-verify_return_error"]);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("openssl starts");
        let stdout = Collected::new(child.stdout.take().expect("stdout is piped"));
        let stderr = Collected::new(child.stderr.take().expect("stderr is piped"));
        let stdin = child.stdin.take().expect("stdin is piped");
        Client { child, stdin, stdout, stderr }
    }

    fn type_in(&mut self, bytes: &[u8]) {
        // One that is refused may have ended already.
        let _ = self.stdin.write_all(bytes);
    }

    /// Waits until it has said this.
    fn await_word(&self, word: &str) {
        await_that(word, || self.stdout.so_far().contains(word) || self.stderr.so_far().contains(word));
    }

    /// All that it has said, once it has ended.
    fn finish(mut self) -> String {
        drop(self.stdin);
        let ended = wait(&mut self.child, PATIENCE);
        if ended.is_none() {
            let _ = self.child.kill();
        }
        let said = format!("{}\n{}", self.stdout.finish(), self.stderr.finish());
        assert!(ended.is_some(), "no end: {said}");
        said
    }
}

fn await_that(what: &str, holds: impl Fn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < end, "not yet: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn versions(openssl: PathBuf) {
    let authority = authority("server", &["localhost"]);
    let server = echo(Scheme::Wss, &authority, &[]);
    for (option, version) in [("-tls1_2", "New, TLSv1.2, "), ("-tls1_3", "New, TLSv1.3, ")] {
        let said = visit(&openssl, &server, &authority, &[option]);
        assert!(said.contains(version) && is_served(&said), "{said}");
    }
    // At the level at which OpenSSL itself would still speak it.
    let said = visit(&openssl, &server, &authority, &["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"]);
    assert!(said.contains("SSL alert number ") && !is_served(&said), "{said}");
}

fn names(openssl: PathBuf) {
    let authority = authority("server", &["localhost"]);
    issue(&authority, "other", &["other.example"]);
    let more = format!("{}:{}", authority.path("other.pem"), authority.path("other.key"));
    let server = echo(Scheme::Wss, &authority, &[("WS_MORE_CERTIFICATES", &more)]);
    for name in ["localhost", "other.example"] {
        let said = visit(&openssl, &server, &authority, &["-servername", name, "-verify_hostname", name]);
        assert!(said.contains(&format!("Verified peername: {name}")) && is_served(&said), "{said}");
    }
}

fn protocols(openssl: PathBuf) {
    let authority = authority("server", &["localhost"]);
    let server = echo(Scheme::Wss, &authority, &[]);
    for version in ["-tls1_2", "-tls1_3"] {
        let said = visit(&openssl, &server, &authority, &[version, "-alpn", "h2,http/1.1"]);
        assert!(said.contains("ALPN protocol: http/1.1") && is_served(&said), "{said}");
        let said = visit(&openssl, &server, &authority, &[version, "-alpn", "h2"]);
        assert!(said.contains("alert no application protocol") && !is_served(&said), "{said}");
    }
}

fn sessions(openssl: PathBuf) {
    let authority = authority("server", &["localhost"]);
    let server = echo(Scheme::Wss, &authority, &[]);
    let file = authority.path("session");
    for (option, version) in [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")] {
        let said = visit(&openssl, &server, &authority, &[option, "-sess_out", &file]);
        assert!(said.contains(&format!("New, {version}, ")) && is_served(&said), "{said}");
        let said = visit(&openssl, &server, &authority, &[option, "-sess_in", &file]);
        assert!(said.contains(&format!("Reused, {version}, ")) && is_served(&said), "{said}");
    }
}

fn renegotiation(openssl: PathBuf) {
    let authority = authority("server", &["localhost"]);
    let mut server = echo(Scheme::Wss, &authority, &[]);
    for _ in 0..3 {
        // The client ends it then, as most do.
        let mut client = Client::start(&openssl, server.port, &authority, &["-tls1_2"]);
        client.type_in(REQUEST.as_bytes());
        client.await_word("HTTP/1.1 101 ");
        client.type_in(b"R\n");
        client.await_word("no renegotiation");
        client.finish();
    }
    assert!(is_served(&visit(&openssl, &server, &authority, &["-tls1_2"])));
    server.assert_alive();
}

fn early_data(openssl: PathBuf) {
    let authority = authority("server", &["localhost"]);
    let server = echo(Scheme::Wss, &authority, &[]);
    let (own, other) = (authority.path("own"), authority.path("other"));
    authority.write("early", REQUEST);
    let early = authority.path("early");
    // A ticket of ours allows none.
    let said = visit(&openssl, &server, &authority, &["-sess_out", &own]);
    assert!(said.contains("Max Early Data: 0"), "{said}");
    let said = visit(&openssl, &server, &authority, &["-sess_in", &own, "-early_data", &early]);
    assert!(said.contains("Early data was not sent") && is_served(&said), "{said}");

    // Whoever sends some, by a ticket of another server, is not heard before the handshake is over.
    let port = snow_clients::server::free_port();
    let mut command = Command::new(&openssl);
    command.args(["s_server", "-accept", &port.to_string(), "-early_data", "-naccept", "1"]);
    command.args(["-cert", &authority.path("server.pem"), "-key", &authority.path("server.key")]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut another = command.spawn().expect("openssl starts");
    let listening = Collected::new(another.stdout.take().expect("stdout is piped"));
    await_that("it listens", || listening.so_far().contains("ACCEPT"));
    let client = Client::start(&openssl, port, &authority, &["-sess_out", &other]);
    await_that("a ticket", || std::fs::metadata(&other).is_ok_and(|file| file.len() > 0));
    client.finish();
    if wait(&mut another, PATIENCE).is_none() {
        let _ = another.kill();
        panic!("the other server does not end");
    }
    let said = visit(&openssl, &server, &authority, &["-sess_in", &other, "-early_data", &early]);
    assert!(said.contains("Early data was rejected") && is_served(&said), "{said}");
    assert_eq!(said.matches("HTTP/1.1 101 ").count(), 1, "{said}");
}

fn client_certificates(openssl: PathBuf) {
    let authority = authority("server", &["localhost"]);
    let clients = Authority::new();
    let variable = clients.path("authority.pem");
    let server = echo(Scheme::Wss, &authority, &[("WS_CLIENT_CA", &variable)]);
    let issue = |signed_by: &Authority, name: &str| {
        let (chain, key) = signed_by.sign(&[name], |params| {
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        });
        authority.write(&format!("{name}.pem"), &chain);
        authority.write(&format!("{name}.key"), &key);
        [authority.path(&format!("{name}.pem")), authority.path(&format!("{name}.key"))]
    };
    let [known, known_key] = issue(&clients, "known");
    let [stranger, stranger_key] = issue(&authority, "stranger");
    for version in ["-tls1_2", "-tls1_3"] {
        let said = visit(&openssl, &server, &authority, &[version, "-cert", &known, "-key", &known_key]);
        assert!(is_served(&said), "{said}");
        let said = visit(&openssl, &server, &authority, &[version]);
        assert!(said.contains("SSL alert number ") && !is_served(&said), "{said}");
        let said =
            visit(&openssl, &server, &authority, &[version, "-cert", &stranger, "-key", &stranger_key]);
        assert!(said.contains("SSL alert number ") && !is_served(&said), "{said}");
    }
}

/// Keys as OpenSSL writes them now, and as it has written them for each kind.
fn keys(openssl: PathBuf) {
    let authority = Authority::new();
    let run = |arguments: &[&str]| {
        let output = Command::new(&openssl).args(arguments).output().expect("openssl starts");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    let (rsa, curve) = (authority.path("rsa.pkcs1"), authority.path("curve.sec1"));
    run(&["genrsa", "-traditional", "-out", &rsa, "2048"]);
    run(&["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", &curve]);
    for (key, begin) in
        [(&rsa, "-----BEGIN RSA PRIVATE KEY-----"), (&curve, "-----BEGIN EC PRIVATE KEY-----")]
    {
        assert!(std::fs::read_to_string(key).expect("a key").starts_with(begin));
        let chain = format!("{key}.pem");
        let subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
        run(&[&["req", "-x509", "-key", key, "-days", "2", "-out", &chain][..], &subject].concat());
        std::fs::copy(&chain, authority.path("authority.pem")).expect("a file can be written");
        let newer = format!("{key}.pkcs8");
        run(&["pkcs8", "-topk8", "-nocrypt", "-in", key, "-out", &newer]);
        for key in [key, &newer] {
            let server = Server::start_example_with("echo_tls", &[("WS_CERT", &chain), ("WS_KEY", key)]);
            for version in ["-tls1_2", "-tls1_3"] {
                let said = visit(&openssl, &server, &authority, &[version, "-servername", "localhost"]);
                assert!(said.contains("Verification: OK") && is_served(&said), "{key} {version}: {said}");
            }
        }
    }
}
