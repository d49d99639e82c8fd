//! A client that can send anything, and reads what comes back octet by octet.

use snow_tests::process::PATIENCE;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

pub const CONTINUATION: u8 = 0;
pub const TEXT: u8 = 1;
pub const BINARY: u8 = 2;
pub const CLOSE: u8 = 8;
pub const PING: u8 = 9;
pub const PONG: u8 = 10;

/// An upgrade request that every server must accept.
pub const REQUEST: &str = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                           Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

/// RFC 6455 §1.3: what the key of `REQUEST` must be answered with.
pub const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// An answer to an upgrade request.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
}

impl Response {
    /// The values of a header, its name in any case.
    pub fn values(&self, name: &str) -> Vec<&str> {
        self.headers
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect()
    }
}

/// A frame from the server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    pub fin: bool,
    pub opcode: u8,
    pub payload: Vec<u8>,
}

impl Frame {
    /// The code of a Close frame; `None` when it has none.
    pub fn close_code(&self) -> Option<u16> {
        assert_eq!(self.opcode, CLOSE, "expected a Close frame, got {self:?}");
        assert_ne!(self.payload.len(), 1, "a Close payload of one octet");
        self.payload.get(..2).map(|code| u16::from_be_bytes([code[0], code[1]]))
    }
}

/// What a look at a connection finds that waits for nothing.
#[derive(Debug)]
pub enum Found {
    Frame(Frame),
    /// No whole frame has come yet.
    Nothing,
    End,
}

/// A masked frame with FIN set.
pub fn frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    frame_with(0x80 | opcode, payload)
}

/// A masked frame with this first octet: FIN, reserved bits and opcode.
pub fn frame_with(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    match payload.len() {
        length @ 0..=125 => bytes.push(0x80 | length as u8),
        length @ 126..=0xffff => {
            bytes.push(0x80 | 126);
            bytes.extend((length as u16).to_be_bytes());
        }
        length => {
            bytes.push(0x80 | 127);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    append_masked(&mut bytes, payload);
    bytes
}

/// The masking key, and the payload under it.
pub fn append_masked(bytes: &mut Vec<u8>, payload: &[u8]) {
    let key = [0x37, 0xfa, 0x21, 0x3d];
    bytes.extend(key);
    bytes.extend(payload.iter().zip(key.iter().cycle()).map(|(octet, key)| octet ^ key));
}

/// A Close frame's payload.
pub fn close_payload(code: u16, reason: &[u8]) -> Vec<u8> {
    [&code.to_be_bytes(), reason].concat()
}

/// A TCP connection to the server under test.
pub struct RawClient {
    pub stream: TcpStream,
    unread: Vec<u8>,
}

impl RawClient {
    pub fn connect(port: u16) -> RawClient {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("the server accepts");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout can be set");
        stream.set_nodelay(true).expect("an option can be set");
        RawClient { stream, unread: Vec::new() }
    }

    /// Connects and upgrades.
    pub fn open(port: u16) -> RawClient {
        let mut client = RawClient::connect(port);
        client.send(REQUEST.as_bytes());
        let response = client.read_response();
        assert_eq!(response.status, 101, "{response:?}");
        assert_eq!(response.values("sec-websocket-accept"), [ACCEPT]);
        client
    }

    /// Sends; a server that has closed already is no error here, its answer tells.
    pub fn send(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    pub fn send_frame(&mut self, opcode: u8, payload: &[u8]) {
        self.send(&frame(opcode, payload));
    }

    /// More octets into `unread`: how many; none at the end of the stream (also by a reset).
    fn read_some(&mut self) -> std::io::Result<usize> {
        let mut buffer = [0; 65536];
        match self.stream.read(&mut buffer) {
            Ok(count) => {
                self.unread.extend_from_slice(&buffer[..count]);
                Ok(count)
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Err(error),
            Err(_) => Ok(0),
        }
    }

    /// The same; false at the end of the stream.
    fn fill(&mut self) -> bool {
        match self.read_some() {
            Ok(count) => count > 0,
            Err(_) => panic!("the server sent nothing for {PATIENCE:?}; unread so far: {:?}", self.unread),
        }
    }

    /// The frame at the beginning of `unread`, if all of it is there.
    fn take_frame(&mut self) -> Option<Frame> {
        let head = self.unread.get(..2)?;
        assert_eq!(head[0] & 0x70, 0, "a reserved bit is set in {head:02x?}");
        assert_eq!(head[1] & 0x80, 0, "the server must not mask");
        let (start, length) = match head[1] {
            126 => {
                let octets = self.unread.get(2..4)?.try_into().expect("two octets");
                (4, u64::from(u16::from_be_bytes(octets)))
            }
            127 => (10, u64::from_be_bytes(self.unread.get(2..10)?.try_into().expect("eight octets"))),
            length => (2, u64::from(length)),
        };
        let end = start + usize::try_from(length).expect("a length that fits");
        let payload = self.unread.get(start..end)?.to_vec();
        let (fin, opcode) = (head[0] & 0x80 != 0, head[0] & 0x0f);
        self.unread.drain(..end);
        Some(Frame { fin, opcode, payload })
    }

    /// The head of an HTTP answer; a body stays unread.
    pub fn read_response(&mut self) -> Response {
        let end = loop {
            if let Some(at) = self.unread.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            assert!(
                self.fill(),
                "closed before the end of the answer: {:?}",
                String::from_utf8_lossy(&self.unread)
            );
        };
        let head = String::from_utf8(self.unread.drain(..end).collect()).expect("an answer's head is text");
        let mut lines = head.split("\r\n");
        let status_line = lines.next().unwrap_or_default();
        assert!(status_line.starts_with("HTTP/1.1 "), "{status_line}");
        let status = status_line[9..].split(' ').next().and_then(|text| text.parse().ok());
        let headers = lines
            .filter(|line| !line.is_empty())
            .map(|line| {
                let (name, value) = line.split_once(':').unwrap_or_else(|| panic!("not a header: {line:?}"));
                (name.to_string(), value.trim().to_string())
            })
            .collect();
        Response { status: status.unwrap_or_else(|| panic!("{status_line}")), headers }
    }

    /// The next frame; `None` at the end of the stream.
    pub fn next_frame(&mut self) -> Option<Frame> {
        loop {
            if let Some(frame) = self.take_frame() {
                return Some(frame);
            }
            if !self.fill() {
                return None;
            }
        }
    }

    /// The next frame, if it has come already. For a stream that does not block.
    pub fn find_frame(&mut self) -> Found {
        loop {
            if let Some(frame) = self.take_frame() {
                return Found::Frame(frame);
            }
            match self.read_some() {
                Ok(0) => return Found::End,
                Ok(_) => (),
                Err(_) => return Found::Nothing,
            }
        }
    }

    /// The next frame, which must be there.
    pub fn read_frame(&mut self) -> Frame {
        self.next_frame().expect("a frame, not the end of the stream")
    }

    /// The next frame must be exactly this one.
    pub fn expect_frame(&mut self, opcode: u8, payload: &[u8]) {
        let got = self.read_frame();
        assert_eq!(got, Frame { fin: true, opcode, payload: payload.to_vec() });
    }

    /// The next frame must be a Close with this code, and the stream must end behind it.
    pub fn expect_close(&mut self, code: u16) {
        let close = self.read_frame();
        assert_eq!(close.close_code(), Some(code), "{close:?}");
        // Answered as a client should; a server that has dropped the connection already may do so.
        self.send_frame(CLOSE, &code.to_be_bytes());
        self.expect_end();
    }

    /// Nothing more may come but the end of the stream.
    pub fn expect_end(&mut self) {
        while self.fill() {}
        assert!(self.unread.is_empty(), "after the end: {:02x?}", self.unread);
    }

    /// Everything up to the end of the stream.
    pub fn read_to_end(&mut self) -> Vec<u8> {
        while self.fill() {}
        std::mem::take(&mut self.unread)
    }

    /// The same, where the server must not have cut the connection off.
    ///
    /// # Errors
    /// When it has, or nothing comes.
    pub fn read_to_clean_end(&mut self) -> std::io::Result<Vec<u8>> {
        self.stream.read_to_end(&mut self.unread)?;
        // Behind an end that has been read, a reset is told by this alone.
        match self.stream.take_error()? {
            Some(error) => Err(error),
            None => Ok(std::mem::take(&mut self.unread)),
        }
    }

    /// How long it takes until the server closes.
    pub fn time_to_end(&mut self) -> Duration {
        let begun = Instant::now();
        while self.fill() {}
        begun.elapsed()
    }

    /// Closes with a reset instead of a FIN.
    pub fn reset(self) {
        use std::os::fd::AsRawFd;
        let linger = libc::linger { l_onoff: 1, l_linger: 0 };
        // SAFETY: the descriptor is open and the value outlives the call with its true length.
        let result = unsafe {
            libc::setsockopt(
                self.stream.as_raw_fd(),
                libc::SOL_SOCKET,
                libc::SO_LINGER,
                (&raw const linger).cast(),
                size_of::<libc::linger>() as libc::socklen_t,
            )
        };
        assert_eq!(result, 0, "SO_LINGER could not be set");
    }
}
