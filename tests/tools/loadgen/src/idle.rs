//! Idle: how fast connections open and what each costs the server in memory.
use crate::arguments::Arguments;
use crate::opening;
use crate::plan::Plan;
use crate::process;
use crate::sockets::{Epoll, fail};
use crate::stream::Stream;
use std::time::{Duration, Instant};

fn drain<S: Stream>(ep: &mut Epoll, streams: &mut [S], secs: f64, closed: &mut usize) {
    let end = Instant::now() + Duration::from_secs_f64(secs);
    let mut buf = [0u8; 4096];
    while Instant::now() < end {
        for j in 0..ep.wait(50) {
            let (i, _) = ep.at(j);
            match streams[i].recv(&mut buf) {
                Some(0) => *closed += 1,
                // a ping: answer it, so that the server keeps the connection
                Some(n) if n >= 2 && buf[0] == 0x89 && n == 2 + buf[1] as usize => {
                    let mut pong = vec![0x8a, 0x80 | buf[1], 0, 0, 0, 0];
                    pong.extend_from_slice(&buf[2..n]);
                    streams[i].send(&pong);
                }
                _ => {}
            }
        }
    }
}

pub fn run<S: Stream>(a: &Arguments) -> String {
    let pid = a.pid.unwrap_or_else(|| crate::arguments::usage("idle needs --pid"));
    let plan = Plan::new(a);
    let (rss0, mem0, own0) = (process::rss_kb(pid), process::mem_available_kb(), process::own_rss_kb());
    let cpu0 = process::cpu_secs(pid);
    let mut o = opening::open_all::<S>(a, a.conns, &a.path);
    let cpu1 = process::cpu_secs(pid);
    let mut ep = Epoll::new(1024);
    for (i, stream) in o.streams.iter().enumerate() {
        ep.add(stream.fd(), i);
    }
    let mut closed = 0;
    drain(&mut ep, &mut o.streams, a.hold, &mut closed);
    let (rss1, mem1, own1) = (process::rss_kb(pid), process::mem_available_kb(), process::own_rss_kb());
    let mut rss2 = rss1;
    let mut touched = 0usize;
    if a.touch && !a.raw {
        let mut at = vec![0usize; a.conns];
        let mut buf = vec![0u8; crate::plan::RXBUF];
        let (mut next, start) = (0usize, Instant::now());
        while touched < a.conns {
            while next < a.conns && next - touched < a.inflight {
                if o.streams[next].send(&plan.tx[..plan.tx_frame]) != Some(plan.tx_frame) {
                    fail("a message did not fit into an idle connection");
                }
                next += 1;
            }
            if start.elapsed().as_secs_f64() > a.timeout {
                fail(&format!("only {touched} of {} idle connections echoed", a.conns));
            }
            for j in 0..ep.wait(100) {
                let (i, _) = ep.at(j);
                match o.streams[i].recv(&mut buf) {
                    Some(0) => fail("an idle connection was closed"),
                    Some(n) if i < next && at[i] < plan.rx_frame => {
                        plan.check(at[i], &buf[..n]);
                        at[i] += n;
                        touched += (at[i] >= plan.rx_frame) as usize;
                    }
                    Some(_) | None => {}
                }
            }
        }
        drain(&mut ep, &mut o.streams, a.hold, &mut closed);
        rss2 = process::rss_kb(pid);
    }
    let n = a.conns as f64;
    let cpu = cpu1.0 + cpu1.1 - cpu0.0 - cpu0.1;
    let kernel = (mem0 as f64 - mem1 as f64) - (rss1 as f64 - rss0 as f64) - (own1 as f64 - own0 as f64);
    format!(
        "{{\"mode\":\"idle\",\"label\":\"{}\",\"conns\":{},\"open_s\":{:.3},\"handshakes_s\":{:.0},\
         \"hs_p50_us\":{:.0},\"hs_p99_us\":{:.0},\"hs_srv_cpu_us\":{:.1},\"rss_before_kb\":{},\"rss_kb\":{},\
         \"bytes_per_conn\":{:.0},\"bytes_per_conn_touched\":{:.0},\"touched\":{},\"closed\":{},\
         \"rest_of_system_bytes_per_conn\":{:.0}}}",
        a.label,
        a.conns,
        o.secs,
        n / o.secs,
        o.handshake.quantile(0.5) as f64 / 1e3,
        o.handshake.quantile(0.99) as f64 / 1e3,
        cpu * 1e6 / n,
        rss0,
        rss1,
        (rss1 as f64 - rss0 as f64) * 1024.0 / n,
        (rss2 as f64 - rss0 as f64) * 1024.0 / n,
        touched,
        closed,
        kernel * 1024.0 / n
    )
}
