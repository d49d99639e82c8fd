//! Clients in Rust that are not ours: `fastwebsockets`, and what `tests/clients` does not ask of `tungstenite`.

use fastwebsockets::{FragmentCollector, Frame, OpCode, Payload, WebSocketError, handshake};
use http_body_util::Empty;
use hyper::Request;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONNECTION, UPGRADE};
use hyper::upgrade::Upgraded;
use rustls::version::TLS13;
use snow_clients::server::Server;
use snow_clients::tls::{Authority, connect};
use snow_foreign::servers::{Scheme, TOLD, authority, echo, refusing};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tungstenite::client::IntoClientRequest;

/// All that one client does.
const PATIENCE: Duration = Duration::from_secs(120);

type Client = FragmentCollector<hyper_util::rt::TokioIo<Upgraded>>;

struct Spawner;

impl<F> hyper::rt::Executor<F> for Spawner
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    fn execute(&self, future: F) {
        tokio::spawn(future);
    }
}

/// Where a client goes, and whom it trusts.
struct Place<'a> {
    scheme: Scheme,
    server: &'a Server,
    authority: &'a Authority,
}

impl Place<'_> {
    async fn connect(&self, protocols: &str) -> Result<(Client, hyper::Response<Incoming>), WebSocketError> {
        let stream = TcpStream::connect(("127.0.0.1", self.server.port)).await.expect("the server accepts");
        // It sends header and payload apart.
        stream.set_nodelay(true).expect("an option can be set");
        match self.scheme {
            Scheme::Ws => upgrade(stream, protocols).await,
            Scheme::Wss => {
                let connector = TlsConnector::from(Arc::new(self.authority.config(&TLS13)));
                let name = "localhost".try_into().expect("a name");
                upgrade(connector.connect(name, stream).await.expect("TLS"), protocols).await
            }
        }
    }

    async fn client(&self) -> Client {
        self.connect("").await.expect("a connection").0
    }
}

async fn upgrade(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    protocols: &str,
) -> Result<(Client, hyper::Response<Incoming>), WebSocketError> {
    let mut request = Request::get("/")
        .header("Host", "localhost")
        .header(UPGRADE, "websocket")
        .header(CONNECTION, "upgrade")
        .header("Sec-WebSocket-Key", handshake::generate_key())
        .header("Sec-WebSocket-Version", "13");
    if !protocols.is_empty() {
        request = request.header("Sec-WebSocket-Protocol", protocols);
    }
    let request = request.body(Empty::<Bytes>::new()).expect("a request");
    let (mut client, response) = handshake::client(&Spawner, request, stream).await?;
    // It would answer an answer, over a connection that the server has ended.
    client.set_auto_close(false);
    Ok((FragmentCollector::new(client), response))
}

fn octets(count: usize) -> Vec<u8> {
    (0..count).map(|at| (at * 31 + at / 251) as u8).collect()
}

/// What comes next, and must be of this kind.
async fn expect(client: &mut Client, opcode: OpCode) -> Vec<u8> {
    let read = client.read_frame().await;
    let frame = read.unwrap_or_else(|error| panic!("{error} instead of {opcode:?}"));
    assert_eq!(frame.opcode, opcode);
    frame.payload.to_vec()
}

async fn send(client: &mut Client, fin: bool, opcode: OpCode, payload: &[u8]) {
    let frame = Frame::new(fin, opcode, None, Payload::Owned(payload.to_vec()));
    client.write_frame(frame).await.expect("a frame can be sent");
}

async fn scenes(echo: Place<'_>, refusing: Place<'_>) {
    let mut client = echo.client().await;
    for size in [0, 1, 125, 126, 65_535, 65_536, 1_048_575, 1_048_576] {
        send(&mut client, true, OpCode::Binary, &octets(size)).await;
        assert!(expect(&mut client, OpCode::Binary).await == octets(size), "{size} bytes");
        send(&mut client, true, OpCode::Text, "x".repeat(size).as_bytes()).await;
        assert!(expect(&mut client, OpCode::Text).await == "x".repeat(size).as_bytes(), "{size} characters");
    }
    for (size, count) in [(0, 3), (10, 4), (70_000, 7), (1_000_000, 16)] {
        let whole = octets(size);
        for at in 0..count {
            let opcode = if at == 0 { OpCode::Binary } else { OpCode::Continuation };
            let part = &whole[size * at / count..size * (at + 1) / count];
            send(&mut client, at + 1 == count, opcode, part).await;
        }
        assert!(expect(&mut client, OpCode::Binary).await == whole, "{size} bytes in {count} fragments");
    }
    for payload in [&b""[..], b"x", &[7; 125]] {
        send(&mut client, true, OpCode::Ping, payload).await;
        assert_eq!(expect(&mut client, OpCode::Pong).await, payload);
    }
    client.write_frame(Frame::close(4000, b"bye")).await.expect("a Close can be sent");
    assert_eq!(expect(&mut client, OpCode::Close).await[..2], 4000u16.to_be_bytes());

    let mut clients = Vec::new();
    for _ in 0..200 {
        clients.push(echo.client().await);
    }
    for (number, client) in clients.iter_mut().enumerate() {
        send(client, true, OpCode::Text, number.to_string().as_bytes()).await;
    }
    for (number, client) in clients.iter_mut().enumerate() {
        assert_eq!(expect(client, OpCode::Text).await, number.to_string().as_bytes());
        client.write_frame(Frame::close(1000, b"")).await.expect("a Close can be sent");
        assert_eq!(expect(client, OpCode::Close).await[..2], 1000u16.to_be_bytes());
    }

    let selected =
        |response: hyper::Response<Incoming>| response.headers().get("sec-websocket-protocol").cloned();
    let (_, response) = echo.connect("other, chat").await.expect("a connection");
    assert_eq!(selected(response).expect("a subprotocol"), "chat");
    let (_, response) = echo.connect("other").await.expect("a connection");
    assert_eq!(selected(response), None);

    match refusing.connect("").await {
        Err(WebSocketError::InvalidStatusCode(401)) => (),
        Err(error) => panic!("not by 401: {error}"),
        Ok(_) => panic!("it was let in"),
    }

    let mut client = echo.client().await;
    echo.server.signal(libc::SIGTERM);
    assert_eq!(expect(&mut client, OpCode::Close).await, 1001u16.to_be_bytes());
    client.write_frame(Frame::close(1001, b"")).await.expect("a Close can be sent");
}

fn fastwebsockets(scheme: Scheme) {
    let authority = authority("server", &["localhost"]);
    // It answers pings only while it reads.
    let variables: Vec<_> =
        TOLD.into_iter().filter(|(name, _)| !name.contains("_PING_") && !name.contains("_PONG")).collect();
    let mut server = echo(scheme, &authority, &variables);
    let refusing = refusing(scheme, &authority, &[]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let place = |server| Place { scheme, server, authority: &authority };
        // A task that has used up its budget is told that the socket takes nothing; this client does not flush then, and
        // what it sends over TLS waits until it has something else to send.
        let scenes = tokio::task::unconstrained(scenes(place(&server), place(&refusing)));
        let played = tokio::time::timeout(PATIENCE, scenes).await;
        assert!(played.is_ok(), "it takes too long: {}", server.said());
    });
    drop(runtime);
    assert_eq!(server.await_end(), Some(0), "{}", server.said());
    let log = server.stderr();
    let ends = |text: &str| log.lines().filter(|line| line.contains(text)).count();
    assert_eq!(ends("code=4000 by=peer reason=bye"), 1);
    // The two that asked for a subprotocol were dropped.
    assert_eq!(ends("code=1006 by=loss"), 2, "{log}");
    assert_eq!(ends("code=1001 by=server"), 1, "{log}");
}

/// Who says nothing, but answers pings, stays: this client answers them while it reads.
#[test]
fn fastwebsockets_under_pings() {
    let authority = authority("server", &["localhost"]);
    for scheme in [Scheme::Ws, Scheme::Wss] {
        let server = echo(scheme, &authority, &TOLD);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let mut client = Place { scheme, server: &server, authority: &authority }.client().await;
            // Longer than it would be waited for. It tells nothing of pings.
            let heard = tokio::time::timeout(Duration::from_secs(4), client.read_frame()).await;
            assert!(heard.is_err(), "something has come");
            send(&mut client, true, OpCode::Text, b"still here").await;
            assert_eq!(expect(&mut client, OpCode::Text).await, b"still here");
        });
        assert!(!server.stderr().contains("no sign of life"), "{}", server.said());
    }
}

#[test]
fn fastwebsockets_over_ws() {
    fastwebsockets(Scheme::Ws);
}

#[test]
fn fastwebsockets_over_wss() {
    fastwebsockets(Scheme::Wss);
}

#[test]
fn tungstenite_sees_subprotocols_and_refusals() {
    let authority = authority("server", &["localhost"]);
    for scheme in [Scheme::Ws, Scheme::Wss] {
        let refusing = refusing(scheme, &authority, &[]);
        let server = echo(scheme, &authority, &TOLD);
        let request = |protocols: &str| {
            let mut request =
                format!("{}://localhost/", scheme.name()).into_client_request().expect("an address");
            request.headers_mut().insert("Sec-WebSocket-Protocol", protocols.parse().expect("a value"));
            request
        };
        let dialled = |server: &Server, request| match scheme {
            Scheme::Ws => {
                let stream = std::net::TcpStream::connect(("127.0.0.1", server.port)).expect("it accepts");
                tungstenite::client(request, stream)
                    .map(|(_, response)| response)
                    .map_err(|error| error.to_string())
            }
            Scheme::Wss => {
                let stream = connect(server, &Arc::new(authority.config(&TLS13)), "localhost");
                tungstenite::client(request, stream)
                    .map(|(_, response)| response)
                    .map_err(|error| error.to_string())
            }
        };
        let response = dialled(&server, request("other, chat")).expect("a connection");
        assert_eq!(response.headers()["sec-websocket-protocol"], "chat");
        assert_eq!(
            dialled(&refusing, request("chat")).expect_err("it is refused"),
            "HTTP error: 401 Unauthorized"
        );
    }
}
