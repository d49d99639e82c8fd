//! Log-linear histogram of nanoseconds: 64 sub-buckets per power of two (1.6 % wide).
pub struct Histogram {
    counts: Vec<u64>,
    pub total: u64,
    pub max: u64,
}

const SUB: u32 = 6;

impl Histogram {
    pub fn new() -> Histogram {
        Histogram { counts: vec![0; (64 << SUB) as usize], total: 0, max: 0 }
    }

    #[inline]
    fn index(v: u64) -> usize {
        let v = v.max(1);
        let e = 63 - v.leading_zeros();
        if e <= SUB {
            return v as usize;
        }
        let shift = e - SUB;
        (((shift + 1) as usize) << SUB) + ((v >> shift) as usize & ((1 << SUB) - 1))
    }

    fn value(i: usize) -> u64 {
        if i < (2 << SUB) {
            return i as u64;
        }
        let shift = (i >> SUB) as u32 - 1;
        let m = (i & ((1 << SUB) - 1)) as u64 + (1 << SUB);
        (m << shift) + (1 << shift) / 2
    }

    #[inline]
    pub fn add(&mut self, v: u64, n: u64) {
        self.counts[Self::index(v)] += n;
        self.total += n;
        if v > self.max {
            self.max = v;
        }
    }

    pub fn merge(&mut self, o: &Histogram) {
        for (a, b) in self.counts.iter_mut().zip(&o.counts) {
            *a += b;
        }
        self.total += o.total;
        self.max = self.max.max(o.max);
    }

    pub fn quantile(&self, q: f64) -> u64 {
        let want = (self.total as f64 * q).ceil() as u64;
        let mut seen = 0;
        for (i, c) in self.counts.iter().enumerate() {
            seen += c;
            if seen >= want && *c > 0 {
                return Self::value(i).min(self.max);
            }
        }
        self.max
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn quantiles_are_within_two_percent() {
        let mut h = Histogram::new();
        for i in 1..=100_000u64 {
            h.add(i, 1);
        }
        for (q, want) in [(0.5, 50_000.0), (0.99, 99_000.0), (0.999, 99_900.0)] {
            let got = h.quantile(q) as f64;
            assert!((got - want).abs() / want < 0.02, "{q}: {got}");
        }
    }
}
