//! One node of the decision tree: a choice by constructor, number, truth value or text.

use crate::ir::{BlockId, Class, UnaryOp, Value};
use crate::lower::function::FunctionLowering;
use crate::lower::match_compiler::places::{Matcher, PlaceId};
use crate::lower::match_compiler::{Branch, Row, Test};
use crate::lower::types;
use snow_check::hir::{Pattern, PatternKind};
use std::collections::{HashMap, HashSet, VecDeque};

/// Rows that the choices of one `case` may copy into several branches.
const MOST_COPIES: usize = 1_000;

/// What a test looks for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Head<'p> {
    Bool(bool),
    Int(i64),
    Float(u64),
    Text(&'p str),
    Constructor(usize),
    Empty,
    Cons,
}

/// What is left to do where a head was found.
#[derive(Clone, Copy)]
struct Inside<'p> {
    /// Nothing at all: that other heads lead there too makes no difference.
    test: Option<Test<'p>>,
    /// Does it match whatever is there?
    takes_all: bool,
}

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

/// The heads that a test looks for; `None` if it is no question of heads, or not for all alternatives.
fn heads(test: Test<'_>) -> Option<Vec<(Head<'_>, Inside<'_>)>> {
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
        PatternKind::Int(number) => literal(Head::Int(*number)),
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
pub(crate) fn may_overlap(alternatives: &Pattern) -> bool {
    let mut seen = HashSet::new();
    match heads(Test::Pattern(alternatives)) {
        Some(heads) => !heads.iter().all(|(head, _)| seen.insert(*head)),
        None => true,
    }
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
                    }
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

    /// Goes to the block of what is in the place.
    fn test(
        &mut self,
        matcher: &mut Matcher<'p>,
        place: PlaceId,
        cases: &[(Head<'p>, BlockId)],
        otherwise: BlockId,
    ) {
        let Some(first) = cases.first() else {
            return self.builder.jump(otherwise, Vec::new());
        };
        let blocks: HashMap<Head<'p>, BlockId> = cases.iter().copied().collect();
        let block_of = |wanted: Head<'p>| blocks.get(&wanted).copied().unwrap_or(otherwise);
        match first.0 {
            Head::Bool(_) => {
                let value = self.read(matcher, place);
                self.builder.branch(value, block_of(Head::Bool(true)), block_of(Head::Bool(false)));
            }
            Head::Empty | Head::Cons => {
                let empty = self.is_empty(matcher, place);
                self.builder.branch(empty, block_of(Head::Empty), block_of(Head::Cons));
            }
            Head::Int(_) => {
                let value = self.read(matcher, place);
                let cases = cases.iter().filter_map(|(head, block)| match head {
                    Head::Int(number) => Some((*number, *block)),
                    _ => None,
                });
                self.builder.switch(value, cases.collect(), otherwise);
            }
            Head::Float(_) => {
                let value = self.read(matcher, place);
                let cases = cases.iter().filter_map(|(head, block)| match head {
                    Head::Float(bits) => Some((f64::from_bits(*bits), *block)),
                    _ => None,
                });
                self.find_float(value, cases.collect(), otherwise);
            }
            Head::Text(_) => {
                let length = self.length_of(matcher, place);
                let cases = cases.iter().filter_map(|(head, block)| match head {
                    Head::Text(text) => Some((*text, *block)),
                    _ => None,
                });
                let cases: Vec<(&str, BlockId)> = cases.collect();
                let value = match cases[..] {
                    [("", _)] => None,
                    _ => Some(self.read(matcher, place)),
                };
                self.find_text(value, length, cases, otherwise);
            }
            Head::Constructor(_) => {
                let value = self.read(matcher, place);
                let constructors = types::constructors(self.context.program, matcher.ty(place));
                let (mut immediates, mut objects) = (Vec::new(), Vec::new());
                for (head, block) in cases {
                    let Head::Constructor(index) = head else { continue };
                    let immediate = constructors[*index].payload.is_empty();
                    let kind = if immediate { &mut immediates } else { &mut objects };
                    kind.push((*index as i64, *block));
                }
                let (all_immediates, all_objects) =
                    types::kinds_of_constructors(self.context.program, matcher.ty(place));
                let immediates = Tags::new(immediates, all_immediates);
                let objects = Tags::new(objects, all_objects);
                self.by_constructor(value, immediates, objects, otherwise);
            }
        }
    }

    fn by_constructor(&mut self, value: Value, immediates: Tags, objects: Tags, otherwise: BlockId) {
        if self.builder.class(value) == Class::Int {
            return self.by_tag(value, immediates, otherwise);
        }
        if immediates.possible == 0 {
            let tag = self.builder.unary(UnaryOp::HeaderTag, value);
            return self.by_tag(tag, objects, otherwise);
        }
        let is_immediate = self.builder.unary(UnaryOp::IsImmediate, value);
        let (one_immediate, one_object) = (immediates.only(otherwise), objects.only(otherwise));
        let immediate_block = one_immediate.unwrap_or_else(|| self.builder.block());
        let object_block = one_object.unwrap_or_else(|| self.builder.block());
        self.builder.branch(is_immediate, immediate_block, object_block);
        if one_immediate.is_none() {
            self.builder.switch_to(immediate_block);
            let tag = self.builder.unary(UnaryOp::ImmediateTag, value);
            self.by_tag(tag, immediates, otherwise);
        }
        if one_object.is_none() {
            self.builder.switch_to(object_block);
            let tag = self.builder.unary(UnaryOp::HeaderTag, value);
            self.by_tag(tag, objects, otherwise);
        }
    }

    /// Where the cases are all that can occur, one of them needs no test.
    fn by_tag(&mut self, tag: Value, mut tags: Tags, otherwise: BlockId) {
        let last = if tags.complete() { tags.cases.pop() } else { None };
        self.builder.switch(tag, tags.cases, last.map_or(otherwise, |(_, block)| block));
    }
}

/// Constructors of one kind, with or without payload, that a choice tells apart. Most choices tell few of
/// many: only those are looked at.
struct Tags {
    /// The number of each, and where it leads, by number.
    cases: Vec<(i64, BlockId)>,
    /// How many of this kind the type has.
    possible: usize,
}

impl Tags {
    fn new(mut cases: Vec<(i64, BlockId)>, possible: usize) -> Tags {
        cases.sort_unstable_by_key(|(tag, _)| *tag);
        Tags { cases, possible }
    }

    fn complete(&self) -> bool {
        self.cases.len() == self.possible
    }

    /// The one block to which all constructors of this kind lead.
    fn only(&self, otherwise: BlockId) -> Option<BlockId> {
        let rest = (!self.complete()).then_some(otherwise);
        let mut blocks = self.cases.iter().map(|(_, block)| *block).chain(rest);
        let first = blocks.next()?;
        blocks.all(|block| block == first).then_some(first)
    }
}
