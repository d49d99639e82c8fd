//! nginx and HAProxy in front of the server, by the lines of `stdlib/ws/deployment.md`.

use rustls::version::TLS13;
use snow_clients::server::{Server, free_port};
use snow_clients::tls::{Authority, Client, over};
use snow_foreign::pages::{deployment, with};
use snow_foreign::programs::find;
use snow_foreign::servers::{Scheme, authority, echo};
use snow_foreign::trials::{self, trial};
use snow_tests::process::{Collected, PATIENCE};
use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tungstenite::client::IntoClientRequest;
use tungstenite::protocol::CloseFrame;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::{Error, Message};

fn main() {
    let nginx = || find("nginx").map(|program| Setup { kind: Kind::Nginx, program });
    let haproxy = |kind| find("haproxy").map(|program| Setup { kind, program });
    let mut all = Vec::new();
    for (name, missing, setup) in [
        ("nginx", "nginx", nginx()),
        ("haproxy", "HAProxy", haproxy(Kind::HaproxyHttp)),
        ("haproxy_in_front_of_tls", "HAProxy", haproxy(Kind::HaproxyTcp)),
    ] {
        all.push(trial(&format!("{name}_hands_on_messages_and_ends"), missing, setup.clone(), messages));
        all.push(trial(&format!("{name}_says_who_the_client_is"), missing, setup.clone(), who));
        all.push(trial(&format!("{name}_cuts_who_is_idle_unless_pinged"), missing, setup, idle));
    }
    trials::run(all);
}

#[derive(Clone, Copy)]
enum Kind {
    Nginx,
    HaproxyHttp,
    HaproxyTcp,
}

/// One of the page's configurations, and the program that reads it.
#[derive(Clone)]
struct Setup {
    kind: Kind,
    program: PathBuf,
}

impl Setup {
    /// What the page says that the server must be told.
    fn variables(&self) -> &'static [(&'static str, &'static str)] {
        match self.kind {
            Kind::Nginx => &[("WS_TRUSTED_PROXIES", "127.0.0.1")],
            _ => &[("WS_PROXY_PROTOCOL", "required"), ("WS_TRUSTED_PROXIES", "127.0.0.1")],
        }
    }

    fn scheme(&self) -> Scheme {
        match self.kind {
            Kind::HaproxyTcp => Scheme::Wss,
            _ => Scheme::Ws,
        }
    }

    /// The proxy in front of this server, with these changes to the page's lines.
    fn start(&self, server: &Server, authority: &Authority, changes: &[(&str, &str)]) -> Proxy {
        let port = free_port();
        let [chain, key, both] = ["server.pem", "server.key", "both.pem"].map(|name| authority.path(name));
        let pems = [&chain, &key].map(|path| fs::read_to_string(path).expect("it is there"));
        authority.write("both.pem", &pems.concat());
        let [listen, bind] = [format!("{port}"), format!("bind :{port}")];
        let backend = format!("127.0.0.1:{}", server.port);
        let mut all = vec![("443", listen.as_str())];
        let lines = match self.kind {
            Kind::Nginx => {
                all.extend([("127.0.0.1:9001", backend.as_str()), ("/etc/ssl/chat.pem", &chain)]);
                all.push(("/etc/ssl/chat.key", &key));
                deployment("nginx").remove(0)
            }
            Kind::HaproxyHttp => {
                all.extend([("127.0.0.1:9001", backend.as_str()), ("/etc/ssl/chat-and-key.pem", &both)]);
                deployment("haproxy").remove(0)
            }
            Kind::HaproxyTcp => {
                // The port to listen at is a part of the other one.
                all = vec![("127.0.0.1:9443", &backend), ("bind :443", &bind)];
                deployment("haproxy").remove(1)
            }
        };
        all.extend(changes);
        let lines = with(&lines, &all);
        let mut command = Command::new(&self.program);
        match self.kind {
            Kind::Nginx => {
                let folder = authority.path("");
                let around = format!(
                    "daemon off; master_process off; pid {folder}nginx.pid; error_log stderr;\n\
                     events {{}}\nhttp {{ access_log off; client_body_temp_path {folder}body;\n\
                     proxy_temp_path {folder}proxy; fastcgi_temp_path {folder}fastcgi;\n\
                     uwsgi_temp_path {folder}uwsgi; scgi_temp_path {folder}scgi;\n{lines}}}\n"
                );
                authority.write("proxy.conf", &around);
                command.args(["-p", &folder, "-c", &authority.path("proxy.conf")]);
            }
            _ => {
                authority.write("proxy.conf", &lines);
                command.args(["-db", "-f", &authority.path("proxy.conf")]);
            }
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the proxy starts");
        let stderr = Collected::new(child.stderr.take().expect("stderr is piped"));
        let mut proxy = Proxy { child, stderr, port };
        proxy.await_listening();
        proxy
    }
}

/// A running proxy; it ends with this value.
struct Proxy {
    child: Child,
    stderr: Collected,
    port: u16,
}

impl Proxy {
    fn await_listening(&mut self) {
        let end = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let ended = self.child.try_wait().expect("a child can be waited for");
            assert!(ended.is_none() && Instant::now() < end, "{}", self.stderr.so_far());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// A client as a browser is one, with an origin: the host and port that it knows. And its own address.
    fn client(&self, authority: &Authority) -> (Client, SocketAddr) {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the proxy accepts");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout can be set");
        let address = stream.local_addr().expect("it is open");
        let stream = over(stream, &Arc::new(authority.config(&TLS13)), "localhost");
        let at = format!("localhost:{}", self.port);
        let mut request = format!("wss://{at}/").into_client_request().expect("an address");
        let origin = format!("https://{at}").parse().expect("a value");
        request.headers_mut().insert("Origin", origin);
        let (client, _) = tungstenite::client(request, stream)
            .unwrap_or_else(|error| panic!("{error}; the proxy said: {}", self.stderr.so_far()));
        (client, address)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn echoed(client: &mut Client, message: Message) {
    client.send(message.clone()).expect("a message can be sent");
    loop {
        match client.read().expect("an echo") {
            Message::Ping(_) => (),
            answer => {
                assert!(answer == message, "{} bytes came back as {}", message.len(), answer.len());
                break;
            }
        }
    }
}

fn messages(setup: Setup) {
    let authority = authority("server", &["localhost"]);
    let variables = [setup.variables(), &[("WS_LOG_LEVEL", "ends"), ("WS_DRAIN_MS", "2000")]].concat();
    let mut server = echo(setup.scheme(), &authority, &variables);
    let proxy = setup.start(&server, &authority, &[]);
    let (mut client, _) = proxy.client(&authority);
    for size in [0, 1, 125, 126, 65_535, 65_536, 1_048_576] {
        echoed(&mut client, Message::binary((0..size).map(|at| (at * 31) as u8).collect::<Vec<u8>>()));
        echoed(&mut client, Message::text("x".repeat(size)));
    }
    let close = CloseFrame { code: CloseCode::from(4000), reason: "bye".into() };
    client.close(Some(close)).expect("a Close can be sent");
    let Ok(Message::Close(Some(answer))) = client.read() else { panic!("no Close came back") };
    assert_eq!(u16::from(answer.code), 4000);
    let (mut client, _) = proxy.client(&authority);
    server.signal(libc::SIGTERM);
    let Ok(Message::Close(Some(answer))) = client.read() else { panic!("no Close came") };
    assert_eq!(u16::from(answer.code), 1001);
    let _ = client.flush();
    drop(client);
    assert_eq!(server.await_end(), Some(0), "{}", server.said());
    assert!(server.stderr().contains("code=4000 by=peer reason=bye"), "{}", server.said());
}

fn who(setup: Setup) {
    let authority = authority("server", &["localhost"]);
    let files = [authority.path("server.pem"), authority.path("server.key")];
    let own = [("WS_CERT", files[0].as_str()), ("WS_KEY", files[1].as_str())];
    let server = match setup.scheme() {
        Scheme::Ws => Server::start_program("peer", setup.variables()),
        Scheme::Wss => Server::start_program("told_tls", &[&own, setup.variables()].concat()),
    };
    let proxy = setup.start(&server, &authority, &[]);
    let (mut client, address) = proxy.client(&authority);
    client.send(Message::text("who?")).expect("a message can be sent");
    let told = client.read().expect("an answer").into_text().expect("text").to_string();
    match setup.kind {
        // The header has no port.
        Kind::Nginx => assert_eq!(told, "127.0.0.1 127.0.0.1"),
        Kind::HaproxyHttp => assert_eq!(told, format!("{address} {address}")),
        Kind::HaproxyTcp => assert_eq!(told, format!("Some(\"TLS 1.3\") Some(\"localhost\") None {address}")),
    }
}

fn idle(setup: Setup) {
    let authority = authority("server", &["localhost"]);
    let seldom = [setup.variables(), &[("WS_LOG_LEVEL", "ends")]].concat();
    let server = echo(setup.scheme(), &authority, &seldom);
    let proxy = setup.start(&server, &authority, &[("75s", "1s")]);
    let (mut client, _) = proxy.client(&authority);
    let end = client.read();
    assert!(matches!(end, Err(Error::Protocol(_) | Error::Io(_))), "an end without a Close: {end:?}");
    let late = Instant::now() + PATIENCE;
    while !server.stderr().contains("code=1006 by=loss") {
        assert!(Instant::now() < late, "{}", server.said());
        std::thread::sleep(Duration::from_millis(20));
    }

    let often = [setup.variables(), &[("WS_PING_INTERVAL_MS", "300")]].concat();
    let server = echo(setup.scheme(), &authority, &often);
    let proxy = setup.start(&server, &authority, &[("75s", "1s")]);
    let (mut client, _) = proxy.client(&authority);
    // Much longer than the time-out, in all.
    for _ in 0..10 {
        let ping = client.read().expect("a ping");
        assert!(matches!(ping, Message::Ping(_)), "{ping:?}");
        client.flush().expect("the pong can be sent");
    }
    echoed(&mut client, Message::text("still here"));
}
