//! The answer to a request: RFC 6455, section 4.2.

use super::head::{Request, trim};

/// The status. A request that may be another site's page is 101 here, too: see `may_be_foreign`.
pub fn status(request: &Request) -> u16 {
    let versions: Vec<_> = request.values(b"sec-websocket-version").collect();
    if request.is_old {
        505
    } else if request.method != b"GET" {
        405
    } else if request.values(b"host").count() != 1
        || request.values(b"transfer-encoding").count() > 0
        || request.values(b"content-length").any(|length| length != b"0")
    {
        400
    } else if !has_word(request, b"upgrade", b"websocket") || !has_word(request, b"connection", b"upgrade") {
        426
    } else if versions.len() != 1 {
        400
    } else if versions != [b"13"] {
        426
    } else if key(request).is_none() {
        400
    } else {
        101
    }
}

/// Does it name a page? What a page may do is not judged.
pub fn may_be_foreign(request: &Request) -> bool {
    request.values(b"origin").count() > 0
}

/// What makes the connection a WebSocket.
pub fn switching(request: &Request) -> Option<String> {
    let accept = tungstenite::handshake::derive_accept_key(key(request)?);
    let status = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
    Some(format!("{status}Sec-WebSocket-Accept: {accept}\r\n\r\n"))
}

fn has_word(request: &Request, name: &[u8], word: &[u8]) -> bool {
    request
        .values(name)
        .any(|value| value.split(|byte| *byte == b',').any(|member| trim(member).eq_ignore_ascii_case(word)))
}

/// The one key, if it is sixteen bytes in base64: 22 digits, the last of which has four bits that must be 0.
fn key(request: &Request) -> Option<&[u8]> {
    let mut keys = request.values(b"sec-websocket-key");
    let (Some(key), None) = (keys.next(), keys.next()) else { return None };
    let digits = key.strip_suffix(b"==")?;
    let are_digits = digits.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(byte));
    (digits.len() == 22 && are_digits && b"AQgw".contains(&digits[21])).then_some(key)
}
