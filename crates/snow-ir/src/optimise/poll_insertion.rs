//! Inserts polls, the places at which a running actor gives its worker to others when its time slice is
//! over: at the head of every loop, and on entry to functions that are part of a recursion, so that no
//! stretch of code runs for ever without one.
//!
//! Runs once, when loops have their form; strip mining may then make one poll do for many turns. Costs one
//! walk over the program.

use super::call_graph::CallGraph;
use crate::control_flow_graph::Graph;
use crate::ir::{BlockId, FuncId, Function, Instruction, Op, Program, Terminator};
use cranelift_entity::{EntitySet, SecondaryMap};
use snow_syntax::span::Span;

/// Inserts the polls of a whole program.
pub fn insert_polls(program: &mut Program) {
    let graph = CallGraph::of(program);
    let through_closures = recursive_through_closures(program, &graph);
    for (id, function) in program.functions.iter_mut() {
        let mut headers: Vec<BlockId> = loop_headers(function);
        let recursive = graph.recursive.contains(id) || through_closures.contains(id);
        if recursive && !headers.contains(&BlockId::ENTRY) {
            headers.push(BlockId::ENTRY);
        }
        for header in headers {
            insert_at(function, header);
        }
    }
}

/// A recursion through closures, which nobody sees in the call graph, comes by a function whose address
/// is taken and which, itself or through others, calls a closure.
fn recursive_through_closures(program: &Program, graph: &CallGraph) -> EntitySet<FuncId> {
    let mut callers: SecondaryMap<FuncId, Vec<FuncId>> = SecondaryMap::new();
    for (caller, callees) in &graph.callees {
        callees.iter().for_each(|callee| callers[*callee].push(caller));
    }
    let mut reaches = EntitySet::new();
    let mut waiting: Vec<FuncId> =
        program.functions.iter().filter(|(_, function)| calls_closures(function)).map(|(id, _)| id).collect();
    while let Some(function) = waiting.pop() {
        if reaches.insert(function) {
            waiting.extend(&callers[function]);
        }
    }
    // What the runtime starts is never called by others.
    let called = |id: &FuncId| graph.address_taken.contains(*id) && !program.functions[*id].entry;
    let mut found = EntitySet::new();
    reaches.iter().filter(called).for_each(|id| _ = found.insert(id));
    found
}

fn loop_headers(function: &Function) -> Vec<BlockId> {
    let graph = Graph::of(function);
    let mut headers: Vec<BlockId> = Vec::new();
    // Natural loop or not: every cycle has an edge against the order.
    for block in &graph.order {
        function.blocks[*block].terminator.each_edge(|next, _| {
            if graph.goes_back(*block, next) && !headers.contains(&next) {
                headers.push(next);
            }
        });
    }
    headers
}

fn calls_closures(function: &Function) -> bool {
    function.blocks.values().any(|block| {
        matches!(block.terminator, Terminator::TailCallClosure { .. })
            || block.instructions.iter().any(|instruction| matches!(instruction.op, Op::CallClosure { .. }))
    })
}

fn insert_at(function: &mut Function, block: BlockId) {
    let file = function.file;
    let instructions = &mut function.blocks[block].instructions;
    let span = instructions.first().map_or(Span::default(), |first| first.span);
    let file = instructions.first().map_or(file, |first| first.file);
    instructions.insert(0, Instruction { result: None, op: Op::Poll, span, file });
}
