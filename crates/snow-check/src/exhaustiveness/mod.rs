//! Exhaustiveness and redundancy of matches: one walk over the rows of patterns, column by column.
//! (Luc Maranget, "Warnings for pattern matching", Journal of Functional Programming 17, 2007.)
//!
//! The question is NP-complete. What makes real matches quick is that rows with the same patterns left
//! are one state, which is looked at once: patterns, what is left of a row, and types have numbers, and
//! equal things have equal numbers.

mod diagnostics;
mod numbers;
mod patterns;
mod question;
mod search;
mod shapes;
mod wording;

use crate::hir::{Pattern, Type, TypeDef};
use crate::program::Language;
pub use diagnostics::Matches;
use question::{ANY, NOTHING, PatternId, Question, State};

/// One arm.
pub struct Row<'p> {
    pub pattern: &'p Pattern,
    /// A guard may fail: the arm covers nothing for certain.
    pub guarded: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Checked {
    Exhaustive,
    /// Patterns that no arm matches; not all of them when there are many.
    Missing(Vec<String>),
    /// The question has too many cases to be answered.
    TooLarge,
}

/// Is the match exhaustive, and which arms (by index) can never match?
pub fn check(definitions: &[TypeDef], language: &Language, ty: &Type, rows: &[Row]) -> (Checked, Vec<usize>) {
    let mut question = Question::new(definitions, language, rows.iter().map(|row| row.guarded).collect());
    let patterns: Vec<PatternId> = rows.iter().map(|row| question.simplify(row.pattern)).collect();
    let root = State {
        rows: (0..).zip(&patterns).map(|(row, pattern)| (row, question.push(*pattern, NOTHING))).collect(),
        types: vec![question.type_id(ty.clone())],
    };
    let Some(missing) = question.walk(root) else {
        let covers = |(pattern, row): (&PatternId, &Row)| *pattern == ANY && !row.guarded;
        let covered = patterns.iter().zip(rows).any(covers);
        return (if covered { Checked::Exhaustive } else { Checked::TooLarge }, Vec::new());
    };
    let unreachable = (0..rows.len()).filter(|row| !question.useful[*row]).collect();
    let checked = match missing.is_empty() {
        true => Checked::Exhaustive,
        false => Checked::Missing(missing.iter().map(|parts| question.words(&parts[0])).collect()),
    };
    (checked, unreachable)
}
