//! Echo: every connection keeps `depth` messages in flight; every byte that comes back is checked.
use crate::arguments::Arguments;
use crate::histogram::Histogram;
use crate::opening;
use crate::plan::{Plan, RXBUF};
use crate::process;
use crate::sockets::{Epoll, fail, now_ns};
use crate::stream::Stream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::*};
use std::time::Duration;

struct Conn<S> {
    stream: S,
    phase: usize,   // bytes into the expected cycle
    got: usize,     // bytes of the current frame already here
    tx_at: usize,   // next byte to send, an offset into the send cycle
    tx_left: usize, // bytes of the current batch still to send
    in_flight: usize,
    sent_at: u64,
    times: Vec<u64>, // sliding only: a ring of send times
    t_in: usize,
    t_out: usize,
}

struct Shared {
    phase: AtomicU32, // 0 warming up, 1 measuring, 2 stop
    msgs: AtomicU64,
    ready: AtomicU32,
}

pub fn run<S: Stream>(a: &Arguments) -> String {
    let plan = Arc::new(Plan::new(a));
    let opened = opening::open_all::<S>(a, a.conns, &a.path);
    let sh = Arc::new(Shared { phase: AtomicU32::new(0), msgs: AtomicU64::new(0), ready: AtomicU32::new(0) });
    let mut chunks: Vec<Vec<S>> = (0..a.threads).map(|_| Vec::new()).collect();
    for (i, stream) in opened.streams.into_iter().enumerate() {
        chunks[i % a.threads].push(stream);
    }
    let mut joins = Vec::new();
    let first = chunks.remove(0);
    for c in chunks {
        let (a, p, s) = (a.clone(), plan.clone(), sh.clone());
        joins.push(std::thread::spawn(move || worker(&a, &p, c, &s)));
    }
    // one thread keeps time; it sleeps, so it costs nothing beside the workers
    let (a2, s2) = (a.clone(), sh.clone());
    let clock = std::thread::spawn(move || {
        while s2.ready.load(Acquire) < a2.threads as u32 {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_secs_f64(a2.warmup));
        if let Some(p) = a2.pid {
            process::reset_peak(p);
        }
        let cpu0 = a2.pid.map(process::cpu_secs).unwrap_or((0.0, 0.0));
        let me0 = process::cpu_secs(std::process::id());
        let (t0, m0) = (now_ns(), s2.msgs.load(Relaxed));
        s2.phase.store(1, Release);
        std::thread::sleep(Duration::from_secs_f64(a2.secs));
        s2.phase.store(2, Release);
        let (t1, m1) = (now_ns(), s2.msgs.load(Relaxed));
        let cpu1 = a2.pid.map(process::cpu_secs).unwrap_or((0.0, 0.0));
        let me1 = process::cpu_secs(std::process::id());
        let peak = a2.pid.map(process::peak_kb).unwrap_or(0);
        (
            (t1 - t0) as f64 / 1e9,
            m1 - m0,
            cpu1.0 - cpu0.0,
            cpu1.1 - cpu0.1,
            me1.0 + me1.1 - me0.0 - me0.1,
            peak,
        )
    });
    let mut h = worker(a, &plan, first, &sh);
    for j in joins {
        h.merge(&j.join().unwrap());
    }
    let (secs, msgs, user, sys, own, peak) = clock.join().unwrap();
    if msgs == 0 {
        fail("no message came back in the measured time");
    }
    let per_m = 1e6 / msgs as f64;
    format!(
        "{{\"mode\":\"echo\",\"label\":\"{}\",\"conns\":{},\"size\":{},\"depth\":{},\"secs\":{:.3},\
         \"msgs\":{},\"msgs_s\":{:.0},\"mb_s\":{:.1},\"p50_us\":{:.1},\"p99_us\":{:.1},\"p999_us\":{:.1},\
         \"max_us\":{:.1},\"srv_cpu_s_per_m\":{:.3},\"srv_user_s_per_m\":{:.3},\"srv_sys_s_per_m\":{:.3},\
         \"srv_util\":{:.2},\"gen_cpu_s_per_m\":{:.3},\"srv_peak_kb\":{}}}",
        a.label,
        a.conns,
        a.size,
        a.depth,
        secs,
        msgs,
        msgs as f64 / secs,
        msgs as f64 * a.size as f64 / secs / 1e6,
        h.quantile(0.5) as f64 / 1e3,
        h.quantile(0.99) as f64 / 1e3,
        h.quantile(0.999) as f64 / 1e3,
        h.max as f64 / 1e3,
        (user + sys) * per_m,
        user * per_m,
        sys * per_m,
        (user + sys) / secs,
        own * per_m,
        peak
    )
}

fn worker<S: Stream>(a: &Arguments, plan: &Plan, streams: Vec<S>, sh: &Shared) -> Histogram {
    let mut ep = Epoll::new(streams.len());
    let mut h = Histogram::new();
    let mut buf = vec![0u8; RXBUF];
    let mut conns: Vec<Conn<S>> = streams
        .into_iter()
        .map(|stream| Conn {
            stream,
            phase: 0,
            got: 0,
            tx_at: 0,
            tx_left: 0,
            in_flight: 0,
            sent_at: 0,
            times: vec![0; if a.sliding { a.depth } else { 0 }],
            t_in: 0,
            t_out: 0,
        })
        .collect();
    for (i, c) in conns.iter().enumerate() {
        ep.add(c.stream.fd(), i);
    }
    sh.ready.fetch_add(1, AcqRel);
    for c in conns.iter_mut() {
        start(a, plan, c, a.depth);
        flush(plan, c);
    }
    let mut now = now_ns();
    let mut last_progress = now;
    let mut measuring = false;
    loop {
        match sh.phase.load(Acquire) {
            1 => measuring = true,
            2 => return h,
            _ => {}
        }
        let k = ep.wait(if a.spin { 0 } else { 10 });
        if k == 0 {
            now = now_ns();
            if now - last_progress > 5_000_000_000 {
                fail("no echo for 5 seconds");
            }
            continue;
        }
        let mut round = 0u64;
        for j in 0..k {
            let (i, ev) = ep.at(j);
            let c = &mut conns[i];
            if ev & (libc::EPOLLIN | libc::EPOLLHUP | libc::EPOLLERR) as u32 != 0 {
                loop {
                    let n = match c.stream.recv(&mut buf) {
                        None => break,
                        Some(0) => fail("a connection was closed by the server"),
                        Some(n) => n,
                    };
                    c.phase = plan.check(c.phase, &buf[..n]);
                    c.got += n;
                    if c.got >= plan.rx_frame {
                        let full = c.got / plan.rx_frame;
                        c.got -= full * plan.rx_frame;
                        if full > c.in_flight {
                            fail("more messages came back than were sent");
                        }
                        c.in_flight -= full;
                        now = now_ns();
                        if measuring {
                            if a.sliding {
                                for _ in 0..full {
                                    h.add(now - c.times[c.t_out], 1);
                                    c.t_out = (c.t_out + 1) % a.depth;
                                }
                            } else {
                                h.add(now - c.sent_at, full as u64);
                            }
                        } else if a.sliding {
                            c.t_out = (c.t_out + full) % a.depth;
                        }
                        round += full as u64;
                        if a.sliding {
                            start(a, plan, c, full);
                        } else if c.in_flight == 0 {
                            start(a, plan, c, a.depth);
                        }
                        flush(plan, c);
                    }
                    if c.stream.is_drained(n, RXBUF) {
                        break;
                    }
                }
            }
            if ev & libc::EPOLLOUT as u32 != 0 && c.stream.push() && c.tx_left > 0 {
                flush(plan, c);
            }
        }
        if round > 0 {
            sh.msgs.fetch_add(round, Relaxed);
            last_progress = now;
        }
    }
}

#[inline]
fn start<S>(a: &Arguments, plan: &Plan, c: &mut Conn<S>, n: usize) {
    c.in_flight += n;
    c.tx_left += n * plan.tx_frame;
    let now = now_ns();
    c.sent_at = now;
    if a.sliding {
        for _ in 0..n {
            c.times[c.t_in] = now;
            c.t_in = (c.t_in + 1) % a.depth;
        }
    }
}

#[inline]
fn flush<S: Stream>(plan: &Plan, c: &mut Conn<S>) {
    let period = plan.tx_frame * plan.cycle;
    while c.tx_left > 0 {
        let n = c.tx_left.min(plan.tx.len() - c.tx_at);
        match c.stream.send(&plan.tx[c.tx_at..c.tx_at + n]) {
            None => return,
            Some(m) => {
                c.tx_left -= m;
                c.tx_at = (c.tx_at + m) % period;
                if m < n {
                    return;
                }
            }
        }
    }
}
