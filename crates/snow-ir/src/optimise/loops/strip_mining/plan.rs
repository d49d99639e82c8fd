//! Which loops are run in strips: an innermost loop without calls, whose branches out of it are decided by
//! bounds on its counter. A plan says which bounds these are.

use crate::control_flow_graph::{Graph, Loop};
use crate::ir::{BinaryOp, BlockId, Function, Op, Terminator, Value};
use crate::optimise::loops::induction_variables::{Bound, Reader};
use crate::optimise::loops::invariant_code_motion::preheader;
use cranelift_entity::EntitySet;
use rustc_hash::FxHashMap;

/// Loops with more instructions are left as they are.
const MOST_INSTRUCTIONS: usize = 80;

/// Loops in one straight line with at most so many instructions have four, or two, turns put together.
const FOUR_TURNS: usize = 16;
const TWO_TURNS: usize = 32;

/// A counter may move so far in a turn.
const MOST_STEP: i64 = 1 << 16;

/// The counter of a strip is not below this, so that nothing overflows.
const LEAST: i64 = -(1 << 61);

/// How a loop is run in strips.
pub(super) struct Plan {
    pub before: BlockId,
    /// Which of the header's parameters counts, and by how much.
    pub counter: usize,
    pub step: i64,
    /// The counter must be at least this, and below all of these.
    pub least: i64,
    pub below: Vec<(Option<Value>, i64)>,
    /// Blocks whose branch is decided, and where it leads.
    pub decided: FxHashMap<BlockId, BlockId>,
    /// The copy is left only at its end, where the loop itself goes on.
    pub only_way_out: bool,
    pub turns: usize,
}

pub(super) fn plan(function: &Function, graph: &Graph, found: &Loop) -> Option<Plan> {
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
