//! Strip mining of counted loops: where bounds that are tested before some turns say that the checks in all
//! of them will pass, these turns (a strip) are run in a copy of the loop without the checks, several turns
//! put together, and with one poll for all of them. The loop itself remains for the turns at the end, and
//! for those that fail.
//!
//! ```text
//! before:  if the bounds are sound and limit is not reached: strip, else the loop
//! strip:   poll; stop = the nearer of limit and some turns ahead
//! fast:    turn, turn, …; until stop: fast; until limit: strip; else the loop
//! loop:    as it was
//! ```
//!
//! Relies on canonical, rotated loops with their polls, and takes small innermost loops without calls only.
//! Costs a copy of each such loop for each turn that is put together.

use crate::control_flow_graph::{Graph, Loop};
use crate::ir::{BinaryOp, Block, BlockId, Class, Function, Instruction, Op, Terminator, Value};
use crate::optimise::block_copies::{Renamed, copy_block, fresh};
use crate::optimise::block_merging;
use crate::optimise::loops::induction_variables::{Bound, Reader};
use crate::optimise::loops::invariant_code_motion::preheader;
use crate::optimise::ssa_repair::{Copies, repair};
use cranelift_entity::EntitySet;
use rustc_hash::FxHashMap;
use snow_syntax::span::Span;

/// Loops with more instructions are left as they are.
const MOST_INSTRUCTIONS: usize = 80;

/// Loops in one straight line with at most so many instructions have four, or two, turns put together.
const FOUR_TURNS: usize = 16;
const TWO_TURNS: usize = 32;

/// Copied turns from one poll to the next: some microseconds.
const TURNS_A_STRIP: i64 = 512;

/// A counter may move so far in a turn.
const MOST_STEP: i64 = 1 << 16;

/// Nothing overflows between these bounds.
const LEAST: i64 = -(1 << 61);
const HALF: i64 = 1 << 62;

/// Mines the innermost loops that fit; was there any?
pub fn mine_strips(function: &mut Function) -> bool {
    block_merging::split_switch_edges(function);
    let graph = Graph::of(function);
    let loops = graph.loops();
    let plans: Vec<(&Loop, Plan)> = loops
        .iter()
        .filter(|found| is_innermost(&graph, found))
        .filter_map(|found| Some((found, plan(function, &graph, found)?)))
        .collect();
    if plans.is_empty() {
        return false;
    }
    let mut copies: FxHashMap<Value, Vec<(BlockId, Value)>> = FxHashMap::default();
    for (found, plan) in plans {
        Strip { function, found, plan }.write(&mut copies);
    }
    if !copies.is_empty() {
        block_merging::split_switch_edges(function);
        let graph = Graph::of(function);
        let mut all: Vec<Copies> =
            copies.into_iter().map(|(value, definitions)| Copies { value, definitions }).collect();
        all.sort_unstable_by_key(|copies| copies.value);
        repair(function, &graph, all);
    }
    true
}

fn is_innermost(graph: &Graph, found: &Loop) -> bool {
    found.blocks.iter().all(|block| *block == found.header || !graph.is_header(*block))
}

/// How a loop is run in strips.
struct Plan {
    before: BlockId,
    /// Which of the header's parameters counts, and by how much.
    counter: usize,
    step: i64,
    /// The counter must be at least this, and below all of these.
    least: i64,
    below: Vec<(Option<Value>, i64)>,
    /// Blocks whose branch is decided, and where it leads.
    decided: FxHashMap<BlockId, BlockId>,
    /// The copy is left only at its end, where the loop itself goes on.
    only_way_out: bool,
    turns: usize,
}

fn plan(function: &Function, graph: &Graph, found: &Loop) -> Option<Plan> {
    let header = &function.blocks[found.header];
    let [latch] = found.latches[..] else { return None };
    let before = preheader(function, graph, found)?;
    let contents = || found.blocks.iter().map(|block| &function.blocks[*block]);
    let instructions = || contents().flat_map(|block| &block.instructions);
    let fits = |op: &Op| {
        !matches!(
            op,
            Op::Call { .. }
                | Op::CallClosure { .. }
                | Op::Runtime { .. }
                | Op::New { .. }
                | Op::NewArray { .. }
                | Op::Park
        )
    };
    if header.cold || instructions().count() > MOST_INSTRUCTIONS || !instructions().all(|made| fits(&made.op))
    {
        return None;
    }
    let made: FxHashMap<Value, &Op> =
        instructions().filter_map(|made| Some((made.result?, &made.op))).collect();
    let mut params = EntitySet::new();
    contents().flat_map(|block| &block.params).for_each(|param| _ = params.insert(*param));
    let numbers = numbers(function);
    let mut again = None;
    function.blocks[latch].terminator.each_edge(|next, arguments| {
        if next == found.header {
            again = Some(arguments.to_vec());
        }
    });
    let again = again?;
    for (counter, param) in header.params.iter().enumerate() {
        let Some(Op::Binary(op @ (BinaryOp::Add | BinaryOp::Subtract), a, b)) = made.get(&again[counter])
        else {
            continue;
        };
        let Some(number) = numbers.get(b).filter(|_| a == param) else { continue };
        let step = if *op == BinaryOp::Add { *number } else { number.wrapping_neg() };
        if !(1..=MOST_STEP).contains(&step) {
            continue;
        }
        let reader = Reader { counter: *param, made: &made, numbers: &numbers, params: &params };
        let mut plan = Plan {
            before,
            counter,
            step,
            least: LEAST,
            below: Vec::new(),
            decided: FxHashMap::default(),
            only_way_out: true,
            turns: 1,
        };
        for block in &found.blocks {
            decide(function, found, &reader, *block, &mut plan);
        }
        if !plan.below.is_empty() {
            plan.turns = turns(function, found, &plan);
            for block in found.blocks.iter().filter(|block| !plan.decided.contains_key(*block)) {
                function.blocks[*block]
                    .terminator
                    .each_edge(|next, _| plan.only_way_out &= found.blocks.contains(&next));
            }
            return Some(plan);
        }
    }
    None
}

fn numbers(function: &Function) -> FxHashMap<Value, i64> {
    let instructions = function.blocks.values().flat_map(|block| &block.instructions);
    let numbers = instructions.filter_map(|instruction| match instruction.op {
        Op::Int(number) => Some((instruction.result?, number)),
        _ => None,
    });
    numbers.collect()
}

/// A branch out of the loop that bounds on the counter rule out.
fn decide(function: &Function, found: &Loop, reader: &Reader, block: BlockId, plan: &mut Plan) {
    let Terminator::Branch(condition, then, otherwise) = &function.blocks[block].terminator else {
        return;
    };
    let (holds, stays) = match (found.blocks.contains(&then.0), found.blocks.contains(&otherwise.0)) {
        (true, false) => (true, then.0),
        (false, true) => (false, otherwise.0),
        _ => return,
    };
    let Some(bounds) = reader.bounds(*condition, holds) else { return };
    for bound in bounds {
        match bound {
            Bound::AtLeast(number) => plan.least = plan.least.max(number),
            Bound::Below { base, number } => {
                // Of two bounds with one base, the stronger one.
                match plan.below.iter_mut().find(|(known, _)| *known == base) {
                    Some((_, known)) => *known = number.max(*known),
                    None => plan.below.push((base, number)),
                }
            }
        }
    }
    plan.decided.insert(block, stays);
}

/// How many turns to put together: more where the loop is small and runs in a straight line.
fn turns(function: &Function, found: &Loop, plan: &Plan) -> usize {
    let straight = found.blocks.iter().all(|block| {
        let terminator = &function.blocks[*block].terminator;
        matches!(terminator, Terminator::Jump(..)) || plan.decided.contains_key(block)
    });
    let instructions = found.blocks.iter().flat_map(|block| &function.blocks[*block].instructions);
    let cost = instructions.filter(|made| !matches!(made.op, Op::Int(_) | Op::Poll)).count();
    let cost = cost.saturating_sub(plan.decided.len());
    if straight && cost <= FOUR_TURNS {
        4
    } else if straight && cost <= TWO_TURNS {
        2
    } else {
        1
    }
}

struct Strip<'a> {
    function: &'a mut Function,
    found: &'a Loop,
    plan: Plan,
}

impl Strip<'_> {
    fn write(&mut self, copies: &mut FxHashMap<Value, Vec<(BlockId, Value)>>) {
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

#[cfg(test)]
mod tests {
    use crate::optimise::testing::{check, count};

    /// Adds up the bytes from v0 up to v1 of 100, each behind its check, or panics.
    const SUM: &str = "fn \"f\" -> int
        b0(v0: int, v1: int):
          v2 = int 100
          v3 = runtime bytes_new(v2) -> ref
          v4 = int 0
          v5 = int 1
          jump b1(v0, v4)
        b1(v6: int, v7: int):
          v8 = equal v6, v1
          branch v8, b5, b2
        b2():
          v9 = less v6, v4
          branch v9, b6, b3
        b3():
          v10 = load int v3[1]
          v11 = greater_equal v6, v10
          branch v11, b6, b4
        b4():
          v12 = address v3
          v13 = load u8 little v12 + v6
          v14 = add v7, v13
          v15 = multiply v14, v6
          v16 = add v6, v5
          jump b1(v16, v15)
        b5():
          return v7
        b6() cold:
          panic \"out of bounds\"";

    fn optimised(source: &str, rows: &[&[i64]]) -> String {
        check(source, rows, |program| {
            program.main = Some(crate::ir::FuncId::from_u32(0));
            crate::optimise::optimise(program);
        })
    }

    #[test]
    fn checks_are_made_once_for_many_turns() {
        let rows: Vec<Vec<i64>> = [0, 1, 2, 3, 4, 5, 7, 8, 9, 99, 100, 101, 200]
            .into_iter()
            .flat_map(|stop| [vec![0, stop], vec![stop - 3, stop], vec![-2, stop]])
            .filter(|row| row[0] <= row[1])
            .collect();
        let rows: Vec<&[i64]> = rows.iter().map(Vec::as_slice).collect();
        let shown = optimised(SUM, &rows);
        // Four turns in the copy, and the loop itself.
        assert_eq!(count(&shown, "load u8"), 5, "{shown}");
        assert_eq!(count(&shown, "poll"), 2, "{shown}");
        let copy = shown.split("b").find(|block| count(block, "load u8") == 4);
        assert_eq!(count(copy.unwrap_or_default(), "poll"), 0, "{shown}");
    }

    #[test]
    fn bounds_at_the_ends_of_the_integers_go_to_the_loop_itself() {
        let (least, most) = (i64::MIN, i64::MAX);
        optimised(SUM, &[&[most, least], &[most - 2, most], &[least, least + 3], &[0, most], &[-1, least]]);
    }

    #[test]
    fn a_loop_may_be_left_in_the_middle_of_a_turn() {
        let source = SUM.replace("v15 = multiply v14, v6", "v15 = add v14, v6\nv17 = less v2, v15");
        let source = source.replace("v16 = add v6, v5\n          jump b1(v16, v15)", "branch v17, b7, b8");
        let source = format!(
            "{source}
            b7():
              v18 = add v15, v6
              return v18
            b8():
              v16 = add v6, v5
              jump b1(v16, v15)"
        );
        let shown = optimised(&source, &[&[0, 1], &[0, 10], &[0, 50], &[20, 30], &[0, 0]]);
        assert_eq!(count(&shown, "load u8"), 2, "{shown}");
    }
}
