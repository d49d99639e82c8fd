//! Counters of loops: a parameter that every turn raises stays at or above where it starts, one that every
//! turn lowers at or below.

use super::{Numbering, current};
use crate::ir::{BinaryOp, BlockId, Class, Op, Value};
use crate::optimise::known_ranges::{ALL, Range};

/// A counter that starts within these bounds and moves by at most so much a turn meets no end of the
/// integers: that would take years.
const COUNTER_START: i64 = 1 << 62;
const COUNTER_STEP: i64 = 64;

impl Numbering<'_> {
    /// A parameter of a loop that every turn raises stays at or above where it starts.
    pub(super) fn learn_counters(&mut self, header: BlockId) {
        if header == BlockId::ENTRY || !self.graph.is_header(header) {
            return;
        }
        let params = self.function.blocks[header].params.clone();
        for (index, param) in params.into_iter().enumerate() {
            if self.function.values[param] != Class::Int {
                continue;
            }
            if let Some(range) = self.counter_range(header, param, index) {
                let known = |value: Value| self.known[value].as_ref();
                self.facts.assume_range(param, range, &known);
            }
        }
    }

    fn counter_range(&self, header: BlockId, param: Value, index: usize) -> Option<Range> {
        let known = |value: Value| self.known[value].as_ref();
        let (mut start, mut steps) = (None::<Range>, (0, 0));
        for from in &self.graph.predecessors[header] {
            let mut fits = true;
            self.function.blocks[*from].terminator.each_edge(|to, arguments| {
                if to != header {
                    return;
                }
                let argument = current(&self.replaced, arguments[index]);
                if !self.graph.is_back_edge(*from, header) {
                    let range = self.facts.range(argument, &known);
                    start = Some(start.map_or(range, |start| (start.0.min(range.0), start.1.max(range.1))));
                } else if let Some(step) = self.step(argument, param) {
                    steps = (steps.0.min(step), steps.1.max(step));
                } else {
                    fits = false;
                }
            });
            if !fits {
                return None;
            }
        }
        let (from, to) = start?;
        match steps {
            (0, 0) => Some((from, to)),
            (0, most) if most <= COUNTER_STEP && to <= COUNTER_START => Some((from, i64::MAX)),
            (least, 0) if least >= -COUNTER_STEP && from >= -COUNTER_START => Some((i64::MIN, to)),
            _ => None,
        }
        .filter(|range| *range != ALL)
    }

    /// What is added to a parameter to make the value of its next turn, in code not walked over yet.
    fn step(&self, value: Value, param: Value) -> Option<i64> {
        if value == param {
            return Some(0);
        }
        let number = |value: Value| match self.made(value) {
            Some(Op::Int(number)) => Some(*number),
            _ => None,
        };
        let is_param = |value: Value| current(&self.replaced, value) == param;
        match self.made(value)? {
            Op::Binary(BinaryOp::Add, a, b) if is_param(*a) => number(*b),
            Op::Binary(BinaryOp::Add, a, b) if is_param(*b) => number(*a),
            Op::Binary(BinaryOp::Subtract, a, b) if is_param(*a) => number(*b)?.checked_neg(),
            _ => None,
        }
    }
}
