//! Prebuilt masked frames to send and the exact bytes that must come back.
use crate::arguments::{Arguments, Kind};
use crate::sockets::fail;

/// The stream a connection sends is a cycle of `cycle` different frames; what must come back is
/// the same cycle unmasked, so any chunk is checked with one memcmp at its phase.
pub struct Plan {
    pub tx: Vec<u8>,
    pub tx_frame: usize,
    pub rx: Vec<u8>,
    pub rx_frame: usize,
    pub rx_period: usize,
    pub cycle: usize,
}

pub const RXBUF: usize = 256 * 1024;

fn payload(a: &Arguments, k: usize) -> Vec<u8> {
    let mut x = 0x9e3779b97f4a7c15u64.wrapping_mul(k as u64 + 1);
    let mut byte = || {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        (x >> 32) as u8
    };
    match a.kind {
        Kind::Binary => (0..a.size).map(|_| byte()).collect(),
        Kind::Text => (0..a.size).map(|_| b' ' + byte() % 95).collect(),
        Kind::Utf8 => {
            let mut v = Vec::with_capacity(a.size + 4);
            let set = ['a', 'é', '漢', '😀', 'z', ' ', 'ß', '語'];
            while v.len() < a.size {
                let mut b = [0u8; 4];
                let s = set[byte() as usize % set.len()].encode_utf8(&mut b);
                if v.len() + s.len() <= a.size {
                    v.extend_from_slice(s.as_bytes());
                } else {
                    v.push(b'.');
                }
            }
            v
        }
    }
}

fn header(a: &Arguments, mask: bool) -> Vec<u8> {
    let m = if mask { 0x80 } else { 0 };
    let mut h = vec![0x80 | if a.kind == Kind::Binary { 2 } else { 1 }];
    match a.size {
        0..=125 => h.push(m | a.size as u8),
        126..=65535 => {
            h.push(m | 126);
            h.extend_from_slice(&(a.size as u16).to_be_bytes());
        }
        _ => {
            h.push(m | 127);
            h.extend_from_slice(&(a.size as u64).to_be_bytes());
        }
    }
    h
}

impl Plan {
    pub fn new(a: &Arguments) -> Plan {
        let cycle = if a.size * a.depth <= 512 * 1024 { a.depth.max(4) } else { 1 };
        let (mut tx, mut rx) = (Vec::new(), Vec::new());
        let (mut tx_frame, mut rx_frame) = (0, 0);
        for k in 0..cycle {
            let p = payload(a, k);
            let (t0, r0) = (tx.len(), rx.len());
            if a.raw {
                tx.extend_from_slice(&p);
                rx.extend_from_slice(&p);
            } else {
                tx.extend(header(a, true));
                let mask = [0x37 ^ k as u8, 0xfa, 0x21, 0x3d];
                tx.extend_from_slice(&mask);
                tx.extend(p.iter().enumerate().map(|(i, b)| b ^ mask[i & 3]));
                rx.extend(header(a, false));
                rx.extend_from_slice(&p);
            }
            (tx_frame, rx_frame) = (tx.len() - t0, rx.len() - r0);
        }
        let rx_period = rx.len();
        // any run of `depth` frames, and any received chunk, must be contiguous in memory
        let once = tx.clone();
        while tx.len() < once.len() + a.depth * tx_frame {
            tx.extend_from_slice(&once);
        }
        let once = rx.clone();
        while rx.len() < rx_period + RXBUF {
            rx.extend_from_slice(&once);
        }
        Plan { tx, tx_frame, rx, rx_frame, rx_period, cycle }
    }

    /// Checks a received chunk at `phase` bytes into the cycle; returns the next phase.
    #[inline]
    pub fn check(&self, phase: usize, got: &[u8]) -> usize {
        if self.rx[phase..phase + got.len()] != *got {
            let at = self.rx[phase..].iter().zip(got).position(|(a, b)| a != b).unwrap_or(0);
            let end = (at + 16).min(got.len());
            fail(&format!(
                "wrong byte {} of frame {} in the cycle: got {:02x?}, wanted {:02x?}",
                (phase + at) % self.rx_frame,
                (phase + at) / self.rx_frame % self.cycle,
                &got[at..end],
                &self.rx[phase + at..phase + end]
            ));
        }
        (phase + got.len()) % self.rx_period
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    fn args(size: usize, depth: usize) -> Arguments {
        Arguments {
            mode: "echo".into(),
            addr: "127.0.0.1:1".parse().unwrap(),
            host: String::new(),
            path: "/".into(),
            pub_path: "/".into(),
            conns: 1,
            size,
            depth,
            sliding: false,
            secs: 1.0,
            warmup: 0.0,
            msgs: 1,
            kind: Kind::Utf8,
            raw: false,
            tls: false,
            resume: false,
            spin: false,
            threads: 1,
            pid: None,
            inflight: 1,
            hold: 0.0,
            touch: false,
            sources: 1,
            timeout: 1.0,
            label: String::new(),
        }
    }
    #[test]
    fn frames_unmask_to_what_is_expected_back() {
        for size in [0, 16, 125, 126, 1024, 65535, 65536] {
            let p = Plan::new(&args(size, 3));
            let head = p.rx_frame - size;
            let tx = &p.tx[p.tx_frame..2 * p.tx_frame]; // the second frame of the cycle
            let rx = &p.rx[p.rx_frame..2 * p.rx_frame];
            assert_eq!(tx[0], rx[0]);
            assert_eq!(tx[1], rx[1] | 0x80);
            let m = &tx[head..head + 4];
            let plain: Vec<u8> = tx[head + 4..].iter().enumerate().map(|(i, b)| b ^ m[i & 3]).collect();
            assert_eq!(plain, rx[head..]);
            assert!(std::str::from_utf8(&plain).is_ok());
        }
    }
}
