//! Regular expressions that a program uses, compiled once each.
//!
//! A program names an expression by its text, so nothing must be freed, and an expression can be sent like any value.
//! What is compiled is kept for the next use, within a bound.

use parking_lot::Mutex;
use regex::{Regex, RegexBuilder};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// So many are kept; whoever uses more pays for compiling again.
const MOST: usize = 256;
/// A compiled expression that is larger is refused: `\w{100}{100}`.
const MOST_BYTES: usize = 4 << 20;

#[derive(Default)]
pub struct Expressions(Mutex<Known>);

#[derive(Default)]
struct Known {
    compiled: FxHashMap<Box<str>, Regex>,
    /// The first to be forgotten stands first.
    ages: VecDeque<Box<str>>,
}

impl Expressions {
    /// The compiled expression, or what is wrong with its text, in one line.
    pub fn get(&self, text: &str) -> Result<Regex, String> {
        if let Some(known) = self.0.lock().compiled.get(text) {
            return Ok(known.clone());
        }
        let compiled = RegexBuilder::new(text).size_limit(MOST_BYTES).dfa_size_limit(MOST_BYTES).build();
        let compiled = compiled.map_err(|error| in_one_line(&error))?;
        let mut known = self.0.lock();
        if known.compiled.insert(text.into(), compiled.clone()).is_none() {
            known.ages.push_back(text.into());
        }
        if known.ages.len() > MOST
            && let Some(oldest) = known.ages.pop_front()
        {
            known.compiled.remove(&oldest);
        }
        Ok(compiled)
    }
}

/// The matches of an expression in a text, one behind the other: for each the numbers of the bytes where it begins and
/// ends; with `groups`, those of its groups behind them, -1 for one that has no part in it.
pub struct Matches<'a> {
    expression: &'a Regex,
    text: &'a str,
    /// Where to look on; none when there is nowhere.
    at: Option<usize>,
    /// Where the match before has ended: an empty one right there is none, else `a*` would match twice in `a`.
    last: Option<usize>,
    groups: bool,
}

impl<'a> Matches<'a> {
    /// From the beginning on, or from the byte where the match before has ended.
    pub fn new(expression: &'a Regex, text: &'a str, at: i64, groups: bool) -> Matches<'a> {
        let at = usize::try_from(at).ok().filter(|at| text.is_char_boundary(*at));
        Matches { expression, text, at, last: at.filter(|at| *at > 0), groups }
    }

    fn places_at(&self, at: usize) -> Option<Vec<i64>> {
        if !self.groups {
            let found = self.expression.find_at(self.text, at)?;
            return Some(vec![found.start() as i64, found.end() as i64]);
        }
        let mut places = self.expression.capture_locations();
        self.expression.captures_read_at(&mut places, self.text, at)?;
        let places = (0..places.len()).flat_map(|group| match places.get(group) {
            Some((start, end)) => [start as i64, end as i64],
            None => [-1, -1],
        });
        Some(places.collect())
    }
}

impl Iterator for Matches<'_> {
    type Item = Vec<i64>;

    fn next(&mut self) -> Option<Vec<i64>> {
        while let Some(at) = self.at {
            let Some(places) = self.places_at(at) else {
                self.at = None;
                break;
            };
            let (start, end) = (places[0] as usize, places[1] as usize);
            if start == end && self.last == Some(end) {
                self.at = self.text[end..].chars().next().map(|character| end + character.len_utf8());
                continue;
            }
            (self.at, self.last) = (Some(end), Some(end));
            return Some(places);
        }
        None
    }
}

/// The library draws the expression and a mark below it; the last line says what is wrong.
fn in_one_line(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default().trim();
    last.strip_prefix("error: ").unwrap_or(last).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten() {
        let expressions = Expressions::default();
        for number in 0..MOST + 10 {
            let found = expressions.get(&format!("a{number}")).expect("an expression");
            assert!(found.is_match(&format!("xa{number}")) && !found.is_match("b"));
        }
        let known = expressions.0.lock();
        assert_eq!((known.compiled.len(), known.ages.len()), (MOST, MOST));
        assert!(!known.compiled.contains_key("a0") && known.compiled.contains_key("a20"));
    }

    #[test]
    fn what_is_wrong_is_said_in_one_line() {
        let expressions = Expressions::default();
        assert_eq!(expressions.get("a(b").unwrap_err(), "unclosed group");
        assert!(expressions.get(r"\w{1000}{1000}").unwrap_err().contains("size limit"));
    }
}
