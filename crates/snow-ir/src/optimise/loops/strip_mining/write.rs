//! Writes the strips of a loop: the test of the bounds before it, the loop over strips with its poll, and the
//! turns without checks.

use super::plan::Plan;
use crate::control_flow_graph::Loop;
use crate::ir::{BinaryOp, Block, BlockId, Class, Function, Instruction, Op, Terminator, Value};
use crate::optimise::block_copies::{Renamed, copy_block, fresh};
use rustc_hash::FxHashMap;
use snow_syntax::span::Span;

/// Copied turns from one poll to the next: some microseconds.
const TURNS_A_STRIP: i64 = 512;

/// Bounds beyond this, on both sides of zero, go to the loop itself: nothing overflows between them.
const HALF: i64 = 1 << 62;

pub(super) struct Strip<'a> {
    pub function: &'a mut Function,
    pub found: &'a Loop,
    pub plan: Plan,
}

impl Strip<'_> {
    pub fn write(&mut self, copies: &mut FxHashMap<Value, Vec<(BlockId, Value)>>) {
        let header = self.found.header;
        let (guard, limit) = self.write_limit();
        let given = match &self.function.blocks[self.plan.before].terminator {
            Terminator::Jump(_, given) => given.clone(),
            _ => unreachable!("a preheader jumps"),
        };
        let (strip, strip_params) = self.block_like_header();
        let (fast, fast_params) = self.block_like_header();
        self.function.blocks[self.plan.before].terminator =
            Terminator::Branch(guard, (strip, given.clone()), (header, given));

        // strip: the poll, and how far to go without another one.
        self.push(strip, Op::Poll);
        let counter = strip_params[self.plan.counter];
        let distance = TURNS_A_STRIP * self.plan.step * self.plan.turns as i64;
        let ahead = self.sum(strip, counter, distance);
        let nearer = self.binary(strip, BinaryOp::Less, ahead, limit);
        let stop = self.emit(strip, Op::Select(nearer, ahead, limit), Class::Int);
        self.function.blocks[strip].terminator = Terminator::Jump(fast, strip_params);

        // fast: the turns, one behind the other.
        let mut at = (fast, fast_params);
        for _ in 0..self.plan.turns {
            at = self.write_turn(at, copies);
        }
        let (end, params) = at;
        let counter = params[self.plan.counter];
        let more = self.binary(end, BinaryOp::Less, counter, stop);
        let out = self.block();
        self.function.blocks[end].terminator =
            Terminator::Branch(more, (fast, params.clone()), (out, Vec::new()));
        let more = self.binary(out, BinaryOp::Less, counter, limit);
        self.function.blocks[out].terminator =
            Terminator::Branch(more, (strip, params.clone()), (header, params));
    }

    /// Computes, before the loop, whether strips are sound, and the limit of the counter for the first of
    /// the turns that are put together.
    fn write_limit(&mut self) -> (Value, Value) {
        let before = self.plan.before;
        let mut sound: Vec<Value> = Vec::new();
        let mut limit: Option<Value> = None;
        let last = self.plan.step * (self.plan.turns as i64 - 1);
        for (base, number) in std::mem::take(&mut self.plan.below) {
            let bound = match base {
                Some(base) => {
                    let half = self.sum(before, base, HALF);
                    let all = self.emit(before, Op::Int(i64::MIN), Class::Int);
                    sound.push(self.binary(before, BinaryOp::LessUnsigned, half, all));
                    self.sum(before, base, -number - last)
                }
                None => self.emit(before, Op::Int(-number - last), Class::Int),
            };
            limit = Some(match limit {
                Some(other) => {
                    let less = self.binary(before, BinaryOp::Less, bound, other);
                    self.emit(before, Op::Select(less, bound, other), Class::Int)
                }
                None => bound,
            });
        }
        let limit = limit.expect("a plan has a bound");
        let counter = match &self.function.blocks[before].terminator {
            Terminator::Jump(_, given) => given[self.plan.counter],
            _ => unreachable!("a preheader jumps"),
        };
        let least = self.emit(before, Op::Int(self.plan.least), Class::Int);
        sound.push(self.binary(before, BinaryOp::LessEqual, least, counter));
        let mut guard = self.binary(before, BinaryOp::Less, counter, limit);
        for condition in sound {
            guard = self.binary(before, BinaryOp::BoolAnd, condition, guard);
        }
        (guard, limit)
    }

    /// Writes one turn at the end of a block that stands for the header and has these parameters.
    /// Returns a block for the next turn, and its parameters.
    fn write_turn(
        &mut self,
        (start, params): (BlockId, Vec<Value>),
        copies: &mut FxHashMap<Value, Vec<(BlockId, Value)>>,
    ) -> (BlockId, Vec<Value>) {
        let next = self.block_like_header();
        let mut copied: FxHashMap<BlockId, BlockId> = FxHashMap::default();
        let mut renamed = Renamed::default();
        for block in &self.found.blocks {
            copied.insert(*block, self.copy(*block, &mut renamed));
        }
        let first = copied[&self.found.header];
        self.function.blocks[start].terminator = Terminator::Jump(first, params);
        for block in &self.found.blocks {
            let copy = copied[block];
            let stays = self.plan.decided.get(block);
            let mut terminator = std::mem::take(&mut self.function.blocks[copy].terminator);
            if let (Some(stays), Terminator::Branch(_, then, otherwise)) = (stays, &terminator) {
                let (to, arguments) = if then.0 == *stays { then } else { otherwise };
                terminator = Terminator::Jump(*to, arguments.clone());
            }
            terminator.successors_mut(&mut |to| {
                *to = match copied.get(to) {
                    Some(_) if *to == self.found.header => next.0,
                    Some(copy) => *copy,
                    None => *to,
                };
            });
            self.function.blocks[copy].terminator = terminator;
        }
        if self.plan.only_way_out {
            return next;
        }
        for block in &self.found.blocks {
            let content = &self.function.blocks[*block];
            let results = content.instructions.iter().filter_map(|instruction| instruction.result);
            for value in content.params.iter().copied().chain(results) {
                let definitions = copies.entry(value).or_insert_with(|| vec![(*block, value)]);
                definitions.push((copied[block], renamed[&value]));
            }
        }
        next
    }

    /// A copy of a block without its poll. Blocks come in an order in which definitions are before uses.
    fn copy(&mut self, block: BlockId, renamed: &mut Renamed) -> BlockId {
        let copy = copy_block(self.function, block, renamed);
        let content = &mut self.function.blocks[copy];
        content.instructions.retain(|instruction| instruction.op != Op::Poll);
        copy
    }

    fn block(&mut self) -> BlockId {
        self.function.blocks.push(Block::default())
    }

    fn block_like_header(&mut self) -> (BlockId, Vec<Value>) {
        let params = self.function.blocks[self.found.header].params.clone();
        let mut renamed = Renamed::default();
        let params: Vec<Value> =
            params.iter().map(|param| fresh(self.function, *param, &mut renamed)).collect();
        let block = self.function.blocks.push(Block { params: params.clone(), ..Block::default() });
        (block, params)
    }

    fn push(&mut self, block: BlockId, op: Op) {
        let (span, file) = self.place();
        let instruction = Instruction { result: None, op, span, file };
        self.function.blocks[block].instructions.push(instruction);
    }

    fn emit(&mut self, block: BlockId, op: Op, class: Class) -> Value {
        let result = self.function.values.push(class);
        let (span, file) = self.place();
        let instruction = Instruction { result: Some(result), op, span, file };
        self.function.blocks[block].instructions.push(instruction);
        result
    }

    fn binary(&mut self, block: BlockId, op: BinaryOp, a: Value, b: Value) -> Value {
        self.emit(block, Op::Binary(op, a, b), op.result())
    }

    fn sum(&mut self, block: BlockId, value: Value, number: i64) -> Value {
        let number = self.emit(block, Op::Int(number), Class::Int);
        self.binary(block, BinaryOp::Add, value, number)
    }

    fn place(&self) -> (Span, u32) {
        let header = &self.function.blocks[self.found.header];
        header.instructions.first().map(|first| (first.span, first.file)).unwrap_or_default()
    }
}
