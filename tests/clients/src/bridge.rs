//! A way over TLS for clients that speak none: what they say to a port of this process goes to the server in records,
//! and the ends of a connection too. So the tests of ws are tests of wss.

use crate::tls::{self, Authority};
use rustls::version::TLS13;
use rustls::{ClientConfig, ClientConnection};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::sync::Arc;

/// No more is read for one side while so much waits for the other.
const MOST_WAITING: usize = 64 << 10;

/// Carries connections of a new port to this one of a server whose certificate the authority has signed, until the
/// process ends.
pub fn open(server: u16, authority: &Authority) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("some port is free");
    let port = listener.local_addr().expect("a listener has an address").port();
    let config = Arc::new(authority.config(&TLS13));
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let config = config.clone();
            // The server is gone, or the client: the other one sees the end.
            let carry = move |client: TcpStream| {
                let server = TcpStream::connect(("127.0.0.1", server))?;
                Bridge::new(client, server, &config)?.carry()
            };
            std::thread::spawn(move || client.and_then(carry));
        }
    });
    port
}

struct Bridge {
    client: TcpStream,
    server: TcpStream,
    tls: ClientConnection,
    /// What waits for the client.
    waiting: Vec<u8>,
    /// Who has sent its last byte, and whether the other one has been told so.
    client_ended: bool,
    server_ended: bool,
    server_told: bool,
    client_told: bool,
}

impl Bridge {
    fn new(client: TcpStream, server: TcpStream, config: &Arc<ClientConfig>) -> io::Result<Bridge> {
        for stream in [&client, &server] {
            stream.set_nonblocking(true)?;
            stream.set_nodelay(true)?;
        }
        Ok(Bridge {
            client,
            server,
            tls: tls::connection(config, "localhost"),
            waiting: Vec::new(),
            client_ended: false,
            server_ended: false,
            client_told: false,
            server_told: false,
        })
    }

    /// Until both have ended. An error of one side resets the other.
    fn carry(mut self) -> io::Result<()> {
        while !(self.client_told && self.server_told) {
            if let Err(error) = self.wait().and_then(|()| self.step()) {
                reset(&self.client);
                reset(&self.server);
                return Err(error);
            }
        }
        Ok(())
    }

    /// Waits until something can be done.
    fn wait(&self) -> io::Result<()> {
        let entry = |stream: &TcpStream, reads: bool, writes: bool| libc::pollfd {
            // One that is not asked about is not told to have hung up either.
            fd: if reads || writes { stream.as_raw_fd() } else { -1 },
            events: if reads { libc::POLLIN } else { 0 } | if writes { libc::POLLOUT } else { 0 },
            revents: 0,
        };
        let mut entries = [
            entry(&self.client, self.hears_client(), !self.waiting.is_empty()),
            entry(&self.server, self.hears_server(), self.tls.wants_write()),
        ];
        // SAFETY: two entries, which live during the call.
        match unsafe { libc::poll(entries.as_mut_ptr(), 2, -1) } {
            -1 => Err(io::Error::last_os_error()),
            _ => Ok(()),
        }
    }

    fn hears_client(&self) -> bool {
        !self.client_ended && !self.tls.wants_write() && !self.tls.is_handshaking()
    }

    fn hears_server(&self) -> bool {
        !self.server_ended && self.waiting.len() < MOST_WAITING
    }

    fn step(&mut self) -> io::Result<()> {
        if self.hears_client() {
            let mut part = [0; 16 << 10];
            match ready(self.client.read(&mut part))? {
                Some(0) => {
                    self.client_ended = true;
                    self.tls.send_close_notify();
                }
                Some(count) => self.tls.writer().write_all(&part[..count])?,
                None => {}
            }
        }
        if self.hears_server() && ready(self.tls.read_tls(&mut self.server))?.is_some() {
            self.tls.process_new_packets().map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
            // An end that was not said is an error here, and a reset there.
            self.server_ended = ready(self.tls.reader().read_to_end(&mut self.waiting))?.is_some();
        }
        while self.tls.wants_write() && ready(self.tls.write_tls(&mut self.server))?.is_some() {}
        while !self.waiting.is_empty()
            && let Some(count) = ready(self.client.write(&self.waiting))?
        {
            self.waiting.drain(..count);
        }
        if self.client_ended && !self.server_told && !self.tls.wants_write() {
            self.server_told = true;
            self.server.shutdown(Shutdown::Write)?;
        }
        if self.server_ended && !self.client_told && self.waiting.is_empty() {
            self.client_told = true;
            self.client.shutdown(Shutdown::Write)?;
        }
        Ok(())
    }
}

/// Nothing when it would block.
fn ready<T>(outcome: io::Result<T>) -> io::Result<Option<T>> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The peer sees a reset when the stream is dropped.
fn reset(stream: &TcpStream) {
    let linger = libc::linger { l_onoff: 1, l_linger: 0 };
    // SAFETY: the descriptor is open and the value outlives the call with its true length. It fails for a stream that is
    // broken already.
    unsafe {
        libc::setsockopt(
            stream.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_LINGER,
            (&raw const linger).cast(),
            size_of::<libc::linger>() as libc::socklen_t,
        );
    }
}
