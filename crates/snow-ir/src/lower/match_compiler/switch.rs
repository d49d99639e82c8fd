//! The code of a choice: reads what is in a place, and goes to the block of what it finds. Constructors and
//! numbers become one switch, texts and Floats a search (`literal_search`).

use crate::ir::{BlockId, Class, UnaryOp, Value};
use crate::lower::function::FunctionLowering;
use crate::lower::match_compiler::heads::Head;
use crate::lower::match_compiler::places::{Matcher, PlaceId};
use crate::lower::types;
use std::collections::HashMap;

impl<'p> FunctionLowering<'_, 'p> {
    /// Goes to the block of what is in the place.
    pub(super) fn test(
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
            Head::Ints(..) => {
                let value = self.read(matcher, place);
                let cases = cases.iter().filter_map(|(head, block)| match head {
                    Head::Ints(first, last) => Some((*first, *last, *block)),
                    _ => None,
                });
                self.find_number(value, cases.collect(), otherwise);
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
