//! The heads of patterns: what a test looks for first in a place (a constructor, a number, a text, …), and
//! what is left to test inside of what has that head.

use crate::lower::match_compiler::Test;
use snow_check::hir::{Pattern, PatternKind};
use std::collections::HashSet;

/// What a test looks for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Head<'p> {
    Bool(bool),
    /// The numbers from the first to the last.
    Ints(i64, i64),
    Float(u64),
    Text(&'p str),
    Constructor(usize),
    Empty,
    Cons,
}

/// What is left to do where a head was found.
#[derive(Clone, Copy)]
pub(super) struct Inside<'p> {
    /// Nothing at all: that other heads lead there too makes no difference.
    pub test: Option<Test<'p>>,
    /// Does it match whatever is there?
    pub takes_all: bool,
}

/// The heads that a test looks for; `None` if it is no question of heads, or not for all alternatives.
pub(super) fn heads(test: Test<'_>) -> Option<Vec<(Head<'_>, Inside<'_>)>> {
    let mut found = Vec::new();
    match test {
        Test::Elements(first, rest) => found.push(list_head(test, first, rest)),
        Test::Pattern(pattern) => add_heads(pattern, pattern, &mut found)?,
    }
    Some(found)
}

fn list_head<'p>(test: Test<'p>, first: &'p [Pattern], rest: Option<&'p Pattern>) -> (Head<'p>, Inside<'p>) {
    match (first, rest) {
        ([], _) => (Head::Empty, Inside { test: None, takes_all: true }),
        ([first], Some(rest)) => {
            (Head::Cons, Inside { test: Some(test), takes_all: takes_all(first) && takes_all(rest) })
        }
        _ => (Head::Cons, Inside { test: Some(test), takes_all: false }),
    }
}

/// `whole` is the pattern with what it binds outside of the head.
fn add_heads<'p>(
    whole: &'p Pattern,
    pattern: &'p Pattern,
    found: &mut Vec<(Head<'p>, Inside<'p>)>,
) -> Option<()> {
    let nothing = Inside { test: None, takes_all: true };
    let literal = |head| {
        let named = !std::ptr::eq(whole, pattern);
        (head, if named { Inside { test: Some(Test::Pattern(whole)), takes_all: true } } else { nothing })
    };
    found.push(match &pattern.kind {
        PatternKind::Bool(value) => literal(Head::Bool(*value)),
        PatternKind::Int(number) => literal(Head::Ints(*number, *number)),
        PatternKind::Range(first, last) => literal(Head::Ints(*first, *last)),
        // 0.0 and -0.0 are equal.
        PatternKind::Float(number) => literal(Head::Float((number + 0.0).to_bits())),
        PatternKind::String(text) => literal(Head::Text(text)),
        PatternKind::Constructor(index, parts) if parts.iter().all(is_wildcard) => {
            literal(Head::Constructor(*index))
        }
        PatternKind::Constructor(index, parts) => {
            let test = Some(Test::Pattern(whole));
            (Head::Constructor(*index), Inside { test, takes_all: parts.iter().all(takes_all) })
        }
        PatternKind::List(elements) => list_head(Test::Pattern(whole), elements, None),
        PatternKind::Cons(first, rest) => list_head(Test::Pattern(whole), first, Some(rest)),
        PatternKind::As(inner, _) if !matches!(inner.kind, PatternKind::Or(_)) => {
            return add_heads(whole, inner, found);
        }
        PatternKind::Or(alternatives) => {
            return alternatives.iter().try_for_each(|one| add_heads(one, one, found));
        }
        _ => return None,
    });
    Some(())
}

fn is_wildcard(pattern: &Pattern) -> bool {
    matches!(pattern.kind, PatternKind::Wildcard | PatternKind::Unit)
}

fn takes_all(pattern: &Pattern) -> bool {
    is_wildcard(pattern) || matches!(pattern.kind, PatternKind::Bind(_))
}

/// May several of the alternatives match one value?
pub(super) fn may_overlap(alternatives: &Pattern) -> bool {
    let mut seen = HashSet::new();
    let apart = |head: &Head| !matches!(head, Head::Ints(first, last) if first != last);
    match heads(Test::Pattern(alternatives)) {
        Some(heads) => !heads.iter().all(|(head, _)| apart(head) && seen.insert(*head)),
        None => true,
    }
}
