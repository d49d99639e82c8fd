//! Numbers that chance decides, or a seed.

pub mod hash_key;
pub mod seeded;

use hash_key::HashKey;
use parking_lot::Mutex;
use seeded::Random;

/// What a program sees of chance.
pub struct Randomness {
    /// The numbers that it asks for, in deterministic mode.
    pub seeded: Option<Mutex<Random>>,
    pub hash_key: HashKey,
}

impl Randomness {
    pub fn new(seed: Option<u64>) -> Randomness {
        Randomness {
            seeded: seed.map(|seed| Mutex::new(Random::new(seed ^ 0xda7a))),
            hash_key: seed.map_or_else(HashKey::random, HashKey::from_seed),
        }
    }
}
