//! One input, and the lines that tell a harness of it: the same bytes, cut in several ways.

use crate::hex;
use snow_fuzz::random::Random;

/// How many lines a harness is given for an input.
pub const LINES: usize = 3;

#[derive(Clone, Debug)]
pub struct Input {
    /// What the harness is told beside the bytes; see `Target::numbers`.
    pub number: u64,
    pub bytes: Vec<u8>,
    /// Draws the cuts.
    pub seed: u64,
}

impl Input {
    /// Whole, and cut at random places; what has been cut into single bytes is among them now and then.
    pub fn lines(&self) -> [String; LINES] {
        let mut random = Random::new(self.seed ^ 0x6375_7473);
        [self.line(&[]), self.line(&self.cuts(&mut random)), self.line(&self.cuts(&mut random))]
    }

    fn cuts(&self, random: &mut Random) -> Vec<usize> {
        let most = random.pick(&[1, 2, 16, 300, 20_000]);
        // A packet costs more than a byte.
        let most = most.max(self.bytes.len() / 2_000);
        let mut cuts = Vec::new();
        let mut at = random.between(1, most);
        while at < self.bytes.len() {
            cuts.push(at);
            at += random.between(1, most);
        }
        cuts
    }

    fn line(&self, cuts: &[usize]) -> String {
        let ends = cuts.iter().copied().chain([self.bytes.len()]);
        let mut from = 0;
        let packets: Vec<String> =
            ends.map(|end| hex::digits(&self.bytes[std::mem::replace(&mut from, end)..end])).collect();
        format!("{} {}", self.number, packets.join(","))
    }
}
