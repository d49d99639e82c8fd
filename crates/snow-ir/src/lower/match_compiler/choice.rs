//! One node of the decision tree: how rows split by what is in a place, and what is left of each row in
//! each branch.

use crate::ir::BlockId;
use crate::lower::function::FunctionLowering;
use crate::lower::match_compiler::heads::{Head, Inside, heads};
use crate::lower::match_compiler::number_pieces::Pieces;
use crate::lower::match_compiler::places::{Matcher, PlaceId};
use crate::lower::match_compiler::{Branch, Row, Test};
use crate::lower::types;
use snow_check::hir::{Pattern, PatternKind};
use std::collections::{HashMap, VecDeque};

/// Rows that the choices of one `case` may copy into several branches.
const MOST_COPIES: usize = 1_000;

/// Pieces into which a choice may cut ranges of numbers, beside those that the source has.
const MOST_CUTS: usize = 10_000;

/// How the first rows split.
pub(crate) struct Choice<'p> {
    /// How many rows it is about; the others are tried when none of them matches.
    pub rows: usize,
    groups: Vec<Group<'p>>,
    /// Rows that match what has none of the heads.
    others: Vec<usize>,
}

/// Heads that lead to the same rows.
struct Group<'p> {
    heads: Vec<Head<'p>>,
    rows: Vec<(usize, Inside<'p>)>,
}

/// Splits rows by what is in a place. `None`: more than `copies` rows would have to be copied, or the
/// first row's test is not one for a choice. Without copies, only rows are taken together that the
/// choice tells apart.
fn split<'p>(
    matcher: &Matcher<'p>,
    rows: &VecDeque<Row<'p>>,
    place: PlaceId,
    copies: usize,
) -> Option<Choice<'p>> {
    struct Found<'p> {
        head: Head<'p>,
        rows: Vec<(usize, Inside<'p>)>,
        closed: bool,
    }
    const UNTOUCHED: Inside<'static> = Inside { test: None, takes_all: true };
    let mut found: Vec<Found<'p>> = Vec::new();
    let mut numbers: HashMap<Head<'p>, usize> = HashMap::new();
    let mut open: Vec<usize> = Vec::new();
    let mut others: Vec<usize> = Vec::new();
    let mut taken = 0;
    let mut copied = 0;
    let mut cut = 0;
    // Without copies what a later row looks for is not cut.
    let told_apart = if copies == 0 { 1 } else { rows.len() };
    let tests = rows.iter().take(told_apart).filter_map(|row| row.test_at(place));
    let mut pieces = Pieces::of(tests.filter_map(heads).flatten().map(|(head, _)| head), copies > 0);
    for (index, row) in rows.iter().enumerate() {
        let last_test =
            |row: &Row<'p>, tests| row.tests.len() == tests && matcher.arms[row.arm].guard.is_none();
        match row.test_at(place) {
            None if copies == 0 => break,
            None => {
                open.retain(|number| !found[*number].closed);
                copied += open.len();
                if copied > copies {
                    return None;
                }
                let closes = last_test(row, 0);
                for number in &open {
                    found[*number].rows.push((index, UNTOUCHED));
                }
                others.push(index);
                if closes {
                    taken = rows.len();
                    break;
                }
            }
            Some(test) => {
                let Some(heads) = heads(test) else { break };
                let whole = heads.len();
                let Some(heads) = pieces.of_heads(heads) else { break };
                cut += heads.len() - whole;
                if copies > 0 && cut > MOST_CUTS {
                    return None;
                }
                if copies == 0 && heads.len() > 1 {
                    // Alternatives lead to the rest of the row more than once, unless they are all alike.
                    if index == 0 && heads.iter().all(|(_, inside)| inside.test.is_none()) {
                        taken = 1;
                        for (head, inside) in heads {
                            let number = found.len();
                            if *numbers.entry(head).or_insert(number) == number {
                                found.push(Found { head, rows: vec![(0, inside)], closed: false });
                            }
                        }
                    }
                    break;
                }
                let mut entered = 0;
                for (head, inside) in heads {
                    let number = *numbers.entry(head).or_insert_with(|| {
                        copied += others.len();
                        let rows = others.iter().map(|index| (*index, UNTOUCHED)).collect();
                        open.push(found.len());
                        found.push(Found { head, rows, closed: false });
                        found.len() - 1
                    });
                    if copied > copies {
                        return None;
                    }
                    let entry = &mut found[number];
                    if !entry.closed {
                        entry.rows.push((index, inside));
                        entry.closed = inside.takes_all && last_test(row, 1);
                        entered += 1;
                    }
                }
                copied += usize::saturating_sub(entered, whole);
                if copies > 0 && copied > copies {
                    return None;
                }
            }
        }
        taken = index + 1;
    }
    if found.is_empty() {
        return None;
    }
    // Heads that leave the same rows, and nothing inside to look at, lead to one block.
    let mut groups: Vec<Group<'p>> = Vec::new();
    let mut alike: HashMap<Vec<usize>, usize> = HashMap::new();
    for Found { head, rows, .. } in found {
        let number = match rows.iter().all(|(_, inside)| inside.test.is_none()) {
            true => *alike.entry(rows.iter().map(|(row, _)| *row).collect()).or_insert(groups.len()),
            false => groups.len(),
        };
        match groups.get_mut(number) {
            Some(group) => group.heads.push(head),
            None => groups.push(Group { heads: vec![head], rows }),
        }
    }
    Some(Choice { rows: taken, groups, others })
}

impl<'p> FunctionLowering<'_, 'p> {
    /// How the first rows split by what is in a place; `None` if the first row's test is one for itself.
    pub fn choice(
        &mut self,
        matcher: &mut Matcher<'p>,
        rows: &VecDeque<Row<'p>>,
        place: PlaceId,
    ) -> Option<Choice<'p>> {
        let left = MOST_COPIES.saturating_sub(matcher.copies);
        if left > 0
            && let Some(choice) = split(matcher, rows, place, left)
        {
            let branches = choice.groups.iter().map(|group| group.rows.len()).sum::<usize>();
            let copies = (branches + choice.others.len()).saturating_sub(choice.rows);
            if copies <= left {
                matcher.copies += copies;
                return Some(choice);
            }
        }
        if heads(rows.front()?.test_at(place)?).is_some() {
            matcher.copies = MOST_COPIES;
        }
        split(matcher, rows, place, 0)
    }

    /// Splits the rows by what is in a place.
    pub fn choose(
        &mut self,
        matcher: &mut Matcher<'p>,
        rows: Vec<Row<'p>>,
        place: PlaceId,
        choice: Choice<'p>,
        fail: BlockId,
        branches: &mut Vec<Branch<'p>>,
    ) {
        let mut cases: Vec<(Head<'p>, BlockId)> = Vec::new();
        let mut targets = Vec::new();
        for group in &choice.groups {
            let block = self.builder.block();
            targets.push(block);
            cases.extend(group.heads.iter().map(|head| (*head, block)));
        }
        let all = match cases.first() {
            Some((Head::Bool(_) | Head::Empty | Head::Cons, _)) => Some(2),
            Some((Head::Constructor(_), _)) => {
                Some(types::constructors(self.context.program, matcher.ty(place)).len())
            }
            _ => None,
        };
        let has_others = all != Some(cases.len()) && !choice.others.is_empty();
        let otherwise = if has_others { self.builder.block() } else { fail };
        self.test(matcher, place, &cases, otherwise);

        let mark = matcher.mark();
        let mut waiting = Vec::new();
        for (group, block) in choice.groups.into_iter().zip(targets) {
            let left = group.rows.into_iter();
            let left = left.map(|(index, inside)| self.specialised(matcher, &rows[index], place, inside));
            waiting.push(Branch { block, rows: left.collect(), mark, fail });
        }
        if has_others {
            let rows = choice.others.into_iter().map(|index| rows[index].clone()).collect();
            waiting.push(Branch { block: otherwise, rows, mark, fail });
        }
        branches.extend(waiting.into_iter().rev());
    }

    /// What is left of a row once the place is known to hold a head.
    fn specialised(
        &mut self,
        matcher: &mut Matcher<'p>,
        row: &Row<'p>,
        place: PlaceId,
        inside: Inside<'p>,
    ) -> Row<'p> {
        let mut row = row.clone();
        let Some(index) = row.tests.iter().position(|(tested, _)| *tested == place) else { return row };
        let mut tests: Vec<(PlaceId, Test<'p>)> = Vec::new();
        let mut elements = |this: &mut Self, matcher: &mut Matcher<'p>, first: &'p [Pattern], rest| {
            let [first, others @ ..] = first else { return };
            let (head, tail) = this.head_and_rest(matcher, place);
            tests.push((head, Test::Pattern(first)));
            tests.push((tail, Test::Elements(others, rest)));
        };
        match inside.test {
            None => {}
            Some(Test::Elements(first, rest)) => elements(self, matcher, first, rest),
            Some(Test::Pattern(whole)) => {
                let mut pattern = whole;
                while let PatternKind::As(inner, local) = &pattern.kind {
                    row.bindings.add(*local, place);
                    pattern = inner;
                }
                match &pattern.kind {
                    PatternKind::List(first) => elements(self, matcher, first, None),
                    PatternKind::Cons(first, rest) => elements(self, matcher, first, Some(rest)),
                    PatternKind::Constructor(constructor, parts) => {
                        let places = self.payload_of(matcher, place, *constructor);
                        tests.extend(places.into_iter().zip(parts.iter().map(Test::Pattern)));
                    }
                    _ => {}
                }
            }
        }
        let tests = self.simplified_tests(matcher, tests, &mut row.bindings);
        row.tests.splice(index..=index, tests);
        row
    }
}
