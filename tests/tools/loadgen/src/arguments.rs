//! Command line: `loadgen MODE HOST:PORT/PATH [flags]`.
use std::net::{Ipv4Addr, SocketAddrV4};

/// What one run does; `usage.txt` explains each flag.
#[derive(Clone)]
pub struct Arguments {
    pub mode: String,
    pub addr: SocketAddrV4,
    pub host: String,
    pub path: String,
    pub pub_path: String,
    pub conns: usize,
    pub size: usize,
    pub depth: usize,
    pub sliding: bool,
    pub secs: f64,
    pub warmup: f64,
    pub msgs: usize,
    pub kind: Kind,
    pub raw: bool,
    pub tls: bool,
    pub resume: bool,
    pub spin: bool,
    pub threads: usize,
    pub pid: Option<u32>,
    pub inflight: usize,
    pub hold: f64,
    pub touch: bool,
    pub sources: usize,
    pub timeout: f64,
    pub label: String,
}

/// What the payload is made of.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Binary,
    Text,
    Utf8,
}

/// Wrong usage: exit status 2.
pub fn usage(why: &str) -> ! {
    eprintln!("loadgen: {why}\n");
    eprintln!("{}", include_str!("../usage.txt"));
    std::process::exit(2)
}

impl Arguments {
    pub fn parse() -> Arguments {
        let mut it = std::env::args().skip(1);
        let mode = it.next().unwrap_or_else(|| usage("a mode is missing"));
        if mode == "-h" || mode == "--help" {
            println!("{}", include_str!("../usage.txt"));
            std::process::exit(0);
        }
        let target = it.next().unwrap_or_else(|| usage("HOST:PORT/PATH is missing"));
        let target = target.strip_prefix("ws://").unwrap_or(&target).to_string();
        let (host, path) = match target.find('/') {
            Some(i) => (target[..i].to_string(), target[i..].to_string()),
            None => (target.clone(), "/".to_string()),
        };
        let addr = parse_addr(&host);
        let mut a = Arguments {
            mode,
            addr,
            pub_path: path.clone(),
            host,
            path,
            conns: 100,
            size: 125,
            depth: 1,
            sliding: false,
            secs: 3.0,
            warmup: 0.5,
            msgs: 1000,
            kind: Kind::Binary,
            raw: false,
            tls: false,
            resume: false,
            spin: false,
            threads: 1,
            pid: None,
            inflight: 128,
            hold: 2.0,
            touch: false,
            sources: 0,
            timeout: 60.0,
            label: String::new(),
        };
        while let Some(f) = it.next() {
            let mut val = || it.next().unwrap_or_else(|| usage(&format!("{f} needs a value")));
            match f.as_str() {
                "--conns" => a.conns = num(&f, &val()),
                "--size" => a.size = num(&f, &val()),
                "--depth" => a.depth = num(&f, &val()),
                "--secs" => a.secs = fnum(&f, &val()),
                "--warmup" => a.warmup = fnum(&f, &val()),
                "--msgs" => a.msgs = num(&f, &val()),
                "--pub-path" => a.pub_path = val(),
                "--threads" => a.threads = num(&f, &val()),
                "--pid" => a.pid = Some(num(&f, &val()) as u32),
                "--inflight" => a.inflight = num(&f, &val()),
                "--hold" => a.hold = fnum(&f, &val()),
                "--sources" => a.sources = num(&f, &val()),
                "--timeout" => a.timeout = fnum(&f, &val()),
                "--label" => a.label = val(),
                "--sliding" => a.sliding = true,
                "--text" => a.kind = Kind::Text,
                "--utf8" => a.kind = Kind::Utf8,
                "--binary" => a.kind = Kind::Binary,
                "--raw" => a.raw = true,
                "--tls" => a.tls = true,
                "--resume" => a.resume = true,
                "--spin" => a.spin = true,
                "--touch" => a.touch = true,
                _ => usage(&format!("unknown flag {f}")),
            }
        }
        if a.conns == 0 || a.depth == 0 || a.threads == 0 || a.inflight == 0 || a.msgs == 0 {
            usage("counts must be at least 1");
        }
        if a.size == 0 && a.raw {
            usage("--raw needs --size of at least 1");
        }
        if a.resume && a.mode != "handshake" {
            usage("--resume is for handshake");
        }
        if a.sources == 0 {
            // under half of the ephemeral range a source: above it each connect searches for a port
            a.sources = a.conns / 10_000 + 1;
        }
        if a.sources > 200 {
            usage("at most 200 source addresses");
        }
        a.threads = a.threads.min(a.conns);
        a
    }
}

fn parse_addr(host: &str) -> SocketAddrV4 {
    let h = host.replace("localhost", "127.0.0.1");
    let addr: SocketAddrV4 = h
        .parse()
        .unwrap_or_else(|_| usage("the target must be HOST:PORT/PATH with an IPv4 address or localhost"));
    if *addr.ip() == Ipv4Addr::UNSPECIFIED || !addr.ip().is_loopback() {
        usage("only loopback targets (127.0.0.0/8) are allowed");
    }
    addr
}

fn num(flag: &str, v: &str) -> usize {
    let (d, mul) = match v.as_bytes().last() {
        Some(b'k') => (&v[..v.len() - 1], 1000),
        Some(b'K') => (&v[..v.len() - 1], 1024),
        Some(b'M') => (&v[..v.len() - 1], 1 << 20),
        _ => (v, 1),
    };
    d.parse::<usize>().unwrap_or_else(|_| usage(&format!("{flag}: {v} is not a number"))) * mul
}

fn fnum(flag: &str, v: &str) -> f64 {
    v.parse().unwrap_or_else(|_| usage(&format!("{flag}: {v} is not a number")))
}
