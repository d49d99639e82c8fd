//! Is it an answer that a client of HTTP/1.1 understands?

/// Looks at an answer that turns a request down.
///
/// # Errors
/// What is wrong with it.
pub fn check_refusal(answer: &[u8], status: u16, is_head: bool) -> Result<(), String> {
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").ok_or("an answer without an end")?;
    let head = std::str::from_utf8(&answer[..end]).map_err(|_| "an answer that is no text")?;
    let body = &answer[end + 4..];
    let mut lines = head.split("\r\n");
    let first = lines.next().unwrap_or_default();
    if !first.starts_with(&format!("HTTP/1.1 {status} ")) {
        return Err(format!("{first:?} instead of the status {status}"));
    }
    let headers = lines
        .map(|line| line.split_once(": ").ok_or_else(|| format!("the header {line:?}")))
        .collect::<Result<Vec<_>, _>>()?;
    let value = |wanted: &str| {
        let mut values = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
        values.next().map(|(_, value)| *value)
    };
    let length = value("content-length").and_then(|length| length.parse::<usize>().ok());
    let expected_body = if is_head { Some(0) } else { length };
    if length.is_none() || expected_body != Some(body.len()) {
        return Err(format!("a body of {} bytes, declared as {length:?}", body.len()));
    }
    let words: Vec<&str> = value("connection").unwrap_or_default().split(", ").collect();
    if !words.contains(&"close") {
        return Err("a refusal that does not say that the connection ends".to_owned());
    }
    let is_complete = match status {
        405 => value("allow") == Some("GET"),
        426 => {
            value("upgrade") == Some("websocket")
                && value("sec-websocket-version") == Some("13")
                && words.contains(&"Upgrade")
        }
        _ => true,
    };
    if is_complete { Ok(()) } else { Err(format!("a {status} that does not say what would be right")) }
}
