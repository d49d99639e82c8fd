//! A server that speaks TLS, met by OpenSSL, where that is installed: keys in each of their forms, versions, names,
//! resumption, protocols and certificates of clients.

use snow_clients::raw::REQUEST;
use snow_clients::server::Server;
use snow_clients::tls::Authority;
use std::io::Write;
use std::process::{Command, Stdio};

/// Is it there? Where it is not, the test says so.
fn is_installed() -> bool {
    let found = Command::new("openssl").arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if found.is_err() {
        println!("skipped: openssl is not installed");
    }
    found.is_ok()
}

/// Runs `openssl` with these arguments.
fn openssl(arguments: &[&str]) {
    let output = Command::new("openssl").args(arguments).output().expect("openssl can be run");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Asks for a WebSocket by `s_client`, with further arguments: what it writes, the answer in it.
fn ask(server: &Server, authority: &Authority, arguments: &[&str]) -> String {
    let mut command = Command::new("timeout");
    command.args(["20", "openssl", "s_client", "-connect", &format!("127.0.0.1:{}", server.port)]);
    command
        .args(["-CAfile", &authority.path("authority.pem"), "-verify_return_error", "-ign_eof"])
        .args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("openssl can be run");
    let mut input = child.stdin.take().expect("it is piped");
    // Behind the request a Close, so that it ends.
    let close = [0x88, 0x80, 0, 0, 0, 0];
    // One that is refused reads nothing.
    let _ = input.write_all(&[REQUEST.as_bytes(), &close].concat());
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn start(chain: &str, key: &str, variables: &[(&str, &str)]) -> Server {
    Server::start_example_with("echo_tls", &[&[("WS_CERT", chain), ("WS_KEY", key)], variables].concat())
}

#[test]
fn keys_may_be_in_pkcs_8_pkcs_1_and_sec_1() {
    if !is_installed() {
        return;
    }
    let authority = Authority::new();
    let path = |name: &str| authority.path(name);
    let (rsa, curve) = (path("rsa.pkcs1"), path("curve.sec1"));
    openssl(&["genrsa", "-traditional", "-out", &rsa, "2048"]);
    openssl(&["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", &curve]);
    for (key, begin) in
        [(&rsa, "-----BEGIN RSA PRIVATE KEY-----"), (&curve, "-----BEGIN EC PRIVATE KEY-----")]
    {
        assert!(std::fs::read_to_string(key).expect("a key").starts_with(begin));
        let chain = format!("{key}.pem");
        let subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
        openssl(&[&["req", "-x509", "-key", key, "-days", "2", "-out", &chain][..], &subject].concat());
        std::fs::copy(&chain, path("authority.pem")).expect("a file can be written");
        let newer = format!("{key}.pkcs8");
        openssl(&["pkcs8", "-topk8", "-nocrypt", "-in", key, "-out", &newer]);
        for key in [key, &newer] {
            let server = start(&chain, key, &[]);
            for version in ["-tls1_2", "-tls1_3"] {
                let answer = ask(&server, &authority, &[version, "-servername", "localhost"]);
                assert!(answer.contains("HTTP/1.1 101 "), "{key} {version}: {answer}");
                assert!(answer.contains("Verification: OK"), "{answer}");
            }
        }
    }
}

#[test]
fn versions_protocols_and_names() {
    if !is_installed() {
        return;
    }
    let authority = Authority::new();
    authority.issue("other", &["other.example"]);
    let more = format!("{}:{}", authority.path("other.pem"), authority.path("other.key"));
    let server = authority.serve(&[("WS_MORE_CERTIFICATES", &more)]);
    for (version, shown) in [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")] {
        let answer = ask(&server, &authority, &[version, "-alpn", "h2,http/1.1"]);
        assert!(answer.contains("HTTP/1.1 101 "), "{answer}");
        assert!(answer.contains(&format!("New, {shown}, ")), "{answer}");
        assert!(answer.contains("ALPN protocol: http/1.1"), "{answer}");
    }
    let old = ask(&server, &authority, &["-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"]);
    assert!(old.contains("alert protocol version") || old.contains("handshake failure"), "{old}");
    let other = ask(&server, &authority, &["-alpn", "h2"]);
    assert!(other.contains("alert no application protocol"), "{other}");
    for name in ["localhost", "other.example"] {
        let answer = ask(&server, &authority, &["-servername", name, "-verify_hostname", name]);
        assert!(answer.contains("HTTP/1.1 101 ") && answer.contains("Verification: OK"), "{answer}");
    }
}

#[test]
fn a_session_is_resumed() {
    if !is_installed() {
        return;
    }
    let authority = Authority::new();
    let server = authority.serve(&[]);
    let session = authority.path("session");
    for version in ["-tls1_2", "-tls1_3"] {
        let first = ask(&server, &authority, &[version, "-sess_out", &session]);
        assert!(first.contains("New, TLSv1"), "{first}");
        let second = ask(&server, &authority, &[version, "-sess_in", &session]);
        assert!(second.contains("Reused, TLSv1"), "{second}");
        assert!(second.contains("HTTP/1.1 101 "), "{second}");
    }
}

#[test]
fn a_certificate_of_the_clients() {
    if !is_installed() {
        return;
    }
    let authority = Authority::new();
    let (chain, key) = authority.sign(&["client"], |_| {});
    authority.write("client.pem", &chain);
    authority.write("client.key", &key);
    let (chain, key) = (authority.path("client.pem"), authority.path("client.key"));
    let server = authority.serve(&[("WS_CLIENT_CA", &authority.path("authority.pem"))]);
    for version in ["-tls1_2", "-tls1_3"] {
        let answer = ask(&server, &authority, &[version, "-cert", &chain, "-key", &key]);
        assert!(answer.contains("HTTP/1.1 101 "), "{answer}");
        let refused = ask(&server, &authority, &[version]);
        assert!(!refused.contains("HTTP/1.1 101 ") && refused.contains("alert"), "{refused}");
    }
}
