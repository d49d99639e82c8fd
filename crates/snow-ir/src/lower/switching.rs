//! One choice of a decision tree: by constructor, number, truth or text.

use crate::ir::{BinaryOp, BlockId, Class, Op, UnaryOp, Value};
use crate::lower::function::FunctionLowering;
use crate::lower::matching::{Row, Test};
use crate::lower::places::{Matcher, PlaceId};
use crate::lower::types;
use snow_check::hir::PatternKind;

/// What a test looks for.
#[derive(Clone, Copy, PartialEq)]
enum Head<'p> {
    Bool(bool),
    Int(i64),
    Float(u64),
    Text(&'p str),
    Constructor(usize),
    Empty,
    Cons,
}

fn head<'p>(test: Test<'p>) -> Option<Head<'p>> {
    let pattern = match test {
        Test::Elements([]) => return Some(Head::Empty),
        Test::Elements(_) => return Some(Head::Cons),
        Test::Pattern(pattern) => pattern,
    };
    Some(match &pattern.kind {
        PatternKind::Bool(value) => Head::Bool(*value),
        PatternKind::Int(number) => Head::Int(*number),
        PatternKind::Float(number) => Head::Float(number.to_bits()),
        PatternKind::String(text) => Head::Text(text),
        PatternKind::Constructor(index, _) => Head::Constructor(*index),
        PatternKind::Cons(..) => Head::Cons,
        _ => return None,
    })
}

impl<'p> FunctionLowering<'_, 'p> {
    /// Splits the rows by what is in a place.
    pub fn choose(&mut self, matcher: &mut Matcher<'p>, rows: Vec<Row<'p>>, place: PlaceId, fail: BlockId) {
        let mut heads: Vec<Head<'p>> = Vec::new();
        for row in &rows {
            if let Some(head) = row.test_at(place).and_then(head)
                && !heads.contains(&head)
            {
                heads.push(head);
            }
        }
        // Floats and texts are compared with one after the other.
        if let [Head::Float(_) | Head::Text(_), _, ..] = heads[..] {
            heads.truncate(1);
        }
        let all = match heads.first() {
            Some(Head::Bool(_) | Head::Empty | Head::Cons) => Some(2),
            Some(Head::Constructor(_)) => {
                Some(types::constructors(self.context.program, matcher.ty(place)).len())
            }
            _ => None,
        };
        let cases: Vec<(Head<'p>, BlockId)> =
            heads.iter().map(|head| (*head, self.builder.block())).collect();
        let mut others = None;
        if all != Some(heads.len()) {
            let rows: Vec<Row<'p>> = rows
                .iter()
                .filter(|row| match row.test_at(place) {
                    None => true,
                    Some(test) => head(test).is_none_or(|head| !heads.contains(&head)),
                })
                .cloned()
                .collect();
            let block = if rows.is_empty() { fail } else { self.builder.block() };
            others = Some((block, rows));
        }
        let otherwise = others.as_ref().map_or(fail, |(block, _)| *block);
        self.test(matcher, place, &cases, otherwise);

        let mark = matcher.mark();
        for (head, block) in cases {
            self.builder.switch_to(block);
            let rows = rows.iter().filter_map(|row| self.specialised(matcher, row, place, head)).collect();
            self.tree(matcher, rows, fail);
            matcher.forget(mark);
        }
        if let Some((block, rows)) = others
            && block != fail
        {
            self.builder.switch_to(block);
            self.tree(matcher, rows, fail);
            matcher.forget(mark);
        }
    }

    /// What is left of a row once the place is known to hold this; `None` if it cannot match any more.
    fn specialised(
        &mut self,
        matcher: &mut Matcher<'p>,
        row: &Row<'p>,
        place: PlaceId,
        found: Head<'p>,
    ) -> Option<Row<'p>> {
        let Some(index) = row.tests.iter().position(|(tested, _)| *tested == place) else {
            return Some(row.clone());
        };
        let test = row.tests[index].1;
        if head(test) != Some(found) {
            return None;
        }
        let mut inside: Vec<(PlaceId, Test<'p>)> = Vec::new();
        match test {
            Test::Elements([]) => {}
            Test::Elements([first, others @ ..]) => {
                let (head, rest) = self.head_and_rest(matcher, place);
                inside.push((head, Test::Pattern(first)));
                inside.push((rest, Test::Elements(others)));
            }
            Test::Pattern(pattern) => match &pattern.kind {
                PatternKind::Cons(first, others) => {
                    let (head, rest) = self.head_and_rest(matcher, place);
                    inside.push((head, Test::Pattern(first)));
                    inside.push((rest, Test::Pattern(others)));
                }
                PatternKind::Constructor(constructor, parts) => {
                    let places = self.payload_of(matcher, place, *constructor);
                    inside.extend(places.into_iter().zip(parts.iter().map(Test::Pattern)));
                }
                _ => {}
            },
        }
        let mut row = row.clone();
        row.tests.splice(index..=index, inside);
        Some(self.simplified(matcher, row))
    }

    /// Goes to the block of what is in the place.
    fn test(
        &mut self,
        matcher: &mut Matcher<'p>,
        place: PlaceId,
        cases: &[(Head<'p>, BlockId)],
        otherwise: BlockId,
    ) {
        let Some((first, block)) = cases.first().copied() else {
            return self.builder.jump(otherwise, Vec::new());
        };
        let block_of = |wanted: Head<'p>| {
            cases.iter().find(|(head, _)| *head == wanted).map_or(otherwise, |(_, block)| *block)
        };
        match first {
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
            Head::Float(bits) => {
                let value = self.read(matcher, place);
                let wanted = self.builder.emit(Op::Float(bits), Class::Float);
                let equal = self.builder.binary(BinaryOp::FloatEqual, value, wanted);
                self.builder.branch(equal, block, otherwise);
            }
            Head::Text(text) => {
                let length = self.length_of(matcher, place);
                let same_length = self.equal(length, text.len() as i64);
                if text.is_empty() {
                    return self.builder.branch(same_length, block, otherwise);
                }
                let compare = self.builder.block();
                self.builder.branch(same_length, compare, otherwise);
                self.builder.switch_to(compare);
                let value = self.read(matcher, place);
                let wanted = self.text(text);
                let equal = self.builder.runtime("bytes_equal", vec![value, wanted], Class::Bool);
                self.builder.branch(equal, block, otherwise);
            }
            Head::Constructor(_) => {
                let value = self.read(matcher, place);
                let constructors = types::constructors(self.context.program, matcher.ty(place));
                let targets: Vec<(bool, i64, BlockId)> = constructors
                    .iter()
                    .enumerate()
                    .map(|(index, constructor)| {
                        (constructor.payload.is_empty(), index as i64, block_of(Head::Constructor(index)))
                    })
                    .collect();
                self.by_constructor(value, &targets, otherwise);
            }
        }
    }

    /// `targets`: for each constructor, has it no payload, its number, and where it leads.
    fn by_constructor(&mut self, value: Value, targets: &[(bool, i64, BlockId)], otherwise: BlockId) {
        if self.builder.class(value) == Class::Int {
            let cases: Vec<(i64, BlockId)> = targets.iter().map(|(_, tag, block)| (*tag, *block)).collect();
            return self.by_tag(value, cases, otherwise);
        }
        let of_kind = |immediate: bool| -> Vec<(i64, BlockId)> {
            let of_kind = targets.iter().filter(|(is_immediate, ..)| *is_immediate == immediate);
            of_kind.map(|(_, tag, block)| (*tag, *block)).collect()
        };
        let (immediates, objects) = (of_kind(true), of_kind(false));
        if immediates.is_empty() {
            let tag = self.builder.unary(UnaryOp::HeaderTag, value);
            return self.by_tag(tag, objects, otherwise);
        }
        let only = |targets: &[(i64, BlockId)]| {
            let first = targets.first()?.1;
            targets.iter().all(|(_, block)| *block == first).then_some(first)
        };
        let is_immediate = self.builder.unary(UnaryOp::IsImmediate, value);
        let (one_immediate, one_object) = (only(&immediates), only(&objects));
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

    /// The cases are all that can occur: one of them needs no test.
    fn by_tag(&mut self, tag: Value, mut cases: Vec<(i64, BlockId)>, otherwise: BlockId) {
        let default = match cases.iter().any(|(_, block)| *block == otherwise) {
            true => otherwise,
            false => cases.pop().map_or(otherwise, |(_, block)| block),
        };
        self.builder.switch(tag, cases, default);
    }
}
