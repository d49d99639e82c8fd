//! Opening many connections at once.
use crate::arguments::Arguments;
use crate::histogram::Histogram;
use crate::sockets::{Epoll, connect, fail, now_ns};
use crate::stream::Stream;
use std::time::{Duration, Instant};

/// Connections that are past their handshake.
pub struct Opened<S> {
    pub streams: Vec<S>,
    pub secs: f64,
    pub handshake: Histogram,
}

/// Opens `n` connections with at most `inflight` handshakes under way; checks each 101 answer.
pub fn open_all<S: Stream>(a: &Arguments, n: usize, path: &str) -> Opened<S> {
    let mut ep = Epoll::new(1024);
    let req = format!(
        "GET {path} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
        a.host
    );
    let common = S::common();
    let mut streams: Vec<S> = Vec::with_capacity(n);
    let mut sent = vec![false; n];
    let mut part: Vec<Vec<u8>> = vec![Vec::new(); n];
    let mut began = vec![0u64; n];
    let mut h = Histogram::new();
    let (mut next, mut done) = (0usize, 0usize);
    let start = Instant::now();
    let limit = Duration::from_secs_f64(a.timeout);
    let mut buf = vec![0u8; 4096];
    while done < n {
        while next < n && next - done < a.inflight {
            began[next] = now_ns();
            streams.push(S::new(connect(a, next), &common));
            ep.add(streams[next].fd(), next);
            next += 1;
        }
        if start.elapsed() > limit {
            fail(&format!("only {done} of {n} connections opened in {:.0} s", a.timeout));
        }
        let k = ep.wait(if a.spin { 0 } else { 100 });
        for j in 0..k {
            let (i, ev) = ep.at(j);
            if ev & libc::EPOLLOUT as u32 != 0 && !sent[i] {
                if ev & (libc::EPOLLERR | libc::EPOLLHUP) as u32 != 0 {
                    fail("connection refused or reset");
                }
                sent[i] = true;
                if !a.raw && streams[i].send(req.as_bytes()) != Some(req.len()) {
                    fail("the handshake request did not fit");
                }
            }
            if !sent[i] || began[i] == 0 {
                continue;
            }
            if a.raw {
                if streams[i].establish() {
                    h.add(now_ns() - began[i], 1);
                    began[i] = 0;
                    done += 1;
                }
                continue;
            }
            if ev & libc::EPOLLIN as u32 == 0 {
                continue;
            }
            match streams[i].recv(&mut buf) {
                None => continue,
                Some(0) => fail("closed during the handshake"),
                Some(m) => {
                    part[i].extend_from_slice(&buf[..m]);
                    if let Some(e) = part[i].windows(4).position(|w| w == b"\r\n\r\n") {
                        check_answer(&part[i][..e]);
                        if part[i].len() > e + 4 {
                            fail("the server sent bytes right after its 101 answer");
                        }
                        part[i] = Vec::new();
                        h.add(now_ns() - began[i], 1);
                        began[i] = 0;
                        done += 1;
                    }
                }
            }
        }
    }
    Opened { streams, secs: start.elapsed().as_secs_f64(), handshake: h }
}

fn check_answer(head: &[u8]) {
    let s = String::from_utf8_lossy(head);
    if !s.starts_with("HTTP/1.1 101") {
        fail(&format!("not switched to WebSocket: {}", s.lines().next().unwrap_or("")));
    }
    let accept = s.lines().find_map(|l| {
        let (k, v) = l.split_once(':')?;
        k.eq_ignore_ascii_case("sec-websocket-accept").then(|| v.trim())
    });
    if accept != Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") {
        fail("wrong Sec-WebSocket-Accept");
    }
}
