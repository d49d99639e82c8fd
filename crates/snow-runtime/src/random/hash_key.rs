//! The key under which the tables of a program hash what they hold.

use super::seeded::Random;
use ring::rand::{SecureRandom, SystemRandom};

/// A key for SipHash-1-3: who does not know it cannot find values whose hashes agree.
pub struct HashKey {
    low: u64,
    high: u64,
}

impl HashKey {
    /// The same key for the same seed: for runs that are to be repeated.
    pub fn from_seed(seed: u64) -> HashKey {
        let mut random = Random::new(seed ^ 0x5eed);
        HashKey { low: random.next(), high: random.next() }
    }

    pub fn random() -> HashKey {
        let mut bytes = [0; 16];
        // Without randomness the key is constant: a weaker defence, not a wrong result.
        let _ = SystemRandom::new().fill(&mut bytes);
        let key = u128::from_le_bytes(bytes);
        HashKey { low: key as u64, high: (key >> 64) as u64 }
    }

    /// Continues from the hash of what stands before: the hash of `state` and the bytes together.
    #[inline]
    pub fn hash(&self, state: i64, bytes: &[u8]) -> i64 {
        let mut sip = self.begin(state);
        let (words, rest) = bytes.as_chunks();
        for word in words {
            sip.add(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        sip.finish(u64::from_le_bytes(last), 8 + bytes.len())
    }

    /// The hash of `state` and the eight bytes of a number together.
    #[inline]
    pub fn hash_number(&self, state: i64, number: i64) -> i64 {
        let mut sip = self.begin(state);
        sip.add(number as u64);
        sip.finish(0, 16)
    }

    #[inline]
    fn begin(&self, state: i64) -> Sip {
        let mut sip = Sip([
            self.low ^ 0x736f_6d65_7073_6575,
            self.high ^ 0x646f_7261_6e64_6f6d,
            self.low ^ 0x6c79_6765_6e65_7261,
            self.high ^ 0x7465_6462_7974_6573,
        ]);
        sip.add(state as u64);
        sip
    }
}

/// SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012): one round for each word, three at the
/// end. Whole words in registers, without a buffer for parts of one: a third of the instructions that a hasher takes
/// which may be given its bytes in any pieces.
struct Sip([u64; 4]);

impl Sip {
    #[inline]
    fn add(&mut self, word: u64) {
        self.0[3] ^= word;
        self.round();
        self.0[0] ^= word;
    }

    /// The last bytes, fewer than eight, and how many there were in all.
    #[inline]
    fn finish(mut self, last: u64, length: usize) -> i64 {
        self.add(last | (length as u64) << 56);
        self.0[2] ^= 0xff;
        for _ in 0..3 {
            self.round();
        }
        self.0.iter().fold(0, |hash, word| hash ^ word) as i64
    }

    #[inline]
    fn round(&mut self) {
        let [mut a, mut b, mut c, mut d] = self.0;
        a = a.wrapping_add(b);
        b = b.rotate_left(13) ^ a;
        a = a.rotate_left(32);
        c = c.wrapping_add(d);
        d = d.rotate_left(16) ^ c;
        a = a.wrapping_add(d);
        d = d.rotate_left(21) ^ a;
        c = c.wrapping_add(b);
        b = b.rotate_left(17) ^ c;
        c = c.rotate_left(32);
        self.0 = [a, b, c, d];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use siphasher::sip::SipHasher13;
    use std::hash::Hasher;

    #[test]
    fn it_is_siphash() {
        let key = HashKey::from_seed(3);
        let bytes: Vec<u8> = (0..40).map(|byte| byte * 7).collect();
        let reference = |bytes: &[u8]| {
            let mut hasher = SipHasher13::new_with_keys(key.low, key.high);
            hasher.write(&(-2_i64).to_le_bytes());
            hasher.write(bytes);
            hasher.finish() as i64
        };
        for length in 0..bytes.len() {
            assert_eq!(key.hash(-2, &bytes[..length]), reference(&bytes[..length]), "of {length} bytes");
        }
        for number in [0, 1, -1, i64::MIN, 0x0102_0304_0506_0708] {
            assert_eq!(key.hash_number(-2, number), reference(&number.to_le_bytes()), "of {number}");
        }
    }

    #[test]
    fn key_state_and_bytes_all_count() {
        let key = HashKey::from_seed(1);
        let hash = key.hash(7, b"room");
        assert_eq!(hash, HashKey::from_seed(1).hash(7, b"room"));
        assert_ne!(hash, HashKey::from_seed(2).hash(7, b"room"));
        assert_ne!(hash, HashKey { low: key.low, high: !key.high }.hash(7, b"room"));
        assert_ne!(hash, key.hash(8, b"room"));
        assert_ne!(hash, key.hash(7, b"rooms"));
        assert_ne!(key.hash(7, b""), key.hash(7, b"\0"));
    }

    #[test]
    fn keys_of_two_runs_differ() {
        assert_ne!(HashKey::random().hash(0, b""), HashKey::random().hash(0, b""));
    }
}
