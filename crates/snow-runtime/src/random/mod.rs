//! Numbers that chance or a seed decides.

pub mod hash_key;
pub mod seeded;
