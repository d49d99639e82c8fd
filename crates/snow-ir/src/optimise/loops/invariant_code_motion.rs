//! Loop-invariant code motion: what is the same in each turn of a loop is computed once before it.
//!
//! What may fault when it is run too early (a field of what might be another constructor, an address of
//! what might be no message) leaves only from places that every turn comes by, or when its object is never
//! tested: then it was known to be what it is taken for where it was made.
//!
//! Relies on canonical loops, whose preheader takes what leaves. Costs a walk over each loop, inner loops
//! first.

use crate::control_flow_graph::{Graph, Loop};
use crate::ir::{BlockId, Function, Instruction, Op, Terminator, UnaryOp, Value};
use crate::optimise::dead_code;
use crate::optimise::memory_writes::Writes;
use cranelift_entity::EntitySet;

pub fn hoist_invariants(function: &mut Function) {
    let graph = Graph::of(function);
    // Objects of which no field may be read too early. What was itself read too early joins them: it may
    // be no object at all.
    let mut uncertain = tested(function);
    // Inner loops first: what leaves one may leave the next.
    for found in graph.loops().iter().rev() {
        if let Some(before) = preheader(function, &graph, found) {
            hoist_from(function, &graph, found, before, &mut uncertain);
        }
    }
}

/// What the function asks about: is it a message, or an object, and of which constructor?
fn tested(function: &Function) -> EntitySet<Value> {
    use UnaryOp::{HeaderTag, ImmediateTag, IsImmediate, IsNull};
    let mut tested = EntitySet::with_capacity(function.values.len());
    for instruction in function.blocks.values().flat_map(|block| &block.instructions) {
        if let Op::Unary(IsNull | IsImmediate | ImmediateTag | HeaderTag, object) = instruction.op {
            tested.insert(object);
        }
    }
    tested
}

/// The one block before the loop, which leads nowhere else.
pub fn preheader(function: &Function, graph: &Graph, found: &Loop) -> Option<BlockId> {
    let mut outside = graph.predecessors[found.header].iter().filter(|block| !found.blocks.contains(block));
    let only = outside.next()?;
    let leads_nowhere_else = matches!(function.blocks[*only].terminator, Terminator::Jump(..));
    (outside.next().is_none() && leads_nowhere_else).then_some(*only)
}

fn hoist_from(
    function: &mut Function,
    graph: &Graph,
    found: &Loop,
    before: BlockId,
    uncertain: &mut EntitySet<Value>,
) {
    let mut inside = EntitySet::with_capacity(function.values.len());
    let mut member = EntitySet::new();
    found.blocks.iter().for_each(|block| _ = member.insert(*block));
    let mut writes = Writes::default();
    let mut written = EntitySet::new();
    // Blocks that lead out of the loop.
    let mut exits: Vec<BlockId> = Vec::new();
    for id in &found.blocks {
        let block = &function.blocks[*id];
        block.params.iter().for_each(|param| _ = inside.insert(*param));
        for instruction in &block.instructions {
            writes.add(&instruction.op);
            if let Op::Store { object, .. } = instruction.op {
                written.insert(object);
            }
            if let Some(result) = instruction.result {
                inside.insert(result);
            }
        }
        block.terminator.each_edge(|next, _| {
            if !member.contains(next) && !exits.contains(id) {
                exits.push(*id);
            }
        });
    }
    let every_turn =
        |block: BlockId| found.latches.iter().chain(&exits).all(|other| graph.dominates(block, *other));
    let mut moved: Vec<Instruction> = Vec::new();
    for &id in &found.blocks {
        let safe = every_turn(id);
        let block = &mut function.blocks[id];
        let mut kept = Vec::with_capacity(block.instructions.len());
        for instruction in std::mem::take(&mut block.instructions) {
            let mut same = true;
            instruction.op.each_operand(|value| same &= !inside.contains(value));
            let may_leave = match &instruction.op {
                Op::Load { object, .. } => {
                    (safe || !uncertain.contains(*object)) && !written.contains(*object)
                }
                // Only asked of what may be none.
                Op::Unary(UnaryOp::HeaderTag, _) => safe,
                Op::Address(object) => safe || !uncertain.contains(*object),
                Op::LoadMutable { object, word, .. } => {
                    (safe || !uncertain.contains(*object)) && !writes.word(*word)
                }
                Op::ArrayGet { .. } => safe && !writes.arrays,
                Op::LoadBytes { .. } | Op::LoadVector { .. } => safe && !writes.bytes,
                op => dead_code::pure(op),
            };
            match instruction.result {
                Some(result) if same && may_leave => {
                    inside.remove(result);
                    if !safe {
                        uncertain.insert(result);
                    }
                    moved.push(instruction);
                }
                _ => kept.push(instruction),
            }
        }
        block.instructions = kept;
    }
    function.blocks[before].instructions.append(&mut moved);
}
