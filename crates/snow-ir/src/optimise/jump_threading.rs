//! Jump threading: where a block only looks at a value that one of its predecessors
//! knows, that predecessor goes on directly to where the look would lead.
//!
//! This is what makes an `Option` or a tuple between two inlined functions disappear:
//! behind it, every use of the object sees the `New` that made it.

use super::block_copies::{Renamed, copy_block};
use super::block_merging;
use super::constant_folding::{Folded, fold};
use super::memory_writes::written_objects;
use super::ssa_repair::{Copies, repair};
use crate::control_flow_graph::Graph;
use crate::ir::{Block, BlockId, Function, Op, Statics, Terminator, Value};
use cranelift_entity::{EntitySet, SecondaryMap};
use rustc_hash::FxHashMap;

/// What a block to be copied may cost, apart from what the copy can leave out.
const MOST_COST: usize = 12;

/// And how many instructions it may have in all.
const MOST_INSTRUCTIONS: usize = 40;

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
    let found = find(function, statics);
    if found.is_empty() {
        return false;
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
        let end = &mut function.blocks[copy];
        let mut taken = Vec::new();
        end.terminator.each_edge(|next, arguments| {
            if next == to {
                taken = arguments.to_vec();
            }
        });
        end.terminator = Terminator::Jump(to, taken);
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

fn find(function: &Function, statics: &Statics) -> Vec<Found> {
    let graph = Graph::of(function);
    let made = definitions(function);
    let written = written_objects(function);
    let mut found = Vec::new();
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
        for &from in &graph.predecessors[block] {
            if ends_copied.contains(from) || copied > MOST_COPIED {
                continue;
            }
            let mut decided = None;
            function.blocks[from].terminator.each_edge(|next, arguments| {
                if next == block && decided.is_none() {
                    let to = decides(content, arguments, &made, statics, &written);
                    decided = to.map(|to| Found { from, block, arguments: arguments.to_vec(), to });
                }
            });
            let is_switch = matches!(function.blocks[from].terminator, Terminator::Switch(..));
            if let Some(decided) = decided
                && !is_switch
                && !ends_changed.contains(from)
            {
                ends_changed.insert(from);
                ends_copied.insert(block);
                copied += content.instructions.len();
                found.push(decided);
            }
        }
    }
    found
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

/// Where the block goes when its parameters are these values; `None` when that is not known, or when
/// the copy would be large.
fn decides(
    block: &Block,
    arguments: &[Value],
    made: &SecondaryMap<Value, Option<&Op>>,
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
        let folded = fold(&op, &known, statics, written);
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
    let known = |condition: &Value| {
        let condition = *same.get(condition).unwrap_or(condition);
        inside.get(&condition).or_else(|| made[condition])
    };
    match &block.terminator {
        Terminator::Branch(condition, then, otherwise) if then.0 != otherwise.0 => match known(condition)? {
            Op::Bool(true) => Some(then.0),
            Op::Bool(false) => Some(otherwise.0),
            _ => None,
        },
        Terminator::Switch(value, cases, otherwise) => match known(value)? {
            Op::Int(number) => {
                Some(cases.iter().find(|(case, _)| case == number).map_or(*otherwise, |(_, block)| *block))
            }
            _ => None,
        },
        _ => None,
    }
}
