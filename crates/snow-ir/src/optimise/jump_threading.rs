//! Jump threading: where a block only looks at a value that one of its predecessors
//! knows, that predecessor goes on directly to where the look would lead.
//!
//! This is what makes an `Option` or a tuple between two inlined functions disappear:
//! behind it, every use of the object sees the `New` that made it. And what one arm of a `case` has found out,
//! that there are fewer than two bytes, say, the arms behind it do not ask again.

use super::block_copies::{Renamed, copy_block};
use super::block_merging;
use super::constant_folding::{Folded, fold};
use super::known_ranges::Facts;
use super::memory_writes::written_objects;
use super::ssa_repair::{Copies, repair};
use crate::control_flow_graph::Graph;
use crate::ir::{Block, BlockId, Class, Function, Op, Statics, Terminator, Value};
use cranelift_entity::{EntitySet, SecondaryMap};
use rustc_hash::FxHashMap;

/// What a block to be copied may cost, apart from what the copy can leave out.
const MOST_COST: usize = 12;

/// And how many instructions it may have in all.
const MOST_INSTRUCTIONS: usize = 40;

/// So many branches on the way to a block are looked at, as long as the way is the only one.
const MOST_BRANCHES: usize = 4;

/// So many instructions are copied into one function, at most, in one run.
const MOST_COPIED: usize = 1000;

/// A predecessor that knows which way a block goes.
struct Found {
    from: BlockId,
    block: BlockId,
    arguments: Vec<Value>,
    to: BlockId,
}

pub fn thread_jumps(function: &mut Function, statics: &Statics) -> bool {
    let (found, settled) = find(function, statics);
    for (block, to) in &settled {
        go_always(&mut function.blocks[*block], *to);
    }
    if found.is_empty() {
        return !settled.is_empty();
    }
    block_merging::split_switch_edges(function);
    let mut definitions: FxHashMap<Value, Vec<(BlockId, Value)>> = FxHashMap::default();
    let mut order: Vec<Value> = Vec::new();
    for Found { from, block, arguments, to } in found {
        let mut renamed = Renamed::default();
        let copy = copy_block(function, block, &mut renamed);
        let mut done = false;
        function.blocks[from].terminator.edges_mut(|next, given| {
            if *next == block && *given == arguments && !done {
                *next = copy;
                done = true;
            }
        });
        go_always(&mut function.blocks[copy], to);
        let original = &function.blocks[block];
        let results = original.instructions.iter().filter_map(|instruction| instruction.result);
        for value in original.params.iter().copied().chain(results) {
            let known = definitions.entry(value).or_insert_with(|| {
                order.push(value);
                vec![(block, value)]
            });
            known.push((copy, renamed[&value]));
        }
    }
    // The targets of a switch that was copied have two predecessors now.
    block_merging::split_switch_edges(function);
    let graph = Graph::of(function);
    let copies = order
        .into_iter()
        .map(|value| Copies { value, definitions: definitions.remove(&value).unwrap_or_default() });
    let copies = copies.collect();
    repair(function, &graph, copies);
    true
}

/// Makes a block end with its edge to this one.
fn go_always(block: &mut Block, to: BlockId) {
    let mut taken = Vec::new();
    block.terminator.each_edge(|next, arguments| {
        if next == to {
            taken = arguments.to_vec();
        }
    });
    block.terminator = Terminator::Jump(to, taken);
}

/// Predecessors that know where a block goes, and blocks that go the same way from all of theirs.
fn find(function: &Function, statics: &Statics) -> (Vec<Found>, Vec<(BlockId, BlockId)>) {
    let graph = Graph::of(function);
    let made = definitions(function);
    let written = written_objects(function);
    let (mut found, mut settled) = (Vec::new(), Vec::new());
    let mut copied = 0;
    // Blocks from which something is copied keep their own end, and the other way round.
    let mut ends_copied = EntitySet::new();
    let mut ends_changed = EntitySet::new();
    for &block in graph.order.iter().skip(1) {
        let content = &function.blocks[block];
        if graph.predecessors[block].len() < 2
            || content.instructions.len() > MOST_INSTRUCTIONS
            || !matches!(content.terminator, Terminator::Branch(..) | Terminator::Switch(..))
            // Else loops would be unrolled here.
            || graph.is_header(block)
            || ends_changed.contains(block)
        {
            continue;
        }
        let mut edges: Vec<(BlockId, Vec<Value>, Option<BlockId>)> = Vec::new();
        let mut predecessors = graph.predecessors[block].clone();
        predecessors.dedup();
        for from in predecessors {
            let facts = facts_on(function, &graph, from, block, &made);
            function.blocks[from].terminator.each_edge(|next, arguments| {
                if next == block {
                    let to = decides(content, arguments, &made, &facts, statics, &written);
                    edges.push((from, arguments.to_vec(), to));
                }
            });
        }
        if let Some((.., Some(to))) = edges.first()
            && edges.iter().all(|(.., other)| *other == Some(*to))
        {
            // All of them know it, and the same: nothing needs to be copied.
            ends_changed.insert(block);
            settled.push((block, *to));
            continue;
        }
        for (from, arguments, to) in edges {
            let is_switch = matches!(function.blocks[from].terminator, Terminator::Switch(..));
            let is_free = !ends_copied.contains(from) && !ends_changed.contains(from);
            if let Some(to) = to
                && !is_switch
                && is_free
                && copied <= MOST_COPIED
            {
                ends_changed.insert(from);
                ends_copied.insert(block);
                copied += content.instructions.len();
                found.push(Found { from, block, arguments, to });
            }
        }
    }
    (found, settled)
}

fn definitions(function: &Function) -> SecondaryMap<Value, Option<&Op>> {
    let mut made = SecondaryMap::new();
    made.resize(function.values.len());
    for instruction in function.blocks.values().flat_map(|block| &block.instructions) {
        if let Some(result) = instruction.result {
            made[result] = Some(&instruction.op);
        }
    }
    made
}

/// What is known on the edge between two blocks, from the branches that lead there.
fn facts_on(
    function: &Function,
    graph: &Graph,
    from: BlockId,
    to: BlockId,
    made: &SecondaryMap<Value, Option<&Op>>,
) -> Facts {
    let known = |value: Value| made[value];
    let mut facts = Facts::default();
    let (mut from, mut to) = (from, to);
    for _ in 0..MOST_BRANCHES {
        if let Terminator::Branch(condition, then, otherwise) = &function.blocks[from].terminator
            && then.0 != otherwise.0
        {
            facts.assume(*condition, then.0 == to, &known);
        }
        let [only] = graph.predecessors[from][..] else { break };
        (from, to) = (only, from);
    }
    facts
}

/// Where the block goes when its parameters are these values; `None` when that is not known, or when
/// the copy would be large.
fn decides(
    block: &Block,
    arguments: &[Value],
    made: &SecondaryMap<Value, Option<&Op>>,
    facts: &Facts,
    statics: &Statics,
    written: &EntitySet<Value>,
) -> Option<BlockId> {
    // Results inside the block, folded under these arguments.
    let mut inside: FxHashMap<Value, Op> = FxHashMap::default();
    let mut same: FxHashMap<Value, Value> =
        block.params.iter().copied().zip(arguments.iter().copied()).collect();
    let mut cost = 0;
    for instruction in &block.instructions {
        let mut op = instruction.op.clone();
        op.operands_mut(&mut |value| *value = *same.get(value).unwrap_or(value));
        let known = |value: Value| inside.get(&value).or_else(|| made[value]);
        let mut folded = fold(&op, &known, statics, written);
        let form = if let Some(Folded::Becomes(form)) = &folded { form } else { &op };
        if let Op::Binary(compared, a, b) = form
            && compared.operand() == Class::Int
            && compared.result() == Class::Bool
            && let Some(holds) = facts.compare(*compared, *a, *b, &known)
        {
            folded = Some(Folded::Becomes(Op::Bool(holds)));
        }
        cost += match (&folded, &op) {
            (Some(_), _) | (None, Op::Int(_) | Op::Bool(_) | Op::Immediate(_) | Op::Static(_)) => 0,
            (None, Op::Call { .. } | Op::CallClosure { .. } | Op::Runtime { .. } | Op::New { .. }) => 4,
            (None, _) => 1,
        };
        if cost > MOST_COST {
            return None;
        }
        let Some(result) = instruction.result else { continue };
        match folded {
            Some(Folded::Same(value)) => {
                same.insert(result, value);
            }
            Some(Folded::Becomes(op)) => {
                inside.insert(result, op);
            }
            Some(Folded::WithConstant(..)) | None => {
                inside.insert(result, op);
            }
        }
    }
    let current = |value: &Value| *same.get(value).unwrap_or(value);
    let known = |value: &Value| {
        let value = current(value);
        facts.constant(value).or_else(|| inside.get(&value)).or_else(|| made[value])
    };
    match &block.terminator {
        Terminator::Branch(condition, then, otherwise) if then.0 != otherwise.0 => {
            let holds = match known(condition) {
                Some(Op::Bool(holds)) => *holds,
                form => facts.truth(current(condition)).or_else(|| match form? {
                    Op::Binary(op, a, b) if op.operand() == Class::Int => {
                        let made = |value: Value| inside.get(&value).or_else(|| made[value]);
                        facts.compare(*op, *a, *b, &made)
                    }
                    _ => None,
                })?,
            };
            Some(if holds { then.0 } else { otherwise.0 })
        }
        Terminator::Switch(value, cases, otherwise) => {
            if let Some(Op::Int(number)) = known(value) {
                let case = cases.iter().find(|(case, _)| case == number);
                return Some(case.map_or(*otherwise, |(_, block)| *block));
            }
            let value = current(value);
            let made = |value: Value| inside.get(&value).or_else(|| made[value]);
            cases.iter().all(|(case, _)| !facts.may_be(value, *case, &made)).then_some(*otherwise)
        }
        _ => None,
    }
}
