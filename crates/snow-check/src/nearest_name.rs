//! "Did you mean": names that differ by little.

use strsim::osa_distance;

/// The candidate nearest to a name, if it is near enough to have been meant.
pub fn nearest<T: AsRef<str>>(name: &str, candidates: impl IntoIterator<Item = T>) -> Option<T> {
    let length = name.chars().count();
    let limit = match length {
        0..=2 => return None,
        3..=4 => 1,
        5..=7 => 2,
        _ => 3,
    };
    let beginning = beginning(name);
    let mut best: Option<(usize, T)> = None;
    for candidate in candidates {
        let text = candidate.as_ref();
        if text == name || text.chars().count().abs_diff(length) > limit {
            continue;
        }
        // Swapped neighbours count as one change.
        let distance = osa_distance(beginning, self::beginning(text));
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

fn beginning(name: &str) -> &str {
    name.char_indices().nth(MOST_LETTERS).map_or(name, |(end, _)| &name[..end])
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
