//! A storm: many handshakes of TLS at once, while another connection's messages are echoed one by one.
use crate::arguments::Arguments;
use crate::handshake::Handshake;
use crate::histogram::Histogram;
use crate::opening;
use crate::plan::{Plan, RXBUF};
use crate::sockets::{Epoll, fail, now_ns};
use crate::stream::Stream;
use crate::tls::{self, Tls};

/// The connection whose messages are to come back in time. It is looked at after each step of a handshake, so that the
/// generator's own work delays it by no more than one of them.
struct Echo<'a> {
    plan: &'a Plan,
    stream: Tls,
    buf: Vec<u8>,
    phase: usize,
    got: usize,
    tx_at: usize,
    sent_at: u64,
    times: Histogram,
}

impl Echo<'_> {
    fn send(&mut self) {
        self.sent_at = now_ns();
        let frame = &self.plan.tx[self.tx_at..self.tx_at + self.plan.tx_frame];
        if self.stream.send(frame) != Some(frame.len()) {
            fail("a message did not fit into an idle connection");
        }
        self.tx_at = (self.tx_at + frame.len()) % (self.plan.tx_frame * self.plan.cycle);
    }

    /// Takes what has come back, and sends the next message behind it.
    fn look(&mut self) {
        self.stream.push();
        let Some(count) = self.stream.recv(&mut self.buf) else { return };
        if count == 0 {
            fail("a connection was closed by the server");
        }
        self.phase = self.plan.check(self.phase, &self.buf[..count]);
        self.got += count;
        if self.got == self.plan.rx_frame {
            self.got = 0;
            self.times.add(now_ns() - self.sent_at, 1);
            self.send();
        }
    }

    /// What has been measured until now; it begins anew.
    fn take_times(&mut self) -> Histogram {
        std::mem::replace(&mut self.times, Histogram::new())
    }
}

pub fn run(a: &Arguments) -> String {
    let plan = Plan::new(a);
    let stream = opening::open_all::<Tls>(a, 1, &a.path).streams.remove(0);
    let (buf, times) = (vec![0; RXBUF], Histogram::new());
    let mut echo = Echo { plan: &plan, stream, buf, phase: 0, got: 0, tx_at: 0, sent_at: 0, times };
    echo.send();
    let start = now_ns();
    let alone = |echo: &mut Echo, secs: f64| {
        let from = now_ns();
        while ((now_ns() - from) as f64) < secs * 1e9 {
            echo.look();
        }
        echo.take_times()
    };
    alone(&mut echo, a.warmup);
    let before = alone(&mut echo, a.secs);

    let config = tls::config(0);
    let mut ep = Epoll::new(a.conns);
    let from = now_ns();
    let mut under_way = Vec::with_capacity(a.conns);
    for i in 0..a.conns {
        let handshake = Handshake::begin(a, &config, i);
        ep.add(handshake.tls.fd(), i);
        under_way.push((handshake, false));
        echo.look();
    }
    let mut left = a.conns;
    while left > 0 {
        if (now_ns() - start) as f64 > a.timeout * 1e9 {
            fail(&format!("{left} of {} handshakes did not end in {:.0} s", a.conns, a.timeout));
        }
        for j in 0..ep.wait(0) {
            let (i, events) = ep.at(j);
            let (handshake, is_over) = &mut under_way[i];
            // Whoever is through stays connected, so that no end is part of the storm.
            if !*is_over && handshake.go_on(events).is_some() {
                *is_over = true;
                left -= 1;
            }
            echo.look();
        }
        echo.look();
    }
    let secs = (now_ns() - from) as f64 / 1e9;
    // The message that is on its way as the storm ends is part of it.
    let back = echo.times.total;
    while echo.times.total == back {
        if (now_ns() - start) as f64 > a.timeout * 1e9 {
            fail("no echo behind the storm");
        }
        echo.look();
    }
    let during = echo.take_times();
    let micros = |nanoseconds: u64| nanoseconds as f64 / 1e3;
    format!(
        "{{\"mode\":\"storm\",\"label\":\"{}\",\"handshakes\":{},\"storm_s\":{:.3},\"handshakes_s\":{:.0},\
         \"alone_p50_us\":{:.1},\"alone_max_us\":{:.1},\"echoes\":{},\"p50_us\":{:.1},\"p99_us\":{:.1},\
         \"max_us\":{:.1}}}",
        a.label,
        a.conns,
        secs,
        a.conns as f64 / secs,
        micros(before.quantile(0.5)),
        micros(before.max),
        during.total,
        micros(during.quantile(0.5)),
        micros(during.quantile(0.99)),
        micros(during.max)
    )
}
