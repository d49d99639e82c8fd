//! Handshakes of TLS: connect, agree, wait for the ticket, close; and the same again in its place.
use crate::arguments::Arguments;
use crate::histogram::Histogram;
use crate::process;
use crate::sockets::{self, Epoll, fail, now_ns};
use crate::stream::Stream;
use crate::tls::{self, Tls};
use rustls::ClientConfig;
use rustls::HandshakeKind;
use rustls::pki_types::ServerName;
use std::sync::Arc;

/// A handshake on its way.
pub struct Handshake {
    pub tls: Tls,
    pub began: u64,
}

impl Handshake {
    /// The `i`th that is under way at the same time. Each has a name of its own, so that each finds its own ticket.
    pub fn begin(a: &Arguments, config: &Arc<ClientConfig>, i: usize) -> Handshake {
        let began = now_ns();
        let name = ServerName::try_from(format!("c{i}.loadgen.test")).expect("a name");
        Handshake { tls: Tls::with_name(sockets::connect(a, i), config, name), began }
    }

    /// Goes on as far as it can now; how it went, once it is over.
    pub fn go_on(&mut self, events: u32) -> Option<HandshakeKind> {
        if events & (libc::EPOLLERR | libc::EPOLLHUP) as u32 != 0 {
            fail("connection refused or reset");
        }
        self.tls.establish();
        self.tls.finished()
    }
}

pub fn run(a: &Arguments) -> String {
    let config = tls::config(if a.resume { a.inflight } else { 0 });
    let mut ep = Epoll::new(a.inflight);
    let begin = |ep: &Epoll, i: usize| {
        let handshake = Handshake::begin(a, &config, i);
        ep.add(handshake.tls.fd(), i);
        handshake
    };
    let mut under_way: Vec<Handshake> = (0..a.inflight).map(|i| begin(&ep, i)).collect();
    // The first one in each place is full in any case.
    let mut has_ticket = vec![false; a.inflight];
    let mut h = Histogram::new();
    let start = now_ns();
    let nanoseconds = |secs: f64| (secs * 1e9) as u64;
    let mut measured_from = None;
    let mut last_progress = start;
    loop {
        let now = now_ns();
        match measured_from {
            None if now - start > nanoseconds(a.warmup) && has_ticket.iter().all(|has| *has) => {
                measured_from = Some((now, a.pid.map(process::cpu_secs).unwrap_or_default()));
            }
            Some((from, _)) if now - from > nanoseconds(a.secs) => break,
            _ if now - last_progress > 5_000_000_000 => fail("no handshake for 5 seconds"),
            _ => {}
        }
        for j in 0..ep.wait(if a.spin { 0 } else { 10 }) {
            let (i, events) = ep.at(j);
            let Some(kind) = under_way[i].go_on(events) else { continue };
            let is_resumed = kind == HandshakeKind::Resumed;
            if is_resumed != (a.resume && has_ticket[i]) {
                fail(&format!("a handshake was {kind:?}"));
            }
            has_ticket[i] = true;
            last_progress = now_ns();
            if measured_from.is_some() {
                h.add(last_progress - under_way[i].began, 1);
            }
            under_way[i] = begin(&ep, i);
        }
    }
    let (from, cpu0) = measured_from.expect("the loop ends when the measured time does");
    let secs = (now_ns() - from) as f64 / 1e9;
    let cpu1 = a.pid.map(process::cpu_secs).unwrap_or_default();
    if h.total == 0 {
        fail("no handshake ended in the measured time");
    }
    let each = |seconds: f64| seconds * 1e6 / h.total as f64;
    format!(
        "{{\"mode\":\"handshake\",\"label\":\"{}\",\"resumed\":{},\"secs\":{:.3},\"handshakes\":{},\
         \"handshakes_s\":{:.0},\"p50_us\":{:.1},\"p99_us\":{:.1},\"max_us\":{:.1},\"hs_srv_cpu_us\":{:.2},\
         \"hs_srv_user_us\":{:.2},\"hs_srv_sys_us\":{:.2},\"srv_util\":{:.2}}}",
        a.label,
        a.resume,
        secs,
        h.total,
        h.total as f64 / secs,
        h.quantile(0.5) as f64 / 1e3,
        h.quantile(0.99) as f64 / 1e3,
        h.max as f64 / 1e3,
        each(cpu1.0 + cpu1.1 - cpu0.0 - cpu0.1),
        each(cpu1.0 - cpu0.0),
        each(cpu1.1 - cpu0.1),
        (cpu1.0 + cpu1.1 - cpu0.0 - cpu0.1) / secs
    )
}
