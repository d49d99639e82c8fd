//! The key under which the tables of a program hash what they hold.

use super::seeded::Random;
use ring::rand::{SecureRandom, SystemRandom};
use siphasher::sip::SipHasher13;
use std::hash::Hasher;

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
    pub fn hash(&self, state: i64, bytes: &[u8]) -> i64 {
        let mut hasher = SipHasher13::new_with_keys(self.low, self.high);
        hasher.write(&state.to_le_bytes());
        hasher.write(bytes);
        hasher.finish() as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
