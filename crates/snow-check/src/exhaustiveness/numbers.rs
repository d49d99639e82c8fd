//! Ranges of numbers: cut into pieces that do not overlap, so that each piece is a shape as others are.

use super::question::{ANY, MAX_MISSING, PatternId, Question, Shape, Simple, StackId};

/// Where the pieces of a column begin, in order. Without ranges there are none: each number is a piece.
pub struct Cuts(Vec<i64>);

impl Cuts {
    /// The pieces of a shape of the column: of numbers those between the cuts, else itself.
    pub fn pieces<'p>(&self, shape: Shape<'p>) -> impl Iterator<Item = Shape<'p>> + use<'_, 'p> {
        let (first, last) = match shape {
            Shape::Ints(first, last) if !self.0.is_empty() => (first, Some(last)),
            _ => (0, None),
        };
        let begin = self.0.partition_point(|cut| *cut < first);
        let cuts = self.0[begin..].iter().take_while(move |cut| last.is_some_and(|last| **cut <= last));
        let piece = move |(index, cut): (usize, &i64)| {
            let end = self.0.get(begin + index + 1).map_or(i64::MAX, |next| next - 1);
            Shape::Ints(*cut, end)
        };
        last.is_none().then_some(shape).into_iter().chain(cuts.enumerate().map(piece))
    }
}

impl Question<'_, '_> {
    /// How the numbers in the first column of the rows are cut.
    pub fn cuts(&self, rows: &[(u32, StackId)]) -> Cuts {
        let mut spans = Vec::new();
        let mut waiting: Vec<PatternId> =
            rows.iter().map(|(_, stack)| self.stacks[*stack as usize].0).collect();
        waiting.retain(|pattern| *pattern != ANY);
        while let Some(pattern) = waiting.pop() {
            match &self.patterns[pattern as usize] {
                Simple::Or(alternatives) => waiting.extend(alternatives),
                Simple::Shape(Shape::Ints(first, last), _) => spans.push((*first, *last)),
                _ => {}
            }
        }
        if spans.iter().all(|(first, last)| first == last) {
            return Cuts(Vec::new());
        }
        let ends = spans.iter().filter_map(|(_, last)| last.checked_add(1));
        let mut cuts: Vec<i64> = spans.iter().map(|(first, _)| *first).chain(ends).collect();
        cuts.sort_unstable();
        cuts.dedup();
        Cuts(cuts)
    }
}

/// Are these pieces all the numbers that there are?
pub fn are_all_numbers<'p>(pieces: impl Iterator<Item = Shape<'p>>) -> bool {
    let count = |piece| match piece {
        Shape::Ints(first, last) => i128::from(last) - i128::from(first) + 1,
        _ => 0,
    };
    pieces.map(count).sum::<i128>() == 1 << 64
}

/// What lies between pieces, below them or above; `None` where numbers are missing at both ends. Among numbers without
/// a range, what is missing is just anything.
pub fn gaps<'p>(pieces: impl Iterator<Item = Shape<'p>>) -> Vec<Option<Shape<'p>>> {
    let mut spans: Vec<(i64, i64)> = pieces
        .filter_map(|piece| match piece {
            Shape::Ints(first, last) => Some((first, last)),
            _ => None,
        })
        .collect();
    if spans.iter().all(|(first, last)| first == last) {
        return vec![None];
    }
    spans.sort_unstable();
    let between = spans.windows(2).filter(|pair| pair[0].1 + 1 < pair[1].0);
    let between = between.map(|pair| Some(Shape::Ints(pair[0].1 + 1, pair[1].0 - 1)));
    let mut gaps: Vec<Option<Shape>> = between.take(MAX_MISSING - 1).collect();
    let (first, last) = (spans[0].0, spans[spans.len() - 1].1);
    gaps.extend(match (first > i64::MIN, last < i64::MAX) {
        (true, true) => Some(None),
        (true, false) => Some(Some(Shape::Ints(i64::MIN, first - 1))),
        (false, true) => Some(Some(Shape::Ints(last + 1, i64::MAX))),
        (false, false) => None,
    });
    gaps
}
