//! Sets of small numbers as bits, for the analyses of data flow.

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    pub fn none(count: usize) -> Bits {
        Bits { words: vec![0; count.div_ceil(64)] }
    }

    /// All set; bits behind `count` may be set too and mean nothing.
    pub fn all(count: usize) -> Bits {
        Bits { words: vec![!0; count.div_ceil(64)] }
    }

    pub fn insert(&mut self, bit: usize) {
        self.words[bit / 64] |= 1 << (bit % 64);
    }

    pub fn remove(&mut self, bit: usize) {
        self.words[bit / 64] &= !(1 << (bit % 64));
    }

    pub fn contains(&self, bit: usize) -> bool {
        self.words[bit / 64] >> (bit % 64) & 1 == 1
    }

    pub fn union(&mut self, other: &Bits) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
    }

    pub fn intersect(&mut self, other: &Bits) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }

    /// The set bits, lowest first.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(index, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                Some(index * 64 + bit)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Bits;

    #[test]
    fn rows_work_across_words() {
        let mut bits = Bits::none(130);
        for bit in [0, 63, 64, 129] {
            bits.insert(bit);
        }
        assert_eq!(bits.iter().collect::<Vec<_>>(), [0, 63, 64, 129]);
        bits.remove(64);
        assert!(!bits.contains(64) && bits.contains(129));
        let mut other = Bits::none(130);
        other.insert(129);
        other.insert(5);
        bits.intersect(&other);
        assert_eq!(bits.iter().collect::<Vec<_>>(), [129]);
        bits.union(&other);
        assert_eq!(bits.iter().collect::<Vec<_>>(), [5, 129]);
    }
}
