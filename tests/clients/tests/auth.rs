//! The example that knows its clients by a token or a cookie.

use snow_clients::raw::{REQUEST, RawClient, Response, TEXT};
use snow_clients::server::Server;

/// The answer to a request with more headers, and the client, who may go on.
fn knock(server: &Server, headers: &str) -> (Response, RawClient) {
    let mut client = RawClient::connect(server.port);
    let head = REQUEST.strip_suffix("\r\n").expect("an empty line at the end");
    client.send(format!("{head}{headers}\r\n").as_bytes());
    let response = client.read_response();
    (response, client)
}

fn greeting(client: &mut RawClient) -> String {
    client.send_frame(TEXT, b"hi");
    let frame = client.read_frame();
    String::from_utf8(frame.payload).expect("a text")
}

#[test]
fn a_token_opens_and_so_does_the_cookie_that_comes_with_the_answer() {
    let server = Server::start_example_with("auth", &[("TOKENS", "t1=Ann,t2=Bob")]);
    let (answer, mut ann) = knock(&server, "Sec-WebSocket-Protocol: greeting, token.t1\r\n");
    assert_eq!(answer.status, 101);
    // The token does not go back.
    assert_eq!(answer.values("sec-websocket-protocol"), ["greeting"]);
    assert_eq!(greeting(&mut ann), "hello Ann");
    let [cookie] = answer.values("set-cookie")[..] else { panic!("one cookie is set: {answer:?}") };
    assert!(cookie.ends_with("; Max-Age=3600; HttpOnly; SameSite=Strict; Path=/"), "{cookie}");
    let (pair, _) = cookie.split_once(';').expect("it has attributes");

    let (answer, mut again) = knock(&server, &format!("Cookie: theme=dark; {pair}\r\n"));
    assert_eq!(answer.status, 101);
    assert_eq!(answer.values("set-cookie"), [""; 0]);
    assert_eq!(greeting(&mut again), "hello Ann");

    let (answer, mut bob) = knock(&server, "Sec-WebSocket-Protocol: token.t2\r\n");
    assert_eq!(greeting(&mut bob), "hello Bob");
    assert_ne!(answer.values("set-cookie"), [cookie]);
}

#[test]
fn anything_else_is_401() {
    let server = Server::start_example_with("auth", &[("TOKENS", "t1=Ann")]);
    let strangers = [
        "",
        "Cookie: login=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n",
        "Cookie: login=\r\n",
        "Sec-WebSocket-Protocol: greeting\r\n",
        "Sec-WebSocket-Protocol: greeting, token.t2\r\n",
        "Sec-WebSocket-Protocol: token.\r\n",
        "Sec-WebSocket-Protocol: t1\r\n",
    ];
    for headers in strangers {
        let (answer, mut client) = knock(&server, headers);
        assert_eq!(answer.status, 401, "{headers}");
        assert_eq!(answer.values("www-authenticate"), ["Token"]);
        assert_eq!(answer.values("set-cookie"), [""; 0]);
        assert_eq!(client.read_to_end(), b"a token or a cookie, please");
    }
}
