//! Heads of requests as a strict server must read them: RFC 9112, sections 2 to 5.

/// How long a head may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub bytes: usize,
    pub headers: usize,
    pub header_line: usize,
    pub request_line: usize,
}

impl Limits {
    /// Those that the harness makes of the bytes in all.
    pub fn of_bytes(bytes: usize) -> Limits {
        Limits { bytes, headers: bytes / 160, header_line: bytes / 2, request_line: bytes / 2 }
    }

    /// Those of a server unless it is told otherwise.
    pub const DEFAULT: Limits =
        Limits { bytes: 16_384, headers: 100, header_line: 8_192, request_line: 8_192 };
}

#[derive(Debug, PartialEq, Eq)]
pub enum Head {
    /// It may still become one.
    Partial,
    /// The status to answer.
    Refused(u16),
    /// A head of `size` bytes.
    Complete { size: usize, request: Request },
}

#[derive(Debug, PartialEq, Eq)]
pub struct Request {
    pub method: Vec<u8>,
    /// Is it in HTTP/1.0?
    pub is_old: bool,
    /// Names in small letters.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Request {
    /// The values of all headers of this name.
    pub fn values<'a>(&'a self, name: &'a [u8]) -> impl Iterator<Item = &'a [u8]> + 'a {
        self.headers.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_slice())
    }
}

/// The first byte that cannot be right decides; how the bytes were cut plays no part.
pub fn read(bytes: &[u8], limits: Limits) -> Head {
    let mut lines: Vec<&[u8]> = Vec::new();
    let mut line = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let after_return = at > line && bytes[at - 1] == b'\r';
        match byte {
            b'\n' if !after_return => return Head::Refused(400),
            b'\n' => {}
            _ if after_return => return Head::Refused(400),
            b'\r' | b'\t' => {}
            0..=0x1f | 0x7f => return Head::Refused(400),
            _ => {}
        }
        let is_content = !matches!(byte, b'\r' | b'\n');
        let length = at + 1 - line;
        if is_content && lines.is_empty() && length > limits.request_line {
            return Head::Refused(414);
        }
        if is_content && !lines.is_empty() && (length > limits.header_line || lines.len() > limits.headers) {
            return Head::Refused(431);
        }
        if at >= limits.bytes {
            return Head::Refused(431);
        }
        if *byte == b'\n' {
            let ended = &bytes[line..at - 1];
            line = at + 1;
            match (ended.is_empty(), lines.is_empty()) {
                (false, _) => lines.push(ended),
                // Empty lines in front are skipped.
                (true, true) => {}
                (true, false) => {
                    return match request(&lines) {
                        Ok(request) => Head::Complete { size: at + 1, request },
                        Err(status) => Head::Refused(status),
                    };
                }
            }
        }
    }
    Head::Partial
}

fn request(lines: &[&[u8]]) -> Result<Request, u16> {
    let words: Vec<&[u8]> = lines[0].split(|byte| *byte == b' ').collect();
    let &[method, target, version] = words.as_slice() else { return Err(400) };
    if !is_token(method) {
        return Err(400);
    }
    let is_old = match version {
        b"HTTP/1.0" => true,
        [b'H', b'T', b'T', b'P', b'/', b'1', b'.', b'1'..=b'9'] => false,
        [b'H', b'T', b'T', b'P', b'/', b'0'..=b'9', b'.', b'0'..=b'9'] => return Err(505),
        _ => return Err(400),
    };
    if !is_target(method, target) {
        return Err(400);
    }
    let headers = lines[1..].iter().map(|line| header(line).ok_or(400)).collect::<Result<_, u16>>()?;
    Ok(Request { method: method.to_vec(), is_old, headers })
}

/// One of the four forms: RFC 9112, section 3.2.
fn is_target(method: &[u8], target: &[u8]) -> bool {
    if target.is_empty() || !target.iter().all(|byte| matches!(byte, 0x21..=0x7e) && *byte != b'#') {
        return false;
    }
    match target {
        _ if method == b"CONNECT" => true,
        [b'/', ..] => true,
        b"*" => method == b"OPTIONS",
        _ => ["http://", "https://", "ws://", "wss://"].iter().any(|scheme| {
            let begins =
                target.len() > scheme.len() && target[..scheme.len()].eq_ignore_ascii_case(scheme.as_bytes());
            let authority =
                target.get(scheme.len()..).unwrap_or_default().split(|byte| matches!(byte, b'/' | b'?'));
            begins && authority.take(1).all(|host| !host.is_empty() && !host.contains(&b'@'))
        }),
    }
}

fn header(line: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = (&line[..colon], trim(&line[colon + 1..]));
    is_token(name).then(|| (name.to_ascii_lowercase(), value.to_vec()))
}

/// Without the optional white space around: spaces and tabs, and nothing else (RFC 9110, section 5.6.3).
pub fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

fn is_token(text: &[u8]) -> bool {
    !text.is_empty()
        && text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
}
