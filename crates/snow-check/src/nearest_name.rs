//! "Did you mean": names that differ by little.

/// The candidate nearest to a name, if it is near enough to have been meant.
pub fn nearest<T: AsRef<str>>(name: &str, candidates: impl IntoIterator<Item = T>) -> Option<T> {
    let length = name.chars().count();
    let limit = match length {
        0..=2 => return None,
        3..=4 => 1,
        5..=7 => 2,
        _ => 3,
    };
    let letters: Vec<char> = name.chars().take(MOST_LETTERS).collect();
    let mut rows = Rows::default();
    let mut best: Option<(usize, T)> = None;
    for candidate in candidates {
        let text = candidate.as_ref();
        if text == name || text.chars().count().abs_diff(length) > limit {
            continue;
        }
        let distance = rows.distance(&letters, text);
        // Of equally near ones the alphabetically first, so that messages do not depend on table order.
        if distance <= limit
            && distance < length
            && best.as_ref().is_none_or(|(least, found)| (distance, text) < (*least, found.as_ref()))
        {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Letters of a name that are compared.
const MOST_LETTERS: usize = 64;

/// The last two rows of a table of distances and the one being filled, kept from one name to the next.
#[derive(Default)]
struct Rows {
    letters: Vec<char>,
    before: Vec<usize>,
    last: Vec<usize>,
    next: Vec<usize>,
}

impl Rows {
    /// Levenshtein's distance, by characters; swapped neighbours count as one change.
    fn distance(&mut self, a: &[char], b: &str) -> usize {
        let Rows { letters, before, last, next } = self;
        letters.clear();
        letters.extend(b.chars().take(MOST_LETTERS));
        let b = letters;
        last.clear();
        last.extend(0..=b.len());
        for i in 0..a.len() {
            next.clear();
            next.push(i + 1);
            for j in 0..b.len() {
                let mut cost = (last[j] + usize::from(a[i] != b[j])).min(last[j + 1] + 1).min(next[j] + 1);
                if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                    cost = cost.min(before[j - 1] + 1);
                }
                next.push(cost);
            }
            std::mem::swap(before, last);
            std::mem::swap(last, next);
        }
        last[b.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_nearest() {
        assert_eq!(nearest("lenght", ["length", "last", "left"]), Some("length"));
        assert_eq!(nearest("pritnln", ["print", "println"]), Some("println"));
        assert_eq!(nearest("x", ["yellow"]), None);
        assert_eq!(nearest("map", ["map"]), None);
    }
}
