//! Fan-out: one publisher, N subscribers; a round of `depth` messages ends when all have them.
use crate::arguments::Arguments;
use crate::histogram::Histogram;
use crate::opening;
use crate::plan::{Plan, RXBUF};
use crate::process;
use crate::sockets::{Epoll, fail, now_ns};
use crate::stream::Stream;
use std::time::Duration;

pub fn run<S: Stream>(a: &Arguments) -> String {
    let plan = Plan::new(a);
    let subs = opening::open_all::<S>(a, a.conns, &a.path);
    let publ = opening::open_all::<S>(a, 1, &a.pub_path);
    let pub_hears = a.pub_path == a.path;
    let mut streams = subs.streams;
    streams.extend(publ.streams);
    let n = streams.len();
    let hearers = if pub_hears { n } else { n - 1 };
    let mut ep = Epoll::new(n);
    for (i, stream) in streams.iter().enumerate() {
        ep.add(stream.fd(), i);
    }
    // a server may join the room a little after its 101 answer
    std::thread::sleep(Duration::from_millis(500));
    let mut phase = vec![0usize; n];
    let mut got = vec![0usize; n];
    let mut buf = vec![0u8; RXBUF];
    let mut h = Histogram::new();
    let rounds = a.msgs.div_ceil(a.depth);
    let warm = (rounds / 10).max(1);
    let (mut t0, mut cpu0) = (now_ns(), (0.0, 0.0));
    let mut measured = 0u64;
    let mut tx_at = 0usize;
    let period = plan.tx_frame * plan.cycle;
    for r in 0..rounds + warm {
        if r == warm {
            if let Some(p) = a.pid {
                process::reset_peak(p);
                cpu0 = process::cpu_secs(p);
            }
            t0 = now_ns();
        }
        let begun = now_ns();
        let mut left = plan.tx_frame * a.depth;
        let mut want = hearers * a.depth;
        while left > 0 || want > 0 {
            while left > 0 && streams[n - 1].push() {
                let k = left.min(plan.tx.len() - tx_at);
                match streams[n - 1].send(&plan.tx[tx_at..tx_at + k]) {
                    None => break,
                    Some(m) => {
                        left -= m;
                        tx_at = (tx_at + m) % period;
                        if m < k {
                            break;
                        }
                    }
                }
            }
            let k = ep.wait(if a.spin { 0 } else { 10 });
            if now_ns() - begun > 10_000_000_000 {
                fail(&format!("round {r}: {want} deliveries missing after 10 s"));
            }
            for j in 0..k {
                let (i, _) = ep.at(j);
                streams[i].push();
                loop {
                    let m = match streams[i].recv(&mut buf) {
                        None => break,
                        Some(0) => fail("a connection was closed by the server"),
                        Some(m) => m,
                    };
                    phase[i] = plan.check(phase[i], &buf[..m]);
                    got[i] += m;
                    let full = got[i] / plan.rx_frame;
                    if full > 0 {
                        got[i] -= full * plan.rx_frame;
                        if full > want {
                            fail("more deliveries than expected");
                        }
                        want -= full;
                        if r >= warm {
                            h.add(now_ns() - begun, full as u64);
                        }
                    }
                    if streams[i].is_drained(m, RXBUF) {
                        break;
                    }
                }
            }
        }
        if r >= warm {
            measured += (hearers * a.depth) as u64;
        }
        if r >= warm && (now_ns() - t0) as f64 / 1e9 > a.timeout {
            break;
        }
    }
    let secs = (now_ns() - t0) as f64 / 1e9;
    let cpu1 = a.pid.map(process::cpu_secs).unwrap_or((0.0, 0.0));
    let (user, sys) = (cpu1.0 - cpu0.0, cpu1.1 - cpu0.1);
    let per_m = 1e6 / measured.max(1) as f64;
    format!(
        "{{\"mode\":\"fanout\",\"label\":\"{}\",\"conns\":{},\"size\":{},\"depth\":{},\"secs\":{:.3},\
         \"deliveries\":{},\"deliveries_s\":{:.0},\"mb_s\":{:.1},\"p50_us\":{:.1},\"p99_us\":{:.1},\
         \"max_us\":{:.1},\"srv_cpu_s_per_m\":{:.3},\"srv_user_s_per_m\":{:.3},\"srv_sys_s_per_m\":{:.3},\
         \"srv_util\":{:.2},\"srv_peak_kb\":{}}}",
        a.label,
        a.conns,
        a.size,
        a.depth,
        secs,
        measured,
        measured as f64 / secs,
        measured as f64 * a.size as f64 / secs / 1e6,
        h.quantile(0.5) as f64 / 1e3,
        h.quantile(0.99) as f64 / 1e3,
        h.max as f64 / 1e3,
        (user + sys) * per_m,
        user * per_m,
        sys * per_m,
        (user + sys) / secs,
        a.pid.map(process::peak_kb).unwrap_or(0)
    )
}
