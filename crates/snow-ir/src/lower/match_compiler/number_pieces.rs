//! Ranges of numbers that a choice tells apart: cut into pieces that are the same or do not overlap.

use crate::lower::match_compiler::heads::{Head, Inside};
use std::collections::BTreeMap;

/// How the numbers in a place are cut.
pub(super) struct Pieces {
    /// Where pieces begin, in order.
    cuts: Vec<i64>,
    /// The pieces so far, where not all cuts are known beforehand: by their first number.
    known: Option<BTreeMap<i64, i64>>,
}

impl Pieces {
    /// `all`: these are the heads of every row. Otherwise others may come, which have to fit in between.
    pub fn of<'p>(heads: impl Iterator<Item = Head<'p>>, all: bool) -> Pieces {
        let mut cuts = Vec::new();
        let mut ranges = false;
        for head in heads {
            if let Head::Ints(first, last) = head {
                ranges |= first != last;
                cuts.push(first);
                cuts.extend(last.checked_add(1));
            }
        }
        if !ranges {
            cuts.clear();
        }
        cuts.sort_unstable();
        cuts.dedup();
        Pieces { cuts, known: (!all).then(BTreeMap::new) }
    }

    /// The heads in pieces. `None`: they overlap with others in part.
    pub fn of_heads<'p>(
        &mut self,
        heads: Vec<(Head<'p>, Inside<'p>)>,
    ) -> Option<Vec<(Head<'p>, Inside<'p>)>> {
        if !heads.iter().any(|(head, _)| matches!(head, Head::Ints(..))) {
            return Some(heads);
        }
        let mut pieces = Vec::with_capacity(heads.len());
        for (head, inside) in heads {
            let Head::Ints(mut first, last) = head else { continue };
            let from = self.cuts.partition_point(|cut| *cut <= first);
            for cut in self.cuts[from..].iter().take_while(|cut| **cut <= last) {
                pieces.push((Head::Ints(first, cut - 1), inside));
                first = *cut;
            }
            pieces.push((Head::Ints(first, last), inside));
        }
        let Some(known) = &mut self.known else { return Some(pieces) };
        for (piece, _) in &pieces {
            let Head::Ints(first, last) = *piece else { continue };
            match known.range(..=last).next_back() {
                Some((other, end)) if *end >= first && (*other, *end) != (first, last) => return None,
                _ => known.insert(first, last),
            };
        }
        Some(pieces)
    }
}
